// What the command line and the environment of a program say: the REPL, files of variables, an await that never ends.
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const folder = fs.mkdtempSync('/tmp/started-');
const write = (name, text) => fs.writeFileSync(path.join(folder, name), text);
write('one.env', '# a comment\nFIRST=1\nBOTH="from one" # here\nexport THIRD=\'x y\'\nNODE_OPTIONS="--stack-trace-limit=3"\n');
write('two.env', 'BOTH=from two\nSET=not this\n');
write('stalled.mjs', 'const before = 1;\n  await new Promise(() => {});\n');
write('bad.cjs', 'const a = 1;\n\tlet b = ];');
write('requires.cjs', "try { require('./bad.cjs'); } catch (error) { console.log(error.stack.split('\\n').slice(0, 5)); }");
write('asks.mjs', "import { x, y as z } from './has.mjs';");
write('has.mjs', 'export const x = 1;');
write('catches.mjs', "try { await import('./asks.mjs'); } catch (error) { console.log(error.stack.split('\\n').slice(0, 4).join('\\n').replace(/file:.*started-\\w+/, '')); }");
const run = (args, input = '') => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, input, encoding: 'utf8', env: { ...process.env, SET: 'outside' } });
  const plain = (text) => text.replaceAll(folder, '').replaceAll(process.execPath, 'node').replace(/node:\d+/g, 'node:N').split('\n').filter((line) => !/^\s+at /.test(line)).join('\n');
  console.log(args.join(' '), status, JSON.stringify(plain(stdout)), JSON.stringify(plain(stderr)));
};
run(['--env-file=one.env', '--env-file', 'two.env', '-p', '[process.env.FIRST, process.env.BOTH, process.env.THIRD, process.env.SET, Error.stackTraceLimit]']);
run(['--env-file-if-exists=none.env', '-p', '1']);
run(['--stack-trace-limit=2', '-p', 'Error.stackTraceLimit']);
run(['--title=abc', '-p', 'process.title']);
run(['-i'], '1 + 1\nconst x = 5\nx * 2\n.exit\n');
run(['stalled.mjs']);
run(['requires.cjs']);
run(['catches.mjs']);
run(['--input-type=commonjs', '-e', 'let a = ;']);
fs.rmSync(folder, { recursive: true });
