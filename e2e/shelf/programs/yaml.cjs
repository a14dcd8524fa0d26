const YAML = require('yaml');
const doc = YAML.parseDocument('# top\na: 1 # one\nb:\n  - x\n');
doc.set('c', { d: true });
console.log(String(doc), YAML.parse('? [k]\n: v\nn: 0x1f'));
