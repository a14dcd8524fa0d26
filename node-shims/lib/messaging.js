// Structured clones and message ports inside one process.
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

// Copies `value` by the structured clone algorithm. `moved` maps what is transferred to what takes its place.
function clone(value, moved) {
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
    if (mode !== undefined) {
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
    if (types.isProxy(value)) throw cannotClone('#<Object>');
    if (types.isDate(value)) return keep(new Date(Date.prototype.getTime.call(value)));
    if (types.isRegExp(value)) return keep(new RegExp(value.source, value.flags));
    if (types.isBooleanObject(value)) return keep(Object(Boolean.prototype.valueOf.call(value)));
    if (types.isNumberObject(value)) return keep(Object(Number.prototype.valueOf.call(value)));
    if (types.isStringObject(value)) return keep(Object(String.prototype.valueOf.call(value)));
    if (types.isBigIntObject(value)) return keep(Object(BigInt.prototype.valueOf.call(value)));
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
      const buffer = copy(value.buffer);
      const Type = types.isDataView(value) ? DataView : arrays[TypedArrayPrototypeGetSymbolToStringTag(value)];
      return keep(new Type(buffer, value.byteOffset, Type === DataView ? value.byteLength : value.length));
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
function revive(info, data) {
  if (createObject === undefined) throw cannotClone(info);
  const object = createObject(info);
  object[kDeserialize](data);
  return object;
}

function transfer(list) {
  const moved = new SafeMap();
  if (list === undefined || list === null) return { moved, commit() {} };
  const commits = [];
  for (const item of list) {
    if (item === null || typeof item !== 'object') throw new TypeError('Value is not transferable');
    if (moved.has(item)) throw new DOMException('Transfer list contains duplicate ' + (types.isArrayBuffer(item) ? 'ArrayBuffer' : 'item'), 'DataCloneError');
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
        if (place === undefined) {
          const from = state(item);
          place = makePort();
          const to = state(place);
          to.queue = from.queue;
          to.other = from.other;
          if (to.other) to.other.other = to;
          from.queue = [];
          from.other = undefined;
          close(from);
        }
        return place;
      };
      moved.set(item, move);
      ArrayPrototypePush(commits, move);
    } else if ((item[transferMode] & kTransferable) && typeof item[kTransfer] === 'function') {
      const nested = item[kTransferList]?.() ?? [];
      const inner = transfer(nested);
      let place;
      const move = () => {
        if (place === undefined) {
          const { data, deserializeInfo } = item[kTransfer]();
          place = revive(deserializeInfo, clone(data, inner.moved));
          inner.commit();
        }
        return place;
      };
      moved.set(item, move);
      ArrayPrototypePush(commits, move);
    } else {
      throw new DOMException('Found invalid object in transferList', 'DataCloneError');
    }
  }
  return { moved, commit() { for (let i = 0; i < commits.length; i++) commits[i](); } };
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

let making = false;
class MessagePort {
  constructor() {
    if (!making) {
      const error = new TypeError('Illegal constructor');
      error.code = 'ERR_CONSTRUCT_CALL_INVALID';
      throw error;
    }
  }
  postMessage(message, options) {
    const from = state(this);
    const list = options === undefined || options === null ? undefined : ArrayIsArray(options) || typeof options[Symbol.iterator] === 'function' ? options : options.transfer;
    if (list !== undefined && list !== null) {
      for (const item of list) {
        if (item === this) throw new DOMException('Transfer list contains source port', 'DataCloneError');
      }
    }
    const copy = cloneWith(message, list);
    const ports = [];
    if (list) for (const item of list) if (item instanceof MessagePort) ArrayPrototypePush(ports, item);
    if (from.channel !== undefined) {
      for (const other of from.channel.members) if (other !== from) deliver(other, clone(message, new SafeMap()), []);
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
  hasRef() { const own = state(this); return !own.closed && ops.hasRef(own.handle); }
}

function makePort() {
  making = true;
  let port;
  try {
    port = new MessagePort();
  } finally {
    making = false;
  }
  const own = { port, queue: [], other: undefined, started: false, closed: false, scheduled: false, channel: undefined, handle: ops.openHandle() };
  states.set(port, own);
  // A new port does not hold the process until somebody listens.
  ops.setRef(own.handle, false);
  port[transferMode] = kTransferable;
  if (typeof port[kOnInit] === 'function') port[kOnInit]();
  return port;
}

function deliver(own, data, ports) {
  if (own.closed) return;
  ArrayPrototypePush(own.queue, { data, ports });
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
  for (let count = own.queue.length; count > 0 && own.queue.length > 0 && !own.closed && own.started; count--) {
    const { data, ports } = ArrayPrototypeShift(own.queue);
    ops.callback(own.port, () => emitMessage.call(own.port, data, ports, 'message'));
  }
  if (own.queue.length > 0 && own.started && !own.closed) schedule(own);
  if (own.closing && own.queue.length === 0) close(own);
}

function close(own) {
  if (own.closed) return;
  own.closed = true;
  const { other } = own;
  own.other = undefined;
  own.channel?.members.delete(own);
  ops.closeHandle(own.handle, () => {
    if (typeof own.port[kOnClose] === 'function') ops.callback(own.port, () => own.port[kOnClose]());
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
binding.drainMessagePort = (port) => { const own = states.get(port); if (own) run(own); };
binding.receiveMessageOnPort = (port) => {
  const own = states.get(port);
  if (own === undefined) {
    const error = new TypeError('The "port" argument must be a MessagePort instance');
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }
  if (own.queue.length === 0) return kNoMessage;
  return ArrayPrototypeShift(own.queue).data;
};
binding.moveMessagePortToContext = (port) => port;

const channels = new SafeMap();
binding.broadcastChannel = (name) => {
  const port = makePort();
  let channel = channels.get(name);
  if (channel === undefined) channels.set(name, channel = { members: new SafeSet() });
  channel.members.add(state(port));
  state(port).channel = channel;
  return port;
};

binding.exposeLazyDOMExceptionProperty = (target) => {
  ObjectDefineProperty(target, 'DOMException', { __proto__: null, value: DOMException, writable: true, enumerable: false, configurable: true });
};
