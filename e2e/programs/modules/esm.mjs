export const named = 'esm';
export default 'default of esm';
