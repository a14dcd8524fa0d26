const jwt = require('jsonwebtoken');
const { generateKeyPairSync } = require('crypto');
const token = jwt.sign({ sub: 'me', iat: 1600000000 }, 'secret');
console.log(token, jwt.verify(token, 'secret'));
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
console.log(jwt.verify(jwt.sign({ a: 1, iat: 1 }, privateKey, { algorithm: 'RS256' }), publicKey));
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
console.log(jwt.verify(jwt.sign({ a: 2, iat: 1 }, ec.privateKey, { algorithm: 'ES256' }), ec.publicKey));
for (const bad of [() => jwt.verify(token, 'x'), () => jwt.verify(jwt.sign({ exp: 1 }, 's'), 's')]) try { bad(); } catch (e) { console.log(e.name, e.message); }
