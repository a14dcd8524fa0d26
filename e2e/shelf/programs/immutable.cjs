const { Map, List, fromJS, Record, Set } = require('immutable');
const m = Map({ a: 1 }).set('b', List([1, 2]));
console.log(m.toJS(), m.updateIn(['b', 0], (x) => x + 10).toString(), fromJS({ x: [{ y: 1 }] }).getIn(['x', 0, 'y']), Set([1, 1, 2]).size, new (Record({ p: 5 }))().p, m.equals(Map({ a: 1, b: List([1, 2]) })));
