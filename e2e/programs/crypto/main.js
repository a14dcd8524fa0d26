const crypto = require('node:crypto');
for (const name of ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'sha3-256', 'ripemd160']) console.log(name, crypto.createHash(name).update('porthole').digest('hex'));
console.log(crypto.createHmac('sha256', 'key').update('data').digest('base64'), crypto.createHash('sha256').update('').copy().digest('base64url'));
console.log(crypto.randomBytes(16).length, /^[0-9a-f-]{36}$/.test(crypto.randomUUID()), crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')), crypto.randomInt(5) < 5);
console.log(crypto.pbkdf2Sync('pw', 'salt', 10, 20, 'sha512').toString('hex'), crypto.scryptSync('pw', 'salt', 16, { N: 16 }).toString('hex'), Buffer.from(crypto.hkdfSync('sha256', 'k', 's', 'i', 10)).toString('hex'));
console.log(crypto.hash('sha1', 'x'), crypto.getHashes().includes('sha256'));
try { crypto.createHash('nope'); } catch (error) { console.log(error.message); }
try { crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('ab')); } catch (error) { console.log(error.code); }
const cipher = crypto.createCipheriv('aes-256-cbc', Buffer.alloc(32, 1), Buffer.alloc(16, 2));
const sealed = Buffer.concat([cipher.update('secret text'), cipher.final()]);
const open = crypto.createDecipheriv('aes-256-cbc', Buffer.alloc(32, 1), Buffer.alloc(16, 2));
console.log(sealed.toString('hex'), open.update(sealed, undefined, 'utf8') + open.final('utf8'));
crypto.randomBytes(8, (error, bytes) => console.log(error, bytes.length));
crypto.pbkdf2('pw', 'salt', 5, 8, 'sha1', (error, key) => console.log(key.toString('hex')));
