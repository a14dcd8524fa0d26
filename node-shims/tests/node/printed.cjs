'use strict';
// Objects whose contents only the engine knows.
const map = new Map([['a', 1], ['b', { deep: [2] }], ['c', 3]]);
const set = new Set([1, 'two', [3]]);
const keys = map.keys();
keys.next();
map.delete('b');
console.log(map.entries(), map.keys(), map.values(), keys);
console.log(set.entries(), set.values(), set.keys());
const done = set.values();
for (const _ of done);
console.log(done, [...keys]);
console.table(map);
console.table(map.entries());
console.table(set.values());
console.log(new WeakSet(), new WeakMap(), Promise.resolve(4), Promise.reject(5).catch(() => {}) && 1, new Proxy({ a: 1 }, {}));
