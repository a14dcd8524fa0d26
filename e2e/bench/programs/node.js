// One job of Node's own work, by name: prints milliseconds, the median of a few turns. `list` prints the names.
'use strict';
const crypto = require('node:crypto');
const zlib = require('node:zlib');
const http = require('node:http');
const { Readable, Transform, pipeline } = require('node:stream');
const { promisify } = require('node:util');

const data = { list: Array.from({ length: 2000 }, (_, id) => ({ id, name: `name ${id}`, tags: ['a', 'b'], nested: { value: id / 3, text: 'x'.repeat(20) } })) };
const text = JSON.stringify(data);
const megabytes = (count) => Buffer.alloc(count * 1e6, 'some bytes that are not all alike; ');

const jobs = {
  // Each time in a loader of its own.
  'require of express': () => {
    for (const id of Object.keys(require.cache)) if (id.includes('node_modules')) delete require.cache[id];
    require(require.resolve('express', { paths: [process.cwd()] }));
  },
  'JSON.parse': () => JSON.parse(text),
  'JSON.stringify': () => JSON.stringify(data),
  'Buffer: hex, base64, utf8, indexOf': () => {
    const bytes = megabytes(1);
    Buffer.from(bytes.toString('hex'), 'hex');
    Buffer.from(bytes.toString('base64'), 'base64');
    Buffer.from(bytes.toString('utf8'));
    bytes.indexOf('nowhere');
  },
  'streams: 2000 chunks through a transform': () =>
    promisify(pipeline)(
      Readable.from(Array.from({ length: 2000 }, (_, n) => `chunk ${n}`)),
      new Transform({ transform: (chunk, encoding, next) => next(null, chunk.toString().toUpperCase()) }),
      async (source) => {
        for await (const chunk of source) void chunk;
      },
    ),
  'http: 50 round trips': () =>
    new Promise((resolve, reject) => {
      const server = http.createServer((request, response) => response.end('hello')).listen(0, async () => {
        const agent = new http.Agent({ keepAlive: true });
        const once = () =>
          new Promise((done, failed) => http.get({ port: server.address().port, agent }, (response) => response.resume().on('end', done)).on('error', failed));
        try {
          for (let turn = 0; turn < 50; turn += 1) await once();
          agent.destroy();
          server.close(resolve);
        } catch (error) {
          reject(error);
        }
      });
    }),
  'URL: 2000 parsed': () => {
    for (let turn = 0; turn < 2000; turn += 1) new URL(`https://user@example.org:8080/a/b/../${turn}?q=${turn}#h`).searchParams.get('q');
  },
  'zlib: gzip and gunzip of 2 MB': () => zlib.gunzipSync(zlib.gzipSync(megabytes(2))),
  'sha256 of 16 MB': () => crypto.createHash('sha256').update(megabytes(16)).digest(),
};
let keys;
jobs['RSA: 2048 bits, signed and verified'] = () => {
  keys ??= crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  crypto.verify('sha256', Buffer.from(text), keys.publicKey, crypto.sign('sha256', Buffer.from(text), keys.privateKey));
};

async function main() {
  const [wanted] = process.argv.slice(2);
  if (wanted === 'list') return console.log(JSON.stringify(Object.keys(jobs)));
  const times = [];
  await jobs[wanted]();
  for (let turn = 0; turn < 5; turn += 1) {
    const begun = performance.now();
    await jobs[wanted]();
    times.push(performance.now() - begun);
  }
  times.sort((a, b) => a - b);
  console.log(times[2]);
}
main();
