'use strict';
// `Intl`, which the browser has: each call goes to it as text, `{ type, locales, options, method, args }`, and comes back as text. The objects here hold what the browser's were
// made with; it keeps those itself, by that.

const {
  ArrayFrom, ArrayIsArray, Date, DateNow, Error, JSONParse, JSONStringify, NumberIsFinite, ObjectAssign, ObjectDefineProperty, RangeError, String,
  SymbolIterator, SymbolToStringTag, TypeError,
} = primordials;
const { ask: host } = internalBinding('intl_host');

// What JSON has no word for.
function encode(value) {
  switch (typeof value) {
    case 'number': return NumberIsFinite(value) && !(value === 0 && 1 / value < 0) ? value : { $number: 1 / value === -Infinity ? '-0' : String(value) };
    case 'bigint': return { $bigint: String(value) };
    case 'undefined': return { $undefined: true };
    case 'symbol': throw new TypeError('Cannot convert a Symbol value to a string');
    case 'object':
      if (value === null) return null;
      if (value instanceof Date) return encode(value.getTime());
      if (ArrayIsArray(value)) return value.map(encode);
      if (value instanceof Locale) return String(value);
      return plain(value);
    default: return value;
  }
}
// Options may be given by what they inherit, and by getters.
function plain(object) {
  const out = {};
  // eslint-disable-next-line no-restricted-syntax
  for (const name in object) if (object[name] !== undefined && typeof object[name] !== 'function') out[name] = encode(object[name]);
  return out;
}

const errors = { '__proto__': null, RangeError, TypeError };
function ask(request) {
  const text = host(JSONStringify(request));
  // eslint-disable-next-line no-restricted-syntax
  if (text === undefined) throw new Error('Intl cannot be reached');
  const { value, error } = JSONParse(text);
  if (error !== undefined) throw new (errors[error.name] ?? Error)(error.message);
  return value;
}

const localesOf = (locales) => (locales === undefined ? 'en-US' : ArrayIsArray(locales) ? locales.map((locale) => encode(locale)) : typeof locales === 'string' ? locales : encode(locales));

const Intl = {};
ObjectDefineProperty(Intl, SymbolToStringTag, { __proto__: null, value: 'Intl', configurable: true });
const hidden = (object, name, value) => ObjectDefineProperty(object, name, { __proto__: null, value, writable: true, configurable: true });

// A class whose objects are made with locales and options. `bound`: a getter that gives a function; `methods`: plain ones; `callable`: also without `new`.
function define(type, { bound, methods = [], callable = false, arguments: prepare = (args) => args, options: fill = (options) => options }) {
  const states = new primordials.SafeWeakMap();
  const state = (object, method) => {
    const found = states.get(object);
    if (found === undefined) throw new TypeError(`Method Intl.${type}.prototype.${method} called on incompatible receiver ${String(object)}`);
    return found;
  };
  const call = (object, method, args) => ask({ type, ...state(object, method), method, args: prepare(args, method).map(encode) });
  const Class = { [type]: function(locales, options) {
    if (new.target === undefined && !callable) throw new TypeError(`Constructor Intl.${type} requires 'new'`);
    if (options === null) throw new TypeError('Cannot convert undefined or null to object');
    const object = new.target === undefined ? Object.create(Class.prototype) : this;
    const own = { locales: localesOf(locales), options: fill(options === undefined ? {} : plain(Object(options))) };
    // A wrong one is refused at once.
    ask({ type, ...own, method: 'resolvedOptions', args: [] });
    states.set(object, own);
    return object;
  } }[type];
  ObjectDefineProperty(Class, 'length', { __proto__: null, value: 0, configurable: true });
  ObjectDefineProperty(Class.prototype, SymbolToStringTag, { __proto__: null, value: `Intl.${type}`, configurable: true });
  hidden(Class.prototype, 'constructor', Class);
  hidden(Class, 'supportedLocalesOf', function supportedLocalesOf(locales, options) {
    return ask({ type, static: 'supportedLocalesOf', args: [localesOf(locales ?? []), encode(options)] });
  });
  for (const method of ['resolvedOptions', ...methods]) {
    hidden(Class.prototype, method, { [method](...args) { return call(this, method, args); } }[method]);
  }
  if (bound !== undefined) {
    ObjectDefineProperty(Class.prototype, bound, {
      __proto__: null,
      configurable: true,
      get() {
        const own = state(this, bound);
        if (own.bound === undefined) {
          const format = (...args) => call(this, bound, args);
          ObjectDefineProperty(own, 'bound', { __proto__: null, value: format });
        }
        return own.bound;
      },
    });
  }
  hidden(Intl, type, Class);
  return Class;
}

