'use strict';
// What `lib/webassembly.js` and `lib/webassembly_objects.js` stand on: how the browser is asked, and how values pass between the two sides.

const {
  BigInt, Error, JSONParse, JSONStringify, Number, ObjectAssign, ObjectCreate, ObjectDefineProperty, ObjectFreeze, RangeError, ReflectConstruct, RegExpPrototypeSymbolReplace, SafeMap,
  SafeWeakMap, SafeWeakRef, String, TypeError,
} = primordials;
const host = internalBinding('webassembly_host');

// ---- Errors

function errorClass(name) {
  const Made = function(message, options) { return ReflectConstruct(Error, message === undefined ? [] : [message, options], new.target ?? Made); };
  ObjectDefineProperty(Made, 'name', { __proto__: null, value: name, configurable: true });
  ObjectDefineProperty(Made, 'length', { __proto__: null, value: 1, configurable: true });
  Made.prototype = ObjectCreate(Error.prototype, {
    constructor: { __proto__: null, value: Made, writable: true, configurable: true },
    name: { __proto__: null, value: name, writable: true, configurable: true },
    message: { __proto__: null, value: '', writable: true, configurable: true },
  });
  return Made;
}
const CompileError = errorClass('CompileError');
const LinkError = errorClass('LinkError');
const RuntimeError = errorClass('RuntimeError');
const errors = { '__proto__': null, CompileError, LinkError, RuntimeError, RangeError, TypeError };

// The browser's own words name the call that it was asked by; the guest asked by another. What later browsers say of a call that does not fit is said as by Node's V8.
function renamed(message, by) {
  if (message === 'null function' || message === 'function signature mismatch') return 'null function or function signature mismatch';
  return by === undefined ? message : RegExpPrototypeSymbolReplace(/^WebAssembly\.\w+\(\)/, message, by);
}
function failed({ type, message, exception }, by) {
  return type === 'Exception' ? binding.exceptionOf(exception) : new (errors[type] ?? Error)(renamed(message, by));
}

function ask(request, bytes, by) {
  const answer = JSONParse(host.ask(JSONStringify(request), bytes));
  if (answer.released !== undefined) for (const handle of answer.released) host.release(handle);
  if (answer.error !== undefined) throw failed(answer.error, by);
  return answer;
}
{
  const { 0: at, 1: end } = host.room();
  ask({ op: 'begin', at, end });
}

// Tells the browser what nobody here can reach any more.
function sweep() {
  const instances = host.gone();
  const memories = host.memoriesGone();
  if (instances.length > 0 || memories.length > 0) ask({ op: 'release', instances, memories });
}

// ---- Values

// What stands for something of the browser's, by its number: the same object as long as somebody has it.
class Known {
  #refs = new SafeMap();
  get(number, make) {
    let object = this.#refs.get(number)?.deref();
    if (object === undefined) {
      object = make(number);
      this.#refs.set(number, new SafeWeakRef(object));
    }
    return object;
  }
}
const callables = new Known();
const numbers = new SafeWeakMap();
const holders = new SafeWeakMap();

// A function for the browser's; `holder` is kept as long as the function.
function callable(number, signature, name, holder) {
  return callables.get(number, () => {
    const made = host.callable(number, signature, holder);
    ObjectDefineProperty(made, 'name', { __proto__: null, value: name, configurable: true });
    numbers.set(made, number);
    holders.set(made, holder);
    return made;
  });
}

const opaque = new Known();
const opaqueNumbers = new SafeWeakMap();
// Something of the browser's that has no face here.
function opaqueOf(number) {
  return opaque.get(number, () => {
    const object = ObjectFreeze(ObjectCreate(null));
    opaqueNumbers.set(object, number);
    return object;
  });
}

host.setCallbacks(
  (description) => { throw failed(JSONParse(description).error); },
  (kind, number) => (kind === 4 ? callable(number, undefined, '', undefined) : opaqueOf(number)),
  (value) => (typeof value === 'function' ? numbers.get(value) ?? -1 : -1),
);

// As JSON has it: sw/src/process/later/webassembly/values.ts.
function encode(value, letter, refuse) {
  switch (letter) {
    case 'l':
      if (typeof value === 'number') throw new TypeError(`Cannot convert ${value} to a BigInt`);
      return [2, String(BigInt.asIntN(64, BigInt(value)))];
    case 'e':
      if (value === undefined) return [0];
      if (value === null) return [3];
      return opaqueNumbers.has(value) ? [6, opaqueNumbers.get(value)] : [5, host.hold(value)];
    case 'c':
      if (value === null) return [3];
      if (typeof value === 'function' && numbers.has(value)) return [4, numbers.get(value)];
      throw refuse();
    default: {
      const number = Number(value);
      return [1, number === 0 && 1 / number < 0 ? '-0' : String(number)];
    }
  }
}
function decode({ 0: kind, 1: value }) {
  switch (kind) {
    case 1: return Number(value);
    case 2: return BigInt(value);
    case 3: return null;
    case 4: return callable(value, undefined, '', undefined);
    case 5: return host.held(value);
    case 6: return opaqueOf(value);
    default: return undefined;
  }
}

ObjectAssign(binding, { CompileError, LinkError, RuntimeError, Known, ask, callable, decode, encode, holders, numbers, opaqueNumbers, sweep });
