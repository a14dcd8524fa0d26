// Several processes change and read the same files and send each other messages at random; what each did and saw is printed, a line each, for
// `native/tests/consistency.rs` to check. Arguments: seed, processes, turns.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');

const [seed, count, turns] = process.argv.slice(2).map(Number);
fs.mkdirSync('/tmp/shared');
fs.symlinkSync('/tmp/shared', '/tmp/alias');

let working = count;
const children = Array.from({ length: count }, (_, id) =>
  spawn(process.execPath, [path.join(__dirname, 'process.cjs'), id, seed, count, turns].map(String), { stdio: ['pipe', 'pipe', 'inherit'] }),
);
children.forEach((child, id) => {
  readline.createInterface({ input: child.stdout }).on('line', (line) => {
    const [word, to] = line.split(' ');
    if (word === 'message') children[to].stdin.write(`${line}\n`);
    else if (word !== 'finished') console.log(line);
    else if ((working -= 1) === 0) for (const one of children) one.stdin.end();
  });
  child.on('exit', (code) => {
    if (code === 0) return;
    console.error(`process ${id} ended with ${code}`);
    process.exitCode = 1;
  });
});
