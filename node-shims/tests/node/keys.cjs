'use strict';
// Asymmetric keys: made, given away in every form, taken back, and used.
const crypto = require('node:crypto');
const message = Buffer.from('a message');
const attempt = (name, work) => {
  try {
    console.log(name, work());
  } catch (error) {
    const { name: kind, message: text, code, library, reason } = error;
    console.log(name, kind, JSON.stringify(text), code, library, reason);
  }
};

const kinds = [
  ['rsa', { modulusLength: 1024 }], ['rsa-pss', { modulusLength: 1024, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha1', saltLength: 12 }], ['ec', { namedCurve: 'P-256' }],
  ['ec', { namedCurve: 'secp384r1' }], ['ec', { namedCurve: 'P-521' }], ['ec', { namedCurve: 'secp256k1' }], ['ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }], ['ed25519'],
  ['ed448'], ['x25519'], ['x448'], ['dsa', { modulusLength: 1024, divisorLength: 160 }], ['dh', { group: 'modp5' }], ['ml-dsa-44'], ['ml-kem-768'],
];
for (const [type, options] of kinds) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync(type, options);
  console.log(type, privateKey.asymmetricKeyType, privateKey.asymmetricKeyDetails, crypto.createPublicKey(privateKey).equals(publicKey));
  for (const format of ['pem', 'der']) {
    const spki = publicKey.export({ type: 'spki', format });
    const pkcs8 = privateKey.export({ type: 'pkcs8', format });
    console.log(format === 'pem' ? pkcs8.split('\n')[0] : typeof pkcs8, crypto.createPublicKey({ key: spki, format, type: 'spki' }).equals(publicKey),
                crypto.createPrivateKey({ key: pkcs8, format, type: 'pkcs8' }).equals(privateKey));
    const sealed = privateKey.export({ type: 'pkcs8', format, cipher: 'aes-256-cbc', passphrase: 'pw' });
    console.log(crypto.createPrivateKey({ key: sealed, format, type: 'pkcs8', passphrase: 'pw' }).equals(privateKey));
  }
  attempt('jwk', () => Object.keys(privateKey.export({ format: 'jwk' })).sort().join());
  attempt('sign', () => crypto.verify(null, message, publicKey, crypto.sign(null, message, privateKey)));
  attempt('sha256', () => crypto.verify('sha256', message, publicKey, crypto.sign('sha256', message, privateKey)));
  attempt('other', () => crypto.verify('sha256', Buffer.from('other'), publicKey, crypto.sign('sha256', message, privateKey)));
  attempt('streamed', () => crypto.createVerify('sha512').update(message).verify(publicKey, crypto.createSign('sha512').update(message).sign(privateKey)));
}

const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });
for (const padding of [crypto.constants.RSA_PKCS1_PADDING, crypto.constants.RSA_PKCS1_OAEP_PADDING]) {
  const sealed = crypto.publicEncrypt({ key: rsa.publicKey, padding }, message);
  attempt(`padding ${padding}`, () => crypto.privateDecrypt({ key: rsa.privateKey, padding }, sealed).toString());
}
attempt('oaep sha256', () => crypto.privateDecrypt({ key: rsa.privateKey, oaepHash: 'sha256', oaepLabel: message }, crypto.publicEncrypt({ key: rsa.publicKey, oaepHash: 'sha256', oaepLabel: message }, message)).toString());
attempt('private encrypt', () => crypto.publicDecrypt(rsa.publicKey, crypto.privateEncrypt(rsa.privateKey, message)).toString());
attempt('too long', () => crypto.publicEncrypt(rsa.publicKey, Buffer.alloc(128)));
attempt('not padded', () => crypto.publicEncrypt({ key: rsa.publicKey, padding: crypto.constants.RSA_NO_PADDING }, message));
attempt('broken', () => crypto.privateDecrypt(rsa.privateKey, Buffer.alloc(128)));
for (const saltLength of [0, 20, crypto.constants.RSA_PSS_SALTLEN_DIGEST, crypto.constants.RSA_PSS_SALTLEN_MAX_SIGN, 200]) {
  const options = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength };
  attempt(`pss ${saltLength}`, () => crypto.verify('sha1', message, { key: rsa.publicKey, ...options }, crypto.sign('sha1', message, { key: rsa.privateKey, ...options })));
}
attempt('pkcs1', () => rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).split('\n')[0]);
const old = rsa.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' });
attempt('old encryption', () => [old.split('\n')[1], crypto.createPrivateKey({ key: old, passphrase: 'x' }).equals(rsa.privateKey)]);
attempt('wrong passphrase', () => crypto.createPrivateKey({ key: old, passphrase: 'y' }));
attempt('no passphrase', () => crypto.createPrivateKey(old));
attempt('no key', () => crypto.createPrivateKey('text'));
attempt('no public key', () => crypto.createPublicKey('text'));
attempt('no der', () => crypto.createPrivateKey({ key: Buffer.from('abc'), format: 'der', type: 'pkcs8' }));
attempt('curve', () => crypto.generateKeyPairSync('ec', { namedCurve: 'none' }));
attempt('small', () => crypto.generateKeyPairSync('rsa', { modulusLength: 256 }));
attempt('cipher', () => rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'none', passphrase: 'x' }));
attempt('digest', () => crypto.createSign('none'));

