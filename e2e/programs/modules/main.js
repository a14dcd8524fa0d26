const assert = require('node:assert');
const a = require('./a');
console.log(a.name, require('./a') === a, require('./folder').from, require('./data.json').answer);
console.log(module.id, module.children.length, require.main === module, typeof require.resolve('./a'));
console.log(require.resolve('./folder').endsWith('folder/index.js'));
try { require('./nothing'); } catch (error) { console.log(error.code, error.message.split('\n')[0]); }
try { require('./broken'); } catch (error) { console.log(error.name); }
console.log(require('fs') === require('node:fs'), require('pkg'), require('pkg/sub'), require('#inner'));
try { require('pkg/hidden'); } catch (error) { console.log(error.code); }
import('./esm.mjs').then((ns) => console.log(ns.default, ns.named, Object.keys(ns), require('./esm.mjs') === ns));
console.log(__filename.endsWith('main.js'), __dirname.endsWith('modules'));
assert.strictEqual(typeof require('module').createRequire, 'function');
