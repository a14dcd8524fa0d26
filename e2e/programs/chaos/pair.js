'use strict';
// One of two processes that work in the same folder: both append to one log, and each gives files to the other, by a rename, which the other checks and
// takes away. Its orders come by standard input, what it has to say goes to standard output, a line each.

const fs = require('fs');
const path = require('path');
const assert = require('assert');
const { createInterface } = require('readline');
const { Dice } = require('./dice.js');
const { Journal, hash } = require('./journal.js');

const [, , folder, name, seed] = process.argv;
const dice = new Dice(Number(seed));
const journal = new Journal(folder, name);
const log = fs.openSync(path.join(folder, 'log'), 'a+');
let given = 0;
let taken = 0;
let written = 0;

const say = (line) => fs.writeSync(1, `${line}\n`);

function note(what) {
  const line = `${name} ${written++} ${what}\n`;
  assert.strictEqual(fs.writeSync(log, line), line.length);
}

/** A file that the other has not seen until it is whole. */
function give() {
  const bytes = dice.bytes();
  const place = path.join(folder, `${name}-${given++}`);
  const fd = fs.openSync(`${place}.part`, 'wx');
  fs.writeSync(fd, bytes);
  if (dice.oneIn(2)) fs.fsyncSync(fd);
  fs.closeSync(fd);
  fs.renameSync(`${place}.part`, place);
  note(`gave ${given}`);
  say(`gave ${place} ${bytes.length} ${hash(bytes)}`);
}

function take(place, length, sum) {
  const bytes = fs.readFileSync(place);
  assert.deepStrictEqual([bytes.length, hash(bytes)], [Number(length), sum], `what the other put at ${place}`);
  const mine = path.join(folder, `${name}-took-${taken++}`);
  fs.renameSync(place, mine);
  assert.strictEqual(fs.existsSync(place), false, `${place} after the rename`);
  note(`took ${taken}`);
  if (dice.oneIn(3)) {
    const fd = fs.openSync(mine, 'r+');
    fs.fsyncSync(fd);
    fs.closeSync(fd);
    journal.synced(mine, bytes);
  }
  if (taken > 8) {
    const old = path.join(folder, `${name}-took-${taken - 8}`);
    journal.touched(old);
    fs.unlinkSync(old);
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [order, ...words] = line.split(' ');
    if (order === 'give') give();
    else take(...words);
  })
  .on('close', () => {
    fs.fsyncSync(log);
    journal.close();
    say(`ended ${given} ${taken} ${written}`);
  });
