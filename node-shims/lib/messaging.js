// Structured clones and message ports, inside one process and between threads.
'use strict';
const {
  Array, ArrayBuffer, ArrayIsArray, ArrayPrototypePush, ArrayPrototypeShift, BigInt, Boolean, DataView, Date, Error, Map, Number, ObjectAssign,
  ObjectCreate, ObjectDefineProperty, ObjectGetPrototypeOf, ObjectKeys, ObjectPrototypeHasOwnProperty, ObjectSetPrototypeOf, RegExp, SafeMap, SafeSet, Set,
  String, Symbol, TypedArrayPrototypeGetSymbolToStringTag, WeakRef,
} = primordials;
const { ops } = binding;
const { emitMessage, DOMException } = ops.exports;
delete binding.ops;
const types = internalBinding('types');
const { transfer_mode_private_symbol: transferMode, untransferable_object_private_symbol: untransferable } = privateSymbols;
const {
  messaging_clone_symbol: kClone, messaging_deserialize_symbol: kDeserialize, messaging_transfer_symbol: kTransfer,
  messaging_transfer_list_symbol: kTransferList, handle_onclose_symbol: kOnClose, oninit_symbol: kOnInit, no_message_symbol: kNoMessage,
} = isolateSymbols;
const kCloneable = 2, kTransferable = 1;
const bufferTransfer = ArrayBuffer.prototype.transfer;
const moveBuffer = (buffer) => primordials.FunctionPrototypeCall(bufferTransfer, buffer);

binding.DOMException = DOMException;
const cannotClone = (what) => new DOMException(`${what} could not be cloned.`, 'DataCloneError');
const describe = (value) => {
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return Function.prototype.toString.call(value);
  try {
    return Object.prototype.toString.call(value).replace('[object Object]', '#<Object>');
  } catch {
    return '#<Object>';
  }
};

let createObject;
binding.setDeserializerCreateObjectFunction = (callback) => { createObject = callback; };

const errors = { __proto__: null, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const arrays = { __proto__: null };
for (const type of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array]) arrays[type.name] = type;
if (typeof Float16Array === 'function') arrays.Float16Array = Float16Array;

// What stands for an object that only its own module can put together again: on its way to another thread it is taken apart.
class Portable { constructor(info, data) { this.info = info; this.data = data; } }
// What stands for a port on its way to another thread.
class Passage { constructor(id) { this.id = id; } }

