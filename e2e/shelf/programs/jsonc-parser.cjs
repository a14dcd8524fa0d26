const { parse, modify, applyEdits, parseTree } = require('jsonc-parser');
const text = '{ // c\n "a": [1, 2,], "b": null }';
const errors = [];
console.log(parse(text, errors, { allowTrailingComma: true }), errors.length, parseTree('{"x":1}').children.length);
console.log(applyEdits(text, modify(text, ['a', 1], 9, {})));
