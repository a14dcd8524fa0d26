const hash = require('object-hash');
console.log(hash({ a: 1, b: [2, { c: 3 }] }), hash({ b: [2, { c: 3 }], a: 1 }), hash(new Map([[1, new Set([2])]])), hash.MD5('x'));
