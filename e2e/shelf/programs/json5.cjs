const JSON5 = require('json5');
console.log(JSON5.parse("{a: 'b', c: [+1, .5, 0xF, Infinity,], /* x */ }"), JSON5.stringify({ a: "it's", b: NaN }));
try { JSON5.parse('{a:}'); } catch (e) { console.log(e.message); }
