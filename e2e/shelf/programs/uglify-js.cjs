const { minify } = require('uglify-js');
console.log(minify('function add(first, second) { return first + second; } var x = add(1, 2); console.log(x);', { toplevel: true }).code);
