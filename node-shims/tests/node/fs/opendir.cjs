'use strict';
// Reading folders name by name, while they stay and while they change.
const { fs, at, check, put, called } = require('./shared/check.cjs');
const names = (folder, options) => { const dir = fs.opendirSync(folder, options); const seen = []; for (let entry; (entry = dir.readSync()) !== null;) seen.push(entry.name); dir.closeSync(); return seen.sort(); };
for (let i = 0; i < 70; i++) put(`many/f${String(i).padStart(2, '0')}`);
put('t/a'); put('t/b/c'); put('t/b/d/e'); fs.symlinkSync('b', at('t/link'));
check('all names', () => names(at('many')).length);
check('each size of buffer', () => [1, 2, 7, 32, 69, 70, 71, 1000].map((bufferSize) => new Set(names(at('many'), { bufferSize })).size));
check('kinds', () => { const dir = fs.opendirSync(at('t')); const seen = []; for (let entry; (entry = dir.readSync()) !== null;) seen.push([entry.name, entry.isFile(), entry.isDirectory(), entry.isSymbolicLink(), entry.parentPath === at('t'), entry.path]); dir.closeSync(); return seen.sort(); });
check('path', () => { const dir = fs.opendirSync(at('t')); dir.closeSync(); return [dir.path === at('t'), dir.constructor.name]; });
check('recursive', () => names(at('t'), { recursive: true }));
check('recursive, small buffer', () => names(at('t'), { recursive: true, bufferSize: 1 }));
check('parents when recursive', () => { const dir = fs.opendirSync(at('t'), { recursive: true }); const seen = []; for (let entry; (entry = dir.readSync()) !== null;) seen.push(entry.parentPath + '/' + entry.name); dir.closeSync(); return seen.sort(); });
check('for await', async () => { const seen = []; for await (const entry of await fs.promises.opendir(at('t'))) seen.push(entry.name); return seen.sort(); });
check('for await recursive', async () => { const seen = []; for await (const entry of await fs.promises.opendir(at('t'), { recursive: true })) seen.push(entry.name); return seen.sort(); });
check('for await closes', async () => { const dir = await fs.promises.opendir(at('t')); for await (const entry of dir) break; await dir.close(); });
check('read by promise', async () => { const dir = await fs.promises.opendir(at('t')); const seen = []; for (let entry; (entry = await dir.read()) !== null;) seen.push(entry.name); await dir.close(); return seen.sort(); });
check('read by callback', async () => { const [dir] = await called((done) => fs.opendir(at('t'), done)); const [entry] = await called((done) => dir.read(done)); const closed = await called((done) => dir.close(done)); return [typeof entry.name, closed]; });
check('many at once', async () => { const dir = fs.opendirSync(at('t')); const got = await Promise.all([dir.read(), dir.read(), dir.read(), dir.read()]); await dir.close(); return got.map((entry) => entry && entry.name).sort(); });
check('readSync while reading', async () => { const dir = fs.opendirSync(at('t')); const first = dir.read(); try { dir.readSync(); } finally { await first; dir.closeSync(); } });
check('closed twice', () => { const dir = fs.opendirSync(at('t')); dir.closeSync(); dir.closeSync(); });
check('read after close', () => { const dir = fs.opendirSync(at('t')); dir.closeSync(); return dir.readSync(); });
check('read after close, promise', async () => { const dir = fs.opendirSync(at('t')); await dir.close(); return dir.read(); });
check('buffers', () => { const dir = fs.opendirSync(at('t/b/d'), { encoding: 'buffer' }); const entry = dir.readSync(); dir.closeSync(); return entry.name; });
check('hex', () => { const dir = fs.opendirSync(at('t/b/d'), 'hex'); const entry = dir.readSync(); dir.closeSync(); return entry.name; });
check('empty', () => { fs.mkdirSync(at('empty')); return names(at('empty')); });
check('missing', () => fs.opendirSync(at('none')));
check('missing, promise', () => fs.promises.opendir(at('none')));
check('missing, callback', () => called((done) => fs.opendir(at('none'), done)));
check('a file', () => fs.opendirSync(at('t/a')));
check('a file, promise', () => fs.promises.opendir(at('t/a')));
check('bufferSize 0', () => fs.opendirSync(at('t'), { bufferSize: 0 }));
check('bufferSize wrong', () => fs.opendirSync(at('t'), { bufferSize: '1' }));
check('encoding wrong', () => fs.opendirSync(at('t'), { encoding: 'klingon' }));
check('removed while read: no other is missed or doubled', () => {
  for (let i = 0; i < 60; i++) put(`gone/f${i}`);
  const dir = fs.opendirSync(at('gone'), { bufferSize: 4 });
  const seen = [];
  for (let entry; (entry = dir.readSync()) !== null;) { seen.push(entry.name); fs.unlinkSync(at('gone', entry.name)); }
  dir.closeSync();
  return [seen.length, new Set(seen).size, fs.readdirSync(at('gone'))];
});
check('added while read: what was there is seen once', () => {
  for (let i = 0; i < 40; i++) put(`grows/f${i}`);
  const dir = fs.opendirSync(at('grows'), { bufferSize: 4 });
  const seen = [];
  for (let entry; (entry = dir.readSync()) !== null;) { seen.push(entry.name); if (seen.length < 30) put(`grows/${seen.length % 2 ? 'a' : 'z'}${seen.length}`); }
  dir.closeSync();
  const old = seen.filter((name) => name.startsWith('f'));
  return [old.length, new Set(old).size, new Set(seen).size === seen.length];
});
check('renamed while read', () => {
  for (let i = 0; i < 30; i++) put(`moves/f${i}`);
  const dir = fs.opendirSync(at('moves'), { bufferSize: 3 });
  const seen = [];
  for (let entry; (entry = dir.readSync()) !== null;) seen.push(entry.name);
  dir.closeSync();
  fs.renameSync(at('moves'), at('moved'));
  return [seen.length, fs.readdirSync(at('moved')).length];
});
check('the folder is renamed while read', () => { const dir = fs.opendirSync(at('moved'), { bufferSize: 3 }); const seen = [dir.readSync().name]; fs.renameSync(at('moved'), at('moved2')); for (let entry; (entry = dir.readSync()) !== null;) seen.push(entry.name); dir.closeSync(); return new Set(seen).size; });
check('the folder is removed while read', () => { fs.mkdirSync(at('dead')); const dir = fs.opendirSync(at('dead')); fs.rmdirSync(at('dead')); const got = dir.readSync(); dir.closeSync(); return got; });
check('Symbol.dispose', () => { const dir = fs.opendirSync(at('t')); dir[Symbol.dispose](); return dir.readSync(); });
check('many open', () => { const dirs = []; for (let i = 0; i < 50; i++) dirs.push(fs.opendirSync(at('t'))); for (const dir of dirs) dir.closeSync(); return dirs.length; });
