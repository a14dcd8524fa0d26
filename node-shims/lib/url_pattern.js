'use strict';
// `URLPattern`, which most browsers have: each pattern is one of theirs, and has a number here.

const {
  ArrayPrototypeForEach, ArrayPrototypePush, JSONParse, JSONStringify, ObjectCreate, ObjectDefineProperty, SafeFinalizationRegistry, SafeWeakMap, TypeError,
} = primordials;
const { pattern: host } = internalBinding('intl_host');

const components = ['protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash'];
const patterns = new SafeWeakMap();
const gone = new SafeFinalizationRegistry((number) => host(JSONStringify({ forget: number })));

function coded(code, message) {
  const error = new TypeError(message);
  error.code = code;
  return error;
}
const invalid = (message) => coded('ERR_INVALID_ARG_TYPE', message);
const isObject = (value) => value !== null && typeof value === 'object';

function ask(request) {
  const answer = host(JSONStringify(request));
  if (answer === undefined) throw coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'URLPattern is unavailable: this browser has none');
  return JSONParse(answer);
}

// What a URL, or parts of one, are for the browser: text, or an object of texts.
function input(value, message) {
  if (typeof value === 'string') return value;
  if (!isObject(value)) throw invalid(message);
  const parts = {};
  ArrayPrototypeForEach([...components, 'baseURL'], (name) => {
    const part = value[name];
    if (typeof part === 'string') parts[name] = part;
  });
  return parts;
}
function fits(pattern, method, args) {
  const own = of(pattern);
  const { 0: url = {}, 1: base } = args;
  const what = input(url, 'URLPattern input needs to be a string or an object');
  if (base !== undefined && typeof base !== 'string') throw invalid('baseURL must be a string');
  const answer = ask({ number: own.number, method, args: base === undefined ? [what] : [what, base] });
  if (answer.fails) throw coded('ERR_OPERATION_FAILED', `Failed to ${method} URLPattern`);
  return { value: answer.value, inputs: base === undefined ? [told(url)] : [told(url), base] };
}
// What was asked, as it is told again.
function told(url) {
  if (typeof url === 'string') return url;
  const parts = {};
  ArrayPrototypeForEach([...components, 'baseURL'], (name) => { parts[name] = typeof url[name] === 'string' ? url[name] : undefined; });
  return parts;
}
function of(pattern) {
  const own = isObject(pattern) ? patterns.get(pattern) : undefined;
  if (own === undefined) throw new TypeError('Illegal invocation');
  return own;
}

function URLPattern(...args) {
  if (new.target === undefined) throw coded('ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`');
  const { 0: pattern, 1: second, 2: third } = args;
  const make = [args.length === 0 ? {} : input(pattern, 'Input must be an object or a string')];
  let options;
  if (args.length > 1) {
    if (typeof second === 'string') ArrayPrototypePush(make, second);
    else if (isObject(second)) options = second;
    else throw invalid('second argument must be a string or object');
  }
  if (args.length > 2) {
    if (!isObject(third)) throw invalid('options must be an object');
    options = third;
  }
  const ignoreCase = options?.ignoreCase;
  if (ignoreCase !== undefined && typeof ignoreCase !== 'boolean') throw invalid('options.ignoreCase must be a boolean');
  if (ignoreCase !== undefined) ArrayPrototypePush(make, { ignoreCase });
  const answer = ask({ make });
  if (answer.fails) throw coded('ERR_INVALID_URL_PATTERN', 'Failed to construct URLPattern');
  patterns.set(this, answer);
  gone.register(this, answer.number);
}
ObjectDefineProperty(URLPattern, 'length', { __proto__: null, value: 0, configurable: true });
ArrayPrototypeForEach([...components, 'hasRegExpGroups'], (name) => {
  const { get } = { get() { return of(this).parts[name]; } };
  ObjectDefineProperty(get, 'name', { __proto__: null, value: '', configurable: true });
  ObjectDefineProperty(URLPattern.prototype, name, { __proto__: null, get, enumerable: true, configurable: false });
});
const methods = {
  exec(...args) {
    const { value, inputs } = fits(this, 'exec', args);
    if (value === null) return null;
    const found = ObjectCreate(null);
    found.inputs = inputs;
    ArrayPrototypeForEach(components, (name) => {
      const part = { input: value[name].input, groups: {} };
      ArrayPrototypeForEach(value[name].groups, ({ 0: group, 1: text }) => { part.groups[group] = text ?? undefined; });
      found[name] = part;
    });
    return found;
  },
  test(...args) { return fits(this, 'test', args).value; },
};
for (const name of ['exec', 'test']) {
  ObjectDefineProperty(methods[name], 'length', { __proto__: null, value: 0, configurable: true });
  ObjectDefineProperty(URLPattern.prototype, name, { __proto__: null, value: methods[name], writable: true, enumerable: true, configurable: true });
}

binding.URLPattern = URLPattern;
