const { expect } = require('expect');
expect({ a: [1, { b: 2 }] }).toMatchObject({ a: [1, { b: expect.any(Number) }] });
try { expect({ a: 1, c: 3 }).toEqual({ a: 2 }); } catch (e) { console.log(e.message.replace(/\u001b\[\d+m/g, '')); }
