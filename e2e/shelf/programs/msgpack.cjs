const { encode, decode, ExtensionCodec } = require('@msgpack/msgpack');
const bytes = encode({ a: [1, -2, 1.5, null, true], b: new Uint8Array([9]), c: 'é', d: new Date(0), big: 2 ** 40 });
console.log(Buffer.from(bytes).toString('hex'), decode(bytes));
