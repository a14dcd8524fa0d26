const esprima = require('esprima');
console.log(JSON.stringify(esprima.parseScript('var answer = 6 * 7;', { loc: true })));
console.log(esprima.tokenize('x = /re/g').map((t) => t.type).join());
