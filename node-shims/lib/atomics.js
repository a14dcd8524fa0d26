// Memory that threads share. Threads are processes here: each has a copy of its own, and the copies are kept alike by messages. What a thread has written
// reaches the others with its next operation of `Atomics` on that memory, and with its next message; it hears of theirs when it loads, waits or is told
// something. Additions and the like are told as such, so that those of several threads add up; `compareExchange` decides by the copy.
'use strict';
const own = { ...Object.fromEntries(['add', 'and', 'compareExchange', 'exchange', 'load', 'notify', 'or', 'store', 'sub', 'xor'].map((name) => [name, Atomics[name]])) };
const { Array, Infinity, Int32Array, BigInt64Array, Map, Math, Number, Promise, RangeError, Set, SharedArrayBuffer, TypeError, Uint8Array, WeakMap } = globalThis;
const { changes, waitLinks, nowMs } = binding;
const WRITE = 0, UPDATE = 1, NOTIFY = 2;
const types = { Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array, BigUint64Array };
const typeName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Int8Array.prototype), Symbol.toStringTag).get;
const call = Function.prototype.call.bind(Function.prototype.call);

class Memory {
  links = new Set();
  constructor(id, buffer) {
    this.id = id;
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    // As the others know it.
    this.seen = this.bytes.slice();
  }
  tell(message, except) {
    for (const link of this.links) if (link !== except) link.tell(message);
  }
  // Tells what was written since.
  flush() {
    if (this.links.size === 0) return;
    const ends = changes(this.bytes, this.seen);
    for (let i = 0; i < ends.length; i += 2) {
      const piece = this.bytes.slice(ends[i], ends[i + 1]);
      this.seen.set(piece, ends[i]);
      this.tell([WRITE, this.id, ends[i], piece]);
    }
  }
}

const byBuffer = new WeakMap();
const byId = new Map();
// Whoever waits: `{ buffer, at, wake }`.
const waiters = new Set();
let made = 0;

const notify = (buffer, at, count) => {
  let woken = 0;
  for (const waiter of waiters) {
    if (woken >= count) break;
    if (waiter.buffer !== buffer || waiter.at !== at) continue;
    waiters.delete(waiter);
    waiter.wake();
    woken++;
  }
  return woken;
};

// What message ports need (lib/messaging.js). A link is an object with `tell(message)`.
binding.memories = {
  // The number of a memory on its way to a thread.
  share(buffer, link, threadId) {
    let memory = byBuffer.get(buffer);
    if (memory === undefined) {
      memory = new Memory(`${threadId}:${++made}`, buffer);
      byBuffer.set(buffer, memory);
      byId.set(memory.id, memory);
    }
    memory.flush();
    memory.links.add(link);
    return { id: memory.id, bytes: memory.bytes.slice() };
  },
  // One that came from a thread.
  adopt(link, id, bytes) {
    let memory = byId.get(id);
    if (memory === undefined) {
      const buffer = new SharedArrayBuffer(bytes.length);
      new Uint8Array(buffer).set(bytes);
      memory = new Memory(id, buffer);
      byBuffer.set(buffer, memory);
      byId.set(id, memory);
    }
    memory.links.add(link);
    return memory.buffer;
  },
  hear(link, message) {
    const memory = byId.get(message[1]);
    if (memory === undefined) return;
    if (message[0] === WRITE) {
      memory.bytes.set(message[3], message[2]);
      memory.seen.set(message[3], message[2]);
    } else if (message[0] === UPDATE) {
      const { 2: name, 3: type, 4: at, 5: value } = message;
      for (const place of [memory.buffer, memory.seen.buffer]) own[name](new types[type](place, at, 1), 0, value);
    } else {
      notify(memory.buffer, message[2], message[3]);
    }
    memory.tell(message, link);
  },
  flush() { for (const memory of byId.values()) memory.flush(); },
  lose(link) { for (const memory of byId.values()) memory.links.delete(link); },
};

