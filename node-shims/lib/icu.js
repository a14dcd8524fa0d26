'use strict';
// internalBinding('icu'): texts in other encodings, and how wide they are on a terminal.

const { RegExpPrototypeExec, StringPrototypeCharCodeAt, StringPrototypeCodePointAt, TypeError, Uint8Array } = primordials;
const { decodeUTF8 } = internalBinding('encoding_binding');
const FLUSH = 1, FATAL = 2, IGNORE_BOM = 4;
// This is loaded before there is a Buffer.
let buffer;
const bufferClass = () => buffer ??= globalThis.Buffer;

function invalid(encoding) {
  const error = new TypeError(`The encoded data was not valid for encoding ${encoding}`);
  error.code = 'ERR_ENCODING_INVALID_ENCODED_DATA';
  return error;
}
const bytesOf = (input) => {
  if (input instanceof Uint8Array) return input;
  if (globalThis.ArrayBuffer.isView(input)) return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  if (internalBinding('types').isAnyArrayBuffer(input)) return new Uint8Array(input);
  const { codes: { ERR_INVALID_ARG_TYPE } } = internalBinding('process_methods').require('internal/errors');
  throw new ERR_INVALID_ARG_TYPE('input', ['ArrayBuffer', 'ArrayBufferView'], input);
};

// How many bytes at the end begin a character that is not whole.
function openEnd(bytes) {
  const { length } = bytes;
  for (let back = 1; back <= 3 && back <= length; back++) {
    const byte = bytes[length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      if (size <= back || byte > 0xf4) return 0;
      // What can be no beginning is an error now, not later.
      const next = back > 1 ? bytes[length - back + 1] : undefined;
      if (next !== undefined && ((byte === 0xe0 && next < 0xa0) || (byte === 0xed && next > 0x9f) || (byte === 0xf0 && next < 0x90) || (byte === 0xf4 && next > 0x8f))) return 0;
      return byte === 0xc0 || byte === 0xc1 ? 0 : back;
    }
  }
  return 0;
}

class Converter {
  #encoding;
  #flags;
  #rest = bufferClass().alloc(0);
  #begun = false;
  #decoder;

