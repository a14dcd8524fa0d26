exports.name = "a"; const b = require("./b"); exports.loaded = b.partial;
