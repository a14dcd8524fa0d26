// What V8 has and QuickJS lacks. Runs before Node's primordials take their copies.
'use strict';

// ---- Atomics: QuickJS leaves it out of builds without threads. With one thread every operation is atomic.
if (typeof Atomics === 'undefined') {
  const check = (array) => {
    if (!ArrayBuffer.isView(array) || array instanceof DataView) throw new TypeError('[object Array] is not an integer typed array.');
    return array;
  };
  const index = (array, at) => {
    const n = Math.trunc(Number(at)) || 0;
    if (n < 0 || n >= check(array).length) throw new RangeError('Invalid atomic access index');
    return n;
  };
  const update = (change) => (array, at, value) => {
    const n = index(array, at);
    const old = array[n];
    array[n] = change(old, value);
    return old;
  };
  const atomics = {
    add: update((a, b) => a + b),
    and: update((a, b) => a & b),
    or: update((a, b) => a | b),
    sub: update((a, b) => a - b),
    xor: update((a, b) => a ^ b),
    exchange: update((a, b) => b),
    compareExchange(array, at, expected, replacement) {
      const n = index(array, at);
      const old = array[n];
      if (old === expected) array[n] = replacement;
      return old;
    },
    load: (array, at) => array[index(array, at)],
    store(array, at, value) { array[index(array, at)] = value; return value; },
    isLockFree: (size) => size === 1 || size === 2 || size === 4 || size === 8,
    notify: (array, at) => { index(array, at); return 0; },
    wait(array, at, value) {
      if (array[index(array, at)] !== value) return 'not-equal';
      throw new TypeError('Atomics.wait cannot be called in this context');
    },
    pause() {},
  };
  const object = {};
  for (const name of Object.keys(atomics)) {
    Object.defineProperty(object, name, { value: atomics[name], writable: true, configurable: true });
  }
  Object.defineProperty(object, Symbol.toStringTag, { value: 'Atomics', configurable: true });
  Object.defineProperty(globalThis, 'Atomics', { value: object, writable: true, configurable: true });
}

// ---- Stack traces in V8's format.
let prepareCallback;
Error.prepareStackTrace = (error, trace) => trace;
const callSite = Object.getPrototypeOf(new Error().stack[0]);
const { getFileName, getFunctionName, getLineNumber, getColumnNumber, isConstructor, isNative } = callSite;
const call = Function.prototype.call.bind(Function.prototype.call);
const define = (name, value) => Object.defineProperty(callSite, name, { value, writable: true, configurable: true });

// Scripts and module bodies have no name in V8.
define('getFunctionName', function() {
  const name = call(getFunctionName, this);
  return name === '' || name === '<eval>' || name === '<anonymous>' || name === undefined ? null : name;
});
define('getFileName', function() {
  return call(isNative, this) ? undefined : call(getFileName, this) ?? undefined;
});
define('getScriptNameOrSourceURL', function() { return this.getFileName(); });
define('getThis', function() { return undefined; });
define('getTypeName', function() {
  const name = this.getFunctionName();
  const dot = name === null ? -1 : name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : 'Object';
});
define('getMethodName', function() {
  const name = this.getFunctionName();
  return name === null ? null : name.slice(name.lastIndexOf('.') + 1);
});
define('getEvalOrigin', function() { return undefined; });
define('getPromiseIndex', function() { return null; });
define('getEnclosingLineNumber', function() { return this.getLineNumber(); });
define('getEnclosingColumnNumber', function() { return this.getColumnNumber(); });
define('getScriptHash', function() { return ''; });
define('getPosition', function() { return 0; });
define('isToplevel', function() { return !call(isConstructor, this); });
define('isEval', function() { return false; });
define('isAsync', function() { return false; });
define('isPromiseAll', function() { return false; });
define('isNative', function() { return call(isNative, this); });
const location = (site) => {
  const file = site.getFileName();
  if (file === undefined) return '<anonymous>';
  const line = call(getLineNumber, site);
  return line > 0 ? `${file}:${line}:${call(getColumnNumber, site)}` : file;
};
define('toString', function toString() {
  const name = this.getFunctionName();
  if (call(isConstructor, this)) return `new ${name ?? '<anonymous>'} (${location(this)})`;
  return name === null ? location(this) : `${name} (${location(this)})`;
});

// V8 does not count these as frames.
const invisible = { __proto__: null, apply: true, call: true, construct: true };
const visible = (trace) => {
  const kept = [];
  for (let i = 0; i < trace.length; i++) {
    const site = trace[i];
    if (call(isNative, site) ? invisible[call(getFunctionName, site)] : call(getFileName, site)?.startsWith('node:porthole/')) continue;
    kept[kept.length] = site;
  }
  return kept;
};
const header = (error) => {
  try {
    const name = error.name === undefined ? 'Error' : `${error.name}`;
    const message = error.message === undefined ? '' : `${error.message}`;
    return name === '' ? message : message === '' ? name : `${name}: ${message}`;
  } catch {
    return 'Error';
  }
};
const format = (error, trace) => {
  let text = header(error);
  for (let i = 0; i < trace.length; i++) text += `\n    at ${trace[i]}`;
  return text;
};
let lastTrace;
Error.prepareStackTrace = (error, trace) => {
  trace = visible(trace);
  if (trace.length > 0) lastTrace = { error, site: trace[0] };
  return prepareCallback === undefined ? format(error, trace) : prepareCallback(globalThis, error, trace);
};
Error.stackTraceLimit = 10;

binding.setPrepareStackTraceCallback = (callback) => { prepareCallback = callback; };
binding.format = format;

// ---- The last words of a process.
binding.fatal = (error, before, after) => {
  let text = '';
  const isError = Error.isError?.(error) ?? error instanceof Error;
  if (isError) {
    let stack = error.stack;
    try { stack = before?.(error) ?? stack; } catch { /* the plain stack is good enough */ }
    const arrow = binding.arrow?.(error);
    if (arrow) text += `${arrow}\n\n`;
    try { stack = after?.(error) ?? stack; } catch { /* likewise */ }
    text += typeof stack === 'string' && stack !== '' ? `${stack}\n` : `${header(error)}\n`;
  } else {
    text += `Uncaught:\n${binding.inspect ? binding.inspect(error) : String(error)}\n`;
  }
  return `${text}\nNode.js v24.12.0\n`;
};
