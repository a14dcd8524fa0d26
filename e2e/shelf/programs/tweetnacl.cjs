const nacl = require('tweetnacl');
const pair = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(7));
const signature = nacl.sign.detached(Buffer.from('m'), pair.secretKey);
console.log(Buffer.from(signature).toString('hex').slice(0, 32), nacl.sign.detached.verify(Buffer.from('m'), signature, pair.publicKey), Buffer.from(nacl.hash(Buffer.from('x'))).toString('hex').slice(0, 16));
