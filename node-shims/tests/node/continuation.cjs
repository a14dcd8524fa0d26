'use strict';
// AsyncLocalStorage through everything that awaits.
const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const say = console.log;
const als = new AsyncLocalStorage();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function native() {
  await 1;
  say('value', als.getStore());
  await sleep(1);
  say('timer', als.getStore());
  await Promise.reject(new Error('no')).catch(() => say('catch', als.getStore()));
  try {
    await Promise.reject(new Error('no'));
  } catch {
    say('rejected', als.getStore());
  } finally {
    say('finally', als.getStore());
  }
  await { then(resolve) { say('thenable', als.getStore()); resolve(); } };
  say('after thenable', als.getStore());
  await new Promise((resolve) => setImmediate(resolve));
  say('immediate', als.getStore());
  await Promise.all([sleep(1), 2, Promise.resolve()]);
  say('all', als.getStore());
}

async function* numbers() {
  yield als.getStore();
  await sleep(1);
  yield als.getStore();
}

(async () => {
  await als.run('one', native);
  say('outside', als.getStore());
  await Promise.all([als.run('left', async () => { await sleep(2); say('left', als.getStore()); }), als.run('right', async () => { await sleep(1); say('right', als.getStore()); })]);
  await als.run('generator', async () => { for await (const store of numbers()) say('yielded', store, als.getStore()); });
  // The reaction is its own `then`'s, not whoever resolves.
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  const waits = als.run('waits', async () => { await promise; say('resolved by another', als.getStore()); });
  const thens = als.run('thens', () => promise.then(() => say('then', als.getStore())));
  als.run('resolves', () => resolve());
  await Promise.all([waits, thens]);
  await als.run('exit', async () => { als.exit(() => say('exit', als.getStore())); await 0; say('after exit', als.getStore()); });
  await (async () => { als.enterWith('entered'); await 0; say('entered', als.getStore()); })();
  say('caller', als.getStore());
  const resource = als.run('resource', () => new AsyncResource('THING'));
  als.run('other', () => resource.runInAsyncScope(() => say('resource', als.getStore())));
  const bound = als.run('bound', () => AsyncLocalStorage.bind(() => als.getStore()));
  say('bound', als.run('else', bound));
  const snapshot = als.run('snapshot', () => AsyncLocalStorage.snapshot());
  say('snapshot', snapshot(() => als.getStore()));
  als.run('micro', () => queueMicrotask(() => say('microtask', als.getStore())));
  als.run('tick', () => process.nextTick(() => say('tick', als.getStore())));
  await sleep(1);
  const { default: dynamic } = await als.run('import', async () => { const found = await import('node:path'); say('import', als.getStore()); return found; });
  say(typeof dynamic.join);
  const second = new AsyncLocalStorage({ defaultValue: 'none', name: 'second' });
  await second.run('two', () => als.run('one', async () => { await sleep(1); say(als.getStore(), second.getStore()); }));
  say(second.getStore(), second.name);
})();
