'use strict';
// Threads: messages, ports that travel, shared memory, ends.
const { Worker, isMainThread, parentPort, workerData, threadId, MessageChannel, BroadcastChannel, receiveMessageOnPort, resourceLimits, getEnvironmentData, setEnvironmentData, SHARE_ENV } = require('worker_threads');
const { once } = require('events');
const say = console.log;

if (!isMainThread) {
  const jobs = {
    values() {
      parentPort.postMessage({ threadId, workerData, env: process.env.GIVEN, argv: process.argv.slice(2), data: getEnvironmentData('key'), limit: resourceLimits.stackSizeMb });
    },
    echo() { parentPort.on('message', (message) => { if (message === 'end') parentPort.close(); else parentPort.postMessage(message); }); },
    large() { parentPort.once('message', (buffer) => parentPort.postMessage(buffer, [buffer])); },
    port() { parentPort.once('message', ({ port }) => { port.on('message', (text) => port.postMessage(`${text} came`)); port.on('close', () => parentPort.postMessage('the port was closed')); }); },
    throws() { throw Object.assign(new RangeError('out of it'), { code: 'E_OUT' }); },
    rejects() { Promise.reject(new TypeError('not kept')); },
    exits() { process.on('exit', (code) => parentPort.postMessage(['exits with', code])); process.exit(7); },
    spins() { parentPort.postMessage('spinning'); for (;;); },
    shared() {
      const numbers = new Int32Array(workerData.memory);
      numbers[2] = 5;
      Atomics.add(numbers, 0, 1);
      Atomics.notify(numbers, 0);
      Atomics.wait(numbers, 1, 0);
      const woken = [Atomics.load(numbers, 1), numbers[3]];
      Atomics.add(numbers, 0, 10);
      parentPort.postMessage(woken);
    },
    broadcast() { const channel = new BroadcastChannel('all'); channel.onmessage = ({ data }) => { channel.postMessage(`${data} back`); channel.close(); }; parentPort.postMessage('listening'); },
    nested() { const inner = new Worker(__filename, { workerData: { job: 'values', depth: 2 } }); inner.on('message', ({ workerData: { depth } }) => parentPort.postMessage(['inner', depth])); },
    stdout() { process.stdout.write('one\n'); console.error('two'); process.stdin.on('data', (data) => process.stdout.write(`in: ${data}`)); },
  };
  jobs[workerData.job]();
} else {
  const watched = (worker) => { worker.over = new Promise((resolve) => worker.once('exit', resolve)); return worker; };
  const thread = (job, options = {}) => watched(new Worker(__filename, { ...options, workerData: { job, ...options.workerData } }));
  const ended = async (worker) => say('ended', await worker.over);
  (async () => {
    setEnvironmentData('key', ['set']);
    let worker = thread('values', { env: { GIVEN: 'yes' }, argv: ['a', 'b'], resourceLimits: { stackSizeMb: 2 }, workerData: { map: new Map([[1, new Set([2n])]]), date: new Date(0), re: /x/gi } });
    say((await once(worker, 'message'))[0]);
    await ended(worker);

    worker = thread('echo');
    const cyclic = { name: 'cyclic' };
    cyclic.self = cyclic;
    for (const value of [undefined, null, -0, NaN, 'ü😀', 2n ** 70n, [1, , 3], new Uint16Array([1, 2]), new Error('e', { cause: 1 }).message, cyclic, new Float64Array([0.5]).buffer]) {
      worker.postMessage(value);
      say((await once(worker, 'message'))[0]);
    }
    const moved = new ArrayBuffer(8);
    worker.postMessage(moved, [moved]);
    say(moved.byteLength, (await once(worker, 'message'))[0].byteLength);
    for (const bad of [() => {}, Symbol('s'), new WeakMap()]) {
      try { worker.postMessage(bad); } catch (error) { say(error.name, error.code); }
    }
    worker.postMessage('end');
    await ended(worker);

    // Longer than what the way between them holds; the thread ends while it is on its way.
    worker = thread('large');
    const large = new Uint8Array(5 << 20).fill(7);
    worker.postMessage(large.buffer, [large.buffer]);
    const [back] = await once(worker, 'message');
    say(large.length, back.byteLength, new Uint8Array(back).every((byte) => byte === 7));
    await ended(worker);

    worker = thread('port');
    const { port1, port2 } = new MessageChannel();
    port1.postMessage('early');
    worker.postMessage({ port: port2 }, [port2]);
    say((await once(port1, 'message'))[0]);
    port1.postMessage('late');
    say((await once(port1, 'message'))[0]);
    port1.close();
    say((await once(worker, 'message'))[0]);
    await ended(worker);

    for (const job of ['throws', 'rejects', 'exits']) {
      worker = thread(job);
      worker.on('error', (error) => say(error.name, error.message, error.code, error instanceof Error));
      worker.on('message', say);
      await ended(worker);
    }

    worker = thread('spins');
    await once(worker, 'message');
    say('terminated', await worker.terminate());

    const memory = new SharedArrayBuffer(16);
    const numbers = new Int32Array(memory);
    worker = thread('shared', { workerData: { memory } });
    say(Atomics.wait(numbers, 0, 0), numbers[0], numbers[2]);
    numbers[3] = 9;
    Atomics.store(numbers, 1, 3);
    Atomics.notify(numbers, 1);
    say((await once(worker, 'message'))[0]);
    say(Atomics.load(numbers, 0));
    await ended(worker);
    say(Atomics.wait(numbers, 0, 11, 5), Atomics.wait(numbers, 0, 0, 5));

    worker = thread('broadcast');
    await once(worker, 'message');
    const channel = new BroadcastChannel('all');
    channel.postMessage('there and');
    say(await new Promise((resolve) => { channel.onmessage = ({ data }) => resolve(data); }));
    channel.close();
    await ended(worker);

    worker = thread('nested');
    say((await once(worker, 'message'))[0]);
    await ended(worker);

    worker = thread('stdout', { stdout: true, stderr: true, stdin: true });
    let out = '';
    worker.stdout.on('data', (data) => { out += data; });
    worker.stderr.on('data', (data) => { out += `err: ${data}`; });
    worker.stdin.end('text\n');
    await ended(worker);
    say(out.split('\n').sort());

    worker = watched(new Worker('const { parentPort } = require("worker_threads"); parentPort.postMessage(typeof require)', { eval: true }));
    say((await once(worker, 'message'))[0]);
    await ended(worker);
    worker = watched(new Worker(new URL('data:text/javascript,import { parentPort } from "node:worker_threads"; parentPort.postMessage(import.meta.url.slice(0, 5))')));
    say((await once(worker, 'message'))[0]);
    await ended(worker);
    const sync = new MessageChannel();
    sync.port1.postMessage('now');
    say(receiveMessageOnPort(sync.port2), receiveMessageOnPort(sync.port2));
    try { new Worker('no-path.js'); } catch (error) { say(error.code); }
    worker = watched(new Worker('./not-there.js'));
    worker.on('error', (error) => say(error.code));
    await ended(worker);
  })();
}
