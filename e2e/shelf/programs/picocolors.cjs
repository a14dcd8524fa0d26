const pc = require('picocolors').createColors(true);
console.log(JSON.stringify([pc.red(pc.bold('x')), pc.dim(1), pc.isColorSupported]));
