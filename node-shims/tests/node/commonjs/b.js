exports.partial = Object.keys(require("./a"));
