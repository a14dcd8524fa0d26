// What stands on stderr when nothing catches: the place of the throw, its line and a mark, for errors and for anything else.
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const folder = fs.mkdtempSync('/tmp/thrown-');
const programs = [
  'throw {a: 1};',
  'function f() {\n  throw null;\n}\nf();',
  "setTimeout(() => { throw 'a string'; }, 1);",
  "require('fs').readFile('/nope', (err) => {\n  if (err) throw err;\n});",
  "const e = new Error('made before');\nfunction later() {\n  const x = 1; throw e;\n}\nlater();",
  "class Mine extends Error { constructor(m) { super(m); this.code = 'E_MINE'; } }\nthrow new Mine('custom', { cause: new Error('x') });",
  "const e = new Error('outer', { cause: new TypeError('inner') });\nthrow e;",
  "const e = new Error('mine'); e.stack = 'my own stack'; throw e;",
  'throw Symbol("s");',
  'throw function foo() {};',
  'throw undefined;',
  "try { throw new Error('one'); } catch (e) {\n  e.message = 'changed';\n  throw e;\n}",
  "try { throw { b: 1 }; } finally {\n  JSON.stringify({});\n}",
  "\t  throw\tnew Error('tabs');",
  "process.nextTick(() => { throw 5; });",
  "new Promise(() => { JSON.parse('{'); }).catch(() => {});\nnew Error('never thrown');\nsetImmediate(() => {\n  throw ['list'];\n});",
  "throw Object.assign(new Error(\n  'over lines',\n), { n: 1 });",
  'const a = 1;\nlet b = ;',
  "import 'fs';\nconst x = require('y');",
];
for (const [at, text] of programs.entries()) {
  const file = path.join(folder, `${at}.cjs`);
  fs.writeFileSync(file, text);
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  console.log(`${at}: ${status}`);
  // How many frames are the library's is its own affair.
  console.log(stderr.replaceAll(folder, '').replace(/node:\d+/g, 'node:N').replace(/\d+ lines matching/, 'N lines matching').split('\n').filter((line) => !/^\s+at /.test(line)).join('\n'));
}
Promise.reject({ a: 1 });
Promise.reject([1]);
Promise.reject(new (class Foo {})());
process.on('uncaughtException', (error) => console.log(error.code, error.message.slice(-40)));
process.on('exit', () => fs.rmSync(folder, { recursive: true }));
