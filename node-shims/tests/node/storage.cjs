const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const storage = new AsyncLocalStorage();
const show = (where) => console.log(where, storage.getStore());
storage.run('a', () => {
  show('in run');
  setTimeout(() => show('timeout'), 30);
  setImmediate(() => show('immediate'));
  process.nextTick(() => show('tick'));
  queueMicrotask(() => show('microtask'));
  Promise.resolve().then(() => show('then'));
  new Promise((resolve) => setTimeout(resolve, 60)).then(() => show('slept')).then(() => show('then again'));
});
show('outside');
(async () => { await null; show('outside await'); })();
storage.run('b', () => Promise.resolve().then(() => { show('b'); storage.run('c', () => setImmediate(() => show('c'))); }).then(() => show('b again')));
const resource = storage.run('r', () => new AsyncResource('R'));
resource.runInAsyncScope(() => show('resource'));
storage.exit(() => show('exit'));
