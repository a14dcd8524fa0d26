'use strict';
const {
  ArrayIsArray, ArrayPrototypePush, ObjectDefineProperty, ObjectFreeze, Promise, PromisePrototypeThen, PromiseResolve, RegExpPrototypeExec, SafeSet,
  Symbol, SyntaxError, TypeError,
} = primordials;
const { ops } = binding;
delete binding.ops;
const { contextify_context_private_symbol: kContext, host_defined_option_symbol: kHostDefinedOption } = privateSymbols;
const { source_text_module_default_hdo } = isolateSymbols;
const { imported_cjs_symbol } = internalBinding('symbols');
const { getPromiseDetails } = internalBinding('util');
// The realm asks for this binding before it knows bindings: asked for now, the other would be another than the library's.
let loaded;
const contextify = () => loaded ??= internalBinding('contextify');

const kUninstantiated = 0, kInstantiating = 1, kInstantiated = 2, kEvaluating = 3, kEvaluated = 4, kErrored = 5;
const kSourcePhase = 1, kEvaluationPhase = 2;
Object.assign(binding, { kUninstantiated, kInstantiating, kInstantiated, kEvaluating, kEvaluated, kErrored, kSourcePhase, kEvaluationPhase });

const coded = (Type, code, message) => {
  const error = new Type(message);
  error.code = code;
  return error;
};

let initializeImportMeta;
let importModuleDynamically;
binding.setInitializeImportMetaObjectCallback = (callback) => { initializeImportMeta = callback; };
binding.setImportModuleDynamicallyCallback = (callback) => { importModuleDynamically = callback; };

// An `import()` in the code of file `base`: gives the `then` of what it will be.
ops.onImport((base, specifier, attributes, place) => {
  if (importModuleDynamically === undefined) throw new TypeError('import() is not available yet');
  const { 0: referrer, 1: symbol } = contextify().unmarked(base, place);
  const promise = importModuleDynamically(symbol, specifier, kEvaluationPhase, attributes, referrer);
  return (resolve, reject) => { PromisePrototypeThen(promise, resolve, reject); };
});

// Modules of one evaluation in the order in which they run, while it runs.
let running;

const internals = new primordials.SafeWeakMap();
const of = (wrap) => {
  const own = internals.get(wrap);
  if (own === undefined) throw new TypeError('Illegal invocation');
  return own;
};

const compile = (place, name, source, lineOffset) => {
  try {
    return ops.compile(place, name, source, lineOffset);
  } catch (error) {
    internalBinding('errors').decorate(error, source);
    throw error;
  }
};

