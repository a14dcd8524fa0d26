'use strict';
const { ObjectDefineProperty, ReflectApply } = primordials;
binding.isDebugBuild = false;
binding.openSSLIsBoringSSL = false;
binding.hasOpenSSL = true;
binding.fipsMode = false;
binding.hasIntl = true;
binding.hasSmallICU = false;
binding.hasTracing = false;
binding.hasNodeOptions = true;
binding.hasInspector = false;
binding.noBrowserGlobals = false;
binding.bits = 32;
binding.getDefaultLocale = () => 'en-US';

// What the browser lends is loaded when a program first uses it.
function lend(name, get) {
  const put = (value) => ObjectDefineProperty(globalThis, name, { __proto__: null, value, configurable: true, writable: true });
  ObjectDefineProperty(globalThis, name, { __proto__: null, configurable: true, enumerable: false, get() { put(get()); return globalThis[name]; }, set: put });
}
if (internalBinding('webassembly_host').available) lend('WebAssembly', () => internalBinding('webassembly').WebAssembly);

// `Intl` and the methods that ask for a locale.
if (internalBinding('intl_host').available) {
  lend('Intl', () => internalBinding('intl').Intl);
  const { toLocaleUpperCase: upper, toLocaleLowerCase: lower } = String.prototype;
  const override = (prototype, name, method) => ObjectDefineProperty(prototype, name, { __proto__: null, value: method, configurable: true, writable: true });
  override(Number.prototype, 'toLocaleString', function toLocaleString(locales = undefined, options = undefined) {
    return internalBinding('intl').methods.number(ReflectApply(Number.prototype.valueOf, this, []), locales, options);
  });
  override(BigInt.prototype, 'toLocaleString', function toLocaleString(locales = undefined, options = undefined) {
    return internalBinding('intl').methods.number(ReflectApply(BigInt.prototype.valueOf, this, []), locales, options);
  });
  for (const { 0: name, 1: method } of [['toLocaleString', 'dateTime'], ['toLocaleDateString', 'date'], ['toLocaleTimeString', 'time']]) {
    override(Date.prototype, name, { [name](locales = undefined, options = undefined) {
      ReflectApply(Date.prototype.getTime, this, []);
      return internalBinding('intl').methods[method](this, locales, options);
    } }[name]);
  }
  override(String.prototype, 'localeCompare', function localeCompare(that, locales = undefined, options = undefined) {
    const { 0: one, 1: other } = [`${this}`, `${that}`];
    return one === other ? 0 : internalBinding('intl').methods.compare(one, other, locales, options);
  });
  // Some languages have cases of their own: Turkish, Lithuanian, Greek.
  for (const { 0: name, 1: usual } of [['toLocaleUpperCase', upper], ['toLocaleLowerCase', lower]]) {
    override(String.prototype, name, { [name](locales = undefined) {
      return locales === undefined || this === undefined || this === null ? ReflectApply(usual, this, []) : internalBinding('intl').methods.cased(name, `${this}`, locales);
    } }[name]);
    ObjectDefineProperty(String.prototype[name], 'length', { __proto__: null, value: 0, configurable: true });
  }
}
