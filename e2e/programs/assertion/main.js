const assert = require('node:assert');
try { assert.deepStrictEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }); } catch (error) { console.log(error.code, error.message); }
try { assert.strictEqual(1, 2); } catch (error) { console.log(error.message); }
assert.throws(() => { throw new TypeError('x'); }, TypeError);
assert.rejects(Promise.reject(new Error('y')), /y/).then(() => console.log('rejected as expected'));
try { assert(false, 'the last word'); } catch (error) { console.log(error.message, error.operator, error.generatedMessage); }
process.exitCode = 3;
