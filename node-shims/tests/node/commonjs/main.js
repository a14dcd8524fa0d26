const a = require('./a');
console.log(a.name, a.loaded, require.main === module, module.children.length, require.resolve('./a').endsWith('/a.js'));
console.log(require('./folder').from, require('./data.json'), require('node:path') === require('path'));
try { require('./nowhere'); } catch (error) { console.log(error.code, error.message.split('\n')[0].replace(/'.*'/, 'X')); }
try { require('./syntax'); } catch (error) { console.log(error.name); }
console.log(this === module.exports, typeof __dirname, arguments.length);
import('./late.mjs').then((module) => console.log(module.default, module.value));
process.on('exit', (code) => console.log('exit', code));
process.exitCode = 3;
