export const page = <div/>;
