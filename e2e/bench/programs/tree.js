// A tree of 20,000 small files, 60 MB: `tree.js write FOLDER` makes it anew, `tree.js read FOLDER` reads it all once. Prints the milliseconds that took, and what
// it counted; with `stay` behind it goes on then, for whoever looks at what it costs.
'use strict';
const fs = require('node:fs');

const FOLDERS = 200;
const FILES = 100;
const BYTES = 3000;

const [, , what, root, stay] = process.argv;
const begun = performance.now();
let bytes = 0;
if (what === 'write') {
  fs.mkdirSync(root);
  const text = Buffer.alloc(BYTES, 'one line of a small file\n');
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    fs.mkdirSync(`${root}/${folder}`);
    for (let file = 0; file < FILES; file += 1) {
      // No two files are the same.
      text.writeUInt32LE(folder * FILES + file, 0);
      fs.writeFileSync(`${root}/${folder}/${file}.txt`, text);
      bytes += text.length;
    }
  }
} else {
  for (const folder of fs.readdirSync(root)) {
    for (const file of fs.readdirSync(`${root}/${folder}`)) bytes += fs.readFileSync(`${root}/${folder}/${file}`).length;
  }
}
const ms = performance.now() - begun;
// What was written behind has arrived, and is on the disk, when this is answered.
if (what === 'write') fs.fsyncSync(fs.openSync(root));
console.log(JSON.stringify({ ms, safeMs: performance.now() - begun, bytes }));
if (stay) setInterval(() => {}, 1e6);
