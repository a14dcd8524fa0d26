const concat = require('concat-stream');
const s = concat((data) => console.log(data.toString(), data.length));
s.write(Buffer.from('ab')); s.write('cd'); s.end();