class ModuleWrap {
  constructor(url, context, source, lineOffset, columnOffset, option) {
    const place = context?.[kContext].place ?? 0;
    const own = {
      id: 0, name: url, place, requests: [], linked: undefined, status: kUninstantiated, error: undefined, promise: undefined, wrap: this, async: false,
      source: undefined, metaDone: true, text: undefined,
    };
    internals.set(this, own);
    let symbol;
    this.synthetic = ArrayIsArray(source);
    if (this.synthetic) {
      // The CommonJS module that this stands for.
      if (typeof columnOffset === 'object' && columnOffset !== null) this[imported_cjs_symbol] = columnOffset;
      const steps = lineOffset;
      symbol = Symbol(url);
      own.linked = [];
      own.id = ops.synthetic(place, url, [...new SafeSet(source)], () => {
        arrived(own);
        steps.call(this, this);
      });
    } else {
      symbol = typeof option === 'symbol' ? option : Symbol(url);
      // Modules of files are known by their names: there is one of each.
      own.name = symbol === source_text_module_default_hdo ? url : contextify().marked(url, symbol);
      const { 0: id, 1: requests, 2: async } = compile(place, own.name, source, lineOffset ?? 0);
      own.id = id;
      own.async = async;
      own.metaDone = !source.includes('import.meta');
      for (let i = 0; i < requests.length; i++) {
        const { 0: specifier, length } = requests[i];
        const attributes = { __proto__: null };
        for (let n = 1; n < length; n += 2) attributes[requests[i][n]] = requests[i][n + 1];
        ArrayPrototypePush(own.requests, ObjectFreeze({ __proto__: null, specifier, attributes: ObjectFreeze(attributes), phase: kEvaluationPhase }));
      }
      ObjectFreeze(own.requests);
      if (own.name === url) contextify().referrers.set(url, symbol);
      if (url.endsWith(']') || !url.startsWith('file:')) internalBinding('errors').keepText(url, source);
      this.sourceMapURL = contextify().sourceMapURL(source);
      if (typeof option !== 'symbol') own.text = source;
      if (option !== undefined && typeof option !== 'symbol' && contextify().openCache(option, source, '') === undefined) {
        throw coded(Error, 'ERR_VM_MODULE_CACHED_DATA_REJECTED', 'cachedData buffer was rejected');
      }
    }
    this[kHostDefinedOption] = symbol;
    this.url = url;
    this.context = context;
    this.hasTopLevelAwait = own.async;
  }
  getModuleRequests() { return of(this).requests; }
  link(modules) {
    const own = of(this);
    if (modules.length !== own.requests.length) {
      throw coded(Error, 'ERR_VM_MODULE_LINK_FAILURE', 'linking error, expected a valid module request');
    }
    const linked = [];
    const ids = [];
    for (let i = 0; i < modules.length; i++) {
      const other = of(modules[i]);
      ArrayPrototypePush(linked, other);
      ArrayPrototypePush(ids, other.id);
    }
    own.linked = linked;
    ops.link(own.id, ids);
  }
  instantiate() {
    const own = of(this);
    if (own.status >= kInstantiated) return;
    const graph = reach(own);
    for (const each of graph) {
      if (each.linked !== undefined) continue;
      if (each !== own && each.requests.length === 0) {
        each.linked = [];
        continue;
      }
      throw coded(Error, 'ERR_VM_MODULE_LINK_FAILURE', each === own ? 'module is not linked' :
        `request for '${each.requests[0].specifier}' can not be resolved on module '${each.wrap.url}' that is not linked`);
    }
    try {
      ops.instantiate(own.id);
    } catch (error) {
      throw explain(error, graph);
    }
    for (const each of graph) if (each.status < kInstantiated) each.status = kInstantiated;
  }
  async() { return of(this).async; }
  get hasAsyncGraph() { return this.isGraphAsync(); }
  isGraphAsync() {
    for (const each of reach(of(this))) if (each.async) return true;
    return false;
  }
  evaluate(timeout = -1) {
    const own = of(this);
    if (own.promise !== undefined) {
      ops.runJobs(own.place, timeout);
      return own.promise;
    }
    if (own.status < kInstantiated) throw coded(Error, 'ERR_VM_MODULE_STATUS', 'Module status must be one of linked, evaluated, or errored');
    const order = evaluationOrder(own);
    for (const each of order) {
      if (each.metaDone) continue;
      each.metaDone = true;
      initializeImportMeta?.(each.wrap[kHostDefinedOption], ops.importMeta(each.name), each.wrap);
    }
    for (const each of order) if (each.status === kInstantiated) each.status = kEvaluating;
    const before = running;
    running = order;
    let promise;
    try {
      promise = ops.evaluate(own.id, timeout);
    } finally {
      running = before;
    }
    const { 0: state, 1: result } = getPromiseDetails(promise);
    // Who waits for it here has jobs of another context.
    if (own.place !== 0) promise = outer(promise, state, result);
    own.promise = promise;
    if (state === 2) {
      for (const each of order) if (each.status === kEvaluating && each !== own) each.status = kInstantiated;
      own.status = kErrored;
      own.error = result;
    } else {
      for (const each of order) if (each.status < kEvaluated) each.status = kEvaluated;
      if (state === 0) {
        PromisePrototypeThen(promise, undefined, (error) => { own.status = kErrored; own.error = error; });
      }
    }
    return promise;
  }
  evaluateSync(filename, parentFilename) {
    const own = of(this);
    if (this.isGraphAsync()) throw requireAsync(filename, parentFilename);
    const promise = this.evaluate();
    const { 0: state, 1: result } = getPromiseDetails(promise);
    if (state === 2) {
      PromisePrototypeThen(promise, undefined, () => {});
      throw result;
    }
    if (state === 0) throw requireAsync(filename, parentFilename);
    return ops.namespace(own.id);
  }
  getNamespaceSync(filename, parentFilename) {
    if (this.isGraphAsync()) throw requireAsync(filename, parentFilename);
    return ops.namespace(of(this).id);
  }
  setExport(name, value) { ops.setExport(of(this).id, name, value); }
  setModuleSourceObject(object) { of(this).source = object; }
  getModuleSourceObject() { return of(this).source; }
  // The text is all that is kept of a module: what it is compiled to depends on what it is linked with.
  createCachedData() { return Buffer.from(contextify().cache(new Uint8Array(0), of(this).text ?? '', '').buffer); }
  getNamespace() {
    const own = of(this);
    if (own.status < kInstantiated) throw coded(Error, 'ERR_MODULE_NOT_INSTANTIATED', 'cannot get namespace, module has not been instantiated');
    return ops.namespace(own.id);
  }
  getStatus() { return of(this).status; }
  getError() { return of(this).error; }
}
binding.ModuleWrap = ModuleWrap;

// A promise of the program's context that ends as this one does.
const outer = (promise, state, result) => {
  if (state === 1) return PromiseResolve(result);
  return new Promise((resolve, reject) => PromisePrototypeThen(promise, resolve, reject));
};

const requireAsync = (filename, parentFilename) => {
  const { codes: { ERR_REQUIRE_ASYNC_MODULE } } = internalBinding('process_methods').require('internal/errors');
  return new ERR_REQUIRE_ASYNC_MODULE(filename, parentFilename);
};

