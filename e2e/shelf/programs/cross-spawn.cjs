const spawn = require('cross-spawn');
console.log(spawn.sync('node', ['-p', 'process.argv.length', 'a b'], { encoding: 'utf8' }).stdout.trim());
spawn('node', ['-e', 'process.exit(4)']).on('exit', (code) => console.log(code));
spawn('does-not-exist').on('error', (e) => console.log(e.code));
