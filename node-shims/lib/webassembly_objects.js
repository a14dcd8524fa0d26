'use strict';
// Memories, tables, globals, tags and exceptions of `WebAssembly`: each stands for one of the browser's, which has a number.

const {
  ArrayFrom, Boolean, MathTrunc, Number, NumberIsFinite, ObjectAssign, ObjectDefineProperties, ObjectDefineProperty, RangeError, ReflectConstruct, SafeSet, String,
  SymbolToStringTag, TypeError,
} = primordials;
const host = internalBinding('webassembly_host');
const { Known, ask, decode, encode, holders, opaqueNumbers, sweep } = internalBinding('webassembly_values');

const { transfer_mode_private_symbol: transferMode } = privateSymbols;

const letters = { '__proto__': null, 'i32': 'i', 'i64': 'l', 'f32': 'f', 'f64': 'd', 'externref': 'e', 'anyfunc': 'c' };
const types = { '__proto__': null, 'i': 'i32', 'l': 'i64', 'f': 'f32', 'd': 'f64', 'e': 'externref', 'c': 'anyfunc' };
const MOST_PAGES = 65536;
const MOST_ELEMENTS = 10000000;

// What of the browser's an object is for: given to a constructor in the place of a descriptor.
class Made {
  constructor(number, more) {
    this.number = number;
    this.more = more;
  }
}

// A whole number that 32 bits hold.
function unsigned(value, what) {
  const number = Number(value);
  if (!NumberIsFinite(number)) throw new TypeError(`${what} must be convertible to a valid number`);
  if (number < 0) throw new TypeError(`${what} must be non-negative`);
  if (number > 0xffffffff) throw new TypeError(`${what} must be in the unsigned long range`);
  return MathTrunc(number);
}
const amount = (value, what) => unsigned(value, `${what}: Argument 0`);
function limit(descriptor, name, least, most, what) {
  const value = descriptor[name];
  if (value === undefined) return undefined;
  const number = unsigned(value, `${what}: Property '${name}'`);
  if (number < least) throw new RangeError(`${what}: Property '${name}': value ${number} is below the lower bound ${least}`);
  if (number > most) throw new RangeError(`${what}: Property '${name}': value ${number} is above the upper bound ${most}`);
  return number;
}

// The class as V8 has it: it says so where it is called without `new`.
function constructible(Class, name) {
  const what = `WebAssembly.${name}`;
  const Constructor = function(...args) {
    if (new.target === undefined) throw new TypeError(`${what}(): ${what} must be invoked with 'new'`);
    return ReflectConstruct(Class, args, new.target);
  };
  ObjectDefineProperties(Constructor, {
    name: { __proto__: null, value: name, configurable: true },
    length: { __proto__: null, value: 1, configurable: true },
    prototype: { __proto__: null, value: Class.prototype, writable: false },
  });
  ObjectDefineProperty(Class.prototype, 'constructor', { __proto__: null, value: Constructor, writable: true, configurable: true });
  ObjectDefineProperty(Class.prototype, SymbolToStringTag, { __proto__: null, value: what, configurable: true });
  return Constructor;
}
const enumerable = (object, names) => {
  for (const name of names) ObjectDefineProperty(object, name, { __proto__: null, enumerable: true });
};

// ---- Memory

