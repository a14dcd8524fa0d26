'use strict';
// `cp` in its three manners, with all its options.
const { fs, at, check, put, tree, called, clean } = require('./shared/check.cjs');
let turn = 0;
/** A fresh pair: a tree to copy, and where to. */
function pair() {
  const name = `p${++turn}`;
  put(`${name}/src/a`, 'A'); put(`${name}/src/d/b`, 'B'); put(`${name}/src/d/e/c`, 'C');
  fs.mkdirSync(at(name, 'src/empty'));
  fs.symlinkSync('a', at(name, 'src/rel')); fs.symlinkSync('d', at(name, 'src/reldir')); fs.symlinkSync(at(name, 'src/a'), at(name, 'src/abs'));
  return [at(name, 'src'), at(name, 'dst'), name];
}
const strip = (list, name) => list.map((line) => line.replaceAll(`ROOT/${name}`, 'PAIR'));
const show = (dst, name) => strip(tree(dst), name);
const manners = {
  sync: async (from, to, options) => fs.cpSync(from, to, options),
  callback: (from, to, options) => new Promise((done, fail) => fs.cp(from, to, options, (error) => error ? fail(error) : done())),
  promise: (from, to, options) => fs.promises.cp(from, to, options),
};
for (const [manner, cp] of Object.entries(manners)) {
  const fails = async (name, promise) => { try { await promise; return 'no error'; } catch (error) { return [error.name, error.code, error.errno, error.syscall, clean(error.path), clean(error.message)].map((part) => String(part).replaceAll(`ROOT/${name}`, 'PAIR')); } };
  const c = (label, run) => check(`${manner}: ${label}`, run);
  c('a tree', async () => { const [src, dst, name] = pair(); await cp(src, dst, { recursive: true }); return show(dst, name); });
  c('not recursive', async () => { const [src, dst, name] = pair(); return fails(name, cp(src, dst, {})); });
  c('a file', async () => { const [src, dst, name] = pair(); await cp(src + '/a', dst, {}); return fs.readFileSync(dst, 'utf8'); });
  c('a file into new folders', async () => { const [src, dst, name] = pair(); await cp(src + '/a', dst + '/x/y', {}); return show(dst, name); });
  c('a file into a folder', async () => { const [src, dst, name] = pair(); fs.mkdirSync(dst); return fails(name, cp(src + '/a', dst, {})); });
  c('a folder over a file', async () => { const [src, dst, name] = pair(); fs.writeFileSync(dst, ''); return fails(name, cp(src, dst, { recursive: true })); });
  c('over itself', async () => { const [src, dst, name] = pair(); return fails(name, cp(src, src, { recursive: true })); });
  c('a file over itself', async () => { const [src, dst, name] = pair(); return fails(name, cp(src + '/a', src + '/a', {})); });
  c('into itself', async () => { const [src, dst, name] = pair(); return fails(name, cp(src, src + '/in', { recursive: true })); });
  c('missing', async () => { const [src, dst, name] = pair(); return fails(name, cp(src + '/none', dst, { recursive: true })); });
  c('merged', async () => { const [src, dst, name] = pair(); fs.mkdirSync(dst + '/d', { recursive: true }); fs.writeFileSync(dst + '/d/b', 'old'); fs.writeFileSync(dst + '/d/own', 'own'); await cp(src, dst, { recursive: true }); return show(dst, name); });
  c('merged without force', async () => { const [src, dst, name] = pair(); fs.mkdirSync(dst + '/d', { recursive: true }); fs.writeFileSync(dst + '/d/b', 'old'); await cp(src, dst, { recursive: true, force: false }); return show(dst, name); });
  c('error on exist', async () => { const [src, dst, name] = pair(); fs.writeFileSync(dst, 'old'); return fails(name, cp(src + '/a', dst, { force: false, errorOnExist: true })); });
  c('no error on exist', async () => { const [src, dst, name] = pair(); fs.writeFileSync(dst, 'old'); await cp(src + '/a', dst, { force: false }); return fs.readFileSync(dst, 'utf8'); });
  c('error on exist with force', async () => { const [src, dst, name] = pair(); fs.writeFileSync(dst, 'old'); await cp(src + '/a', dst, { errorOnExist: true }); return fs.readFileSync(dst, 'utf8'); });
  // Node 24.12 itself does otherwise than it documents in `cpSync` here: links in a tree stay links, a link to a file counts as a folder, and what is a link already is not replaced.
  if (manner !== 'sync') c('dereference', async () => { const [src, dst, name] = pair(); await cp(src, dst, { recursive: true, dereference: true }); return show(dst, name); });
  c('verbatim links', async () => { const [src, dst, name] = pair(); await cp(src, dst, { recursive: true, verbatimSymlinks: true }); return show(dst, name); });
  c('verbatim and dereference', async () => { const [src, dst, name] = pair(); return fails(name, cp(src, dst, { recursive: true, verbatimSymlinks: true, dereference: true })); });
  c('a link', async () => { const [src, dst, name] = pair(); await cp(src + '/rel', dst, {}); return strip([clean(fs.readlinkSync(dst))], name); });
  c('a link, verbatim', async () => { const [src, dst, name] = pair(); await cp(src + '/rel', dst, { verbatimSymlinks: true }); return fs.readlinkSync(dst); });
  if (manner !== 'sync') c('a link, dereferenced', async () => { const [src, dst, name] = pair(); await cp(src + '/rel', dst, { dereference: true }); return [fs.lstatSync(dst).isFile(), fs.readFileSync(dst, 'utf8')]; });
  c('a link over a link', async () => { const [src, dst, name] = pair(); fs.symlinkSync('elsewhere', dst); await cp(src + '/rel', dst, {}); return strip([clean(fs.readlinkSync(dst))], name); });
  if (manner !== 'sync') c('again over the copy', async () => { const [src, dst, name] = pair(); await cp(src, dst, { recursive: true, verbatimSymlinks: true }); await cp(src, dst, { recursive: true, verbatimSymlinks: true }); return show(dst, name); });
  c('times', async () => { const [src, dst, name] = pair(); fs.utimesSync(src + '/d/b', 1000, 2000.5); await cp(src, dst, { recursive: true, preserveTimestamps: true }); return fs.statSync(dst + '/d/b').mtimeMs; });
  c('times of a file', async () => { const [src, dst, name] = pair(); fs.utimesSync(src + '/a', 1000, 2000.5); await cp(src + '/a', dst, { preserveTimestamps: true }); return fs.statSync(dst).mtimeMs; });
  c('times are new otherwise', async () => { const [src, dst, name] = pair(); fs.utimesSync(src + '/a', 1000, 2000.5); await cp(src + '/a', dst, {}); return fs.statSync(dst).mtimeMs > 1e12; });
  c('times of a file that cannot be written', async () => { const [src, dst, name] = pair(); fs.utimesSync(src + '/a', 1000, 2000.5); fs.chmodSync(src + '/a', 0o444); await cp(src + '/a', dst, { preserveTimestamps: true }); const s = fs.statSync(dst); return [s.mtimeMs, (s.mode & 0o777).toString(8)]; });
  c('filter', async () => { const [src, dst, name] = pair(); const seen = []; await cp(src, dst, { recursive: true, filter: (from, to) => { seen.push(clean(from) + ' > ' + clean(to)); return !from.endsWith('/d/e') && !from.includes('rel'); } }); return [strip(seen.sort(), name), show(dst, name)]; });
  c('filter refuses all', async () => { const [src, dst, name] = pair(); await cp(src, dst, { recursive: true, filter: () => false }); return fs.existsSync(dst); });
  c('filter throws', async () => { const [src, dst, name] = pair(); return fails(name, cp(src, dst, { recursive: true, filter: () => { throw new Error('no'); } })); });
  if (manner !== 'sync') c('filter by promise', async () => { const [src, dst, name] = pair(); await cp(src, dst, { recursive: true, filter: async (from) => !from.endsWith('/a') }); return show(dst, name); });
  c('mode exclusive', async () => { const [src, dst, name] = pair(); fs.writeFileSync(dst, 'old'); await cp(src + '/a', dst, { mode: fs.constants.COPYFILE_EXCL }); return fs.readFileSync(dst, 'utf8'); });
  c('a socket or device', async () => { const [src, dst, name] = pair(); return fails(name, cp('/dev/null', dst, {})); });
  c('modes of files', async () => { const [src, dst, name] = pair(); fs.chmodSync(src + '/a', 0o751); fs.chmodSync(src + '/d', 0o711); await cp(src, dst, { recursive: true, verbatimSymlinks: true }); return show(dst, name); });
  c('a link that leads out', async () => { const [src, dst, name] = pair(); fs.symlinkSync('../../outside', src + '/out'); await cp(src, dst, { recursive: true }); return show(dst, name); });
  c('a tree below a file', async () => { const [src, dst, name] = pair(); return fails(name, cp(src, src + '/a/x', { recursive: true })); });
  c('not readable', async () => { const [src, dst, name] = pair(); fs.chmodSync(src + '/d/b', 0o200); const got = await fails(name, cp(src, dst, { recursive: true })); return got; });
  c('wrong options', async () => { const [src, dst, name] = pair(); return fails(name, (async () => cp(src, dst, { recursive: 'yes' }))()); });
}
