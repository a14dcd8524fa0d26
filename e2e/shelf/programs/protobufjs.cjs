const protobuf = require('protobufjs');
const { root } = protobuf.parse('syntax = "proto3"; message M { string name = 1; repeated int32 n = 2; map<string, double> m = 3; oneof o { bool b = 4; bytes y = 5; } }');
const M = root.lookupType('M');
const bytes = M.encode(M.create({ name: 'x', n: [1, -1, 300], m: { k: 0.5 }, y: Buffer.from('z') })).finish();
console.log(Buffer.from(bytes).toString('hex'), JSON.stringify(M.toObject(M.decode(bytes), { bytes: String })), M.verify({ name: 5 }));
