'use strict';
// The files of /dev, and descriptors by path.
const { fs, at, check, put, called, clean } = require('./shared/check.cjs');
const { execSync, spawnSync } = require('child_process');
const node = (source, options) => { const got = spawnSync(process.execPath, ['-e', source], { encoding: 'latin1', ...options }); return [got.status, got.stdout, got.stderr.split('\n').find((line) => line.includes('Error')) ?? '']; };
const using = (name, flags, run) => { const fd = fs.openSync(name, flags); try { return run(fd); } finally { fs.closeSync(fd); } };
const take = (fd, length, position) => { const b = Buffer.alloc(length, 'x'); return b.subarray(0, fs.readSync(fd, b, 0, length, position)); };
check('null', () => using('/dev/null', 'r+', (fd) => [fs.writeSync(fd, 'gone'), take(fd, 5), take(fd, 5, 100), fs.fstatSync(fd).isCharacterDevice(), fs.fstatSync(fd).size]));
check('null whole', () => [fs.readFileSync('/dev/null'), fs.writeFileSync('/dev/null', 'x'), fs.appendFileSync('/dev/null', 'y'), fs.readFileSync('/dev/null', 'utf8')]);
check('null truncated', () => fs.truncateSync('/dev/null', 5));
check('null, fsync', () => using('/dev/null', 'r+', (fd) => fs.fsyncSync(fd)));
check('null, ftruncate', () => using('/dev/null', 'r+', (fd) => fs.ftruncateSync(fd, 0)));
check('null, exclusive', () => fs.openSync('/dev/null', 'wx'));
check('null, write stream', () => new Promise((done) => fs.createWriteStream('/dev/null').end('x'.repeat(100000)).on('close', () => done('closed'))));
check('null, read stream', async () => { let n = 0; for await (const piece of fs.createReadStream('/dev/null')) n += piece.length; return n; });
check('zero', () => using('/dev/zero', 'r+', (fd) => [take(fd, 4), take(fd, 3, 7), fs.writeSync(fd, 'abc'), take(fd, 100000).every((b) => b === 0)]));
check('full', () => using('/dev/full', 'r+', (fd) => { const got = [take(fd, 3)]; try { fs.writeSync(fd, 'x'); } catch (e) { got.push(e.code, e.message); } return got; }));
check('full whole', () => fs.writeFileSync('/dev/full', 'x'));
check('full, promise', () => fs.promises.writeFile('/dev/full', 'x'));
check('urandom', () => using('/dev/urandom', 'r', (fd) => { const [a, b] = [take(fd, 32), take(fd, 32)]; return [a.length, a.equals(b), take(fd, 70000).length, new Set(take(fd, 5000)).size > 200]; }));
check('random', () => using('/dev/random', 'r', (fd) => take(fd, 16).length));
check('tty without a terminal', () => { const [status, out, error] = node(`require('fs').openSync('/dev/tty', 'r+')`, { detached: true }); return [status, error]; });
check('missing device', () => fs.openSync('/dev/none'));
// By a pipe of the shell: what Node itself gives its children are sockets, which Linux does not open by a path.
const piped = (source) => execSync(`printf typed | "${process.execPath}" -e "${source}" | cat`, { encoding: 'latin1' });
for (const name of ['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']) {
  check(`${name}`, () => piped(`process.stdout.write(require('fs').readFileSync('${name}', 'latin1'))`));
  check(`${name}, promise`, () => piped(`require('fs').promises.readFile('${name}', 'latin1').then((text) => process.stdout.write(text))`));
  check(`${name} as a stream`, () => piped(`require('fs').createReadStream('${name}').pipe(process.stdout)`));
  if (name !== '/dev/stdin') check(`${name} known`, () => piped(`const fs = require('fs'); const s = fs.statSync('${name}'); process.stdout.write(String([s.isFIFO(), s.isCharacterDevice(), s.size, fs.existsSync('${name}')]))`));
}
check('0', () => piped(`process.stdout.write(require('fs').readFileSync(0, 'latin1'))`));
check('stdout', () => piped(`const fs = require('fs'); fs.writeFileSync('/dev/stdout', 'one '); fs.appendFileSync('/dev/fd/1', 'two '); fs.writeFileSync('/proc/self/fd/1', 'three ');`));
check('/dev/fd/77', () => piped(`const fs = require('fs'); process.stdout.write(String([fs.existsSync('/dev/fd/77'), fs.existsSync('/proc/self/fd/77')]))`));
