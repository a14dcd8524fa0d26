const { Command } = require('commander');
const program = new Command('tool').exitOverride();
program.command('run <file>').option('-p, --port <n>', 'port', Number, 80).option('--flag').action((file, options) => console.log(file, options));
program.parse(['run', 'a.js', '-p', '3000', '--flag'], { from: 'user' });
console.log(program.helpInformation());
try { program.parse(['nope'], { from: 'user' }); } catch (e) { console.log(e.code); }
