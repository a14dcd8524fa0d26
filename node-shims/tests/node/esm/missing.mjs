import { zip } from "./b.mjs"; console.log(zip);
