const ini = require('ini');
console.log(ini.parse('a=1\n[s.t]\nb[]=x\nb[]=y\n; c\nq="z"'), ini.stringify({ x: { y: true, z: ['1', '2'] } }));
