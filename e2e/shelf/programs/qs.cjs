const qs = require('qs');
console.log(qs.parse('a[b][c]=1&d[]=2&d[]=3&e=%20x'), qs.stringify({ a: { b: [1, { c: 2 }] }, z: null }));
