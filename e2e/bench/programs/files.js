// Prints milliseconds per operation as JSON. Runs in a folder of its own below the one given (default: the system's for temporary files).
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const place = fs.mkdtempSync(path.join(process.argv[2] ?? os.tmpdir(), 'porthole-bench-'));
const small = path.join(place, 'small');
const large = path.join(place, 'large');
const folder = path.join(place, 'folder');
const four = Buffer.alloc(4096, 'x');
fs.writeFileSync(small, four);
fs.writeFileSync(large, Buffer.alloc(8 << 20, 'y'));
fs.mkdirSync(folder);
for (let number = 0; number < 100; number += 1) fs.writeFileSync(path.join(folder, String(number)), '');

const operations = {
  'open and close': () => fs.closeSync(fs.openSync(small)),
  stat: () => fs.statSync(small),
  'read 4 KB': () => fs.readFileSync(small),
  'write 4 KB': () => fs.writeFileSync(small, four),
  'readdir of 100': () => fs.readdirSync(folder),
  'read 8 MB': () => fs.readFileSync(large),
};

/** Milliseconds per turn, over at least a fifth of a second. */
function time(operation) {
  operation();
  let turns = 0;
  const start = performance.now();
  let end = start;
  while (end - start < 200) {
    operation();
    turns += 1;
    end = performance.now();
  }
  return (end - start) / turns;
}

const result = Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, time(operation)]));
fs.rmSync(place, { recursive: true });
console.log(JSON.stringify(result));
