'use strict';
// `watchFile`, `unwatchFile` and `fs.promises.watch`.
const { fs, at, check, put, told } = require('./shared/check.cjs');
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const interval = 20;
const both = (now, before) => [[now.size, now.nlink, now.isFile()], [before.size, before.nlink, before.isFile()]];
/** The first call of a listener after an action, which is one step: whoever polls may see the file between two. */
async function first(name, act, options) {
  const heard = new Promise((done) => fs.watchFile(at(name), { interval, ...options }, (now, before) => done([now, before])));
  await pause(60);
  await act();
  const got = await Promise.race([heard, pause(1500).then(() => null)]);
  fs.unwatchFile(at(name));
  return got;
}
check('written', async () => { put('f', 'one'); return both(...await first('f', () => fs.appendFileSync(at('f'), 'ger'))); });
check('appended', async () => both(...await first('f', () => fs.appendFileSync(at('f'), '!'))));
check('same contents, new time', async () => { const [now, before] = await first('f', () => fs.utimesSync(at('f'), 1, 2)); return [now.mtimeMs, before.mtimeMs > 1e12]; });
check('chmod', async () => { const [now, before] = await first('f', () => fs.chmodSync(at('f'), 0o600)); return [(now.mode & 0o777).toString(8), (before.mode & 0o777).toString(8)]; });
check('removed', async () => { const [now, before] = await first('f', () => fs.unlinkSync(at('f'))); return [now.size, now.mtimeMs, now.nlink, before.size]; });
check('missing at the start is told', async () => { const [now, before] = await first('none', () => {}); return [now.size, now.mtimeMs, before.size, before.mtimeMs]; });
check('missing, then made', async () => { const seen = []; fs.watchFile(at('made'), { interval }, (now, before) => seen.push([now.size, before.size])); await pause(60); put('ready', 'hello'); fs.renameSync(at('ready'), at('made')); await pause(150); fs.unwatchFile(at('made')); return seen; });
check('replaced by rename', async () => { put('f', 'one'); put('g', 'twelve'); const [now, before] = await first('f', () => fs.renameSync(at('g'), at('f'))); return [now.size, before.size, now.ino === before.ino]; });
check('bigint', async () => { const [now, before] = await first('f', () => fs.truncateSync(at('f'), 1), { bigint: true }); return [now.size, before.size, typeof now.mtimeNs]; });
check('a folder', async () => { fs.mkdirSync(at('d')); const [now] = await first('d', () => put('d/x')); return now.isDirectory(); });
check('read is not told', async () => { put('quiet'); const seen = []; fs.watchFile(at('quiet'), { interval }, () => seen.push(1)); await pause(60); fs.accessSync(at('quiet')); await pause(80); fs.unwatchFile(at('quiet')); return seen.length; });
check('two listeners', async () => { put('two'); const seen = []; const a = () => seen.push('a'), b = () => seen.push('b'); const watcher = fs.watchFile(at('two'), { interval }, a); const same = fs.watchFile(at('two'), { interval }, b); await pause(60); fs.appendFileSync(at('two'), 'changed'); await pause(150); const first = seen.join(); fs.unwatchFile(at('two'), a); seen.length = 0; fs.appendFileSync(at('two'), 'once more'); await pause(150); fs.unwatchFile(at('two')); return [first, seen.join(), watcher === same, watcher.constructor.name]; });
check('unwatched hears nothing', async () => { const seen = []; fs.watchFile(at('two'), { interval }, () => seen.push(1)); fs.unwatchFile(at('two')); put('two', 'silent'); await pause(80); return seen; });
check('unwatch of what is not watched', () => fs.unwatchFile(at('nothing')));
check('no listener', () => fs.watchFile(at('f')));
check('wrong listener', () => fs.watchFile(at('f'), {}, 'x'));
check('stop', async () => { const watcher = fs.watchFile(at('f'), { interval }, () => {}); const heard = new Promise((done) => watcher.on('stop', () => done('stop'))); fs.unwatchFile(at('f')); return heard; });
check('promises.watch', async () => { fs.mkdirSync(at('p')); const control = new AbortController(); const seen = []; setTimeout(() => { put('p/one'); setTimeout(() => control.abort(), 60); }, 30); try { for await (const event of fs.promises.watch(at('p'), { signal: control.signal })) if (JSON.stringify(seen.at(-1)) !== JSON.stringify(event)) seen.push(event); } catch (e) { seen.push([e.name, e.code, e.message]); } return seen; });
check('promises.watch left', async () => { setTimeout(() => put('p/two'), 30); for await (const event of fs.promises.watch(at('p'))) return event; });
check('promises.watch missing', async () => { for await (const event of fs.promises.watch(at('none'))) return event; });
check('promises.watch aborted before', async () => { for await (const event of fs.promises.watch(at('p'), { signal: AbortSignal.abort() })) return event; });
check('promises.watch overflow', async () => { const it = fs.promises.watch(at('p'), { maxQueue: 1, overflow: 'error' }); const next = it.next(); await pause(20); put('p/three'); put('p/four'); put('p/five'); await next; await pause(60); try { await it.next(); await it.next(); return 'no error'; } catch (e) { return [e.name, e.code]; } finally { it.return(); } });
