import "./cy2.mjs"; export const a = 1; console.log("cy1")