const zone = () => process.env.TZ || 'UTC';
const Collator = define('Collator', { bound: 'compare', callable: true, arguments: (args) => [String(args[0]), String(args[1])] });
const DateTimeFormat = define('DateTimeFormat', {
  bound: 'format', methods: ['formatToParts', 'formatRange', 'formatRangeToParts'], callable: true,
  arguments: (args, method) => (method === 'format' || method === 'formatToParts' ? [args[0] === undefined ? DateNow() : +args[0]] : args.map((date) => +date)),
  options: (options) => ({ timeZone: zone(), ...options }),
});
const NumberFormat = define('NumberFormat', {
  bound: 'format', methods: ['formatToParts', 'formatRange', 'formatRangeToParts'], callable: true,
  arguments: (args) => args.map((value) => (typeof value === 'bigint' || typeof value === 'string' ? value : +value)),
});
define('PluralRules', { methods: ['select', 'selectRange'], arguments: (args) => args.map((value) => +value) });
define('RelativeTimeFormat', { methods: ['format', 'formatToParts'], arguments: (args) => [+args[0], String(args[1])].slice(0, args.length) });
define('ListFormat', { methods: ['format', 'formatToParts'], arguments: (args) => [ArrayFrom(args[0] ?? [], (item) => {
  if (typeof item !== 'string') throw new TypeError('Iterable yielded a non-String value');
  return item;
})].slice(0, args.length) });
define('DisplayNames', { methods: ['of'], arguments: (args) => args.map(String) });
define('DurationFormat', { methods: ['format', 'formatToParts'] });

const Segmenter = define('Segmenter', { methods: [] });
hidden(Segmenter.prototype, 'segment', function segment(text) {
  text = String(text);
  const { locale, granularity } = this.resolvedOptions();
  const list = ask({ type: 'Segmenter', locales: locale, options: { granularity }, method: 'segment', args: [text] }).map((item) => ({ ...item, input: text }));
  return {
    containing(index = 0) { return list.find((item) => index >= item.index && index < item.index + item.segment.length); },
    * [SymbolIterator]() { yield* list; },
  };
});

class Locale {
  #tag;
  #facts;
  constructor(tag, options) {
    if (typeof tag !== 'string' && (typeof tag !== 'object' || tag === null)) throw new TypeError('First argument to Intl.Locale constructor can\'t be empty or missing');
    this.#tag = ask({ type: 'Locale', make: true, locales: String(tag), options: options === undefined ? {} : plain(Object(options)) });
  }
  static {
    ObjectDefineProperty(this.prototype, SymbolToStringTag, { __proto__: null, value: 'Intl.Locale', configurable: true });
    for (const name of ['baseName', 'calendar', 'caseFirst', 'collation', 'hourCycle', 'language', 'numberingSystem', 'numeric', 'region', 'script']) {
      ObjectDefineProperty(this.prototype, name, { __proto__: null, configurable: true, get() { return this.#fact(name); } });
    }
    for (const name of ['getCalendars', 'getCollations', 'getHourCycles', 'getNumberingSystems', 'getTextInfo', 'getTimeZones', 'getWeekInfo']) {
      hidden(this.prototype, name, { [name]() { return ask({ type: 'Locale', locales: this.#tag, options: {}, method: name, args: [] }); } }[name]);
    }
  }
  #fact(name) {
    this.#facts ??= ask({ type: 'Locale', facts: true, locales: this.#tag, options: {} });
    return this.#facts[name];
  }
  maximize() { return new Locale(ask({ type: 'Locale', locales: this.#tag, options: {}, method: 'maximize', args: [], text: true })); }
  minimize() { return new Locale(ask({ type: 'Locale', locales: this.#tag, options: {}, method: 'minimize', args: [], text: true })); }
  toString() { return this.#tag; }
}
hidden(Intl, 'Locale', Locale);
hidden(Intl, 'getCanonicalLocales', function getCanonicalLocales(locales) { return locales === undefined ? [] : ask({ static: 'getCanonicalLocales', args: [localesOf(locales)] }); });
hidden(Intl, 'supportedValuesOf', function supportedValuesOf(key) { return ask({ static: 'supportedValuesOf', args: [String(key)] }); });

binding.Intl = Intl;

// The methods of numbers, dates and texts that ask for a locale.
const day = { year: 'numeric', month: 'numeric', day: 'numeric' };
const time = { hour: 'numeric', minute: 'numeric', second: 'numeric' };
const parts = ['weekday', 'year', 'month', 'day', 'dayPeriod', 'hour', 'minute', 'second', 'fractionalSecondDigits', 'dateStyle', 'timeStyle'];
const withDefaults = (options, defaults) => {
  const given = options === undefined ? {} : Object(options);
  return parts.some((part) => given[part] !== undefined) ? given : ObjectAssign({}, plain(given), defaults);
};
function print(date, locales, options) {
  if (Number.isNaN(date.getTime())) return 'Invalid Date';
  return new DateTimeFormat(locales, options).format(date);
}
binding.methods = {
  number: (value, locales, options) => new NumberFormat(locales, options).format(value),
  dateTime: (date, locales, options) => print(date, locales, withDefaults(options, { ...day, ...time })),
  date: (date, locales, options) => print(date, locales, withDefaults(options, day)),
  time: (date, locales, options) => print(date, locales, withDefaults(options, time)),
  cased: (name, text, locales) => ask({ type: 'String', static: name, args: [text, localesOf(locales)] }),
  compare: (one, other, locales, options) => new Collator(locales, options).compare(one, other),
};
