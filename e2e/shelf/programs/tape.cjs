const test = require('tape');
test('t', (t) => { t.plan(2); t.equal(1 + 1, 2, 'adds'); t.deepEqual({ a: [1] }, { a: [1] }, 'same'); });
test('async', async (t) => { t.ok(await Promise.resolve(true), 'later'); });
