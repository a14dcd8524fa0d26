'use strict';
const {
  ArrayPrototypeJoin, ArrayPrototypePush, ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ReflectApply, RegExpPrototypeExec, SafeMap, StringPrototypeIndexOf,
  StringPrototypeSlice, StringPrototypeStartsWith,
} = primordials;
const { ops } = binding;
delete binding.ops;
binding.cache = ops.cache;
binding.openCache = ops.openCache;
const { contextify_context_private_symbol: kContext, host_defined_option_symbol: kHostDefinedOption } = privateSymbols;
const { arrow_message_private_symbol: kArrow } = privateSymbols;
const { isError } = Error;
const {
  vm_dynamic_import_default_internal, vm_dynamic_import_main_context_default, vm_dynamic_import_missing_flag, vm_dynamic_import_no_callback,
  vm_context_no_contextify,
} = isolateSymbols;

// Whose `import()` code is: a symbol that the library knows. Code whose symbol is not that of files has its number behind its file's name, after a \u0001
// that stack traces leave out.
const symbols = [];
const numbers = new SafeMap();
// Those of contexts, for code that is made from strings with nobody on the stack.
const realms = new SafeMap();
binding.marked = (filename, symbol) => {
  if (typeof symbol !== 'symbol' || symbol === vm_dynamic_import_default_internal) return filename;
  let number = numbers.get(symbol);
  if (number === undefined) {
    number = symbols.length;
    ArrayPrototypePush(symbols, symbol);
    numbers.set(symbol, number);
  }
  return `${filename}\u0001${number}`;
};
// `[file, symbol]` of such a name, which in code from a string has the name of who made it behind its own.
binding.unmarked = (name, place) => {
  // The library is on the stack where a promise's job calls eval.
  if (name === '<input>' || StringPrototypeStartsWith(name, '<input>\u0001node:')) return [undefined, realms.get(place) ?? vm_dynamic_import_default_internal];
  if (StringPrototypeStartsWith(name, '<input>\u0001')) return binding.unmarked(StringPrototypeSlice(name, 8), place);
  const end = StringPrototypeIndexOf(name, '\u0001');
  if (end < 0) return [name, referrers.get(name) ?? vm_dynamic_import_default_internal];
  return [StringPrototypeSlice(name, 0, end), symbols[+StringPrototypeSlice(name, end + 1)]];
};
const { marked } = binding;
// The same numbers in every process, so that bytecode with them may be kept.
marked('', vm_dynamic_import_no_callback);
marked('', vm_dynamic_import_missing_flag);
marked('', vm_dynamic_import_main_context_default);
const shared = symbols.length;
// Of modules, by their name.
const referrers = binding.referrers = new SafeMap();

binding.constants = { measureMemory: { mode: { SUMMARY: 0, DETAILED: 1 }, execution: { DEFAULT: 0, EAGER: 1 } } };
// Nothing interrupts a script that computes; the REPL asks whether it may go on all the same.
binding.startSigintWatchdog = () => true;
binding.stopSigintWatchdog = () => false;
binding.watchdogHasPendingSigint = () => false;

