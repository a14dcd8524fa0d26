const z = internalBinding('zlib');
const DEFLATE = 1, INFLATE = 2, GZIP = 3, GUNZIP = 4, DEFLATERAW = 5, INFLATERAW = 6, UNZIP = 7, FINISH = 4, SYNC = 2, NONE = 0;
const u8 = (s) => Uint8Array.from(s, (c) => c.charCodeAt(0));
const hex = (s) => Uint8Array.from(s.match(/../g) ?? [], (x) => parseInt(x, 16));
function open(mode, { bits = 15, level = 6, mem = 8, strategy = 0, dictionary } = {}) {
  const state = new Uint32Array(2); const h = new z.Zlib(mode); h.error = undefined; h.onerror = (...a) => { h.error = a; };
  h.init(bits, level, mem, strategy, state, () => {}, dictionary); h.state = state; return h;
}
function feed(h, flush, input, room = 4096) {
  const out = []; let at = 0;
  for (;;) {
    const b = new Uint8Array(room); h.writeSync(flush, input, at, input.length - at, b, 0, room);
    if (h.error) return { error: h.error, out };
    out.push(...b.subarray(0, room - h.state[0])); at = input.length - h.state[1];
    if (h.state[0] !== 0) return { out, left: h.state[1] };
  }
}
const text = (r) => r.error ? r.error : [String.fromCharCode(...r.out), r.left];
// Made by zlib itself.
const gz = hex('1f8b0800000000000003cb48cdc9c95728cf2fca49010085114a0d0b000000'), df = hex('789ccb48cdc9c95728cf2fca4901001a0b045d'), raw = hex('cb48cdc9c95728cf2fca490100');
for (const [mode, input] of [[GUNZIP, gz], [UNZIP, gz], [INFLATE, df], [UNZIP, df], [INFLATERAW, raw]]) for (const bits of [0, 15]) {
  if (bits === 0 && mode === INFLATERAW) continue;
  for (const room of [1, 3, 4096]) print(mode, bits, room, text(feed(open(mode, { bits }), FINISH, input, room)));
  for (let cut = 0; cut <= input.length; cut++) { const h = open(mode, { bits }); print(text(feed(h, NONE, input.slice(0, cut))), text(feed(h, FINISH, input.slice(cut)))); print(text(feed(open(mode, { bits }), FINISH, input.slice(0, cut))), text(feed(open(mode, { bits }), SYNC, input.slice(0, cut)))); }
  for (let i = 0; i < input.length; i++) { const bad = input.slice(); bad[i] ^= 0x5a; print(i, text(feed(open(mode, { bits }), FINISH, bad))); }
  for (const junk of ['0000', '010203', '1f8b', '1f8b08']) print(junk, text(feed(open(mode, { bits }), FINISH, new Uint8Array([...input, ...hex(junk)]))));
  print(text(feed(open(mode, { bits }), FINISH, new Uint8Array([...input, ...input]))));
}
const dictionary = u8('hello world');
const packed = (mode, o) => Uint8Array.from(feed(open(mode, o), FINISH, u8('hello world, hello')).out);
for (const [c, d] of [[DEFLATE, INFLATE], [DEFLATERAW, INFLATERAW]]) print(text(feed(open(d, { dictionary }), FINISH, packed(c, { dictionary }))));
print(text(feed(open(INFLATE), FINISH, packed(DEFLATE, { dictionary }))), text(feed(open(INFLATE, { dictionary: u8('other') }), FINISH, packed(DEFLATE, { dictionary }))));
const long = Uint8Array.from({ length: 50000 }, (_, i) => (i * i >> 7) & 255);
for (const [c, d] of [[DEFLATE, INFLATE], [GZIP, GUNZIP], [DEFLATERAW, INFLATERAW]]) for (const level of [-1, 0, 1, 9]) for (const strategy of [0, 1, 2, 3, 4]) {
  const r = feed(open(d), FINISH, Uint8Array.from(feed(open(c, { level, strategy }), FINISH, long).out)); print(c, level, strategy, r.error, r.out.length, r.out.every((b, i) => b === long[i]));
}
{ const h = open(DEFLATE); const a = feed(h, SYNC, u8('abc')).out; h.params(9, 2); const b = feed(h, FINISH, u8('def')).out; print(text(feed(open(INFLATE), FINISH, Uint8Array.from([...a, ...b])))); h.reset(); print(text(feed(open(INFLATE), FINISH, Uint8Array.from(feed(h, FINISH, u8('xyz')).out)))); }
print(z.crc32('hello', 0), z.crc32(u8('world'), z.crc32('hello ', 0)), z.crc32('\u00e9\u20ac', 1), z.crc32('', 7));
function brotli(flush, ...pieces) {
  const state = new Uint32Array(2), h = new z.BrotliDecoder(8); h.onerror = (...a) => { h.error = a; }; h.init(new Uint32Array(10).fill(-1), state, () => {}); h.state = state;
  return pieces.map((p, i) => text(feed(h, i === pieces.length - 1 ? flush : 0, p)));
}
const br = hex('0b058068656c6c6f20776f726c6403');
for (let cut = 0; cut <= br.length; cut++) print(brotli(2, br.slice(0, cut), br.slice(cut)), brotli(2, br.slice(0, cut)));
print(brotli(2, u8('garbage')), brotli(2, u8('\xff\xff\xff\xff')), brotli(2, new Uint8Array([...br, 1, 2])));
