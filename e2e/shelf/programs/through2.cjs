const through = require('through2');
const out = [];
const s = through.obj(function(chunk, enc, next) { this.push(chunk * 2); next(); }, function(done) { this.push('end'); done(); });
s.on('data', (d) => out.push(d)).on('end', () => console.log(out));
s.write(1); s.write(2); s.end();
