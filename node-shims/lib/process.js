// What the new `process` has before Node's library touches it. `binding` holds the facts of this process.
'use strict';
const { ObjectDefineProperty, Proxy, ReflectDefineProperty, ReflectGet, Symbol, TypeError } = primordials;
const { process, env: list, exitInfo, version } = binding;

const environment = {};
for (let i = 0; i < list.length; i++) {
  const equals = list[i].indexOf('=', 1);
  if (equals > 0) environment[list[i].slice(0, equals)] = list[i].slice(equals + 1);
}
binding.environment = environment;

const text = (value) => {
  if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
  return `${value}`;
};
const invalid = (message) => {
  const error = new TypeError(message);
  error.code = 'ERR_INVALID_OBJECT_DEFINE_PROPERTY';
  return error;
};
let warned = false;
// Something other than text was assigned to a variable.
function assigned() {
  if (warned || !internalBinding('options').values['--pending-deprecation']) return;
  warned = true;
  process.emitWarning('Assigning any value other than a string, number, or boolean to a process.env property is deprecated. Please make sure to convert the value to a string before setting process.env with it.',
                      'DeprecationWarning', 'DEP0104');
}
binding.env = new Proxy(environment, {
  __proto__: null,
  get: (target, name) => typeof name === 'symbol' ? ReflectGet(target, name) : target[name],
  set(target, name, value) {
    if (typeof name === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') assigned();
    const written = text(value);
    // No variable is without a name.
    if (name !== '') target[name] = written;
    return true;
  },
  defineProperty(target, name, descriptor) {
    if ('value' in descriptor) {
      if (!descriptor.configurable || !descriptor.writable || !descriptor.enumerable) {
        throw invalid("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
      }
      return ReflectDefineProperty(target, name, { __proto__: null, ...descriptor, value: text(descriptor.value) });
    }
    if ('get' in descriptor || 'set' in descriptor) throw invalid("'process.env' does not accept an accessor(getter/setter) descriptor");
    throw invalid("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
  },
});

ObjectDefineProperty(process, 'env', { __proto__: null, value: binding.env, enumerable: true, configurable: true, writable: true });
ObjectDefineProperty(process, privateSymbols.exit_info_private_symbol, { __proto__: null, value: exitInfo, configurable: true, writable: true });
const fixed = (name, value) => ObjectDefineProperty(process, name, { __proto__: null, value, enumerable: true, configurable: true });
// V8's version is there because programs read it to tell what syntax they may use; the engine's own stands beside it.
const versions = {
  node: version, acorn: '8.15.0', ada: '3.3.0', amaro: '1.1.5', brotli: '1.1.0', cjs_module_lexer: '2.1.0', llhttp: '9.3.0', modules: '137', napi: '10',
  openssl: '3.5.4', quickjs: '0.16.2', undici: '7.16.0', unicode: '16.0', uv: '1.51.0', v8: '13.6.233.17-node.37', zlib: '1.3.1', zstd: '1.5.7',
};
for (const name in versions) ObjectDefineProperty(versions, name, { __proto__: null, value: versions[name], enumerable: true });
fixed('version', `v${version}`);
fixed('versions', versions);
fixed('arch', 'wasm32');
fixed('platform', 'linux');
fixed('release', { name: 'node', lts: 'Krypton' });
const prototype = primordials.ObjectGetPrototypeOf(process);
const constructor = function() {};
ObjectDefineProperty(constructor, 'name', { __proto__: null, value: 'process', configurable: true });
constructor.prototype = prototype;
ObjectDefineProperty(prototype, 'constructor', { __proto__: null, value: constructor, writable: true, configurable: true });
