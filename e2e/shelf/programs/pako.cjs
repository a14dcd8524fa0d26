const pako = require('pako');
const zlib = require('zlib');
const text = 'some text that repeats, some text that repeats';
console.log(pako.inflate(pako.deflate(text), { to: 'string' }) === text, zlib.gunzipSync(Buffer.from(pako.gzip(text))).toString(), pako.ungzip(zlib.gzipSync(text), { to: 'string' }).length);
