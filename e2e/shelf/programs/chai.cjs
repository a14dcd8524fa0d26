const { expect, assert } = require('chai');
expect([1, 2]).to.include(2).and.have.lengthOf(2);
expect({ a: { b: 1 } }).to.have.nested.property('a.b', 1);
for (const bad of [() => expect({ a: 1 }).to.deep.equal({ a: 2 }), () => assert.throws(() => {}), () => expect('x').to.be.a('number')]) try { bad(); } catch (e) { console.log(e.name, e.message); }
