const { Readable, Transform, pipeline, PassThrough } = require('node:stream');
const { pipeline: promised } = require('node:stream/promises');
const zlib = require('node:zlib');
(async () => {
  const upper = new Transform({ transform(piece, _, done) { done(null, piece.toString().toUpperCase()); } });
  const parts = [];
  await promised(Readable.from(['a', 'b', 'c']), upper, async function* (source) { for await (const x of source) yield x + '!'; }, async (source) => { for await (const x of source) parts.push(String(x)); });
  console.log(parts);
  const text = 'porthole '.repeat(2000);
  const packed = await new Promise((done, fail) => zlib.gzip(text, (e, r) => (e ? fail(e) : done(r))));
  console.log(packed.length < 200, zlib.gunzipSync(packed).toString() === text, zlib.inflateRawSync(zlib.deflateRawSync(text)).length, zlib.brotliDecompressSync(zlib.brotliCompressSync(text)).length);
  let out = '';
  await promised(Readable.from([packed.subarray(0, 10), packed.subarray(10)]), zlib.createGunzip(), async (s) => { for await (const x of s) out += x; });
  console.log(out === text, zlib.crc32('hello'));
  pipeline(Readable.from(['x']), new Transform({ transform(_, __, done) { done(new Error('broken')); } }), new PassThrough(), (error) => console.log(error.message));
  const web = new ReadableStream({ start(c) { c.enqueue('w1'); c.enqueue('w2'); c.close(); } });
  for await (const x of web) console.log(x);
  console.log(await new Response('body').text(), await new Blob(['ab', 'cd']).text());
  try { zlib.gunzipSync(Buffer.from('not gzip')); } catch (error) { console.log(error.code, error.message); }
})();
