import {a} from "./cy1.mjs"; console.log("cy2"); setTimeout(()=>console.log(a))
