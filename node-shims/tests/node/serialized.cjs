const v8 = require('v8');
const value = { a: 1, b: -5, c: 1.5, d: 'text', e: 'wïde ☃', f: [1, , 3], g: new Map([['k', new Set([1n, -2n])]]), h: new Date(5), i: /x/gi, j: null, k: undefined, l: true, m: Buffer.from('hi'), 7: 'seven', n: new Float64Array([1.5]), o: 2 ** 40 };
value.self = value;
const bytes = v8.serialize(value);
console.log(bytes.toString('hex'));
console.log(v8.deserialize(bytes));
console.log(v8.deserialize(Buffer.from('ff0f6f22016149022201625b', 'hex').subarray(0, 2).length === 2 ? v8.serialize([1, 'x', { y: [] }]) : bytes));
try { v8.serialize(() => {}); } catch (error) { console.log(error.message); }
try { v8.deserialize(Buffer.from('ff0f7f', 'hex')); } catch (error) { console.log(error.message); }
console.log(v8.deserialize(v8.serialize(new RangeError('r'))).message);
