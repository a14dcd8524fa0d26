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

// ---- Weak references keep what they point at until the present job is over. QuickJS counts references and lets go at once.
{
  const Native = WeakRef;
  const { prototype } = Native;
  const { deref } = prototype;
  const kept = binding.kept = [];
  const { construct, apply } = Reflect;
  const replacement = {
    WeakRef: function WeakRef(target) {
      if (new.target === undefined) throw new TypeError("Constructor WeakRef requires 'new'");
      const ref = construct(Native, [target], new.target);
      kept[kept.length] = target;
      return ref;
    },
    deref() {
      const target = apply(deref, this, []);
      if (target !== undefined) kept[kept.length] = target;
      return target;
    },
  };
  Object.defineProperty(replacement.WeakRef, 'prototype', { value: prototype, writable: false });
  for (const [object, name, value] of [[globalThis, 'WeakRef', replacement.WeakRef], [prototype, 'constructor', replacement.WeakRef], [prototype, 'deref', replacement.deref]]) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

// ---- Stack traces in V8's format.
let prepareCallback;
Error.prepareStackTrace = (error, trace) => trace;
const callSite = Object.getPrototypeOf(new Error().stack[0]);
const { getFileName, getFunction, getFunctionName, getLineNumber, getColumnNumber, isConstructor, isNative } = callSite;
const call = Function.prototype.call.bind(Function.prototype.call);
const ours = [];
const define = (name, value) => {
  ours[ours.length] = name;
  Object.defineProperty(callSite, name, { value, writable: true, configurable: true });
};

// Behind a \u0001 stands whose code it is (`contextify.js`), which is nobody's business.
const fileOf = (site) => {
  const file = call(getFileName, site);
  const end = typeof file === 'string' ? file.indexOf('\u0001') : -1;
  return end < 0 ? file : file.slice(0, end);
};

// Scripts and module bodies have no name in V8. A name with a dot in it is what V8 makes of the receiver and the function.
const whole = (site) => {
  const name = call(getFunctionName, site);
  return name === '' || name === '<eval>' || name === '<anonymous>' || name === undefined ? null : name;
};
define('getFunctionName', function() {
  const name = whole(this);
  return name === 'Object.<anonymous>' ? null : name;
});
define('getFileName', function() {
  return call(isNative, this) ? undefined : fileOf(this) ?? undefined;
});
define('getScriptNameOrSourceURL', function() { return this.getFileName(); });
define('getThis', function() { return undefined; });
define('getTypeName', function() {
  const name = whole(this);
  const dot = name === null ? -1 : name.lastIndexOf('.');
  return dot > 0 ? name.slice(0, dot) : null;
});
define('getMethodName', function() {
  const name = this.getFunctionName();
  const dot = name === null ? -1 : name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1) : null;
});
define('getEvalOrigin', function() { return undefined; });
define('getPromiseIndex', function() { return null; });
// Where the function begins; a script's or module's own code begins at its start.
const enclosing = (site) => {
  const func = call(getFunction, site);
  return typeof func === 'function' && func.lineNumber > 0 && whole(site) !== 'Object.<anonymous>' ? func : { lineNumber: 1, columnNumber: 1 };
};
define('getEnclosingLineNumber', function() { return enclosing(this).lineNumber; });
define('getEnclosingColumnNumber', function() { return enclosing(this).columnNumber; });
define('getScriptHash', function() { return ''; });
define('getPosition', function() { return 0; });
define('isToplevel', function() { return !call(isConstructor, this) && this.getTypeName() === null; });
define('isEval', function() { return false; });
define('isAsync', function() { return false; });
define('isPromiseAll', function() { return false; });
define('isNative', function() { return call(isNative, this); });
const location = (site) => {
  const file = site.getFileName();
  if (file === undefined) return '<anonymous>';
  const line = call(getLineNumber, site);
  return line > 0 ? `${file || '<anonymous>'}:${line}:${call(getColumnNumber, site)}` : file;
};
define('toString', function toString() {
  const name = whole(this);
  if (call(isConstructor, this)) return `new ${name ?? '<anonymous>'} (${location(this)})`;
  return name === null ? location(this) : `${name} (${location(this)})`;
});