// Copies `value` by the structured clone algorithm. `moved` maps what is transferred to what takes its place; `revive` puts objects of the library together.
function clone(value, moved, revive = reviveHere) {
  const seen = new SafeMap();
  const copy = (value) => {
    switch (typeof value) {
      case 'symbol':
      case 'function':
        throw cannotClone(describe(value));
      case 'object':
        break;
      default:
        return value;
    }
    if (value === null) return null;
    if (seen.has(value)) return seen.get(value);
    if (moved.has(value)) {
      const place = moved.get(value);
      const result = typeof place === 'function' ? place() : place;
      seen.set(value, result);
      return result;
    }
    const keep = (result) => { seen.set(value, result); return result; };

    const mode = value[transferMode];
    if (mode !== undefined && !types.isAnyArrayBuffer(value)) {
      if (!(mode & kCloneable) || typeof value[kClone] !== 'function') {
        if (mode & kTransferable) {
          throw new DOMException('Object that needs transfer was found in message but not listed in transferList', 'DataCloneError');
        }
        throw cannotClone(describe(value));
      }
      const { data, deserializeInfo } = value[kClone]();
      return keep(revive(deserializeInfo, copy(data)));
    }
    if (value instanceof MessagePort) {
      throw new DOMException('Object that needs transfer was found in message but not listed in transferList', 'DataCloneError');
    }
    // A proxy that passes for none.
    if (value === process.env) return keep({ ...value });
    if (types.isProxy(value)) throw cannotClone('#<Object>');
    if (types.isDate(value)) return keep(new Date(Date.prototype.getTime.call(value)));
    if (types.isRegExp(value)) return keep(new RegExp(value.source, value.flags));
    if (types.isBooleanObject(value)) return keep(Object(Boolean.prototype.valueOf.call(value)));
    if (types.isNumberObject(value)) return keep(Object(Number.prototype.valueOf.call(value)));
    if (types.isStringObject(value)) return keep(Object(String.prototype.valueOf.call(value)));
    if (types.isBigIntObject(value)) return keep(Object(BigInt.prototype.valueOf.call(value)));
    // To another thread too: see `encode`.
    if (types.isSharedArrayBuffer(value)) return keep(value);
    if (types.isArrayBuffer(value)) {
      if (value.detached) throw new DOMException('An ArrayBuffer is detached and could not be cloned.', 'DataCloneError');
      if (value.resizable) {
        const result = new ArrayBuffer(value.byteLength, { maxByteLength: value.maxByteLength });
        new Uint8Array(result).set(new Uint8Array(value));
        return keep(result);
      }
      return keep(ArrayBuffer.prototype.slice.call(value, 0));
    }
    if (ArrayBuffer.isView(value)) {
      // Before its buffer is moved away.
      const { byteOffset, byteLength, length } = value;
      const Type = types.isDataView(value) ? DataView : arrays[TypedArrayPrototypeGetSymbolToStringTag(value)];
      return keep(new Type(copy(value.buffer), byteOffset, Type === DataView ? byteLength : length));
    }
    if (types.isMap(value)) {
      const result = keep(new Map());
      const entries = [];
      Map.prototype.forEach.call(value, (item, key) => { ArrayPrototypePush(entries, [key, item]); });
      for (let i = 0; i < entries.length; i++) Map.prototype.set.call(result, copy(entries[i][0]), copy(entries[i][1]));
      return result;
    }
    if (types.isSet(value)) {
      const result = keep(new Set());
      const items = [];
      Set.prototype.forEach.call(value, (item) => { ArrayPrototypePush(items, item); });
      for (let i = 0; i < items.length; i++) Set.prototype.add.call(result, copy(items[i]));
      return result;
    }
    if (types.isNativeError(value)) {
      const error = keep(new (errors[value.name] ?? Error)());
      const message = Object.getOwnPropertyDescriptor(value, 'message');
      if (message !== undefined && 'value' in message) ObjectDefineProperty(error, 'message', { __proto__: null, value: `${message.value}`, writable: true, configurable: true });
      const { stack } = value;
      ObjectDefineProperty(error, 'stack', { __proto__: null, value: typeof stack === 'string' ? stack : undefined, writable: true, configurable: true });
      if (ObjectPrototypeHasOwnProperty(value, 'cause')) ObjectDefineProperty(error, 'cause', { __proto__: null, value: copy(value.cause), writable: true, configurable: true });
      return error;
    }
    if (ArrayIsArray(value)) {
      const result = keep(new Array(value.length));
      const keys = ObjectKeys(value);
      for (let i = 0; i < keys.length; i++) if (ObjectPrototypeHasOwnProperty(value, keys[i])) result[keys[i]] = copy(value[keys[i]]);
      return result;
    }
    if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef || types.isGeneratorObject(value) ||
        types.isSymbolObject(value)) {
      throw cannotClone(describe(value));
    }
    const result = keep({});
    const keys = ObjectKeys(value);
    for (let i = 0; i < keys.length; i++) {
      if (!ObjectPrototypeHasOwnProperty(value, keys[i])) continue;
      const item = copy(value[keys[i]]);
      if (keys[i] === '__proto__') ObjectDefineProperty(result, keys[i], { __proto__: null, value: item, writable: true, enumerable: true, configurable: true });
      else result[keys[i]] = item;
    }
    return result;
  };
  return copy(value);
}

// An object that the library takes apart and puts together itself; `info` is `module:class`.
function reviveHere(info, data) {
  // What is below the library: see lib/webassembly.js and lib/crypto.js.
  if (info === 'porthole:webassembly') return internalBinding('webassembly').revive(data);
  if (info.startsWith('porthole:')) return internalBinding('crypto').revive(info, data);
  if (createObject === undefined) throw cannotClone(info);
  const object = createObject(info);
  object[kDeserialize](data);
  return object;
}

