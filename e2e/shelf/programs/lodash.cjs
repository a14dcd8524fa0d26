const _ = require('lodash');
console.log(_.groupBy([1.2, 1.5, 2.1], Math.floor), _.merge({ a: { b: 1 } }, { a: { c: [2] } }), _.chunk([1, 2, 3], 2), _.kebabCase('fooBar Baz'), _.get({ a: [{ b: 3 }] }, 'a[0].b'), _.template('<%= x %>!')({ x: 'hi' }), _.isEqual(new Map([[1, { a: 2 }]]), new Map([[1, { a: 2 }]])));
