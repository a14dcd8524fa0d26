const tslib = require('tslib');
class A { m() { return 1; } }
tslib.__decorate([(t, k, d) => { const f = d.value; d.value = function() { return f.call(this) + 1; }; return d; }], A.prototype, 'm', null);
tslib.__awaiter(null, [], undefined, function* () { const x = yield Promise.resolve(4); console.log(new A().m(), x, tslib.__rest({ a: 1, b: 2 }, ['a']), tslib.__spreadArray([1], [2], false)); });