// `link`: to which thread, if to another one.
function transfer(list, link) {
  const moved = new SafeMap();
  const later = [];
  if (list === undefined || list === null) return { moved, later, commit() {} };
  const commits = [];
  const revive = link === undefined ? reviveHere : (info, data) => new Portable(info, data);
  for (const item of list) {
    if (item === null || typeof item !== 'object') throw new TypeError('Value is not transferable');
    if (moved.has(item)) throw new DOMException(`Transfer list contains duplicate ${types.isArrayBuffer(item) ? 'ArrayBuffer' : item instanceof MessagePort ? 'MessagePort' : 'item'}`, 'DataCloneError');
    if (item[untransferable]) throw new DOMException('Value is not transferable', 'DataCloneError');
    if (types.isArrayBuffer(item)) {
      if (item.detached) throw new DOMException('Value is not transferable: it is detached', 'DataCloneError');
      let place;
      moved.set(item, () => place ??= moveBuffer(item));
      ArrayPrototypePush(commits, () => { place ??= moveBuffer(item); });
    } else if (item instanceof MessagePort) {
      if (state(item).closed) throw new DOMException('MessagePort in transfer list is already detached', 'DataCloneError');
      let place;
      const move = () => {
        if (place === undefined && link !== undefined) place = new Passage(link.carry(state(item), later));
        if (place === undefined) {
          const from = state(item);
          place = makePort();
          const to = state(place);
          to.queue = from.queue;
          to.other = from.other;
          if (to.other) to.other.other = to;
          to.remote = from.remote;
          to.remote?.link.ports.set(to.remote.id, to);
          from.queue = [];
          from.other = undefined;
          from.remote = undefined;
          close(from);
        }
        return place;
      };
      moved.set(item, move);
      ArrayPrototypePush(commits, move);
    } else if ((item[transferMode] & kTransferable) && typeof item[kTransfer] === 'function') {
      const nested = item[kTransferList]?.() ?? [];
      const inner = transfer(nested, link);
      let place;
      const move = () => {
        if (place === undefined) {
          const { data, deserializeInfo } = item[kTransfer]();
          place = revive(deserializeInfo, clone(data, inner.moved, revive));
          inner.commit();
          ArrayPrototypePush(later, ...inner.later);
        }
        return place;
      };
      moved.set(item, move);
      ArrayPrototypePush(commits, move);
    } else {
      throw new DOMException('Found invalid object in transferList', 'DataCloneError');
    }
  }
  return { moved, later, commit() { for (let i = 0; i < commits.length; i++) commits[i](); } };
}

function cloneWith(value, list) {
  const { moved, commit } = transfer(list);
  const copy = clone(value, moved);
  commit();
  return copy;
}
binding.structuredClone = (value, options) => {
  const list = options?.transfer;
  if (list !== undefined && (list === null || typeof list[Symbol.iterator] !== 'function')) throw new TypeError('The "options.transfer" property must be an iterable');
  return cloneWith(value, list);
};

// ---- Ports
const states = new primordials.SafeWeakMap();
const state = (port) => {
  const found = states.get(port);
  if (found === undefined) throw new TypeError('Illegal invocation');
  return found;
};

// What `postMessage` is given beside the message, as a list.
function transferList(options) {
  if (options === undefined || options === null) return undefined;
  const fail = (what) => {
    const error = new TypeError(`Optional ${what} argument must be an iterable`);
    error.code = 'ERR_INVALID_ARG_TYPE';
    return error;
  };
  if (typeof options !== 'object') throw fail('transferList');
  let list = options;
  if (typeof options[Symbol.iterator] !== 'function') {
    list = options.transfer;
    if (list === undefined) return undefined;
    if (list === null || typeof list !== 'object' || typeof list[Symbol.iterator] !== 'function') throw fail('options.transfer');
  }
  if (ArrayIsArray(list)) return list;
  const items = [];
  const iterator = list[Symbol.iterator]();
  if (typeof iterator?.next !== 'function') throw fail(list === options ? 'transferList' : 'options.transfer');
  for (let step = iterator.next(); !step.done; step = iterator.next()) ArrayPrototypePush(items, step.value);
  return items;
}

