exports.named = "n"; exports.other = 1; import("./b.mjs").then(m => console.log("dyn from cjs", m.x))
