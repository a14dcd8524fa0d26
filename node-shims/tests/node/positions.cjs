// Where V8 says that an object was made, and what it says of a member that cannot be one.
const place = (error) => error.stack.split('\n').find((line) => /positions\.cjs:/.test(line)).replace(/^.*positions\.cjs(:\d+:\d+).*$/, '$1');
const holder = { E: Error, x: { y: undefined } };
const id = (x) => x;

function make() { return new Error('x'); }
console.log(place(make()), place(new Error), place(new Error()), place(  new   Error('a')));
console.log(place(new holder.E(String(1))), place(new (id(Error))(id('a'), id(2))), place(new Error(...[id('a')])));
console.log(place(new (class extends Error {})('b')), place(new (class extends Error { constructor(x) { super(x); } })(id('b'))));
try { throw new RangeError(id(id('b'))); } catch (error) { console.log(place(error)); }
try { throw   new TypeError; } catch (error) { console.log(place(error)); }
for (const program of [
  () => { const a = 5; new a(); },
  () => new holder.x(),
  () => { new holder.x.y(id(1)); },
  () => new id(id)(),
]) {
  try {
    program();
    console.log('nothing');
  } catch (error) {
    console.log(error.name, error.message, place(error));
  }
}
for (const text of ['class A { @b c() {} }', '({ @b: 1 })', 'class A { + }', 'const a;', '@b']) {
  try {
    new Function(text);
    console.log('nothing');
  } catch (error) {
    console.log(error.name, error.message);
  }
}
