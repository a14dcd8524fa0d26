'use strict';
const {
  ArrayIsArray, ArrayPrototypePush, Error, MapPrototypeGetSize, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf,
  ReflectOwnKeys, StringPrototypeCharCodeAt, Uint32Array,
} = primordials;
const { isMap, isSet, isMapIterator, isSetIterator } = binding;

binding.constants = {
  kPending: 0, kFulfilled: 1, kRejected: 2, kExiting: 0, kExitCode: 1, kHasExitCode: 2,
  ALL_PROPERTIES: 0, ONLY_WRITABLE: 1, ONLY_ENUMERABLE: 2, ONLY_CONFIGURABLE: 4, SKIP_STRINGS: 8, SKIP_SYMBOLS: 16,
  kDisallowCloneAndTransfer: 0, kTransferable: 1, kCloneable: 2,
};
binding.shouldAbortOnUncaughtToggle = new Uint32Array(1);
binding.isArrayBufferView = ArrayBuffer.isView;
binding.isTypedArray = (value) => ArrayBuffer.isView(value) && !binding.isDataView(value);
binding.isUint8Array = (value) => primordials.TypedArrayPrototypeGetSymbolToStringTag(value) === 'Uint8Array';
binding.constructSharedArrayBuffer = (size) => new SharedArrayBuffer(size);
binding.arrayBufferViewHasBuffer = () => true;
binding.getExternalValue = () => 0n;

// An array index: "0" to "4294967294" without leading zeros.
const isIndex = (key) => {
  const first = StringPrototypeCharCodeAt(key, 0);
  if (!(first >= 48 && first <= 57)) return false;
  const number = +key;
  return number < 4294967295 && `${number >>> 0}` === key;
};
binding.getOwnNonIndexProperties = (object, filter) => {
  const keys = ReflectOwnKeys(object);
  const kept = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    if (typeof key === 'string') {
      if (isIndex(key)) continue;
    } else if (filter & 16) {
      continue;
    }
    if (filter & 2 && !ObjectGetOwnPropertyDescriptor(object, key)?.enumerable) continue;
    ArrayPrototypePush(kept, key);
  }
  return kept;
};
binding.getConstructorName = (object) => {
  for (let proto = object; proto !== null; proto = ObjectGetPrototypeOf(proto)) {
    const descriptor = ObjectGetOwnPropertyDescriptor(proto, 'constructor');
    if (typeof descriptor?.value === 'function' && descriptor.value.name !== '') return descriptor.value.name;
  }
  return '';
};
// The engine cannot look into an iterator without moving it, nor into weak collections at all: those are shown empty.
binding.previewEntries = (object, isIterator) => {
  let entries = [];
  let keyed = false;
  if (isMap(object)) {
    keyed = true;
    primordials.MapPrototypeForEach(object, (value, key) => { ArrayPrototypePush(entries, key, value); });
  } else if (isSet(object)) {
    primordials.SetPrototypeForEach(object, (value) => { ArrayPrototypePush(entries, value); });
  } else if (isMapIterator(object) || isSetIterator(object)) {
    ({ 0: entries, 1: keyed } = binding.previewIterator(object));
  }
  return isIterator ? [entries, keyed] : entries;
};

const { captureStackTrace } = Error;
const sites = (count, skip) => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  const holder = {};
  try {
    Error.stackTraceLimit = count;
    ObjectDefineProperty(Error, 'prepareStackTrace', { __proto__: null, value: (_, trace) => trace, writable: true, configurable: true });
    captureStackTrace(holder, skip);
    return ArrayIsArray(holder.stack) ? holder.stack : [];
  } finally {
    ObjectDefineProperty(Error, 'prepareStackTrace', { __proto__: null, value: prepareStackTrace, writable: true, configurable: true });
    Error.stackTraceLimit = stackTraceLimit;
  }
};
const isLibrary = (file) => file === undefined || file.startsWith('node:');
binding.getCallSites = (count) => {
  const found = [];
  for (const site of sites(count + 2, binding.getCallSites)) {
    if (found.length === count) break;
    if (site.getFileName() === 'node:util') continue;
    ArrayPrototypePush(found, {
      functionName: site.getFunctionName() ?? '', scriptId: '0', scriptName: site.getFileName() ?? '',
      lineNumber: site.getLineNumber(), columnNumber: site.getColumnNumber(), column: site.getColumnNumber(),
    });
  }
  return found;
};
binding.getCallerLocation = () => {
  for (const site of sites(20, binding.getCallerLocation)) {
    const file = site.getFileName();
    if (!isLibrary(file)) return [site.getLineNumber(), site.getColumnNumber(), file];
  }
};
binding.isInsideNodeModules = (limit = 10) => {
  for (const site of sites(limit, binding.isInsideNodeModules)) {
    const file = site.getFileName();
    if (isLibrary(file)) continue;
    return file.includes('/node_modules/');
  }
  return false;
};

// Properties that load module `id` when first read.
binding.defineLazyProperties = (target, id, keys, enumerable = true) => {
  let module;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    let value;
    let set = false;
    const getter = {
      get [key]() {
        if (!set) {
          module ??= internalBinding('process_methods').require(id);
          value = module[key];
          set = true;
        }
        return value;
      },
      set [key](replacement) {
        ObjectDefineProperty(target, key, { __proto__: null, value: replacement, writable: true, enumerable: true, configurable: true });
      },
    };
    const { get, set: setter } = ObjectGetOwnPropertyDescriptor(getter, key);
    ObjectDefineProperty(get, 'name', { __proto__: null, value: key });
    ObjectDefineProperty(setter, 'name', { __proto__: null, value: key });
    ObjectDefineProperty(target, key, { __proto__: null, get, set: setter, enumerable, configurable: true });
  }
};

// The format of `.env` files.
binding.parseEnv = (text) => {
  const found = {};
  const line = /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\[^])*)"|'([^']*)'|`([^`]*)`|([^\n#]*))?[^\n]*$/gm;
  for (const { 1: name, 2: double, 3: single, 4: tick, 5: bare } of text.replaceAll('\r\n', '\n').matchAll(line)) {
    found[name] = double !== undefined ? double.replaceAll('\\n', '\n') : single ?? tick ?? (bare ?? '').trim();
  }
  return found;
};