let making = false;
function MessagePort() {
  if (!making) {
    const error = new TypeError('Illegal constructor');
    error.code = 'ERR_CONSTRUCT_CALL_INVALID';
    throw error;
  }
}
for (const { 0: name, 1: method } of Object.entries(Object.getOwnPropertyDescriptors(class {
  postMessage(message, options) {
    const from = state(this);
    const list = transferList(options);
    if (list !== undefined) {
      if (list.includes(this)) throw new DOMException('Transfer list contains source port', 'DataCloneError');
      if (from.other !== undefined && list.includes(from.other.port)) {
        process.emitWarning('The target port was posted to itself, and the communication channel was lost');
        close(from);
        return undefined;
      }
    }
    if (from.remote !== undefined && !from.closed) {
      from.remote.link.post(from.remote.id, message, list);
      return true;
    }
    const copy = cloneWith(message, list);
    const ports = [];
    if (list) for (const item of list) if (item instanceof MessagePort) ArrayPrototypePush(ports, item);
    if (from.channel !== undefined) {
      for (const other of from.channel.members) if (other !== from) deliver(other, clone(message, new SafeMap()), []);
      broadcast(from.channel.name, links.size > 0 ? encode(clone(message, new SafeMap(), (info, data) => new Portable(info, data))) : undefined);
      return true;
    }
    if (from.other === undefined || from.closed) return undefined;
    deliver(from.other, copy, ports);
    return true;
  }
  start() {
    const own = state(this);
    if (own.closed) return;
    own.started = true;
    if (own.queue.length > 0) schedule(own);
  }
  close(callback) {
    const own = state(this);
    if (typeof callback === 'function') this.once?.('close', callback);
    if (own.closed) return;
    close(own);
  }
  drain() { run(state(this)); }
  ref() { const own = state(this); if (!own.closed) ops.setRef(own.handle, true); }
  unref() { const own = state(this); if (!own.closed) ops.setRef(own.handle, false); }
  hasRef() { const own = state(this); return own.closed ? own.held : ops.hasRef(own.handle); }
}.prototype))) if (name !== 'constructor') ObjectDefineProperty(MessagePort.prototype, name, { __proto__: null, ...method });

function makePort() {
  making = true;
  let port;
  try {
    port = new MessagePort();
  } finally {
    making = false;
  }
  const own = {
    port, queue: [], other: undefined, remote: undefined, started: false, closed: false, scheduled: false, channel: undefined, handle: ops.openHandle(), held: undefined, asyncId: 0,
  };
  states.set(port, own);
  const asyncWrap = internalBinding('async_wrap');
  if (asyncWrap.async_hook_fields[asyncWrap.constants.kInit] > 0) {
    own.asyncId = ++asyncWrap.async_id_fields[asyncWrap.constants.kAsyncIdCounter];
    asyncWrap.emitInit(port, own.asyncId, 'MESSAGEPORT');
  }
  // A new port does not hold the process until somebody listens.
  ops.setRef(own.handle, false);
  port[transferMode] = kTransferable;
  if (typeof port[kOnInit] === 'function') port[kOnInit]();
  return port;
}

function deliver(own, data, ports, type = 'message') {
  if (own.closed) return;
  ArrayPrototypePush(own.queue, { data, ports, type });
  if (own.started) schedule(own);
}

function schedule(own) {
  if (own.scheduled) return;
  own.scheduled = true;
  ops.later(() => run(own));
}

function run(own) {
  own.scheduled = false;
  // As many as are there now: a port that answers itself must not starve the loop.
  // One that is closed by the first of them still hears the rest.
  for (let count = own.closed ? 0 : own.queue.length; count > 0 && own.queue.length > 0 && own.started; count--) {
    const { data, ports, type } = ArrayPrototypeShift(own.queue);
    ops.callback(own.port, () => emitMessage.call(own.port, data, ports, type));
  }
  if (own.queue.length > 0 && own.started && !own.closed) schedule(own);
  if (own.closing && own.queue.length === 0) close(own);
}

