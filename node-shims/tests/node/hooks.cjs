'use strict';
// What async_hooks hear: of promises, timers, handles and requests.
const { createHook, executionAsyncId, triggerAsyncId, executionAsyncResource, AsyncResource } = require('async_hooks');
const fs = require('fs');
const net = require('net');
const say = console.log;
const log = [];
const hook = createHook({
  init(id, type, trigger) { log.push(['init', id, type, trigger]); },
  before(id) { log.push(['before', id]); },
  after(id) { log.push(['after', id]); },
  destroy(id) { log.push(['destroy', id]); },
  promiseResolve(id) { log.push(['resolve', id]); },
});
// Ids as they are met, types and who triggered them.
const story = (wanted) => {
  const names = new Map([[executionAsyncId(), 'here'], [1, 'main']]);
  const lines = [];
  for (const [event, id, type, trigger] of log.splice(0)) {
    if (event === 'init' && wanted.includes(type)) names.set(id, `${type}${[...names.values()].filter((name) => name.startsWith(type)).length}`);
    if (names.has(id) && id !== 1) lines.push(event === 'init' ? `${event} ${names.get(id)} by ${names.get(trigger) ?? 'another'}` : `${event} ${names.get(id)}`);
  }
  return lines;
};
say(executionAsyncId(), triggerAsyncId());
hook.enable();
const first = new Promise((resolve) => resolve(1));
const second = first.then(() => { say('in then', executionAsyncId() > 1, triggerAsyncId() > 1); });
second.then(() => {
  hook.disable();
  say(story(['PROMISE']).slice(0, 12));
  hook.enable();
  setTimeout(() => {
    hook.disable();
    say(story(['Timeout']));
    hook.enable();
    fs.stat('.', () => {
      say(executionAsyncResource().constructor.name);
      setImmediate(() => {
        hook.disable();
        say(story(['FSREQCALLBACK']));
        hook.enable();
        const server = net.createServer((connection) => { connection.end(); server.close(); });
        server.listen(0, '127.0.0.1', () => {
          const client = net.connect(server.address().port, '127.0.0.1');
          client.resume().on('close', () => setImmediate(() => {
            hook.disable();
            const lines = story(['TCPSERVERWRAP', 'TCPWRAP', 'TCPCONNECTWRAP']);
            say(lines.filter((line) => line.startsWith('init')).sort());
            const resource = new AsyncResource('MINE');
            resource.runInAsyncScope(() => say(executionAsyncId() === resource.asyncId(), triggerAsyncId() === resource.triggerAsyncId()));
          }));
        });
      });
    });
  }, 1);
});
