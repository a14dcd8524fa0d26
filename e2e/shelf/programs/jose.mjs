import * as jose from 'jose';
const secret = new TextEncoder().encode('0123456789abcdef0123456789abcdef');
const token = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg: 'HS256' }).sign(secret);
console.log(token, (await jose.jwtVerify(token, secret)).payload);
const { publicKey, privateKey } = await jose.generateKeyPair('ES256');
console.log((await jose.jwtVerify(await new jose.SignJWT({ b: 2 }).setProtectedHeader({ alg: 'ES256' }).sign(privateKey), publicKey)).payload);
const sealed = await new jose.EncryptJWT({ c: 3 }).setProtectedHeader({ alg: 'dir', enc: 'A128CBC-HS256' }).encrypt(secret);
console.log((await jose.jwtDecrypt(sealed, secret)).payload);
