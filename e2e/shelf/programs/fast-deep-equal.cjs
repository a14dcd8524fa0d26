const equal = require('fast-deep-equal/es6');
console.log(equal({ a: [1, { b: NaN }] }, { a: [1, { b: NaN }] }), equal(new Map([[1, 2]]), new Map([[1, 3]])), equal(/a/g, /a/g), equal(new Date(1), new Date(1)));
