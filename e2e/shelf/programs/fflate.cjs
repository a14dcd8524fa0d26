const { zipSync, unzipSync, strToU8, strFromU8, gzipSync, gunzipSync } = require('fflate');
console.log(strFromU8(unzipSync(zipSync({ 'a.txt': strToU8('text') }))['a.txt']), strFromU8(gunzipSync(gzipSync(strToU8('gz'), { mtime: 0 }))));
