'use strict';
const { ObjectDefineProperty, RegExpPrototypeExec } = primordials;
const { ops } = binding;
delete binding.ops;
const { contextify_context_private_symbol: kContext, host_defined_option_symbol: kHostDefinedOption } = privateSymbols;
const { arrow_message_private_symbol: kArrow } = privateSymbols;
const { isError } = Error;
const { vm_dynamic_import_default_internal, vm_context_no_contextify } = isolateSymbols;

// Which `import()` callback the code of a file has.
const referrers = binding.referrers = new primordials.SafeMap();

binding.constants = { measureMemory: { mode: { SUMMARY: 0, DETAILED: 1 }, execution: { DEFAULT: 0, EAGER: 1 } } };
// Nothing interrupts a script that computes; the REPL asks whether it may go on all the same.
binding.startSigintWatchdog = () => true;
binding.stopSigintWatchdog = () => false;
binding.watchdogHasPendingSigint = () => false;
binding.measureMemory = () => undefined;

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
    ops.compileFunction(other, 'sourceMappingURL', 0, cjsParameters);
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
    func = ops.compileFunction(text, filename, 0, cjsParameters);
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
    referrers.set(filename, vm_dynamic_import_default_internal);
  }
  return {
    __proto__: null, cachedDataRejected: false, sourceMapURL: sourceMapURL(text), canParseAsESM, function: func, sourceURL: sourceURL(text),
  };
};
binding.containsModuleSyntax = (text, filename, resourceName, withoutVariables) => {
  try {
    if (withoutVariables !== undefined) ops.check(text, filename ?? '[eval]', 0);
    else ops.compileFunction(text, filename ?? '[eval]', 0, cjsParameters);
    return false;
  } catch {
    return ops.isModule(text);
  }
};

binding.compileFunction = (text, filename, lineOffset, columnOffset, cachedData, produceCachedData, parsingContext, contextExtensions, params, hostDefinedOption) => {
  const names = params ?? [];
  let func;
  if (parsingContext !== undefined) {
    const context = parsingContext[kContext];
    func = context.run(`(function (${names.join(', ')}) {\n${text}\n})`, filename, lineOffset - 1, -1);
  } else {
    func = compiled(text, () => ops.compileFunction(text, filename, lineOffset, names));
  }
  ObjectDefineProperty(func, 'name', { __proto__: null, value: '', configurable: true });
  if (hostDefinedOption !== undefined) {
    referrers.set(filename, hostDefinedOption);
    func[kHostDefinedOption] = hostDefinedOption;
  }
  return { __proto__: null, function: func, sourceMapURL: sourceMapURL(text), cachedDataRejected: cachedData === undefined ? undefined : true };
};

class ContextifyScript {
  #text;
  #filename;
  #lineOffset;
  constructor(text, filename, lineOffset, columnOffset, cachedData, produceCachedData, parsingContext, hostDefinedOption) {
    this.#text = text;
    this.#filename = filename;
    this.#lineOffset = lineOffset;
    compiled(text, () => ops.check(text, filename, lineOffset));
    internalBinding('errors').keepText(filename, text);
    if (typeof hostDefinedOption === 'symbol') {
      referrers.set(filename, hostDefinedOption);
      this[kHostDefinedOption] = hostDefinedOption;
    }
    if (cachedData !== undefined) this.cachedDataRejected = true;
    this.sourceMapURL = sourceMapURL(text);
  }
  runInContext(contextified, timeout, displayErrors) {
    try {
      if (contextified === null) return ops.run(this.#text, this.#filename, this.#lineOffset, timeout ?? -1);
      return contextified[kContext].run(this.#text, this.#filename, this.#lineOffset, timeout ?? -1);
    } catch (error) {
      // Node has the place printed with what is thrown, also where that is no error.
      if (displayErrors && typeof error === 'object' && error !== null && !isError(error)) error[kArrow] ??= true;
      throw error;
    }
  }
  createCachedData() { return Buffer.alloc(0); }
}
binding.ContextifyScript = ContextifyScript;

// A context is a global object of its own whose prototype is a window on the sandbox: what the scripts do not find they look up there, what they
// assign without declaring goes there. What they declare is copied to the sandbox after each run.
class Context {
  #global;
  #sandbox;
  #own;
  #place;
  constructor(place, global, sandbox) {
    this.#place = place;
    this.#global = global;
    this.#sandbox = sandbox;
    this.#own = new Set(Reflect.ownKeys(global));
    if (sandbox !== undefined) {
      const prototype = Object.getPrototypeOf(global);
      Object.setPrototypeOf(global, new Proxy(Object.create(prototype), {
        has: (target, key) => key in sandbox,
        get: (target, key) => key in sandbox ? sandbox[key] : target[key],
        set: (target, key, value) => { sandbox[key] = value; return true; },
      }));
    }
  }
  run(text, filename, lineOffset, timeout) {
    const global = this.#global;
    const sandbox = this.#sandbox;
    if (sandbox === undefined) return this.#eval(text, filename, lineOffset, timeout);
    for (const key of Reflect.ownKeys(sandbox)) {
      if (!Object.hasOwn(global, key)) continue;
      const descriptor = Object.getOwnPropertyDescriptor(sandbox, key);
      try {
        if ('value' in descriptor) global[key] = descriptor.value;
        else Object.defineProperty(global, key, { ...descriptor, configurable: true });
      } catch { /* a constant of the language */ }
    }
    try {
      return this.#eval(text, filename, lineOffset, timeout);
    } finally {
      for (const key of Reflect.ownKeys(global)) {
        const descriptor = Object.getOwnPropertyDescriptor(global, key);
        if (this.#own.has(key)) {
          if (Object.hasOwn(sandbox, key) && sandbox[key] !== global[key]) sandbox[key] = global[key];
          continue;
        }
        if ('value' in descriptor) {
          try { sandbox[key] = descriptor.value; } catch { /* a frozen sandbox keeps what it has */ }
        } else {
          Object.defineProperty(sandbox, key, { ...descriptor, configurable: true });
        }
        if (descriptor.configurable) delete global[key];
      }
    }
  }
  #eval(text, filename, lineOffset, timeout) {
    return ops.runIn(this.#place, text, filename, lineOffset, timeout);
  }
  get global() { return this.#global; }
}
binding.makeContext = (sandbox, name, origin, strings, wasm, microtaskQueue, hostDefinedOption) => {
  const { 0: place, 1: global } = ops.newContext();
  // V8 gives every context a console that prints nowhere.
  const silent = {};
  for (const method of Object.keys(console)) if (typeof console[method] === 'function') silent[method] = () => {};
  Object.defineProperty(global, 'console', { value: silent, writable: true, configurable: true });
  // The languages are the browser's, of which there is one.
  for (const name of ['Intl', 'WebAssembly']) {
    const lent = Object.getOwnPropertyDescriptor(globalThis, name);
    if (lent !== undefined) Object.defineProperty(global, name, lent);
  }
  if (sandbox === vm_context_no_contextify) {
    global[kContext] = new Context(place, global, undefined);
    global[kHostDefinedOption] = hostDefinedOption;
    return global;
  }
  const context = new Context(place, global, sandbox);
  sandbox[kContext] = context;
  sandbox[kHostDefinedOption] = hostDefinedOption;
  return sandbox;
};
