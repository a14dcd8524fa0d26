const { parse } = require('csv-parse/sync');
console.log(parse('a,b\n1,"x,y"\n2,"he said ""hi"""\n', { columns: true, cast: true }));
try { parse('a,b\n1\n', {}); } catch (e) { console.log(e.code); }
