import { name } from "./a.js"; export default name; export const value = 1;
