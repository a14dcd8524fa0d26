const { ec: EC } = require('elliptic');
const ec = new EC('secp256k1');
const key = ec.keyFromPrivate('0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef');
const signature = key.sign('00ff');
console.log(key.getPublic('hex'), signature.toDER('hex'), key.verify('00ff', signature));
