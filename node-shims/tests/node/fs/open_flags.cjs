'use strict';
// What each flag of `open` means, in words and in bits.
const { fs, at, check, put, called } = require('./shared/check.cjs');
const { O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY, O_NOFOLLOW, O_SYNC, O_DSYNC, O_NOATIME, O_NONBLOCK, O_NOCTTY, O_DIRECT } = fs.constants;
put('f', 'content'); fs.mkdirSync(at('d')); fs.symlinkSync('f', at('l')); fs.symlinkSync('d', at('ld')); fs.symlinkSync('lost', at('dangling'));
/** Opens, tries to read and to write, and answers what came of it. */
function probe(name, flags, mode) {
  const fd = fs.openSync(at(name), flags, mode);
  const got = [];
  try { const b = Buffer.alloc(20); got.push(b.toString('latin1', 0, fs.readSync(fd, b))); } catch (e) { got.push(e.code); }
  try { got.push(fs.writeSync(fd, 'W')); } catch (e) { got.push(e.code); }
  fs.closeSync(fd);
  try { got.push(fs.readFileSync(at(name), 'latin1')); } catch (e) { got.push(e.code); }
  return got;
}
check('constants', () => [O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_DIRECTORY, O_NOFOLLOW, O_SYNC, O_DSYNC, O_NOATIME, O_NONBLOCK, O_NOCTTY, O_DIRECT]);
for (const flags of ['r', 'rs', 'sr', 'r+', 'rs+', 'sr+', 'w', 'w+', 'a', 'a+', 'as', 'as+', 'wx', 'xw', 'wx+', 'xw+', 'ax', 'xa', 'ax+', 'xa+']) {
  check(`${flags} of a file`, () => { put('f', 'content'); return probe('f', flags); });
  check(`${flags} of what is missing`, () => { fs.rmSync(at('new'), { force: true }); return probe('new', flags); });
}
check('unknown', () => fs.openSync(at('f'), 'q'));
check('not a flag', () => fs.openSync(at('f'), {}));
check('a fraction', () => fs.openSync(at('f'), 1.5));
check('null', () => probe('f', null));
check('undefined', () => { put('f', 'content'); return probe('f'); });
check('create only', () => { fs.rmSync(at('new'), { force: true }); return probe('new', O_CREAT); });
check('create and truncate only', () => { put('f', 'content'); return probe('f', O_CREAT | O_TRUNC); });
check('read and truncate', () => { put('f', 'content'); return probe('f', O_RDONLY | O_TRUNC); });
check('write', () => { put('f', 'content'); return probe('f', O_WRONLY); });
check('read and write', () => { put('f', 'content'); return probe('f', O_RDWR); });
check('append read and write', () => { put('f', 'content'); return probe('f', O_RDWR | O_APPEND); });
check('sync', () => { put('f', 'content'); return [probe('f', O_RDWR | O_SYNC), probe('f', O_RDWR | O_DSYNC)]; });
check('nonblock and noctty', () => { put('f', 'content'); return probe('f', O_RDWR | O_NONBLOCK | O_NOCTTY); });
check('noatime', () => { put('f', 'content'); return probe('f', O_RDONLY | O_NOATIME); });
check('exclusive without create', () => { put('f', 'content'); return probe('f', O_RDWR | O_EXCL); });
check('exclusive over a file', () => fs.openSync(at('f'), O_RDWR | O_CREAT | O_EXCL));
check('exclusive over a link', () => fs.openSync(at('l'), O_RDWR | O_CREAT | O_EXCL));
check('exclusive over a dangling link', () => fs.openSync(at('dangling'), O_RDWR | O_CREAT | O_EXCL));
check('exclusive over a folder', () => fs.openSync(at('d'), O_RDWR | O_CREAT | O_EXCL));
check('create through a dangling link', () => { const got = probe('dangling', O_RDWR | O_CREAT); fs.rmSync(at('lost')); return got; });
check('a folder to read', () => { const fd = fs.openSync(at('d'), O_RDONLY); const got = [fs.fstatSync(fd).isDirectory()]; for (const act of [() => fs.readSync(fd, Buffer.alloc(4)), () => fs.readFileSync(fd), () => fs.writeSync(fd, 'x'), () => fs.ftruncateSync(fd), () => fs.fsyncSync(fd), () => fs.fdatasyncSync(fd), () => fs.fchmodSync(fd, 0o755), () => fs.futimesSync(fd, 1, 2)]) { try { got.push(act()); } catch (e) { got.push(`${e.code} ${e.syscall}`); } } fs.closeSync(fd); return got; });
check('a folder to write', () => fs.openSync(at('d'), 'r+'));
check('a folder with create', () => fs.openSync(at('d'), O_RDONLY | O_CREAT));
check('directory', () => { const fd = fs.openSync(at('d'), O_DIRECTORY); fs.closeSync(fd); return typeof fd; });
check('directory by a link', () => { const fd = fs.openSync(at('ld'), O_DIRECTORY); fs.closeSync(fd); return typeof fd; });
check('directory of a file', () => fs.openSync(at('f'), O_DIRECTORY));
check('directory and create', () => fs.openSync(at('f'), O_DIRECTORY | O_CREAT));
check('directory of what is missing', () => fs.openSync(at('none'), O_DIRECTORY));
check('nofollow of a link', () => fs.openSync(at('l'), O_NOFOLLOW));
check('nofollow of a link to a folder', () => fs.openSync(at('ld'), O_NOFOLLOW | O_DIRECTORY));
check('nofollow of a dangling link', () => fs.openSync(at('dangling'), O_NOFOLLOW));
check('nofollow and create of a dangling link', () => fs.openSync(at('dangling'), O_NOFOLLOW | O_CREAT | O_WRONLY));
check('nofollow of a file', () => { put('f', 'content'); return probe('f', O_NOFOLLOW); });
check('nofollow on the way', () => { put('d/in', 'IN'); return probe('ld/in', O_NOFOLLOW); });
check('write of what may be read only', () => { put('ro', 'RO'); fs.chmodSync(at('ro'), 0o444); return probe('ro', 'r+'); });
check('create with a mode that forbids it', () => probe('sealed', O_RDWR | O_CREAT, 0o000));
check('the lowest number is taken', () => { const [a, b, c] = [1, 2, 3].map(() => fs.openSync(at('f'))); fs.closeSync(b); const d = fs.openSync(at('f')); const got = [b === a + 1, d === b]; for (const fd of [a, c, d]) fs.closeSync(fd); return got; });
check('callback', async () => { const [fd] = await called((done) => fs.open(at('f'), done)); return [typeof fd, await called((done) => fs.close(fd, done)), await called((done) => fs.close(fd, done)), await called((done) => fs.open(at('none'), done)), await called((done) => fs.open(at('f'), 'wx', done))]; });
check('wrong mode', () => fs.openSync(at('f'), 'r', 'rw'));