function close(own) {
  if (own.closed) return;
  own.closed = true;
  const { other, remote } = own;
  own.other = undefined;
  own.remote = undefined;
  own.channel?.members.delete(own);
  remote?.link.closed(remote.id);
  if (own.asyncId > 0) internalBinding('async_wrap').queueDestroyAsyncId(own.asyncId);
  // So long as the news of its end is on the way.
  own.held = remote === undefined ? ops.hasRef(own.handle) : undefined;
  ops.closeHandle(own.handle, () => {
    own.held = false;
    if (typeof own.port[kOnClose] === 'function') ops.callback(own.port, () => own.port[kOnClose]());
    own.held = undefined;
  });
  if (other !== undefined && !other.closed) {
    other.other = undefined;
    if (other.queue.length > 0 && other.started) other.closing = true;
    else close(other);
  }
}

class MessageChannel {
  constructor() {
    const one = makePort();
    const two = makePort();
    state(one).other = state(two);
    state(two).other = state(one);
    this.port1 = one;
    this.port2 = two;
  }
}
binding.MessagePort = MessagePort;
binding.MessageChannel = MessageChannel;
binding.stopMessagePort = (port) => { const own = states.get(port); if (own) own.started = false; };
binding.drainMessagePort = (port) => {
  const own = states.get(port);
  if (own === undefined) return;
  own.remote?.link.drain();
  run(own);
};
binding.receiveMessageOnPort = (port) => {
  const own = states.get(port);
  if (own === undefined) {
    const error = new TypeError('The "port" argument must be a MessagePort instance');
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }
  if (own.queue.length === 0) own.remote?.link.drain();
  if (own.queue.length === 0) return kNoMessage;
  return ArrayPrototypeShift(own.queue).data;
};
binding.moveMessagePortToContext = (port) => {
  if (state(port).closed) {
    const error = new Error('Cannot send data on closed MessagePort');
    error.code = 'ERR_CLOSED_MESSAGE_PORT';
    throw error;
  }
  return port;
};

// ---- Other threads. A link leads to one of them: to the maker of this one, or to one that this one has made. Each port that has its other end beyond has a
// number on it. A port that is passed on leaves its number behind as a relay.
const MESSAGE = 1, CLOSE = 2, BROADCAST = 3, MEMORY = 4;
const kPort = 0, kObject = 1, kMemory = 2;
const { memories } = ops;
const links = new SafeSet();

// `link`: to which thread, where the message may hold memory to share.
function encode(copy, link) {
  const { Serializer } = internalBinding('serdes');
  const serializer = new Serializer();
  serializer._getDataCloneError = undefined;
  serializer._isHostObject = (value) => value instanceof Portable || value instanceof Passage || types.isSharedArrayBuffer(value);
  serializer._writeHostObject = (value) => {
    if (types.isSharedArrayBuffer(value)) {
      if (link === undefined) throw new DOMException('A SharedArrayBuffer cannot be broadcast to other threads.', 'DataCloneError');
      const { id, bytes } = memories.share(value, link, internalBinding('worker').threadId);
      serializer.writeUint32(kMemory);
      serializer.writeValue(id);
      serializer.writeValue(bytes);
      return;
    }
    serializer.writeUint32(value instanceof Passage ? kPort : kObject);
    if (value instanceof Passage) {
      serializer.writeUint32(value.id);
    } else {
      serializer.writeValue(value.info);
      serializer.writeValue(value.data);
    }
  };
  serializer.writeHeader();
  serializer.writeValue(copy);
  return serializer.releaseBuffer();
}

function decode(link, bytes, ports) {
  const { Deserializer } = internalBinding('serdes');
  const deserializer = new Deserializer(bytes);
  deserializer._readHostObject = () => {
    const kind = deserializer.readUint32();
    if (kind === kMemory) {
      const id = deserializer.readValue();
      return memories.adopt(link, id, deserializer.readValue());
    }
    if (kind === kPort) {
      const port = portOn(link, deserializer.readUint32());
      ArrayPrototypePush(ports, port);
      return port;
    }
    const info = deserializer.readValue();
    return reviveHere(info, deserializer.readValue());
  };
  deserializer.readHeader();
  return deserializer.readValue();
}

// A port whose other end is beyond the link.
function portOn(link, id) {
  const port = makePort();
  const own = state(port);
  own.remote = { link, id };
  link.ports.set(id, own);
  return port;
}