  constructor(encoding, flags) {
    this.#encoding = encoding;
    this.#flags = flags;
    if (!own(encoding)) this.#decoder = internalBinding('intl_host').decoder(encoding, (flags & FATAL) !== 0);
  }
  get known() { return own(this.#encoding) || this.#decoder !== undefined; }

  decode(input, flags, encoding) {
    const flush = (flags & FLUSH) !== 0;
    let text;
    if (this.#decoder !== undefined) {
      text = internalBinding('intl_host').decode(this.#decoder, input, !flush);
      if (text === undefined) throw invalid(encoding);
    } else {
      const bytes = bufferClass().concat([this.#rest, input]);
      const keep = flush ? 0 : this.#encoding === 'utf-8' ? openEnd(bytes) : this.#encoding === 'latin1' ? 0 : this.#openUnit(bytes);
      const ready = bytes.subarray(0, bytes.length - keep);
      this.#rest = bufferClass().from(bytes.subarray(bytes.length - keep));
      text = this.#convert(ready, flush, encoding);
    }
    if (!this.#begun && text.length > 0) {
      this.#begun = true;
      if (!(this.#flags & IGNORE_BOM) && StringPrototypeCharCodeAt(text, 0) === 0xfeff) text = text.slice(1);
    }
    if (flush) this.#begun = false;
    return text;
  }
  #openUnit(bytes) {
    const odd = bytes.length % 2;
    const whole = bytes.length - odd;
    if (whole < 2) return odd;
    const high = this.#encoding === 'utf-16le' ? bytes[whole - 1] : bytes[whole - 2];
    return high >= 0xd8 && high <= 0xdb ? odd + 2 : odd;
  }
  #convert(bytes, flush, encoding) {
    const fatal = (this.#flags & FATAL) !== 0;
    if (this.#encoding === 'utf-8') return decodeUTF8(bytes, true, fatal);
    if (this.#encoding === 'latin1') return bytes.latin1Slice();
    let units = bufferClass().from(bytes);
    const odd = units.length % 2 !== 0;
    if (odd && fatal && flush) throw invalid(encoding);
    if (odd) units = units.subarray(0, units.length - 1);
    if (this.#encoding === 'utf-16be') units.swap16();
    const text = units.ucs2Slice();
    if (fatal && !text.isWellFormed()) throw invalid(encoding);
    return text.toWellFormed() + (odd && flush ? '\ufffd' : '');
  }
}
const own = (encoding) => encoding === 'utf-8' || encoding === 'utf-16le' || encoding === 'utf-16be' || encoding === 'latin1';

binding.hasConverter = (name) => new Converter(name, 0).known;
binding.getConverter = (encoding, flags) => {
  const converter = new Converter(encoding, flags);
  return converter.known ? converter : undefined;
};
binding.decode = (converter, input, flags, encoding) => converter.decode(bytesOf(input), flags, encoding);
const errorNames = { '__proto__': null, 1: 'U_ILLEGAL_ARGUMENT_ERROR' };
binding.icuErrName = (number) => errorNames[-number] ?? errorNames[number] ?? 'U_ILLEGAL_ARGUMENT_ERROR';

// From one of Node's encodings to another; a number where one of them is none.
const names = { '__proto__': null, 'ascii': 'ascii', 'latin1': 'latin1', 'binary': 'latin1', 'utf8': 'utf8', 'utf-8': 'utf8', 'ucs2': 'ucs2', 'ucs-2': 'ucs2', 'utf16le': 'ucs2', 'utf-16le': 'ucs2' };
binding.transcode = (source, from, to) => {
  const { 0: decoded, 1: wanted } = [names[from], names[to]];
  if (decoded === undefined || wanted === undefined) return -1;
  const bytes = bufferClass().from(source.buffer, source.byteOffset, source.byteLength);
  const text = decoded === 'ascii' ? bytes.latin1Slice().replace(/[\x80-\xff]/g, '\ufffd') : bytes.toString(decoded);
  if (wanted === 'utf8' || wanted === 'ucs2') return bufferClass().from(text, wanted);
  // What has no place there becomes a question mark.
  const limit = wanted === 'ascii' ? 0x7f : 0xff;
  const out = [];
  for (const character of text) {
    const code = StringPrototypeCodePointAt(character, 0);
    out.push(code <= limit ? code : 0x3f);
  }
  return bufferClass().from(out);
};

const wide = (code) => code >= 0x1100 && (code <= 0x115f || code === 0x2329 || code === 0x232a || (code >= 0x2e80 && code <= 0x3247 && code !== 0x303f) ||
  (code >= 0x3250 && code <= 0x4dbf) || (code >= 0x4e00 && code <= 0xa4c6) || (code >= 0xa960 && code <= 0xa97c) || (code >= 0xac00 && code <= 0xd7a3) ||
  (code >= 0xf900 && code <= 0xfaff) || (code >= 0xfe10 && code <= 0xfe19) || (code >= 0xfe30 && code <= 0xfe6b) || (code >= 0xff01 && code <= 0xff60) ||
  (code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1b000 && code <= 0x1b001) || (code >= 0x1f200 && code <= 0x1f251) || (code >= 0x1f300 && code <= 0x1f64f) ||
  (code >= 0x1f680 && code <= 0x1f6ff) || (code >= 0x1f900 && code <= 0x1f9ff) || (code >= 0x20000 && code <= 0x3fffd));
const nothing = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]$/u;
binding.getStringWidth = (text) => {
  let width = 0;
  for (const character of text) {
    const code = StringPrototypeCodePointAt(character, 0);
    if (code >= 0x20 && code < 0x7f) width++;
    else if (wide(code)) width += 2;
    else if (code !== 0xad && RegExpPrototypeExec(nothing, character) !== null) continue;
    else width++;
  }
  return width;
};
