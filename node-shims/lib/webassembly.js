'use strict';
// `WebAssembly`, which the browser has: modules are compiled and run there, and named by numbers here. What passes between the two sides is described in
// sw/src/process/later/webassembly; calls and memories are in the binding.

const {
  ArrayBufferIsView, ArrayFrom, ArrayIsArray, ArrayPrototypePush, BigInt, Error, JSONParse, JSONStringify, Number, NumberIsInteger, ObjectAssign, ObjectCreate,
  ObjectDefineProperties, ObjectDefineProperty, ObjectFreeze, Promise, PromiseReject, PromiseResolve, RangeError, ReflectConstruct, SafeMap, SafeWeakMap, SafeWeakRef, String,
  SymbolToStringTag, TypeError, Uint8Array,
} = primordials;
const host = internalBinding('webassembly_host');

const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;
const TAG = 4;
const kinds = ['function', 'table', 'memory', 'global', 'tag'];
const letters = { '__proto__': null, 'i32': 'i', 'i64': 'l', 'f32': 'f', 'f64': 'd', 'externref': 'e', 'anyfunc': 'c', 'funcref': 'c' };
const types = { '__proto__': null, 'i': 'i32', 'l': 'i64', 'f': 'f32', 'd': 'f64', 'e': 'externref', 'c': 'anyfunc' };
const MOST_PAGES = 65536;

// ---- Errors

