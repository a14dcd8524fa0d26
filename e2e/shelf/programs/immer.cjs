const { produce, enablePatches, produceWithPatches } = require('immer');
enablePatches();
const base = { a: [1, { b: 2 }], c: 'x' };
const next = produce(base, (d) => { d.a[1].b++; d.a.push(9); });
console.log(next, base.a.length, Object.isFrozen(next), produceWithPatches(base, (d) => { d.c = 'y'; })[1]);
