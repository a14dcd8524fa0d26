const split = require('split2');
const lines = [];
const s = split(JSON.parse);
s.on('data', (d) => lines.push(d)).on('end', () => console.log(lines));
s.write('{"a":1}\n{"b"'); s.end(':2}\n');
