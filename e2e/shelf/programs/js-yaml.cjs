const yaml = require('js-yaml');
console.log(yaml.load('a: &x [1, 2.5, ~]\nb: *x\nd: 2020-01-02\ne: |\n  two\n  lines\n'));
console.log(yaml.dump({ a: [1, { b: null }], c: 'multi\nline', d: new Date(0) }));
try { yaml.load('a: [1'); } catch (e) { console.log(e.reason); }
