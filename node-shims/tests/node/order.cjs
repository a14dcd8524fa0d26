setImmediate(() => console.log('immediate'));
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('microtask')).then(() => process.nextTick(() => console.log('tick after microtask')));
queueMicrotask(() => console.log('queued microtask'));
process.nextTick(() => Promise.resolve().then(() => console.log('microtask in tick')));
console.log('main');
let again = true;
process.on('beforeExit', () => { if (again) { again = false; console.log('beforeExit'); setTimeout(() => console.log('again'), 1); } });
process.on('exit', (code) => console.log('exit', code));
setTimeout(() => console.log('never'), 100_000).unref();
(async () => {
  await require('timers/promises').setTimeout(20);
  console.log('slept');
  for await (const value of require('timers/promises').setInterval(1, 'value')) { console.log(value); break; }
})();
