'use strict';
// The commonest calls of fs in all their forms: with the plain arguments and with others, on what is there and what is not.
const fs = require('node:fs');
const path = require('node:path');

const place = fs.mkdtempSync('/tmp/quick-');
const at = (...names) => path.join(place, ...names);
const show = (value) => {
  if (value instanceof Error) return `${value.name} ${value.code ?? ''} ${value.syscall ?? ''} ${value.message.replaceAll(place, 'PLACE')}`;
  if (Buffer.isBuffer(value)) return `buffer ${value.length} ${value.toString('latin1', 0, 20)}`;
  return typeof value === 'string' ? value.replaceAll(place, 'PLACE') : value;
};
const attempt = (name, work) => {
  let value;
  try {
    value = work();
  } catch (error) {
    value = error;
  }
  console.log(name, show(value));
};

for (const name of ['existsSync', 'accessSync', 'statSync', 'lstatSync', 'readFileSync', 'readdirSync', 'realpathSync', 'writeFileSync', 'appendFileSync', 'renameSync', 'unlinkSync', 'mkdirSync', 'rmdirSync']) {
  const f = fs[name];
  console.log(name, typeof f, f.name, f.length, Object.keys(f).join());
  // Without an argument it would say where the test is.
  if (name !== 'realpathSync') attempt(`${name}()`, () => f());
  const more = f.length > 1 ? ['c'] : [];
  attempt(`${name}(zero)`, () => f('a\0b', ...more));
  attempt(`${name}(number)`, () => f(1.5, ...more));
  attempt(`${name}(missing)`, () => f(at('missing', 'x'), ...(more.length > 0 && name !== 'accessSync' ? [at('missing', 'y')] : [])));
}

attempt('write text', () => fs.writeFileSync(at('text'), 'grüße 🎉'));
attempt('read buffer', () => fs.readFileSync(at('text')));
for (const options of ['utf8', 'utf-8', 'latin1', 'hex', { encoding: 'utf8' }, { encoding: null }, null, 'wrong']) attempt(`read ${JSON.stringify(options)}`, () => fs.readFileSync(at('text'), options));
attempt('write view', () => fs.writeFileSync(at('view'), new Uint16Array([1, 2, 3]).subarray(1)));
attempt('read view', () => fs.readFileSync(at('view'), 'hex'));
attempt('write DataView', () => fs.writeFileSync(at('view'), new DataView(new ArrayBuffer(8), 2, 3)));
attempt('size', () => fs.statSync(at('view')).size);
attempt('write number', () => fs.writeFileSync(at('view'), 7));
attempt('write hex', () => fs.writeFileSync(at('view'), '4142', 'hex'));
attempt('read hex', () => fs.readFileSync(at('view'), 'utf8'));
attempt('write wx', () => fs.writeFileSync(at('view'), 'x', { flag: 'wx' }));
attempt('lone surrogate', () => fs.writeFileSync(at('lone'), 'a\ud800b'));
attempt('lone surrogate', () => fs.readFileSync(at('lone'), 'hex'));
attempt('append', () => fs.appendFileSync(at('log'), 'one\n'));
attempt('append', () => fs.appendFileSync(at('log'), Buffer.from('two\n')));
attempt('append', () => fs.appendFileSync(at('log'), 'three\n', 'utf8'));
attempt('appended', () => fs.readFileSync(at('log'), 'utf8'));
attempt('url', () => fs.readFileSync(require('node:url').pathToFileURL(at('log')), 'utf8'));
attempt('path as buffer', () => fs.existsSync(Buffer.from(at('log'))));

const stats = fs.statSync(at('log'));
console.log(stats instanceof fs.Stats, Object.keys(stats).join(), stats.isFile(), stats.isDirectory(), stats.size, (stats.mode & 0o777).toString(8));
console.log(stats.mtime instanceof Date, stats.mtime.getTime() === Math.round(stats.mtimeMs) || stats.mtime.getTime() === Math.trunc(stats.mtimeMs), Math.abs(stats.mtimeMs - Date.now()) < 60000);
console.log(typeof fs.statSync(at('log'), { bigint: true }).size, fs.statSync(at('none'), { throwIfNoEntry: false }));

