'use strict';
// What the program has been promised: a file of its own, a line a promise, kept with the files that it is about.
//
// `synced PATH LENGTH HASH` follows an fsync that succeeded, and is fsynced itself; `touched PATH` comes before a change to such a path. So after a crash
// every path whose last line is `synced` must be as it says, and what was touched since may be anything.

const fs = require('fs');
const path = require('path');
const { createHash } = require('crypto');

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);

class Journal {
  #fd;
  #folder;
  #promised = new Set();

  constructor(folder, name) {
    this.#folder = folder;
    this.#fd = fs.openSync(path.join(folder, `journal.${name}`), 'a');
  }

  #line(kind, place, ...rest) {
    fs.writeSync(this.#fd, `${[kind, JSON.stringify(path.relative(this.#folder, place)), ...rest].join(' ')}\n`);
  }

  synced(place, bytes) {
    this.#line('synced', place, bytes.length, hash(bytes));
    fs.fsyncSync(this.#fd);
    this.#promised.add(place);
  }

  /** Before a change to a path, or to all below it. */
  touched(place) {
    for (const promised of this.#promised) {
      if (promised !== place && !promised.startsWith(`${place}/`)) continue;
      this.#line('touched', promised);
      this.#promised.delete(promised);
    }
  }

  close() {
    fs.closeSync(this.#fd);
  }
}

/** Compares what the journals of a folder promise with its files. Answers how many promises there were, and which are broken. */
function verify(folder) {
  let promises = 0;
  const broken = [];
  for (const name of fs.readdirSync(folder).filter((name) => name.startsWith('journal.'))) {
    const promised = new Map();
    // The last line may have been cut.
    for (const line of fs.readFileSync(path.join(folder, name), 'utf8').split('\n').slice(0, -1)) {
      const [, kind, place, length, sum] = /^(\w+) ("(?:[^"\\]|\\.)*")(?: (\d+) (\w+))?$/.exec(line) ?? [];
      if (kind === 'synced') promised.set(JSON.parse(place), { length: Number(length), sum });
      else if (kind === 'touched') promised.delete(JSON.parse(place));
      else broken.push(`${name}: a line that nobody wrote: ${line.slice(0, 80)}`);
    }
    for (const [place, { length, sum }] of promised) {
      promises += 1;
      try {
        const bytes = fs.readFileSync(path.join(folder, place));
        if (bytes.length !== length || hash(bytes) !== sum) broken.push(`${place}: ${bytes.length} bytes ${hash(bytes)}, not ${length} bytes ${sum}`);
      } catch (error) {
        broken.push(`${place}: ${error.message}`);
      }
    }
  }
  return { promises, broken };
}

module.exports = { Journal, hash, verify };