// RFC 8032, test 1, and a signature of one's own key over nothing is always the same.
const ed = crypto.createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }, format: 'jwk' });
console.log(crypto.sign(null, Buffer.alloc(0), ed).toString('hex'));

for (const curve of ['P-256', 'secp384r1', 'secp521r1', 'secp256k1']) {
  const [one, two] = [crypto.createECDH(curve === 'P-256' ? 'prime256v1' : curve), crypto.createECDH(curve === 'P-256' ? 'prime256v1' : curve)];
  one.generateKeys();
  two.generateKeys();
  console.log(curve, one.computeSecret(two.getPublicKey()).equals(two.computeSecret(one.getPublicKey(null, 'compressed'))), one.getPublicKey('hex', 'compressed').length);
}
const set = crypto.createECDH('secp256k1');
set.setPrivateKey('01'.padStart(64, '0'), 'hex');
console.log(set.getPublicKey('hex'), crypto.ECDH.convertKey(set.getPublicKey(), 'secp256k1', null, 'hex', 'compressed'));
attempt('no ecdh key', () => crypto.createECDH('secp256k1').getPrivateKey());
attempt('bad point', () => set.computeSecret('04', 'hex'));

const [alice, bob] = [crypto.getDiffieHellman('modp14'), crypto.getDiffieHellman('modp14')];
alice.generateKeys();
bob.generateKeys();
console.log(alice.computeSecret(bob.getPublicKey()).equals(bob.computeSecret(alice.getPublicKey())), alice.getPrime('hex').slice(0, 40), alice.verifyError);
for (const group of ['modp1', 'modp2', 'modp5', 'modp15', 'modp16', 'modp17', 'modp18']) {
  console.log(group, crypto.createHash('sha256').update(crypto.getDiffieHellman(group).getPrime()).digest('hex'));
}
attempt('group', () => crypto.getDiffieHellman('none'));
attempt('small prime', () => crypto.createDiffieHellman(0));
for (const type of ['x25519', 'x448']) {
  const [a, b] = [crypto.generateKeyPairSync(type), crypto.generateKeyPairSync(type)];
  console.log(type, crypto.diffieHellman({ privateKey: a.privateKey, publicKey: b.publicKey }).equals(crypto.diffieHellman({ privateKey: b.privateKey, publicKey: a.publicKey })));
}
console.log(crypto.checkPrimeSync(97n), crypto.checkPrimeSync(561n), crypto.generatePrimeSync(64).byteLength, crypto.checkPrimeSync(crypto.generatePrimeSync(128, { safe: true })));
const kem = crypto.generateKeyPairSync('ml-kem-512');
const { sharedKey, ciphertext } = crypto.encapsulate(kem.publicKey);
console.log(sharedKey.length, ciphertext.length, crypto.decapsulate(kem.privateKey, ciphertext).equals(sharedKey));

(async () => {
  const { subtle } = crypto;
  for (const algorithm of [{ name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }, { name: 'Ed25519' }, { name: 'RSA-PSS', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256', saltLength: 32 }]) {
    const pair = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
    console.log(algorithm.name, await subtle.verify(algorithm, pair.publicKey, await subtle.sign(algorithm, pair.privateKey, message), message), (await subtle.exportKey('jwk', pair.publicKey)).kty);
  }
  const pair = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
  console.log((await subtle.deriveBits({ name: 'ECDH', public: pair.publicKey }, pair.privateKey, 256)).byteLength);
  crypto.generateKeyPair('rsa', { modulusLength: 512, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }, (error, publicKey, privateKey) => {
    console.log(error, publicKey.split('\n')[0], privateKey.split('\n')[0]);
  });
})();
