const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const storage = new AsyncLocalStorage();
const show = (where) => console.log(where, storage.getStore());
storage.run('a', () => {
  show('in run');
  setTimeout(() => show('timeout'), 1);
  setImmediate(() => show('immediate'));
  process.nextTick(() => show('tick'));
  queueMicrotask(() => show('microtask'));
  Promise.resolve().then(() => show('then'));
  (async () => { show('async'); await null; show('after await'); await new Promise((resolve) => setTimeout(resolve, 2)); show('after sleep'); })();
});
show('outside');
(async () => { await null; show('outside await'); })();
storage.run('b', async () => { await 1; await 2; show('b'); storage.run('c', async () => { await 3; show('c'); }); await 4; show('b again'); });
const resource = storage.run('r', () => new AsyncResource('R'));
resource.runInAsyncScope(() => show('resource'));
storage.exit(() => show('exit'));