// V8 does not count these as frames.
const invisible = { __proto__: null, apply: true, call: true, construct: true };
const visible = (trace) => {
  const kept = [];
  for (let i = 0; i < trace.length; i++) {
    const site = trace[i];
    if (call(isNative, site) ? invisible[call(getFunctionName, site)] : fileOf(site)?.startsWith('node:porthole/')) continue;
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
      if (prepareCallback !== undefined) trace.value = prepareCallback(globalThis, this, sites);
      if (trace.arrow !== undefined && typeof trace.value === 'string') trace.value = `${trace.arrow}\n\n${trace.value}`;
      return trace.value;
    },
    set stack(value) { this[kTrace] = { sites: undefined, value }; },
  };
  const { get, set } = getOwnPropertyDescriptor(object, 'stack');
  defineProperty(get, 'name', { value: '' });
  defineProperty(set, 'name', { value: '' });
  return { __proto__: null, get, set, enumerable: false, configurable: true };
})();
const keep = (object, sites, parsed) => {
  object[kTrace] = { sites, value: undefined, parsed, arrow: undefined };
  defineProperty(object, 'stack', stackDescriptor);
};

// What the engine's parser says, in V8's words. Which token it was is said by the engine itself.
const parserWords = {
  __proto__: null,
  'missing initializer for variable': 'Missing initializer in const declaration',
  'unexpected end of string': 'Invalid or unexpected token',
  'unexpected character': 'Invalid or unexpected token',
  "Unexpected token '@'": 'Invalid or unexpected token',
  "Unexpected token '\\'": 'Invalid or unexpected token',
  'invalid number literal': 'Invalid or unexpected token',
  'invalid first character of private name': 'Invalid or unexpected token',
  'return not in a function': 'Illegal return statement',
  'break must be inside loop or switch': 'Illegal break statement',
  'continue must be inside loop': 'Illegal continue statement: no surrounding iteration statement',
  "'let' is not a valid lexical identifier": 'let is disallowed as a lexically bound name',
  "invalid lexical variable name 'let'": 'let is disallowed as a lexically bound name',
  'import.meta only valid in module code': "Cannot use 'import.meta' outside a module",
  'super() is only valid in a derived class constructor': "'super' keyword unexpected here",
  "'super' is only valid in a method": "'super' keyword unexpected here",
  "invalid use of 'super'": "'super' keyword unexpected here",
  'new.target only allowed within functions': 'new.target expression is not allowed here',
  'expecting catch or finally': 'Missing catch or finally after try',
  'line terminator not allowed after throw': 'Illegal newline after throw',
  'invalid increment/decrement operand': 'Invalid left-hand side expression in postfix operation',
  'invalid assignment left-hand side': 'Invalid left-hand side in assignment',
  'invalid for in/of left hand-side': 'Invalid left-hand side in for-loop',
  'invalid destructuring target': 'Invalid destructuring assignment target',
  'rest element must be the last one': 'Rest element must be last element',
  'unexpected end of regexp': 'Invalid regular expression: missing /',
  'unexpected line terminator in regexp': 'Invalid regular expression: missing /',
  'duplicate __proto__ property name': 'Duplicate __proto__ fields are not allowed in object literals',
  'property constructor appears more than once': 'A class may only have one constructor',
  "expected '}' after template expression": 'Missing } in template expression',
  'cannot delete a direct reference in strict mode': 'Delete of an unqualified identifier in strict mode.',
  'unsupported keyword: export': "Unexpected token 'export'",
  'unsupported keyword: enum': 'Unexpected reserved word',
  'duplicate default': 'More than one default clause in switch statement',
  "lexical declarations can't appear in single-statement context": 'Lexical declaration cannot appear in a single-statement context',
};
// The engine's own messages, in V8's words: programs read them.
const words = [
  [/^cannot read property '([^]*)' of (null|undefined)$/, (m) => `Cannot read properties of ${m[2]} (reading '${m[1]}')`],
  [/^cannot set property '([^]*)' of (null|undefined)$/, (m) => `Cannot set properties of ${m[2]} (setting '${m[1]}')`],
  [/^'([^]*)' is read-only$/, () => 'Assignment to constant variable.'],
  [/^([^]*) is not initialized$/, (m) => m[1] === 'this' ? "Must call super constructor in derived class before accessing 'this' or returning from derived constructor" : `Cannot access '${m[1]}' before initialization`],
  [/^value is not iterable$/, (m, sites) => {
    const name = source(sites)?.iteratedAt(...at(sites[0]));
    return name === undefined ? 'object is not iterable (cannot read property Symbol(Symbol.iterator))' : `${name} is not iterable`;
  }],
  [/^must be called with new$/, () => "Class constructor cannot be invoked without 'new'"],
  [/^undefined private field '([^]*)'$/, (m) => `Private field '${m[1]}' must be declared in an enclosing class`],
  [/^unexpected token in expression: '([^]*)'$/, (m) => m[1] === '' ? 'Unexpected end of input' : m[1] === '@' || m[1] === '\\' ? 'Invalid or unexpected token' : `Unexpected token '${m[1]}'`],
  [/^not an object$/, () => 'Object expected'],
  [/^class constructors must be invoked with 'new'$/, (m, sites) => `Class constructor ${sites[0]?.getFunctionName() ?? ''} cannot be invoked without 'new'`],
  [/^not a (?:function|constructor)$/, (m, sites) => {
    const callee = source(sites)?.calleeAt(...at(sites[0]));
    return callee === undefined ? m[0] : `${callee.text} is not a ${callee.isNew ? 'constructor' : 'function'}`;
  }],
];
// A place in the program, for what its text says there. The library's text is not at hand.
const at = (site) => [fileOf(site), call(getLineNumber, site), call(getColumnNumber, site)];
const source = (sites) => {
  if (sites.length === 0 || call(isNative, sites[0])) return undefined;
  const { 0: file, 1: line } = at(sites[0]);
  if (typeof file !== 'string' || line < 1 || file[0] === '<' || file.startsWith('node:')) return undefined;
  if (binding.calleeAt === undefined) binding.readCallSource();
  return binding;
};
const translate = (error, sites) => {
  const descriptor = getOwnPropertyDescriptor(error, 'message');
  const message = descriptor?.value;
  if (typeof message !== 'string' || message === '') return;
  const exact = parserWords[message];
  if (exact !== undefined) {
    defineProperty(error, 'message', { __proto__: null, value: exact, writable: true, enumerable: false, configurable: true });
    return;
  }
  for (let i = 0; i < words.length; i++) {
    const match = words[i][0].exec(message);
    if (match === null) continue;
    defineProperty(error, 'message', { __proto__: null, value: words[i][1](match, sites), writable: true, enumerable: false, configurable: true });
    return;
  }
};
// Prototypes of the errors whose messages are the engine's, and of its syntax errors: those of each context.
const { has, add } = Set.prototype;
const natives = new Set([TypeError.prototype, ReferenceError.prototype, SyntaxError.prototype]);
const syntaxErrors = new Set([SyntaxError.prototype]);
const { getPrototypeOf } = Object;

