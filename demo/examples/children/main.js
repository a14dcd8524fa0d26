// Four workers count primes, each in a process of its own.
const { fork } = require('node:child_process');
const path = require('node:path');

const parts = 4;
const limit = 200_000;
const begin = Date.now();
let total = 0;
let left = parts;

for (let part = 0; part < parts; part++) {
  const child = fork(path.join(__dirname, 'primes.js'));
  child.on('message', (count) => {
    total += count;
    console.log(`process ${child.pid}: ${count} primes`);
  });
  child.on('exit', (code) => {
    if (code !== 0) console.log(`process ${child.pid} ended with ${code}`);
    if (--left === 0) console.log(`${total} primes below ${limit} in ${Date.now() - begin} ms`);
  });
  child.send({ from: (limit / parts) * part, to: (limit / parts) * (part + 1) });
}
