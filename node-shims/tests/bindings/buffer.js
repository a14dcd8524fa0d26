const b = internalBinding('buffer');
const d = internalBinding('string_decoder');
let seed = 12345;
const rnd = (n) => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n; };
const u8 = (...a) => Uint8Array.from(a);
const texts = ['', 'a', 'hello', 'h\u00e9llo', '\u0141x\u0141', '\u20ac\u20ac', 'x\ud83d\ude00y', '\ud800', 'a\udc00b', '\ud83d', '\udc00\ud800', 'YQ==', 'YQ', 'YQ==YQ==', 'YQ=YQ', 'a', '-_8', '+/8=', ' Y Q ', 'Y$Q', '0aFf', '0aF', '0aG0', 'zz', 'ab\u0130', '\0\u007f\u0080\u00ff'];
const writers = ['base64Write', 'base64urlWrite', 'hexWrite', 'ucs2Write'];
const statics = ['asciiWriteStatic', 'latin1WriteStatic', 'utf8WriteStatic'];
const slices = ['asciiSlice', 'base64Slice', 'base64urlSlice', 'latin1Slice', 'hexSlice', 'ucs2Slice', 'utf8Slice'];
for (const text of texts) {
  print(text, b.byteLengthUtf8(text), b.btoa(text), b.atob(text));
  for (const room of [0, 1, 2, 3, 4, 5, 9, 40]) {
    for (const w of writers) { const t = new Uint8Array(room); print(w, room, b[w].call(t, text), t); }
    for (const w of statics) { const t = new Uint8Array(room); print(w, room, b[w](t, text), t); }
    for (const w of writers) { const t = new Uint8Array(room); print(w, room, attempt(() => b[w].call(t, text, 1, 3)), t); }
  }
}
for (let i = 0; i < 300; i++) {
  const t = new Uint8Array(rnd(12));
  for (let k = 0; k < t.length; k++) t[k] = rnd(3) ? [0xc3, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0xff, 0x41, 0xf4, 0x90, 0xd8, 0xdc][rnd(16)] : rnd(256);
  print(t, ...slices.map((s) => b[s].call(t)), b.utf8Slice.call(t, 1 % (t.length || 1), t.length >> 1), b.isUtf8(t), b.isAscii(t));
}
for (let i = 0; i < 400; i++) {
  let s = '';
  const alphabet = 'AQgwZ+/-_=  \nz8%';
  for (let k = rnd(10); k > 0; k--) s += alphabet[rnd(alphabet.length)];
  const t = new Uint8Array(12);
  print(s, b.base64Write.call(t, s), t, b.atob(s));
}
print(attempt(() => b.utf8Slice.call(u8(1, 2), -1)), attempt(() => b.utf8Slice.call(u8(1, 2), 0, 3)), b.utf8Slice.call(u8(65, 66), 1, 0), attempt(() => b.utf8Slice.call({})));
print(attempt(() => b.hexWrite.call(u8(1), 1)), attempt(() => b.hexWrite.call(u8(1), 'aa', 9)), attempt(() => b.hexWrite.call(u8(1), 'aa', -1)), attempt(() => b.utf8WriteStatic({}, 'a')));
// Of even length: on an odd one Node finds a buffer that is not there (ucs2).
const hay = Uint8Array.from('abcabcaabbcc\u0000\u0001abca', (c) => c.charCodeAt(0));
for (const needle of ['', 'a', 'abc', 'bc', 'zz', 'abcabcaabbcc\u0000\u0001abcd', 'ab', 'cc'])
  for (let o = -20; o < 21; o += 3)
    for (const dir of [true, false]) for (const enc of [1, 3, 4])
      print(b.indexOfString(hay, needle, o, enc, dir), b.indexOfBuffer(hay, Uint8Array.from(needle, (c) => c.charCodeAt(0)), o, enc, dir), b.indexOfNumber(hay, needle.charCodeAt(0) >>> 0, o, dir));
const wide = new Uint8Array(40); b.ucs2Write.call(wide, 'abcabc\u20acaabb\u20ac');
for (const needle of ['a', 'abc', '\u20ac', 'bb']) for (let o = -41; o < 42; o++) for (const dir of [true, false]) print(b.indexOfString(wide, needle, o, 3, dir));
for (const [v, enc] of [['abc', 'utf8'], ['\u20ac', 'utf8'], ['\u20ac', 'latin1'], ['\u20ac', 'ucs2'], ['6162', 'hex'], ['zz', 'hex'], ['YWI', 'base64'], [u8(1, 2, 3)], [u8()], ['', 'utf8'], [300], [true], [-1]])
  for (const [s, e] of [[0, 10], [2, 9], [5, 5], [3, 4], [4, 3], [0, 11]]) { const t = new Uint8Array(10); print(attempt(() => b.fill(t, v, s, e, enc)), t); }
print(b.compare(u8(1, 2), u8(1, 3)), b.compare(u8(1, 2), u8(1)), b.compare(u8(), u8()), b.compareOffset(u8(1, 2, 3), u8(0, 2, 3), 1, 1, 3, 3), attempt(() => b.compareOffset(u8(1), u8(1), 5, 0, 1, 1)), attempt(() => b.compareOffset(u8(1), u8(1), 0, 5, 1, 1)));
print(b.swap16(u8(1, 2, 3, 4)), b.swap32(u8(1, 2, 3, 4)), b.swap64(u8(1, 2, 3, 4, 5, 6, 7, 8)));
const m = u8(1, 2, 3, 4, 5, 6); print(b.copy(m, m, 2, 0, 4), m); b.copyArrayBuffer(m.buffer, 0, m.buffer, 3, 3); print(m);
for (const encoding of [0, 1, 2, 3, 4, 5, 7]) for (let i = 0; i < 120; i++) {
  const state = new Uint8Array(7); state[6] = encoding;
  const out = [];
  for (let n = rnd(6); n >= 0; n--) {
    const t = new Uint8Array(rnd(6));
    for (let k = 0; k < t.length; k++) t[k] = [0xc3, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xed, 0xa0, 0xff, 0x41, 0xd8, 0xd8, 0xdc, 0x00][rnd(16)];
    out.push(t, d.decode(state, t), Array.from(state.subarray(4, 6)));
  }
  print(encoding, ...out, d.flush(state), Array.from(state.subarray(4)));
}
print(d.encodings, d.kSize, d.kNumFields, d.kBufferedBytes, d.kMissingBytes);