const memoryOf = (array) => (byId.size === 0 ? undefined : byBuffer.get(array?.buffer));
const replacement = {
  load(array, index) {
    if (memoryOf(array) !== undefined) waitLinks(0);
    return own.load(array, index);
  },
  store(array, index, value) {
    const stored = own.store(array, index, value);
    memoryOf(array)?.flush();
    return stored;
  },
  exchange(array, index, value) {
    if (memoryOf(array) !== undefined) waitLinks(0);
    const before = own.exchange(array, index, value);
    memoryOf(array)?.flush();
    return before;
  },
  compareExchange(array, index, expected, value) {
    if (memoryOf(array) !== undefined) waitLinks(0);
    const before = own.compareExchange(array, index, expected, value);
    memoryOf(array)?.flush();
    return before;
  },
  notify(array, index, count) {
    const known = own.notify(array, index, count);
    const most = count === undefined ? Infinity : Math.max(0, Math.trunc(Number(count)) || 0);
    const at = array.byteOffset + Math.trunc(Number(index)) * array.BYTES_PER_ELEMENT;
    const memory = memoryOf(array);
    memory?.flush();
    memory?.tell([NOTIFY, memory.id, at, most]);
    return known + notify(array.buffer, at, most);
  },
  wait(array, index, value, timeout) { return wait(array, index, value, timeout, 'wait'); },
  waitAsync(array, index, value, timeout) { return wait(array, index, value, timeout, 'waitAsync'); },
};
for (const name of ['add', 'sub', 'and', 'or', 'xor']) {
  replacement[name] = {
    [name](array, index, value) {
      const memory = memoryOf(array);
      if (memory === undefined) return own[name](array, index, value);
      memory.flush();
      const before = own[name](array, index, value);
      const at = array.byteOffset + Math.trunc(Number(index)) * array.BYTES_PER_ELEMENT;
      const type = call(typeName, array);
      const exact = typeof before === 'bigint' ? BigInt(value) : Number(value);
      own[name](new types[type](memory.seen.buffer, at, 1), 0, exact);
      memory.tell([UPDATE, memory.id, name, type, at, exact]);
      return before;
    },
  }[name];
}

// No thread can change what is here while this one waits, but by telling so.
function wait(array, index, value, timeout, name) {
  const type = call(typeName, array);
  if (type !== 'Int32Array' && type !== 'BigInt64Array') throw new TypeError('[object Array] is not an int32 or BigInt64 typed array.');
  if (!(array.buffer instanceof SharedArrayBuffer)) throw new TypeError(`[object ${type}] is not a shared typed array.`);
  const place = Math.trunc(Number(index)) || 0;
  if (place < 0 || place >= array.length) throw new RangeError('Invalid atomic access index');
  const expected = type === 'Int32Array' ? value | 0 : BigInt.asIntN(64, BigInt(value));
  const given = timeout === undefined ? Infinity : Number(timeout);
  const patience = given !== given ? Infinity : Math.max(0, given);
  memoryOf(array)?.flush();
  waitLinks(0);
  if (own.load(array, place) !== expected) return name === 'wait' ? 'not-equal' : { async: false, value: 'not-equal' };
  const waiter = { buffer: array.buffer, at: array.byteOffset + place * array.BYTES_PER_ELEMENT, wake: undefined };
  if (name === 'waitAsync') {
    if (patience === 0) return { async: false, value: 'timed-out' };
    const promise = new Promise((resolve) => {
      let timer;
      waiter.wake = () => {
        if (timer !== undefined) globalThis.clearTimeout(timer);
        resolve('ok');
      };
      waiters.add(waiter);
      if (patience !== Infinity) timer = globalThis.setTimeout(() => { if (waiters.delete(waiter)) resolve('timed-out'); }, patience);
    });
    return { async: true, value: promise };
  }
  let woken = false;
  waiter.wake = () => { woken = true; };
  waiters.add(waiter);
  const end = nowMs() + patience;
  while (!woken) {
    const left = end - nowMs();
    if (left <= 0) {
      waiters.delete(waiter);
      return 'timed-out';
    }
    waitLinks(left === Infinity ? -1 : Math.ceil(left));
  }
  return 'ok';
}

for (const name of Object.keys(replacement)) {
  Object.defineProperty(Atomics, name, { value: replacement[name], writable: true, enumerable: false, configurable: true });
}
