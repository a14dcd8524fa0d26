const R = require('ramda');
console.log(R.pipe(R.filter(R.propEq('a', 'k')), R.map(R.pick(['v'])))([{ k: 'a', v: 1 }, { k: 'b', v: 2 }]), R.evolve({ a: R.inc }, { a: 1, b: 2 }), R.path(['x', 0], { x: [9] }), R.converge(R.add, [R.head, R.last])([1, 5, 7]));
