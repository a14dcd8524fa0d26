const { promisify } = require('node:util');
// An immediate of the main script races with a timeout of 0, in Node too; one of a callback does not.
setTimeout(() => { console.log('timeout 0'); setImmediate(() => console.log('immediate')); }, 0);
setTimeout(() => console.log('timeout 2500'), 2500);
process.nextTick(() => console.log('tick'));
Promise.resolve().then(() => console.log('microtask')).then(() => process.nextTick(() => console.log('tick after microtask')));
queueMicrotask(() => console.log('queued microtask'));
process.nextTick(() => Promise.resolve().then(() => console.log('microtask in tick')));
console.log('main');
process.on('beforeExit', () => { if (!globalThis.once) { globalThis.once = 1; console.log('beforeExit'); setTimeout(() => console.log('again'), 1); } });
process.on('exit', (code) => console.log('exit', code));
const interval = setInterval(() => { console.log('interval'); if (++interval.n === 3) clearInterval(interval); }, 300);
interval.n = 0;
setTimeout(() => console.log('never'), 100_000).unref();
(async () => { await promisify(setTimeout)(1500); console.log('slept'); for await (const x of require('node:timers/promises').setInterval(1, 'v')) { console.log(x); break; } })();