attempt('mkdir', () => fs.mkdirSync(at('folder')));
attempt('mkdir again', () => fs.mkdirSync(at('folder')));
attempt('mkdir mode', () => fs.mkdirSync(at('folder/inner'), 0o700));
attempt('mkdir deep', () => fs.mkdirSync(at('a/b/c'), { recursive: true }));
attempt('rmdir full', () => fs.rmdirSync(at('a')));
attempt('rmdir', () => fs.rmdirSync(at('a/b/c')));
attempt('readdir', () => fs.readdirSync(place).join());
attempt('readdir types', () => fs.readdirSync(place, { withFileTypes: true }).map((entry) => `${entry.name}${entry.isDirectory() ? '/' : ''}`).join());
attempt('readdir of a file', () => fs.readdirSync(at('log')));
attempt('read of a folder', () => fs.readFileSync(at('folder')));
attempt('read of a folder', () => fs.readFileSync(at('folder'), 'utf8'));
attempt('write over a folder', () => fs.writeFileSync(at('folder'), 'x'));
attempt('rename', () => fs.renameSync(at('log'), at('folder/log')));
attempt('renamed', () => [fs.existsSync(at('log')), fs.readFileSync(at('folder/log'), 'utf8').length].join());
attempt('rename over', () => fs.renameSync(at('text'), at('folder/log')));
attempt('renamed over', () => fs.readFileSync(at('folder/log'), 'utf8'));
attempt('rename missing', () => fs.renameSync(at('log'), at('x')));
attempt('rename folder', () => fs.renameSync(at('folder'), at('other')));
attempt('in it', () => [fs.existsSync(at('folder/log')), fs.existsSync(at('other/log'))].join());
attempt('unlink a folder', () => fs.unlinkSync(at('other')));
attempt('unlink', () => fs.unlinkSync(at('other/log')));
attempt('unlink again', () => fs.unlinkSync(at('other/log')));

// Links: what is changed by one name is seen by the other.
fs.writeFileSync(at('first'), 'first');
fs.linkSync(at('first'), at('second'));
attempt('links', () => fs.statSync(at('first')).nlink);
fs.writeFileSync(at('first'), 'changed');
attempt('by the other name', () => fs.readFileSync(at('second'), 'utf8'));
fs.unlinkSync(at('first'));
attempt('links', () => fs.statSync(at('second')).nlink);
fs.symlinkSync('other', at('alias'));
attempt('realpath', () => fs.realpathSync(at('alias', 'inner')));
attempt('realpath', () => fs.realpathSync(at('other', 'inner')));
attempt('lstat', () => fs.lstatSync(at('alias')).isSymbolicLink());
attempt('missing', () => fs.existsSync(at('alias', 'file')));
fs.writeFileSync(at('other', 'file'), 'through');
attempt('through the alias', () => fs.readFileSync(at('alias', 'file'), 'utf8'));
fs.writeFileSync(at('alias', 'file'), 'back');
attempt('back', () => fs.readFileSync(at('other', 'file'), 'utf8'));
fs.unlinkSync(at('alias', 'file'));
attempt('gone', () => fs.existsSync(at('other', 'file')));

// Relative paths follow the working directory.
process.chdir(at('other'));
fs.writeFileSync('here', 'relative');
attempt('relative', () => [fs.readFileSync('./here', 'utf8'), fs.readFileSync(at('other', 'here'), 'utf8')].join());
fs.unlinkSync(at('other/here'));
attempt('relative', () => fs.existsSync('here'));
process.chdir(place);
attempt('relative', () => fs.existsSync('here'));

// Descriptors and names of one file.
fs.writeFileSync(at('open'), 'one');
const fd = fs.openSync(at('open'), 'r+');
attempt('size', () => fs.fstatSync(fd).size);
fs.writeSync(fd, 'longer than before');
attempt('size', () => [fs.fstatSync(fd).size, fs.statSync(at('open')).size, fs.readFileSync(at('open'), 'utf8')].join());
fs.ftruncateSync(fd, 4);
attempt('cut', () => [fs.fstatSync(fd).size, fs.readFileSync(at('open'), 'utf8')].join());
fs.unlinkSync(at('open'));
attempt('unlinked', () => [fs.fstatSync(fd).nlink, fs.existsSync(at('open'))].join());
fs.writeSync(fd, 'still', 0);
const buffer = Buffer.alloc(5);
fs.readSync(fd, buffer, 0, 5, 0);
attempt('still there', () => buffer);
fs.fsyncSync(fd);
fs.closeSync(fd);
attempt('closed', () => fs.fstatSync(fd));

// Modes: one who may not write is refused. (As user 0 nothing is refused, so nothing is said.)
fs.writeFileSync(at('sealed'), 'x', { mode: 0o400 });
if (process.getuid() !== 0) {
  for (const work of [() => fs.writeFileSync(at('sealed'), 'y'), () => fs.appendFileSync(at('sealed'), 'y')]) {
    try {
      work();
      console.error('a sealed file was written to');
    } catch (error) {
      if (error.code !== 'EACCES') console.error(error);
    }
  }
}
fs.chmodSync(at('sealed'), 0o600);
attempt('unsealed', () => fs.appendFileSync(at('sealed'), 'y'));
attempt('unsealed', () => fs.readFileSync(at('sealed'), 'utf8'));
fs.rmSync(place, { recursive: true });
attempt('all gone', () => fs.existsSync(place));