// Where the last value was thrown, each time: a `finally` throws on what it did not take, and so do the library's handlers. The engine asks for a trace
// when an error is made, and once more whenever a value is thrown (`raw::forget_throw`).
const nothing = {};
const { is: same } = Object;
let thrown = nothing;
let thrownFrom;
const noteThrow = (value, trace) => {
  if (!same(thrown, value) || thrownFrom.length > 15) thrownFrom = [];
  thrown = value;
  thrownFrom[thrownFrom.length] = trace;
};
binding.takeThrown = (value) => {
  const traces = same(thrown, value) ? thrownFrom : undefined;
  thrown = nothing;
  thrownFrom = undefined;
  return traces;
};

// The trace of an error of a program's class begins where that was constructed, not inside its constructors.
const hideConstructors = (sites, prototype) => {
  const made = getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  let own = 0;
  while (own < sites.length && call(isConstructor, sites[own]) && call(getFunction, sites[own]) !== made) own++;
  if (own >= sites.length - 1 || call(getFunction, sites[own]) !== made) return;
  for (let i = own + 1; i < sites.length; i++) sites[i - own - 1] = sites[i];
  sites.length -= own + 1;
};

let capturing = false;
const prepare = (error, trace) => {
  if (capturing) return visible(trace);
  if (!isError(error) || hasOwn(error, 'stack')) {
    noteThrow(error, trace);
    // Not undefined, which would make the engine ask at every frame that the value leaves.
    return null;
  }
  const sites = visible(trace);
  const prototype = getPrototypeOf(error);
  if (call(has, natives, prototype)) translate(error, sites);
  if (sites.length > 1 && call(isConstructor, sites[0])) hideConstructors(sites, prototype);
  let parsed;
  if (call(has, syntaxErrors, prototype) && sites.length > 0 && call(getFunction, sites[0]) === null) {
    // Where the parser stopped is no frame in V8.
    parsed = sites[0];
    for (let i = 1; i < sites.length; i++) sites[i - 1] = sites[i];
    sites.length--;
  }
  keep(error, sites, parsed);
  // The engine keeps nothing of its own, and asks again when the error is thrown.
  return undefined;
};
Error.prepareStackTrace = prepare;
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

