const iconv = require('iconv-lite');
console.log(iconv.encode('naïve', 'latin1'), iconv.decode(Buffer.from([0x82, 0xb1, 0x82, 0xf1]), 'shift_jis'), iconv.encode('привет', 'win1251'), iconv.decode(Buffer.from([0xff, 0xfe, 0x41, 0]), 'utf16'), iconv.encodingExists('big5'));
