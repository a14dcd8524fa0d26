'use strict';
// `WebAssembly`, which the browser has: modules are compiled and run there, and named by numbers here. What passes between the two sides is described in
// sw/src/process/later/webassembly; calls and memories are in `internalBinding('webassembly_host')`.

const {
  ArrayBufferIsView, ArrayFrom, ArrayPrototypeFind, ArrayPrototypePush, ObjectAssign, ObjectCreate, ObjectDefineProperty, ObjectFreeze, Promise, SafeFinalizationRegistry, String, SymbolToStringTag, TypeError,
  Uint8Array,
} = primordials;
const host = internalBinding('webassembly_host');
const { isAnyArrayBuffer } = internalBinding('types');
const { CompileError, LinkError, RuntimeError, ask, callable, encode, numbers, sweep } = internalBinding('webassembly_values');
const {
  Exception, Global, Made, Memory, Table, Tag, constructible, enumerable, globalNumber, globalOf, isGlobal, isMemory, isTable, isTag, memoryNumber, memoryUnfit, tableNumber, tableOf,
  tagNumber, tagOf,
} = internalBinding('webassembly_objects');

const FUNCTION = 0;
const TABLE = 1;
const MEMORY = 2;
const GLOBAL = 3;
const CLONEABLE = 2;
const { transfer_mode_private_symbol: transferMode } = privateSymbols;
const kinds = ['function', 'table', 'memory', 'global', 'tag'];

// ---- Module

function bytesOf(source, what) {
  if (ArrayBufferIsView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  // Buffers of other contexts are buffers, too.
  if (source !== null && typeof source === 'object' && isAnyArrayBuffer(source)) return new Uint8Array(source);
  throw new TypeError(`${what}: Argument 0 must be a buffer source`);
}

// The contents of the custom sections of this name.
function customSections(bytes, wanted) {
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
      if (name === wanted) ArrayPrototypePush(sections, bytes.slice(at + length, end).buffer);
    }
    at = end;
  }
  return sections;
}

const modules = new SafeFinalizationRegistry((module) => ask({ op: 'forget', module }));

class Module {
  #description;
  // As they came: for other threads, which compile it again.
  #bytes;
  [transferMode] = CLONEABLE;
  constructor(source, by) {
    const what = by instanceof Made ? by.more : 'WebAssembly.Module()';
    const bytes = bytesOf(source, what);
    sweep();
    this.#description = ask({ op: 'compile' }, bytes, what);
    modules.register(this, this.#description.module);
    this.#bytes = bytes.slice();
  }
  [isolateSymbols.messaging_clone_symbol]() { return { data: this.#bytes, deserializeInfo: 'porthole:webassembly' }; }
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
    const bytes = Module.#of(module, what).#bytes;
    if (name === undefined) throw new TypeError(`${what}: Argument 1 is required`);
    return customSections(bytes, String(name));
  }
  static is(value) { return value !== null && typeof value === 'object' && #description in value; }
  static description(module) { return module.#description; }
}
const { is: isModule, description: describe } = Module;

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
    const memory = ArrayPrototypeFind(memories, (memory) => memory.imported === index);
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
        value = tableOf(number, type);
        tableNumber(value, keep);
        break;
      case MEMORY:
        value = places[index];
        break;
      case GLOBAL:
        value = globalOf(number, type);
        globalNumber(value, keep);
        break;
      default:
        value = tagOf(number, type.slice(0, -1));
    }
    ArrayPrototypePush(keep, value);
    out[name] = value;
  }
  host.exports(functions, numbered);
  callable(made.begin, ':', '', keep)();
  return ObjectFreeze(out);
}

class Instance {
  [transferMode] = 0;
  #exports;
  constructor(module, importObject, by) {
    this.#exports = instantiate(module, importObject, by instanceof Made ? by.more : 'WebAssembly.Instance()');
  }
  get exports() { return this.#exports; }
}
enumerable(Instance.prototype, ['exports']);

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
const ModuleConstructor = constructible(Module, 'Module');
for (const name of ['imports', 'exports', 'customSections']) ObjectDefineProperty(ModuleConstructor, name, { __proto__: null, value: Module[name], enumerable: true, writable: true, configurable: true });
const classes = { Module: ModuleConstructor, Instance: constructible(Instance, 'Instance'), Table, Memory, Global, Tag, Exception, CompileError, LinkError, RuntimeError };
for (const name in classes) ObjectDefineProperty(WebAssembly, name, { __proto__: null, value: classes[name], writable: true, configurable: true });

binding.WebAssembly = WebAssembly;
binding.revive = (bytes) => new WebAssembly.Module(bytes);
