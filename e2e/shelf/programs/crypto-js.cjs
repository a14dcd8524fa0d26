const CryptoJS = require('crypto-js');
console.log(CryptoJS.SHA256('a').toString(), CryptoJS.HmacMD5('a', 'k').toString(), CryptoJS.AES.decrypt(CryptoJS.AES.encrypt('text', 'pw').toString(), 'pw').toString(CryptoJS.enc.Utf8), CryptoJS.PBKDF2('p', 's', { keySize: 4, iterations: 10 }).toString());