function broadcast(name, bytes, except) {
  for (const link of links) if (link !== except) link.send(BROADCAST, 0, encode([name, bytes]));
}

class Link {
  ports = new SafeMap();
  #fd;
  #last;

  constructor(fd, first) {
    this.#fd = fd;
    this.#last = first;
    links.add(this);
    ops.openLink(fd, (kind, id, bytes) => kind === undefined ? this.#gone() : this.#hear(kind, id, bytes));
  }
  send(kind, id, bytes) { ops.send(this.#fd, kind, id, bytes); }
  // What has become of memory that both have.
  tell(message) { this.send(MEMORY, 0, encode(message)); }
  drain() { ops.drainLink(this.#fd); }

  post(id, message, list) {
    const { moved, later, commit } = transfer(list, this);
    const copy = clone(message, moved, (info, data) => new Portable(info, data));
    commit();
    const bytes = encode(copy, this);
    memories.flush();
    this.send(MESSAGE, id, bytes);
    // What waited in ports that were passed on comes behind them.
    for (let i = 0; i < later.length; i++) later[i]();
  }

  // Passes a port on; its number on this link.
  carry(from, later) {
    const id = this.#last += 2;
    const { queue, other, remote } = from;
    from.queue = [];
    from.other = from.remote = undefined;
    close(from);
    if (other !== undefined) {
      other.other = undefined;
      other.remote = { link: this, id };
      this.ports.set(id, other);
    } else if (remote !== undefined) {
      remote.link.ports.set(remote.id, { relay: { link: this, id } });
      this.ports.set(id, { relay: remote });
    }
    ArrayPrototypePush(later, () => {
      for (let i = 0; i < queue.length; i++) this.post(id, queue[i].data, queue[i].ports);
      if (other === undefined && remote === undefined) this.send(CLOSE, id);
    });
    return id;
  }

  closed(id) {
    this.ports.delete(id);
    this.send(CLOSE, id);
  }

  #hear(kind, id, bytes) {
    if (kind === MEMORY) {
      memories.hear(this, decode(this, bytes, []));
      return;
    }
    if (kind === BROADCAST) {
      const { 0: name, 1: message } = decode(this, bytes, []);
      const channel = channels.get(name);
      if (channel !== undefined) for (const member of channel.members) deliver(member, decode(this, message, []), []);
      broadcast(name, message, this);
      return;
    }
    const place = this.ports.get(id);
    if (place === undefined) return;
    if (kind === CLOSE) this.ports.delete(id);
    if (place.relay !== undefined) {
      // Ports in it are numbered anew.
      const { link, id: there } = place.relay;
      if (kind === CLOSE) { link.closed(there); return; }
      const ports = [];
      const data = decode(this, bytes, ports);
      link.post(there, data, ports);
    } else if (kind === CLOSE) {
      place.remote = undefined;
      if (place.queue.length > 0 && place.started) place.closing = true;
      else close(place);
    } else {
      const ports = [];
      let data;
      try {
        data = decode(this, bytes, ports);
      } catch (error) {
        deliver(place, error, [], 'messageerror');
        return;
      }
      deliver(place, data, ports);
    }
  }

  #gone() {
    links.delete(this);
    memories.lose(this);
    for (const { 0: id, 1: place } of [...this.ports]) {
      this.ports.delete(id);
      if (place.relay !== undefined) place.relay.link.closed(place.relay.id);
      else if (place.remote?.link === this) {
        place.remote = undefined;
        if (place.queue.length > 0 && place.started) place.closing = true;
        else close(place);
      }
    }
  }
}
binding.openLink = (fd, first) => new Link(fd, first);
binding.portOn = portOn;

const channels = new SafeMap();
binding.broadcastChannel = (name) => {
  const port = makePort();
  let channel = channels.get(name);
  if (channel === undefined) channels.set(name, channel = { name, members: new SafeSet() });
  channel.members.add(state(port));
  state(port).channel = channel;
  return port;
};

binding.exposeLazyDOMExceptionProperty = (target) => {
  ObjectDefineProperty(target, 'DOMException', { __proto__: null, value: DOMException, writable: true, enumerable: false, configurable: true });
};