// The errors of another context of the engine have the same traces and words.
binding.joinRealm = ({ Error: Other, TypeError, ReferenceError, SyntaxError }) => {
  for (const prototype of [TypeError.prototype, ReferenceError.prototype, SyntaxError.prototype]) call(add, natives, prototype);
  call(add, syntaxErrors, SyntaxError.prototype);
  Other.prepareStackTrace = (error, trace) => trace;
  const sites = getPrototypeOf(new Other().stack[0]);
  for (let i = 0; i < ours.length; i++) defineProperty(sites, ours[i], getOwnPropertyDescriptor(callSite, ours[i]));
  Other.prepareStackTrace = prepare;
  defineProperty(Other, 'captureStackTrace', { value: captureStackTrace, writable: true, enumerable: false, configurable: true });
  Other.stackTraceLimit = 10;
};

binding.setPrepareStackTraceCallback = (callback) => { prepareCallback = callback; };
binding.header = header;
// The line that a parser refused, with a mark below it, goes above the error's stack, as the library does it for scripts and modules.
binding.decorate = (error, text) => {
  const trace = isError(error) ? error[kTrace] : undefined;
  if (trace?.parsed === undefined || trace.arrow !== undefined) return;
  const { 0: file, 1: line, 2: column } = trace.place ?? at(trace.parsed);
  const source = text.split('\n', line)[line - 1];
  if (source === undefined) return;
  trace.arrow = `${file}:${line}\n${source}\n${source.slice(0, column - 1).replace(/[^\t]/g, ' ')}${'^'.repeat(trace.place?.[3] ?? 1)}`;
  error[privateSymbols.decorated_private_symbol] = true;
};
// The same for what a script throws: the line of its first frame. A `throw` of a new error is marked where it begins.
binding.decorateThrown = (error) => {
  const trace = error[kTrace];
  if (typeof trace !== 'object' || trace.arrow !== undefined || error[privateSymbols.decorated_private_symbol]) return;
  const site = trace.sites?.[0];
  if (site === undefined || call(isNative, site)) return;
  const { 0: file, 1: line, 2: column } = at(site);
  const text = typeof file !== 'string' || file.startsWith('node:') ? undefined : binding.sourceText(file);
  const source = text?.split('\n', line)[line - 1];
  if (source === undefined) return;
  const thrown = /\bthrow\s+new\s+[\w$.]*$/.exec(source.slice(0, column - 1))?.index;
  trace.arrow = `${file}:${line}\n${source}\n${source.slice(0, thrown ?? column - 1).replace(/[^\t]/g, ' ')}^`;
  error[privateSymbols.decorated_private_symbol] = true;
};
// A better place than the parser's, with how long the mark is.
binding.place = (error, line, column, length) => {
  const trace = error[kTrace];
  if (trace?.parsed !== undefined) trace.place = [fileOf(trace.parsed), line, column, length];
};
// Texts of scripts that are no files, for the place of an error: the last few.
const texts = new Map();
binding.keepText = (name, text) => {
  if (name[0] === '/') return;
  texts.delete(name);
  texts.set(name, text);
  if (texts.size > 16) texts.delete(texts.keys().next().value);
};
{
  const { sourceText } = binding;
  binding.sourceText = (file) => texts.get(file) ?? sourceText(file);
}
binding.callSource = (error) => {
  const sites = error[kTrace]?.sites;
  return sites === undefined ? undefined : source(sites)?.assertionAt(...at(sites[0]));
};
// What is known of an error's making: its frames until its stack has been read, and where a parser stopped.
binding.trace = (error) => error[kTrace];

// An error for which there was no room on the stack has no trace.
{
  const { get, set } = getOwnPropertyDescriptor(Error.prototype, 'stack');
  const object = {
    get stack() {
      const stack = call(get, this);
      return stack === null ? header(this) : stack;
    },
  };
  defineProperty(Error.prototype, 'stack', { __proto__: null, get: getOwnPropertyDescriptor(object, 'stack').get, set, enumerable: false, configurable: true });
}

// ---- JSON.parse says what is wrong in V8's words, which servers pass on to their clients.
{
  const native = JSON.parse;
  const SyntaxErrorPrototype = SyntaxError.prototype;
  // As V8 calls the frame.
  defineProperty(native, 'name', { value: 'JSON.parse' });
  const { parse } = {
    parse(text, reviver) {
      text = `${text}`;
      try {
        return native(text, reviver);
      } catch (error) {
        const trace = isError(error) ? error[kTrace] : undefined;
        if (trace?.parsed !== undefined && getPrototypeOf(error) === SyntaxErrorPrototype) {
          trace.parsed = undefined;
          const message = binding.jsonProblem(text);
          if (message !== undefined) defineProperty(error, 'message', { __proto__: null, value: message, writable: true, enumerable: false, configurable: true });
        }
        throw error;
      }
    },
  };
  defineProperty(parse, 'length', { value: 2 });
  defineProperty(JSON, 'parse', { value: parse, writable: true, enumerable: false, configurable: true });
}