class Memory {
  // It cannot be cloned.
  [transferMode] = 0;
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
    if (this.#shared && this.#maximum === undefined) throw new TypeError(`${what}: If shared is true, maximum property should be defined.`);
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
enumerable(Memory.prototype, ['buffer', 'grow']);
const { number: memoryNumber, is: isMemory, unfit: memoryUnfit } = Memory;

// A value for something of the browser's, which keeps the instance of a function in it.
function held(keeps, value, letter, refuse) {
  if (typeof value === 'function' && holders.has(value)) keeps.add(holders.get(value));
  return encode(value, letter, refuse);
}

// ---- Table

const tables = new Known();
class Table {
  // It cannot be cloned.
  [transferMode] = 0;
  #number;
  #letter;
  // Instances whose functions are in it.
  #keeps = new SafeSet();
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
    const initial = limit(descriptor, 'initial', 0, MOST_ELEMENTS, what) ?? limit(descriptor, 'minimum', 0, MOST_ELEMENTS, what);
    if (initial === undefined) throw new TypeError(`${what}: Property 'initial' is required`);
    const maximum = limit(descriptor, 'maximum', initial, 0xffffffff, what) ?? null;
    const given = arguments.length > 1 && !(this.#letter === 'c' && value === undefined);
    const refuse = () => new TypeError(`${what}: Argument 1 must be undefined or a value of type compatible with the type of the new table.`);
    const { table } = ask({ op: 'table', element: types[this.#letter], initial, maximum, value: given ? this.#encode(value, refuse) : [0] });
    this.#number = table;
    tables.get(table, () => this);
  }
  #encode(value, refuse) { return held(this.#keeps, value, this.#letter, refuse); }
  get length() { return ask({ op: 'tableLength', table: this.#number, index: 0 }).length; }
  get(index) {
    const what = 'WebAssembly.Table.get()';
    return this.#within(what, index, (at) => decode(ask({ op: 'tableGet', table: this.#number, index: at }).value));
  }
  set(index, value) {
    const what = 'WebAssembly.Table.set()';
    const refuse = () => new TypeError(`${what}: Argument 1 is invalid for table: function-typed object must be null (if nullable) or a Wasm function object`);
    const encoded = arguments.length < 2 ? null : this.#encode(value, refuse);
    this.#within(what, index, (at) => ask({ op: 'tableSet', table: this.#number, index: at, value: encoded }));
  }
  grow(delta, value) {
    const what = 'WebAssembly.Table.grow()';
    const refuse = () => new TypeError(`${what}: Argument 1 is invalid: function-typed object must be null (if nullable) or a Wasm function object`);
    const encoded = arguments.length < 2 || (this.#letter === 'c' && value === undefined) ? null : this.#encode(value, refuse);
    return ask({ op: 'tableGrow', table: this.#number, index: amount(delta, what), value: encoded }, undefined, what).length;
  }
  #within(what, index, work) {
    const at = amount(index, what);
    if (at >= this.length) throw new RangeError(`${what}: invalid address ${at} in ${this.#letter === 'c' ? 'funcref' : 'externref'} table of size ${this.length}`);
    return work(at);
  }
  static number(table, keep) {
    table.#keeps.add(keep);
    return table.#number;
  }
  static is(value) { return value !== null && typeof value === 'object' && #number in value; }
}
enumerable(Table.prototype, ['length', 'get', 'set', 'grow']);
const { number: tableNumber, is: isTable } = Table;
ObjectDefineProperty(Table.prototype.set, 'length', { __proto__: null, value: 1, configurable: true });
ObjectDefineProperty(Table.prototype.grow, 'length', { __proto__: null, value: 1, configurable: true });

// ---- Global

const globals = new Known();
class Global {
  // It cannot be cloned.
  [transferMode] = 0;
  #number;
  #letter;
  #mutable;
  #keeps = new SafeSet();
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
  #encode(value, refuse) { return held(this.#keeps, value, this.#letter, refuse); }
  get value() { return decode(ask({ op: 'globalGet', global: this.#number }).value); }
  set value(value) {
    const what = 'set WebAssembly.Global.value)';
    if (!this.#mutable) throw new TypeError(`${what}: Can't set the value of an immutable global.`);
    const refuse = () => new TypeError(`${what}: value of an funcref reference must be either null or an exported function`);
    ask({ op: 'globalSet', global: this.#number, value: this.#encode(value, refuse) });
  }
  valueOf() { return this.value; }
  static number(global, keep) {
    global.#keeps.add(keep);
    return global.#number;
  }
  static is(value) { return value !== null && typeof value === 'object' && #number in value; }
}
enumerable(Global.prototype, ['value', 'valueOf']);
const { number: globalNumber, is: isGlobal } = Global;

// ---- Tag and Exception

const tags = new Known();
class Tag {
  // It cannot be cloned.
  [transferMode] = 0;
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
const { number: tagNumber, letters: tagLetters, is: isTag } = Tag;

const exceptions = new Known();
class Exception {
  // It cannot be cloned.
  [transferMode] = 0;
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
enumerable(Exception.prototype, ['is', 'getArg']);

internalBinding('webassembly_values').exceptionOf = (number) => exceptions.get(number, () => new Exception(new Made(number)));

ObjectAssign(binding, {
  Made, constructible, enumerable,
  memoryNumber, isMemory, memoryUnfit, tableNumber, isTable, tableOf: (number, letter) => tables.get(number, () => new Table(new Made(number, letter))),
  globalNumber, isGlobal, globalOf: (number, type) => globals.get(number, () => new Global(new Made(number, type))),
  tagNumber, isTag, tagOf: (number, letters) => tags.get(number, () => new Tag(new Made(number, letters))),
  Memory: constructible(Memory, 'Memory'), Table: constructible(Table, 'Table'), Global: constructible(Global, 'Global'), Tag: constructible(Tag, 'Tag'),
  Exception: constructible(Exception, 'Exception'),
});
