const { object, string, number, array, assert, coerce, create, defaulted, StructError } = require('superstruct');
const S = object({ id: coerce(number(), string(), (v) => parseFloat(v)), tags: defaulted(array(string()), ['t']) });
console.log(create({ id: '4' }, S));
try { assert({ id: 'x', tags: [1] }, S); } catch (e) { console.log(e instanceof StructError, e.message, e.path); }
