await 1; export const late = 1;
