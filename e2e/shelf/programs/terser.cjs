const { minify } = require('terser');
minify('function add(first, second) { const unused = 1; if (false) { dead(); } return first + second; } console.log(add(1, 2));', { toplevel: true, compress: { passes: 2 } }).then(({ code }) => console.log(code));