// What the last comment of the form `//# name=value` says; V8 takes none with quotes in it.
const comment = (text, name) => {
  for (let at = text.lastIndexOf(name); at >= 4; at = text.lastIndexOf(name, at - 1)) {
    if (RegExpPrototypeExec(/^\/\/[#@]\s$/, text.slice(at - 4, at)) === null) continue;
    const value = /\S*/y;
    value.lastIndex = at + name.length;
    const found = RegExpPrototypeExec(value, text)[0];
    return found === '' || RegExpPrototypeExec(/['"]/, found) !== null ? undefined : found;
  }
  return undefined;
};
const compiled = (text, compile) => {
  try {
    return compile();
  } catch (error) {
    if (isError(error) && RegExpPrototypeExec(moduleSyntax, text) !== null && ops.isModule(text)) explainModuleSyntax(error, text);
    internalBinding('errors').decorate(error, text);
    throw error;
  }
};
// Whether what begins at `at` is part of a template: then the program is still one when it is something else.
const isInTemplate = (text, at) => {
  if (text.indexOf('`', at) < 0) return false;
  const other = `${text.slice(0, at)}@@${text.slice(at + 2)}`;
  if (ops.isModule(other)) return true;
  try {
    ops.compileFunction(0, other, 'sourceMappingURL', [0, 0], cjsParameters);
    return true;
  } catch {
    return false;
  }
};
const sourceMapURL = binding.sourceMapURL = (text) => {
  const at = text.lastIndexOf('sourceMappingURL=');
  return at < 0 || isInTemplate(text, text.lastIndexOf('//', at)) ? undefined : comment(text, 'sourceMappingURL=');
};
const sourceURL = (text) => text.includes('sourceURL=') ? comment(text, 'sourceURL=') : undefined;

// What V8 says of a module's syntax in a script. The engine stops at a word behind it.
const moduleSyntax = /^[ \t]*(import|export)\b(?!\s*[(.])/m;
const explainModuleSyntax = (error, text) => {
  const statement = RegExpPrototypeExec(moduleSyntax, text);
  if (statement === null) return;
  error.message = statement[1] === 'import' ? 'Cannot use import statement outside a module' : "Unexpected token 'export'";
  const head = text.slice(0, statement.index + statement[0].length - statement[1].length);
  internalBinding('errors').place(error, head.split('\n').length, head.length - head.lastIndexOf('\n'), statement[1].length);
};

const cjsParameters = ['exports', 'require', 'module', '__filename', '__dirname'];
binding.compileFunctionForCJSLoader = (text, filename, isSeaMain, shouldDetectModule) => {
  let func;
  let canParseAsESM = false;
  try {
    func = ops.compileFunction(0, text, filename, [0, 0], cjsParameters);
  } catch (error) {
    canParseAsESM = ops.isModule(text);
    if (!shouldDetectModule || !canParseAsESM) {
      if (canParseAsESM) {
        internalBinding('process_methods').require('internal/process/warning').emitWarningSync(
          `Failed to load the ES module: ${filename}. Make sure to set "type": "module" in the nearest package.json file or use the .mjs extension.`);
        explainModuleSyntax(error, text);
      }
      internalBinding('errors').decorate(error, text);
      throw error;
    }
  }
  if (func !== undefined) {
    // The frame of a CommonJS module is "Object.<anonymous>" in V8's stack traces.
    ObjectDefineProperty(func, 'name', { __proto__: null, value: 'Object.<anonymous>', configurable: true });
  }
  return {
    __proto__: null, cachedDataRejected: false, sourceMapURL: sourceMapURL(text), canParseAsESM, function: func, sourceURL: sourceURL(text),
  };
};
binding.containsModuleSyntax = (text, filename, resourceName, withoutVariables) => {
  try {
    if (withoutVariables !== undefined) ops.compileScript(0, text, filename ?? '[eval]', [0, 0]);
    else ops.compileFunction(0, text, filename ?? '[eval]', [0, 0], cjsParameters);
    return false;
  } catch {
    return ops.isModule(text);
  }
};

// The engine knows what all contexts have together, not what each has of it.
binding.measureMemory = async (mode) => {
  const { 0: total } = ops.memoryUsage();
  const of = (estimate) => ({ jsMemoryEstimate: estimate, jsMemoryRange: [estimate, total] });
  if (mode === 0) return { total: of(total) };
  const other = [];
  for (let i = 0; i < realms.size; i++) ArrayPrototypePush(other, of(0));
  return { total: of(total), current: of(0), other };
};

binding.compileFunction = (text, filename, lineOffset, columnOffset, cachedData, produceCachedData, parsingContext, contextExtensions, params, hostDefinedOption) => {
  const place = parsingContext?.[kContext].place ?? 0;
  const extensions = contextExtensions ?? [];
  const isChecked = RegExpPrototypeExec(/\}\s*\)/, text) !== null;
  let func = compiled(text, () => ops.compileFunction(
    place, text, marked(filename, hostDefinedOption), [lineOffset, columnOffset, extensions.length, isChecked ? 1 : 0], params ?? []));
  if (extensions.length > 0) func = ReflectApply(func, undefined, extensions);
  ObjectDefineProperty(func, 'name', { __proto__: null, value: '', configurable: true });
  if (hostDefinedOption !== undefined) func[kHostDefinedOption] = hostDefinedOption;
  const result = { __proto__: null, function: func, sourceMapURL: sourceMapURL(text), sourceURL: sourceURL(text) };
  // A function is compiled with what it is called by: there is nothing to keep of it but that it is the same.
  const key = `${ArrayPrototypeJoin(params ?? [], ',')}\n${text}`;
  if (cachedData !== undefined) result.cachedDataRejected = ops.openCache(cachedData, key, '') === undefined;
  if (produceCachedData) {
    result.cachedDataProduced = true;
    result.cachedData = Buffer.from(ops.cache(new Uint8Array(0), key, '').buffer);
  }
  return result;
};

class ContextifyScript {
  #text;
  #name;
  #code;
  constructor(text, filename, lineOffset, columnOffset, cachedData, produceCachedData, parsingContext, hostDefinedOption) {
    const name = marked(filename, hostDefinedOption);
    this.#text = text;
    this.#name = `${name}\n${lineOffset}\n${columnOffset}`;
    if (cachedData !== undefined) {
      const code = ops.openCache(cachedData, text, this.#name);
      this.cachedDataRejected = code === undefined;
      if (code?.length > 0) this.#code = code;
    }
    this.#code ??= compiled(text, () => ops.compileScript(parsingContext?.[kContext].place ?? 0, text, name, [lineOffset, columnOffset]));
    internalBinding('errors').keepText(filename, text);
    if (typeof hostDefinedOption === 'symbol') this[kHostDefinedOption] = hostDefinedOption;
    this.sourceMapURL = sourceMapURL(text);
    if (produceCachedData) {
      this.cachedDataProduced = true;
      this.cachedData = this.createCachedData();
    }
  }
  runInContext(contextified, timeout, displayErrors) {
    try {
      return ops.run(contextified === null ? 0 : contextified[kContext].place, this.#code, timeout ?? -1);
    } catch (error) {
      if (displayErrors && typeof error === 'object' && error !== null) {
        if (isError(error)) internalBinding('errors').decorateThrown(error);
        // Node has the place printed with what is thrown, also where that is no error.
        else error[kArrow] ??= true;
      }
      throw error;
    }
  }
  // Bytecode names whose code it is by a number, which for a callback of the program's own means nothing in another process.
  createCachedData() {
    const mark = StringPrototypeIndexOf(this.#name, '\u0001');
    const keeps = mark < 0 || parseInt(StringPrototypeSlice(this.#name, mark + 1), 10) < shared;
    return Buffer.from(ops.cache(keeps ? this.#code : new Uint8Array(0), this.#text, this.#name).buffer);
  }
}
binding.ContextifyScript = ContextifyScript;

binding.makeContext = (sandbox, name, origin, strings, wasm, microtaskQueue, hostDefinedOption) => {
  const { 0: place, 1: global } = ops.newContext(strings, microtaskQueue);
  realms.set(place, hostDefinedOption);
  internalBinding('errors').joinRealm(global);
  // What the engine has and V8 leaves to those who embed it.
  for (const name of ['performance', 'queueMicrotask', 'DOMException', 'atob', 'btoa', 'navigator', 'InternalError']) delete global[name];
  // V8 gives every context a console that prints nowhere.
  const silent = {};
  for (const method of Object.keys(console)) if (typeof console[method] === 'function') silent[method] = () => {};
  ObjectDefineProperty(global, 'console', { __proto__: null, value: silent, writable: true, configurable: true });
  // The languages are the browser's, of which there is one.
  for (const name of ['Intl', 'WebAssembly']) {
    const lent = ObjectGetOwnPropertyDescriptor(globalThis, name);
    if (lent !== undefined) ObjectDefineProperty(global, name, lent);
  }
  const object = sandbox === vm_context_no_contextify ? global : sandbox;
  if (object === sandbox) ops.openWindow(place, global, sandbox);
  object[kContext] = { __proto__: null, place };
  object[kHostDefinedOption] = hostDefinedOption;
  return object;
};
