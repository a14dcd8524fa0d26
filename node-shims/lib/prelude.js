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

// The engine wants the stack when the error is made; V8 works it out when it is read, and by then the error may have got its code and its handler.
// So what is kept is the trace, and `stack` is an accessor of the error's own, as in V8.
const { defineProperty, getOwnPropertyDescriptor, hasOwn } = Object;
const { isError } = Error;
const kTrace = binding.trace;
const stackDescriptor = (() => {
  const object = {
    get stack() {
      const trace = this[kTrace];
      if (trace === undefined) return undefined;
      if (typeof trace !== 'object' || trace.sites === undefined) return trace?.value;
      const { sites } = trace;
      // While it is being worked out, and should that fail, there is a plain one.
      trace.sites = undefined;
      trace.value = format(this, sites);
      return trace.value = prepareCallback === undefined ? trace.value : prepareCallback(globalThis, this, sites);
    },
    set stack(value) { this[kTrace] = { sites: undefined, value }; },
  };
  const { get, set } = getOwnPropertyDescriptor(object, 'stack');
  defineProperty(get, 'name', { value: '' });
  defineProperty(set, 'name', { value: '' });
  return { __proto__: null, get, set, enumerable: false, configurable: true };
})();
const keep = (object, sites) => {
  object[kTrace] = { sites, value: undefined };
  defineProperty(object, 'stack', stackDescriptor);
};

// The engine's own messages, in V8's words: programs read them.
const words = [
  [/^cannot read property '([^]*)' of (null|undefined)$/, (m) => `Cannot read properties of ${m[2]} (reading '${m[1]}')`],
  [/^cannot set property '([^]*)' of (null|undefined)$/, (m) => `Cannot set properties of ${m[2]} (setting '${m[1]}')`],
  [/^'([^]*)' is read-only$/, () => 'Assignment to constant variable.'],
  [/^([^]*) is not initialized$/, (m) => m[1] === 'this' ? "Must call super constructor in derived class before accessing 'this' or returning from derived constructor" : `Cannot access '${m[1]}' before initialization`],
  [/^value is not iterable$/, () => 'object is not iterable (cannot read property Symbol(Symbol.iterator))'],
  [/^must be called with new$/, () => "Class constructor cannot be invoked without 'new'"],
  [/^unexpected token in expression: '([^]*)'$/, (m) => m[1] === '' ? 'Unexpected end of input' : `Unexpected token '${m[1]}'`],
  [/^not an object$/, () => 'Object expected'],
];
const translate = (error) => {
  const descriptor = getOwnPropertyDescriptor(error, 'message');
  const message = descriptor?.value;
  if (typeof message !== 'string' || message === '') return;
  for (let i = 0; i < words.length; i++) {
    const match = words[i][0].exec(message);
    if (match === null) continue;
    defineProperty(error, 'message', { __proto__: null, value: words[i][1](match), writable: true, enumerable: false, configurable: true });
    return;
  }
};
const natives = [TypeError.prototype, ReferenceError.prototype, SyntaxError.prototype];
const { getPrototypeOf } = Object;

let capturing = false;
Error.prepareStackTrace = (error, trace) => {
  const sites = visible(trace);
  if (capturing) return sites;
  if (!isError(error)) return format(error, sites);
  // The engine asks again when an error is thrown on; the trace is that of its making.
  if (hasOwn(error, 'stack')) return null;
  const prototype = getPrototypeOf(error);
  if (prototype === natives[0] || prototype === natives[1] || prototype === natives[2]) translate(error);
  keep(error, sites);
  // Undefined would make the engine ask at every frame.
  return null;
};
const nativeCapture = Error.captureStackTrace;
const captureStackTrace = {
  captureStackTrace(object, above) {
    let sites;
    capturing = true;
    try {
      nativeCapture(object, typeof above === 'function' ? above : captureStackTrace);
    } finally {
      capturing = false;
    }
    sites = getOwnPropertyDescriptor(object, 'stack')?.value;
    keep(object, Array.isArray(sites) ? sites : []);
  },
}.captureStackTrace;
defineProperty(Error, 'captureStackTrace', { value: captureStackTrace, writable: true, enumerable: false, configurable: true });
Error.stackTraceLimit = 10;

binding.setPrepareStackTraceCallback = (callback) => { prepareCallback = callback; };
binding.format = format;

// ---- The last words of a process.
// The line that an error comes from and a mark below it, above the stack.
const sourceLine = (arrow, stack) => {
  if (typeof arrow === 'string') return arrow;
  const first = typeof stack === 'string' ? /^    at (?:.*\()?((?:file:\/\/)?\/[^\n]*?|\[eval\d*\]|evalmachine\.<anonymous>):(\d+):(\d+)\)?$/m.exec(stack) : null;
  if (first === null) return undefined;
  // Only where the error was made in the program itself.
  if (stack.slice(0, first.index).includes('\n    at ')) return undefined;
  const { 1: file, 2: line, 3: column } = first;
  const text = binding.sourceText?.(file);
  const source = text?.split('\n', line)[line - 1];
  if (source === undefined) return undefined;
  // V8 points at the whole `throw` statement and at `new`; QuickJS at the constructor's name.
  let at = column - 1;
  const before = source.slice(0, at);
  const statement = /(?:\bthrow\s+)(?:new\s+)?$/.exec(before) ?? /\bnew\s+$/.exec(before);
  if (statement !== null) at = statement.index;
  return `${file}:${line}\n${source}\n${source.slice(0, at).replace(/[^\t]/g, ' ')}^`;
};

binding.fatal = (error, before, after) => {
  let text = '';
  const isError = Error.isError?.(error) ?? error instanceof Error;
  if (isError) {
    let stack = error.stack;
    const arrow = sourceLine(error[privateSymbols.arrow_message_private_symbol], stack);
    if (arrow !== undefined && error[privateSymbols.decorated_private_symbol] !== true) text += `${arrow}\n\n`;
    // The library's enhancers put the rest of the error's properties under its stack.
    try { before?.(error); stack = after?.(error) ?? error.stack ?? stack; } catch { /* the plain stack is good enough */ }
    text += typeof stack === 'string' && stack !== '' ? `${stack}\n` : `${header(error)}\n`;
  } else {
    let shown;
    try { shown = binding.inspect(error); } catch { shown = String(error); }
    text += `Uncaught:\n${shown}\n(Use \`node --trace-uncaught ...\` to show where the exception was thrown)\n`;
  }
  return `${text}\nNode.js v24.12.0\n`;
};
