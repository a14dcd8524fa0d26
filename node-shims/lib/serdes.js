// V8's serialization format, version 15: what `v8.serialize` and advanced IPC speak.
'use strict';
const { ArrayIsArray, BigInt, Date, Error, Map, Number, ObjectKeys, RegExp, SafeMap, Set, StringFromCharCode, TypeError, Uint8Array } = primordials;
const types = internalBinding('types');
const VERSION = 15;
const tag = (letter) => letter.charCodeAt(0);
const cannotClone = (what) => {
  const { DOMException } = internalBinding('messaging');
  return new DOMException(`${what} could not be cloned.`, 'DataCloneError');
};

class Serializer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  #seen = new SafeMap();
  #transferred = new SafeMap();
  #viewsAreHostObjects = false;

  #room(count) {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
  #byte(value) { this.#room(1); this.#bytes[this.#length++] = value; }
  #varint(value) {
    let rest = BigInt(value);
    do {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      this.#byte(rest > 0n ? low | 0x80 : low);
    } while (rest > 0n);
  }
  writeHeader() { this.#byte(0xff); this.#byte(VERSION); }
  writeUint32(value) { this.#varint(value >>> 0); }
  writeUint64(high, low) { this.#varint(BigInt(high >>> 0) << 32n | BigInt(low >>> 0)); }
  writeDouble(value) { this.#room(8); this.#view.setFloat64(this.#length, value, true); this.#length += 8; }
  writeRawBytes(source) {
    if (!ArrayBuffer.isView(source) && !types.isAnyArrayBuffer(source)) {
      const error = new TypeError('source must be a TypedArray or a DataView');
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    }
    const bytes = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }
  releaseBuffer() {
    const result = Buffer.from(this.#bytes.buffer, 0, this.#length);
    this.#bytes = new Uint8Array(256);
    this.#view = new DataView(this.#bytes.buffer);
    this.#length = 0;
    return result;
  }
  transferArrayBuffer(id, buffer) { this.#transferred.set(buffer, id); }
  _setTreatArrayBufferViewsAsHostObjects(yes) { this.#viewsAreHostObjects = yes; }

  #string(text) {
    let narrow = true;
    for (let i = 0; i < text.length && narrow; i++) narrow = text.charCodeAt(i) < 256;
    if (narrow) {
      this.#byte(tag('"'));
      this.#varint(text.length);
      this.#room(text.length);
      for (let i = 0; i < text.length; i++) this.#bytes[this.#length++] = text.charCodeAt(i);
      return;
    }
    // Two-byte texts stand at an even place.
    const bytes = text.length * 2;
    const size = (bytes < 0x80 ? 1 : bytes < 0x4000 ? 2 : bytes < 0x200000 ? 3 : bytes < 0x10000000 ? 4 : 5);
    if ((this.#length + 1 + size) & 1) this.#byte(0);
    this.#byte(tag('c'));
    this.#varint(bytes);
    this.#room(bytes);
    for (let i = 0; i < text.length; i++, this.#length += 2) this.#view.setUint16(this.#length, text.charCodeAt(i), true);
  }
  #bigint(value) {
    const negative = value < 0n;
    let rest = negative ? -value : value;
    const digits = [];
    while (rest > 0n) {
      digits.push(Number(rest & 0xffn));
      rest >>= 8n;
    }
    while (digits.length % 8 !== 0) digits.push(0);
    this.#varint(digits.length << 1 | (negative ? 1 : 0));
    for (let i = 0; i < digits.length; i++) this.#byte(digits[i]);
  }
  #properties(object, keys) {
    let count = 0;
    for (let i = 0; i < keys.length; i++) {
      if (!Object.hasOwn(object, keys[i])) continue;
      const index = +keys[i];
      if (`${index >>> 0}` === keys[i] && index < 4294967295) this.#number(index);
      else this.#string(keys[i]);
      this.writeValue(object[keys[i]]);
      count++;
    }
    return count;
  }
  #number(value) {
    if (Number.isInteger(value) && !Object.is(value, -0) && value >= -1073741824 && value <= 1073741823) {
      this.#byte(tag('I'));
      this.#varint(value < 0 ? -value * 2 - 1 : value * 2);
    } else {
      this.#byte(tag('N'));
      this.writeDouble(value);
    }
  }
  writeValue(value) {
    switch (typeof value) {
      case 'undefined': this.#byte(tag('_')); return true;
      case 'boolean': this.#byte(tag(value ? 'T' : 'F')); return true;
      case 'number': this.#number(value); return true;
      case 'bigint': this.#byte(tag('Z')); this.#bigint(value); return true;
      case 'string': this.#string(value); return true;
      case 'object': break;
      default: throw this.#failure(cannotClone(typeof value === 'symbol' ? value.toString() : `${value}`));
    }
    if (value === null) { this.#byte(tag('0')); return true; }
    if (this.#seen.has(value)) {
      this.#byte(tag('^'));
      this.#varint(this.#seen.get(value));
      return true;
    }
    if (ArrayBuffer.isView(value) && !this.#viewsAreHostObjects && !this.#seen.has(value.buffer)) this.writeValue(value.buffer);
    this.#seen.set(value, this.#seen.size);
    this.#object(value);
    return true;
  }
  #failure(error) {
    if (typeof this._getDataCloneError === 'function' && this._getDataCloneError !== Error) return new this._getDataCloneError(error.message);
    const plain = new Error(error.message);
    return plain;
  }
  #object(value) {
    if (this._isHostObject?.(value)) {
      this.#host(value);
    } else if (ArrayBuffer.isView(value)) {
      if (this.#viewsAreHostObjects) { this.#host(value); return; }
      const letters = { __proto__: null, Int8Array: 'b', Uint8Array: 'B', Uint8ClampedArray: 'C', Int16Array: 'w', Uint16Array: 'W', Int32Array: 'd', Uint32Array: 'D',
        Float16Array: 'h', Float32Array: 'f', Float64Array: 'F', BigInt64Array: 'q', BigUint64Array: 'Q' };
      this.#byte(tag('V'));
      this.#byte(tag(types.isDataView(value) ? '?' : letters[primordials.TypedArrayPrototypeGetSymbolToStringTag(value)]));
      this.#varint(value.byteOffset);
      this.#varint(value.byteLength);
      this.#varint(0);
    } else if (types.isArrayBuffer(value)) {
      if (this.#transferred.has(value)) {
        this.#byte(tag('t'));
        this.#varint(this.#transferred.get(value));
      } else {
        this.#byte(tag('B'));
        this.#varint(value.byteLength);
        this.writeRawBytes(value);
      }
    } else if (types.isSharedArrayBuffer(value)) {
      if (typeof this._getSharedArrayBufferId !== 'function') throw this.#failure(cannotClone('#<SharedArrayBuffer>'));
      this.#byte(tag('u'));
      this.#varint(this._getSharedArrayBufferId(value));
    } else if (ArrayIsArray(value)) {
      const { length } = value;
      const keys = ObjectKeys(value);
      if (keys.length >= length && keys.slice(0, length).every((key, at) => key === `${at}`)) {
        this.#byte(tag('A'));
        this.#varint(length);
        for (let i = 0; i < length; i++) this.writeValue(value[i]);
        const count = this.#properties(value, keys.slice(length));
        this.#byte(tag('$'));
        this.#varint(count);
      } else {
        this.#byte(tag('a'));
        this.#varint(length);
        const count = this.#properties(value, keys);
        this.#byte(tag('@'));
        this.#varint(count);
      }
      this.#varint(length);
    } else if (types.isDate(value)) {
      this.#byte(tag('D'));
      this.writeDouble(Date.prototype.getTime.call(value));
    } else if (types.isBooleanObject(value)) {
      this.#byte(tag(value.valueOf() ? 'y' : 'x'));
    } else if (types.isNumberObject(value)) {
      this.#byte(tag('n'));
      this.writeDouble(value.valueOf());
    } else if (types.isBigIntObject(value)) {
      this.#byte(tag('z'));
      this.#bigint(value.valueOf());
    } else if (types.isStringObject(value)) {
      this.#byte(tag('s'));
      this.#string(value.valueOf());
    } else if (types.isRegExp(value)) {
      const { source, flags } = value;
      let bits = 0;
      for (let i = 0; i < flags.length; i++) bits |= { g: 1, i: 2, m: 4, y: 8, u: 16, s: 32, d: 128, v: 256 }[flags[i]] ?? 0;
      this.#byte(tag('R'));
      this.#string(source);
      this.#varint(bits);
    } else if (types.isMap(value)) {
      this.#byte(tag(';'));
      const entries = [];
      Map.prototype.forEach.call(value, (item, key) => entries.push(key, item));
      for (let i = 0; i < entries.length; i++) this.writeValue(entries[i]);
      this.#byte(tag(':'));
      this.#varint(entries.length);
    } else if (types.isSet(value)) {
      this.#byte(tag("'"));
      const items = [];
      Set.prototype.forEach.call(value, (item) => items.push(item));
      for (let i = 0; i < items.length; i++) this.writeValue(items[i]);
      this.#byte(tag(','));
      this.#varint(items.length);
    } else if (types.isNativeError(value)) {
      this.#byte(tag('r'));
      const letter = { __proto__: null, EvalError: 'E', RangeError: 'R', ReferenceError: 'F', SyntaxError: 'S', TypeError: 'T', URIError: 'U' }[value.name];
      if (letter !== undefined) this.#byte(tag(letter));
      if (Object.hasOwn(value, 'message')) { this.#byte(tag('m')); this.#string(`${value.message}`); }
      if (Object.hasOwn(value, 'cause')) { this.#byte(tag('c')); this.writeValue(value.cause); }
      if (typeof value.stack === 'string') { this.#byte(tag('s')); this.#string(value.stack); }
      this.#byte(tag('.'));
    } else if (types.isPromise(value) || types.isProxy(value) || types.isWeakMap(value) || types.isWeakSet(value) || types.isGeneratorObject(value)) {
      throw this.#failure(cannotClone(`#<${value.constructor?.name ?? 'Object'}>`));
    } else {
      this.#byte(tag('o'));
      const count = this.#properties(value, ObjectKeys(value));
      this.#byte(tag('{'));
      this.#varint(count);
    }
  }
  #host(value) {
    if (typeof this._writeHostObject !== 'function') throw this.#failure(cannotClone(`#<${value.constructor?.name ?? 'Object'}>`));
    this.#byte(tag('\\'));
    this._writeHostObject(value);
  }
}
binding.Serializer = Serializer;

class Deserializer {
  #bytes;
  #view;
  #at = 0;
  #objects = [];
  #transferred = new SafeMap();
  #version = 0;
  constructor(buffer) {
    if (!ArrayBuffer.isView(buffer)) {
      const error = new TypeError('buffer must be a TypedArray or a DataView');
      error.code = 'ERR_INVALID_ARG_TYPE';
      throw error;
    }
    this.buffer = buffer;
    this.#bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    this.#view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }
  #fail() { return new Error('Unable to deserialize cloned data.'); }
  #byte() {
    if (this.#at >= this.#bytes.length) throw this.#fail();
    return this.#bytes[this.#at++];
  }
  #varint() {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte();
      if (shift < 64n) value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
  #count() { return Number(this.#varint()); }
  readHeader() {
    if (this.#byte() !== 0xff) throw this.#fail();
    this.#version = this.#count();
    if (this.#version > VERSION) throw new Error('Unable to deserialize cloned data due to invalid or unsupported version.');
    return true;
  }
  getWireFormatVersion() { return this.#version; }
  transferArrayBuffer(id, buffer) { this.#transferred.set(id, buffer); }
  readUint32() { return Number(this.#varint() & 0xffffffffn); }
  readUint64() {
    const value = this.#varint();
    return [Number(value >> 32n & 0xffffffffn), Number(value & 0xffffffffn)];
  }
  readDouble() {
    if (this.#at + 8 > this.#bytes.length) throw this.#fail();
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }
  // The place of the bytes in `buffer`; the library takes them from there.
  _readRawBytes(length) {
    const at = this.#at;
    if (at + length > this.#bytes.length) throw this.#fail();
    this.#at += length;
    return at;
  }
  #slice(length) {
    const at = this._readRawBytes(length);
    return this.#bytes.subarray(at, at + length);
  }
  #tag() {
    let letter;
    do letter = this.#byte(); while (letter === 0);
    return StringFromCharCode(letter);
  }
  #narrow() {
    const bytes = this.#slice(this.#count());
    let text = '';
    for (let i = 0; i < bytes.length; i++) text += StringFromCharCode(bytes[i]);
    return text;
  }
  #wide() {
    const length = this.#count();
    const at = this._readRawBytes(length);
    let text = '';
    for (let i = 0; i < length; i += 2) text += StringFromCharCode(this.#view.getUint16(at + i, true));
    return text;
  }
  #text() {
    switch (this.#tag()) {
      case '"': return this.#narrow();
      case 'c': return this.#wide();
      case 'S': return Buffer.from(this.#slice(this.#count())).toString();
      default: throw this.#fail();
    }
  }
  #bigint() {
    const bits = this.#count();
    const bytes = this.#slice(bits >> 1);
    let value = 0n;
    for (let i = bytes.length - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[i]);
    return bits & 1 ? -value : value;
  }
  #keep(object) { this.#objects.push(object); return object; }
  #until(end, object) {
    while (true) {
      const at = this.#at;
      if (this.#tag() === end) return this.#count();
      this.#at = at;
      const key = this.readValue();
      object[key] = this.readValue();
    }
  }
  readValue() {
    const value = this.#read(this.#tag());
    // A view stands after its buffer.
    if (types.isAnyArrayBuffer(value) && this.#at < this.#bytes.length && this.#bytes[this.#at] === tag('V')) {
      this.#at++;
      return this.#viewOf(value);
    }
    return value;
  }
  #viewOf(buffer) {
    const letter = StringFromCharCode(this.#byte());
    const offset = this.#count(), length = this.#count();
    if (this.#version >= 14) this.#count();
    const Type = { __proto__: null, b: Int8Array, B: Uint8Array, C: Uint8ClampedArray, w: Int16Array, W: Uint16Array, d: Int32Array, D: Uint32Array, f: Float32Array,
      F: Float64Array, q: BigInt64Array, Q: BigUint64Array, '?': DataView, h: globalThis.Float16Array }[letter];
    if (Type === undefined) throw this.#fail();
    return this.#keep(new Type(buffer, offset, length / (Type.BYTES_PER_ELEMENT ?? 1)));
  }
  #read(letter) {
    switch (letter) {
      case '_': case '-': return undefined;
      case '0': return null;
      case 'T': return true;
      case 'F': return false;
      case 'I': {
        const value = this.#count();
        return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
      }
      case 'U': return this.#count();
      case 'N': return this.readDouble();
      case 'Z': return this.#bigint();
      case '"': return this.#narrow();
      case 'c': return this.#wide();
      case 'S': return Buffer.from(this.#slice(this.#count())).toString();
      case '^': {
        const id = this.#count();
        if (id >= this.#objects.length) throw this.#fail();
        return this.#objects[id];
      }
      case 'o': {
        const object = this.#keep({});
        this.#until('{', object);
        return object;
      }
      case 'A': {
        const array = this.#keep(new Array(this.#count()));
        for (let i = 0; i < array.length; i++) {
          if (this.#bytes[this.#at] === tag('-')) { this.#at++; continue; }
          array[i] = this.readValue();
        }
        this.#until('$', array);
        this.#count();
        return array;
      }
      case 'a': {
        const array = this.#keep([]);
        array.length = this.#count();
        this.#until('@', array);
        this.#count();
        return array;
      }
      case 'D': return this.#keep(new Date(this.readDouble()));
      case 'y': return this.#keep(Object(true));
      case 'x': return this.#keep(Object(false));
      case 'n': return this.#keep(Object(this.readDouble()));
      case 'z': return this.#keep(Object(this.#bigint()));
      case 's': return this.#keep(Object(this.#text()));
      case 'R': {
        const source = this.#text();
        const bits = this.#count();
        let flags = '';
        for (const [bit, flag] of [[128, 'd'], [1, 'g'], [2, 'i'], [4, 'm'], [32, 's'], [16, 'u'], [256, 'v'], [8, 'y']]) if (bits & bit) flags += flag;
        return this.#keep(new RegExp(source, flags));
      }
      case ';': {
        const map = this.#keep(new Map());
        while (this.#bytes[this.#at] !== tag(':')) map.set(this.readValue(), this.readValue());
        this.#at++;
        this.#count();
        return map;
      }
      case "'": {
        const set = this.#keep(new Set());
        while (this.#bytes[this.#at] !== tag(',')) set.add(this.readValue());
        this.#at++;
        this.#count();
        return set;
      }
      case 'B': return this.#keep(new Uint8Array(this.#slice(this.#count())).buffer);
      case 't': {
        const buffer = this.#transferred.get(this.#count());
        if (buffer === undefined) throw this.#fail();
        return this.#keep(buffer);
      }
      case 'u': {
        if (typeof this._getSharedArrayBufferFromId !== 'function') throw this.#fail();
        return this.#keep(this._getSharedArrayBufferFromId(this.#count()));
      }
      case 'r': {
        const id = this.#objects.length;
        this.#objects.push(undefined);
        let Type = Error;
        let message, stack, cause, caused = false;
        for (let next = this.#tag(); next !== '.'; next = this.#tag()) {
          if (next === 'm') message = this.#text();
          else if (next === 's') stack = this.#text();
          else if (next === 'c') { cause = this.readValue(); caused = true; }
          else Type = { __proto__: null, E: EvalError, R: RangeError, F: ReferenceError, S: SyntaxError, T: TypeError, U: URIError }[next] ?? Error;
        }
        const error = caused ? new Type(message, { cause }) : new Type(message);
        if (stack !== undefined) error.stack = stack;
        return this.#objects[id] = error;
      }
      case '\\': {
        const id = this.#objects.length;
        this.#objects.push(undefined);
        if (typeof this._readHostObject !== 'function') throw this.#fail();
        return this.#objects[id] = this._readHostObject();
      }
      default: throw this.#fail();
    }
  }
}
binding.Deserializer = Deserializer;