function errorClass(name) {
  const Class = { [name](message, options) { return ReflectConstruct(Error, message === undefined ? [] : [message, options], new.target ?? Class); } };
  // A method cannot be constructed.
  const Made = function(message, options) { return ReflectConstruct(Error, message === undefined ? [] : [message, options], new.target ?? Made); };
  ObjectDefineProperty(Made, 'name', { __proto__: null, value: Class[name].name, configurable: true });
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

// The browser's own words name the call that it was asked by; the guest asked by another.
const renamed = (message, by) => (by === undefined ? message : message.replace(/^WebAssembly\.\w+\(\)/, by));
function failed({ type, message, exception }, by) {
  return type === 'Exception' ? exceptionOf(exception) : new (errors[type] ?? Error)(renamed(message, by));
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
    case 'l': return [2, String(BigInt.asIntN(64, BigInt(value)))];
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

// What of the browser's an object is for: given to a constructor in the place of a descriptor.
class Made {
  constructor(number, more) {
    this.number = number;
    this.more = more;
  }
}

const tagged = (Class, name) => {
  ObjectDefineProperty(Class.prototype, SymbolToStringTag, { __proto__: null, value: `WebAssembly.${name}`, configurable: true });
  return Class;
};
const enumerable = (Class, names) => {
  for (const name of names) ObjectDefineProperty(Class.prototype, name, { __proto__: null, enumerable: true });
};

function limit(descriptor, name, least, most, what) {
  const value = descriptor[name];
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!(number >= least)) throw new TypeError(`${what}: Property '${name}': value ${String(value)} is below the lower bound`);
  if (number > most) throw new TypeError(`${what}: Property '${name}': value ${String(value)} is above the upper bound`);
  return NumberIsInteger(number) ? number : number - number % 1;
}
function amount(value, what) {
  const number = Number(value);
  if (!(number >= 0 && number <= 0xffffffff)) throw new TypeError(`${what}: Argument 0 must be convertible to a valid number`);
  return number - number % 1;
}

// ---- Memory

class Memory {
  #memory;
  #maximum;
  #shared;
  constructor(descriptor) {
    const what = 'WebAssembly.Memory()';
    if (descriptor === null || typeof descriptor !== 'object') throw new TypeError(`${what}: Argument 0 must be a memory descriptor`);
    const initial = limit(descriptor, 'initial', 0, MOST_PAGES, what) ?? limit(descriptor, 'minimum', 0, MOST_PAGES, what);
    if (initial === undefined) throw new TypeError(`${what}: Property 'initial' is required`);
    this.#maximum = limit(descriptor, 'maximum', initial, MOST_PAGES, what);
    this.#shared = Boolean(descriptor.shared);
    if (this.#shared && this.#maximum === undefined) throw new TypeError(`${what}: If shared is true, maximum property should be specified.`);
    sweep();
    this.#memory = host.memory(initial, this.#maximum ?? MOST_PAGES, this.#shared);
    if (this.#memory === undefined) throw new RangeError(`${what}: could not allocate memory`);
  }
  get buffer() { return host.buffer(this.#memory); }
  grow(delta) {
    const pages = amount(delta, 'WebAssembly.Memory.grow()');
    const old = host.grow(this.#memory, pages);
    if (old < 0) throw new RangeError(`WebAssembly.Memory.grow(): ${host.pages(this.#memory) + pages > (this.#maximum ?? MOST_PAGES) ? 'Maximum memory size exceeded' : 'Unable to grow instance memory'}`);
    return old;
  }
  static number(memory) { return host.numberOf(memory.#memory); }
  static is(value) { return value !== null && typeof value === 'object' && #memory in value; }
  // Why an instance cannot import it.
  static unfit(memory, { minimum, maximum, shared }) {
    const pages = host.pages(memory.#memory);
    if (pages < minimum) return `memory import has ${pages} pages which is smaller than the declared initial of ${minimum}`;
    if (maximum !== null && memory.#maximum === undefined) return 'memory import has no maximum limit';
    if (maximum !== null && memory.#maximum > maximum) return `memory import has a larger maximum size ${memory.#maximum} than the module's declared maximum ${maximum}`;
    if (shared !== memory.#shared) return shared ? 'mismatch in shared state of memory, declared = 1, imported = 0' : 'mismatch in shared state of memory, declared = 0, imported = 1';
    return undefined;
  }
}
enumerable(tagged(Memory, 'Memory'), ['buffer', 'grow']);
const { number: memoryNumber, is: isMemory, unfit: memoryUnfit } = Memory;
delete Memory.number;
delete Memory.is;
delete Memory.unfit;

// ---- Table

const tables = new Known();
class Table {
  #number;
  #letter;
  // Instances whose functions are in it.
  #keeps = [];
  constructor(descriptor, value) {
    const what = 'WebAssembly.Table()';
    if (descriptor instanceof Made) {
      this.#number = descriptor.number;
      this.#letter = descriptor.more;
      return;
    }
    if (descriptor === null || typeof descriptor !== 'object') throw new TypeError(`${what}: Argument 0 must be a table descriptor`);
    this.#letter = letters[String(descriptor.element)];
    if (this.#letter !== 'c' && this.#letter !== 'e') throw new TypeError(`${what}: Descriptor property 'element' must be a WebAssembly reference type`);
    const initial = limit(descriptor, 'initial', 0, 10000000, what) ?? limit(descriptor, 'minimum', 0, 10000000, what);
    if (initial === undefined) throw new TypeError(`${what}: Property 'initial' is required`);
    const maximum = limit(descriptor, 'maximum', initial, 0xffffffff, what) ?? null;
    const given = arguments.length > 1 && !(this.#letter === 'c' && value === undefined);
    const refuse = () => new TypeError(`${what}: Argument 1 must be undefined or a value of type compatible with the type of the new table.`);
    const { table } = ask({ op: 'table', element: types[this.#letter], initial, maximum, value: given ? this.#encode(value, refuse) : [0] });
    this.#number = table;
    tables.get(table, () => this);
  }
  #encode(value, refuse) {
    if (typeof value === 'function' && holders.has(value)) ArrayPrototypePush(this.#keeps, holders.get(value));
    return encode(value, this.#letter, refuse);
  }
  get length() { return ask({ op: 'tableLength', table: this.#number, index: 0 }).length; }
  get(index) {
    const what = 'WebAssembly.Table.get()';
    return this.#within(what, index, (at) => decode(ask({ op: 'tableGet', table: this.#number, index: at }).value));
  }
  set(index, value) {
    const what = 'WebAssembly.Table.set()';
    const refuse = () => new TypeError(`${what}: Argument 1 is invalid for table: function-typed object expected`);
    const encoded = arguments.length < 2 ? null : this.#encode(value, refuse);
    this.#within(what, index, (at) => ask({ op: 'tableSet', table: this.#number, index: at, value: encoded }));
  }
  grow(delta, value) {
    const what = 'WebAssembly.Table.grow()';
    const refuse = () => new TypeError(`${what}: Argument 1 is invalid: function-typed object expected`);
    const encoded = arguments.length < 2 || (this.#letter === 'c' && value === undefined) ? null : this.#encode(value, refuse);
    return ask({ op: 'tableGrow', table: this.#number, index: amount(delta, what), value: encoded }, undefined, what).length;
  }
  #within(what, index, work) {
    const at = amount(index, what);
    if (at >= this.length) throw new RangeError(`${what}: invalid address ${at} in ${this.#letter === 'c' ? 'funcref' : 'externref'} table of size ${this.length}`);
    return work(at);
  }
  static number(table, keep) {
    ArrayPrototypePush(table.#keeps, keep);
    return table.#number;
  }
  static is(value) { return value !== null && typeof value === 'object' && #number in value; }
}
enumerable(tagged(Table, 'Table'), ['length', 'get', 'set', 'grow']);
const { number: tableNumber, is: isTable } = Table;
delete Table.number;
delete Table.is;
ObjectDefineProperty(Table.prototype.set, 'length', { __proto__: null, value: 1, configurable: true });
ObjectDefineProperty(Table.prototype.grow, 'length', { __proto__: null, value: 1, configurable: true });

// ---- Global

const globals = new Known();
class Global {
  #number;
  #letter;
  #mutable;
  #keeps = [];
  constructor(descriptor, value) {
    const what = 'WebAssembly.Global()';
    if (descriptor instanceof Made) {
      this.#number = descriptor.number;
      this.#letter = descriptor.more[0];
      this.#mutable = descriptor.more[1] === 'm';
      return;
    }
    if (descriptor === null || typeof descriptor !== 'object') throw new TypeError(`${what}: Argument 0 must be a global descriptor`);
    this.#mutable = Boolean(descriptor.mutable);
    this.#letter = letters[String(descriptor.value)];
    if (this.#letter === undefined) throw new TypeError(`${what}: Descriptor property 'value' must be a WebAssembly type`);
    const given = this.#letter === 'e' ? arguments.length > 1 : value !== undefined;
    const refuse = () => new TypeError(`${what}: The value of funcref globals must be null or an exported function`);
    const encoded = given ? this.#encode(value, refuse) : null;
    this.#number = ask({ op: 'global', type: types[this.#letter], mutable: this.#mutable, value: encoded }).global;
    globals.get(this.#number, () => this);
  }
  #encode(value, refuse) {
    if (typeof value === 'function' && holders.has(value)) ArrayPrototypePush(this.#keeps, holders.get(value));
    return encode(value, this.#letter, refuse);
  }
  get value() { return decode(ask({ op: 'globalGet', global: this.#number }).value); }
  set value(value) {
    const what = 'set WebAssembly.Global.value';
    if (!this.#mutable) throw new TypeError(`${what}: Can't set the value of an immutable global.`);
    const refuse = () => new TypeError(`${what}: value of an funcref reference must be either null or an exported function`);
    ask({ op: 'globalSet', global: this.#number, value: this.#encode(value, refuse) });
  }
  valueOf() { return this.value; }
  static number(global, keep) {
    ArrayPrototypePush(global.#keeps, keep);
    return global.#number;
  }
  static is(value) { return value !== null && typeof value === 'object' && #number in value; }
}
enumerable(tagged(Global, 'Global'), ['value', 'valueOf']);
const { number: globalNumber, is: isGlobal } = Global;
delete Global.number;
delete Global.is;

// ---- Tag and Exception

const tags = new Known();
class Tag {
  #number;
  #letters;
  constructor(descriptor) {
    const what = 'WebAssembly.Tag()';
    if (descriptor instanceof Made) {
      this.#number = descriptor.number;
      this.#letters = descriptor.more;
      return;
    }
    if (descriptor === null || typeof descriptor !== 'object') throw new TypeError(`${what}: Argument 0 must be a tag type`);
    if (descriptor.parameters === null || typeof descriptor.parameters !== 'object') throw new TypeError(`${what}: Argument 0 must be a tag type with 'parameters'`);
    const parameters = ArrayFrom(descriptor.parameters, String);
    this.#letters = '';
    for (let at = 0; at < parameters.length; at++) {
      const letter = letters[parameters[at]];
      if (letter === undefined) throw new TypeError(`${what}: Argument 0 parameter type at index #${at} must be a value type`);
      this.#letters += letter;
    }
    this.#number = ask({ op: 'tag', parameters: ArrayFrom(this.#letters, (letter) => types[letter]) }).tag;
    tags.get(this.#number, () => this);
  }
  static number(tag) { return tag.#number; }
  static letters(tag) { return tag.#letters; }
  static is(value) { return value !== null && typeof value === 'object' && #number in value; }
}
tagged(Tag, 'Tag');
const { number: tagNumber, letters: tagLetters, is: isTag } = Tag;
delete Tag.number;
delete Tag.letters;
delete Tag.is;

const exceptions = new Known();
class Exception {
  #number;
  constructor(tag, values) {
    const what = 'WebAssembly.Exception()';
    if (tag instanceof Made) {
      this.#number = tag.number;
      opaqueNumbers.set(this, tag.number);
      return;
    }
    if (!isTag(tag)) throw new TypeError(`${what}: Argument 0 must be a WebAssembly tag`);
    if (values === null || typeof values !== 'object') throw new TypeError(`${what}: Argument 1 must be iterable`);
    const given = ArrayFrom(values);
    const parameters = tagLetters(tag);
    if (given.length !== parameters.length) throw new TypeError(`${what}: Number of exception values does not match signature length`);
    const refuse = () => new TypeError(`${what}: a value of the type funcref must be null or an exported function`);
    const encoded = ArrayFrom(given, (value, at) => encode(value, parameters[at], refuse));
    this.#number = ask({ op: 'exception', tag: tagNumber(tag), values: encoded }).exception;
    exceptions.get(this.#number, () => this);
    opaqueNumbers.set(this, this.#number);
  }
  is(tag) {
    if (!isTag(tag)) throw new TypeError('WebAssembly.Exception.is(): Argument 0 must be a WebAssembly tag');
    return ask({ op: 'isOf', exception: this.#number, tag: tagNumber(tag) }).is;
  }
  getArg(tag, index) {
    const what = 'WebAssembly.Exception.getArg()';
    if (!isTag(tag)) throw new TypeError(`${what}: Argument 0 must be a WebAssembly tag`);
    if (!this.is(tag)) throw new TypeError(`${what}: First argument does not match the exception tag`);
    const at = amount(index, what);
    if (at >= tagLetters(tag).length) throw new TypeError(`${what}: Index must be convertible to a valid number`);
    return decode(ask({ op: 'argument', exception: this.#number, tag: tagNumber(tag), index: at }).value);
  }
}
enumerable(tagged(Exception, 'Exception'), ['is', 'getArg']);
const exceptionOf = (number) => exceptions.get(number, () => new Exception(new Made(number)));

// ---- Module

function bytesOf(source, what) {
  if (ArrayBufferIsView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  // Buffers of other contexts are buffers, too.
  if (source !== null && typeof source === 'object' && types_.isAnyArrayBuffer(source)) return new Uint8Array(source);
  throw new TypeError(`${what}: Argument 0 must be a buffer source`);
}
const types_ = internalBinding('types');

// Custom sections: their names and bytes.
function customSections(bytes) {
  const sections = [];
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; at < bytes.length; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const end = number() + at;
    if (id === 0) {
      const length = number();
      const name = internalBinding('encoding_binding').decodeUTF8(bytes.subarray(at, at + length), true, false);
      ArrayPrototypePush(sections, { name, bytes: bytes.slice(at + length, end) });
    }
    at = end;
  }
  return sections;
}

class Module {
  #description;
  #sections;
  constructor(source, by) {
    const what = by instanceof Made ? by.more : 'WebAssembly.Module()';
    const bytes = bytesOf(source, what);
    sweep();
    this.#description = ask({ op: 'compile' }, bytes, what);
    this.#sections = customSections(bytes);
  }
  static #of(module, what) {
    if (module === null || typeof module !== 'object' || !(#description in module)) throw new TypeError(`${what}: Argument 0 must be a WebAssembly.Module`);
    return module;
  }
  static imports(module) {
    return ArrayFrom(Module.#of(module, 'WebAssembly.Module.imports()').#description.imports, ({ module, name, kind }) => ({ module, name, kind: kinds[kind] }));
  }
  static exports(module) {
    return ArrayFrom(Module.#of(module, 'WebAssembly.Module.exports()').#description.exports, ({ name, kind }) => ({ name, kind: kinds[kind] }));
  }
  static customSections(module, name) {
    const what = 'WebAssembly.Module.customSections()';
    const sections = Module.#of(module, what).#sections;
    if (name === undefined) throw new TypeError(`${what}: Argument 1 is required`);
    const wanted = String(name);
    const found = [];
    for (const section of sections) if (section.name === wanted) ArrayPrototypePush(found, section.bytes.slice().buffer);
    return found;
  }
  static is(value) { return value !== null && typeof value === 'object' && #description in value; }
  static description(module) { return module.#description; }
}
tagged(Module, 'Module');
const { is: isModule, description: describe } = Module;
delete Module.is;
delete Module.description;
ObjectDefineProperty(Module, 'length', { __proto__: null, value: 1, configurable: true });
for (const name of ['imports', 'exports', 'customSections']) ObjectDefineProperty(Module, name, { __proto__: null, enumerable: true });

// ---- Instance

let lastInstance = 0;

// What an import is, for the browser. `keep` are the objects that must live as long as the instance.
function imported({ kind, type, name, module }, value, where, memory, own, index, keep) {
  const refuse = (why) => new LinkError(`${where}: ${why}`);
  switch (kind) {
    case FUNCTION:
      if (typeof value !== 'function') throw refuse('function import requires a callable');
      if (!numbers.has(value)) {
        ArrayPrototypePush(own, [index, type, value]);
        return { guest: true };
      }
      ArrayPrototypePush(keep, value);
      return { function: numbers.get(value) };
    case TABLE:
      if (!isTable(value)) throw refuse('table import requires a WebAssembly.Table');
      ArrayPrototypePush(keep, value);
      return { table: tableNumber(value, keep) };
    case MEMORY: {
      if (!isMemory(value)) throw refuse('memory import must be a WebAssembly.Memory object');
      const why = memoryUnfit(value, memory);
      if (why !== undefined) throw refuse(why);
      ArrayPrototypePush(keep, value);
      return { memory: memoryNumber(value) };
    }
    case GLOBAL: {
      if (isGlobal(value)) {
        ArrayPrototypePush(keep, value);
        return { global: globalNumber(value, keep) };
      }
      const letter = type[0];
      if (type[1] === 'm') throw refuse('imported mutable global must be a WebAssembly.Global object');
      if (letter === 'l' ? typeof value !== 'bigint' : letter !== 'e' && letter !== 'c' && typeof value !== 'number') {
        throw refuse(letter === 'l' ? 'global import must be a BigInt' : 'global import must be a number, valid Wasm reference, or WebAssembly.Global object');
      }
      return { value: encode(value, letter, () => refuse('imported funcref global must be null or WebAssembly function (\'function\') object')) };
    }
    default:
      if (!isTag(value)) throw refuse('tag import requires a WebAssembly.Tag');
      ArrayPrototypePush(keep, value);
      return { tag: tagNumber(value) };
  }
}

function instantiate(module, importObject, what) {
  if (!isModule(module)) throw new TypeError(`${what}: Argument 0 must be a WebAssembly.Module`);
  if (importObject !== undefined && (importObject === null || (typeof importObject !== 'object' && typeof importObject !== 'function'))) {
    throw new TypeError(`${what}: Argument 1 must be an object`);
  }
  const { module: number, imports, exports, memories } = describe(module);
  if (imports.length > 0 && importObject === undefined) throw new TypeError(`${what}: Imports argument must be present and must be an object`);
  const keep = [];
  const own = [];
  const places = [];
  const given = [];
  for (let index = 0; index < imports.length; index++) {
    const wanted = imports[index];
    const where = `${what}: Import #${index} "${wanted.module}"`;
    const from = importObject[wanted.module];
    if (from === null || (typeof from !== 'object' && typeof from !== 'function')) throw new TypeError(`${where}: module is not an object or function`);
    const value = from[wanted.name];
    const memory = memories.find((memory) => memory.imported === index);
    ArrayPrototypePush(given, imported(wanted, value, `${where} "${wanted.name}"`, memory, own, index, keep));
    if (memory !== undefined) ArrayPrototypePush(places, value);
  }
  for (const { imported, minimum, maximum, shared } of memories) {
    if (imported !== null) continue;
    const memory = new Memory({ initial: minimum, maximum: maximum ?? undefined, shared });
    ArrayPrototypePush(places, memory);
    ArrayPrototypePush(keep, memory);
  }
  sweep();
  const instance = ++lastInstance;
  // The functions that it imports are found through this as long as anything of the instance is reachable.
  const functions = host.imports(instance, own);
  ArrayPrototypePush(keep, functions);
  const made = ask({ op: 'instantiate', module: number, instance, imports: given, memories: ArrayFrom(places, memoryNumber) }, undefined, what);
  const out = ObjectCreate(null);
  const numbered = [made.begin];
  for (let at = 0; at < exports.length; at++) {
    const { name, kind, type, index } = exports[at];
    const number = made.exports[at];
    let value;
    switch (kind) {
      case FUNCTION:
        value = callable(number, type, String(index), keep);
        ArrayPrototypePush(numbered, number);
        break;
      case TABLE:
        value = tables.get(number, () => new Table(new Made(number, type)));
        tableNumber(value, keep);
        break;
      case MEMORY:
        value = places[index];
        break;
      case GLOBAL:
        value = globals.get(number, () => new Global(new Made(number, type)));
        globalNumber(value, keep);
        break;
      default:
        value = tags.get(number, () => new Tag(new Made(number, type.slice(0, -1))));
    }
    ArrayPrototypePush(keep, value);
    out[name] = value;
  }
  host.exports(functions, numbered);
  callable(made.begin, ':', '', keep)();
  return ObjectFreeze(out);
}

class Instance {
  #exports;
  constructor(module, importObject, by) {
    this.#exports = instantiate(module, importObject, by instanceof Made ? by.more : 'WebAssembly.Instance()');
    // V8 has it as the object's own, too.
  }
  get exports() { return this.#exports; }
}
enumerable(tagged(Instance, 'Instance'), ['exports']);
ObjectDefineProperty(Instance, 'length', { __proto__: null, value: 1, configurable: true });

// ---- The namespace

const by = (name) => new Made(0, `WebAssembly.${name}()`);
// What `work` throws is the promise's.
const promised = (work) => new Promise((resolve) => resolve(work()));

const functions = {
  compile(bytes) { return promised(() => new Module(bytes, by('compile'))); },
  validate(bytes) { return ask({ op: 'validate' }, bytesOf(bytes, 'WebAssembly.validate()')).valid; },
  instantiate(source, imports = undefined) {
    return promised(() => {
      const from = by('instantiate');
      if (isModule(source)) return new Instance(source, imports, from);
      const module = new Module(source, from);
      return { module, instance: new Instance(module, imports, from) };
    });
  },
  compileStreaming(source) { return streamed(source, by('compileStreaming')); },
  instantiateStreaming(source, imports = undefined) {
    const from = by('instantiateStreaming');
    return streamed(source, from).then((module) => ({ module, instance: new Instance(module, imports, from) }));
  },
};

// Node's library reads the response.
function streamed(source, from) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    const state = {
      push(chunk) { ArrayPrototypePush(chunks, bytesOf(chunk, from.more)); },
      setURL() {},
      abort: reject,
      finish() {
        let length = 0;
        for (const chunk of chunks) length += chunk.length;
        const whole = new Uint8Array(length);
        let at = 0;
        for (const chunk of chunks) {
          whole.set(chunk, at);
          at += chunk.length;
        }
        resolve(promised(() => new Module(whole, from)));
      },
    };
    internalBinding('wasm_web_api').implementation(state, source);
  });
}

const WebAssembly = {};
ObjectDefineProperty(WebAssembly, SymbolToStringTag, { __proto__: null, value: 'WebAssembly', configurable: true });
ObjectAssign(WebAssembly, functions);
const classes = { Module, Instance, Table, Memory, Global, Tag, Exception, CompileError, LinkError, RuntimeError };
for (const name in classes) ObjectDefineProperty(WebAssembly, name, { __proto__: null, value: classes[name], writable: true, configurable: true });

binding.WebAssembly = WebAssembly;