// A module and all that it needs.
function reach(root) {
  const found = new SafeSet([root]);
  for (const each of found) if (each.linked !== undefined) for (let i = 0; i < each.linked.length; i++) found.add(each.linked[i]);
  return found;
}

// What is still to run, in the order in which the engine runs it: a module after those that it imports.
function evaluationOrder(root) {
  const order = [];
  const seen = new SafeSet();
  const stack = [[root, 0]];
  seen.add(root);
  while (stack.length > 0) {
    const top = stack[stack.length - 1];
    const { 0: own, 1: next } = top;
    if (next < own.linked.length) {
      top[1]++;
      const child = own.linked[next];
      if (!seen.has(child) && child.status < kEvaluated) {
        seen.add(child);
        stack.push([child, 0]);
      }
    } else {
      order.push(own);
      stack.pop();
      own.importers = own.wrap.synthetic ? new SafeSet(stack.map((each) => each[0])) : undefined;
    }
  }
  return order;
}

// The engine does not say which module is done. When it comes to one of ours, all before it are, and of those behind it only its importers have begun.
function arrived(own) {
  if (running === undefined) return;
  let before = true;
  for (const each of running) {
    if (each === own) before = false;
    else if (before && each.status === kEvaluating) each.status = kEvaluated;
    else if (!before && each.status < kEvaluated) each.status = own.importers?.has(each) ? kEvaluating : kInstantiated;
  }
}

// The engine's words for a missing export into V8's, which the library reads.
function explain(error, graph) {
  const missing = RegExpPrototypeExec(/^(?:Could not find export|circular reference when looking for export) '(.*)' in module '(.*)'$/s, error?.message ?? '');
  const ambiguous = RegExpPrototypeExec(/^export '(.*)' in module '(.*)' is ambiguous$/s, error?.message ?? '');
  if (missing === null && ambiguous === null) return error;
  const { 1: name, 2: url } = missing ?? ambiguous;
  for (const each of graph) {
    for (let i = 0; i < each.linked.length; i++) {
      // The engine cuts names to 63 bytes.
      const whole = each.linked[i].name;
      if (whole !== url && !(url.length > 40 && whole.startsWith(url) && importPlace(each.wrap.url, each.requests[i].specifier, name) !== each.wrap.url)) continue;
      const { specifier } = each.requests[i];
      const message = missing !== null ?
        `The requested module '${specifier}' does not provide an export named '${name}'` :
        `The requested module '${specifier}' contains conflicting star exports for name '${name}'`;
      const better = new SyntaxError(message);
      ObjectDefineProperty(better, 'stack', {
        __proto__: null, value: `${importPlace(each.wrap.url, specifier, name)}\nSyntaxError: ${message}${better.stack.slice(better.stack.indexOf('\n'))}`, writable: true, configurable: true,
      });
      return better;
    }
  }
  return error;
}

// Where a module asks for an export: its line, with the name marked. The library reads it.
function importPlace(url, specifier, name) {
  const text = internalBinding('errors').sourceText(url);
  if (text === undefined) return url;
  const statements = /\b(?:import|export)\b([^;'"]*?)\bfrom\s*(?:'([^'\n]*)'|"([^"\n]*)")/g;
  for (let match = RegExpPrototypeExec(statements, text); match !== null; match = RegExpPrototypeExec(statements, text)) {
    if ((match[2] ?? match[3]) !== specifier) continue;
    const clause = match[1];
    const words = /[\w$]+/g;
    let word = RegExpPrototypeExec(words, clause);
    if (name !== 'default') while (word !== null && word[0] !== name) word = RegExpPrototypeExec(words, clause);
    if (word === null) continue;
    const at = match.index + match[0].indexOf(clause) + word.index;
    const begin = text.lastIndexOf('\n', at) + 1;
    const end = text.indexOf('\n', at);
    const line = text.slice(0, begin).split('\n').length;
    return `${url}:${line}\n${text.slice(begin, end < 0 ? undefined : end)}\n${' '.repeat(at - begin)}${'^'.repeat(word[0].length)}`;
  }
  return url;
}

// For require() of a module with a default export: the same exports, and `__esModule`.
binding.createRequiredModuleFacade = (wrap) => {
  const facade = new ModuleWrap('node:internal/require_module_default_facade', undefined,
                                "export * from 'original'; export { default } from 'original'; export const __esModule = true;", 0, 0);
  const modules = [];
  for (let i = 0; i < facade.getModuleRequests().length; i++) ArrayPrototypePush(modules, wrap);
  facade.link(modules);
  facade.instantiate();
  facade.evaluate();
  return facade.getNamespace();
};

binding.throwIfPromiseRejected = (promise) => {
  const details = getPromiseDetails(promise);
  if (details?.[0] === 2) throw details[1];
};
