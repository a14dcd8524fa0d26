// One process of `main.cjs`. Each process owns three files that it alone changes; a file's length is its version, so reading, `stat` and a hard link all
// tell how new the file is that they saw. Lines: `PROCESS BEGIN END WORD FILE NUMBER`, times in milliseconds; the number of what is not there is -1.
'use strict';
const fs = require('node:fs');
const readline = require('node:readline');

const [id, seed, count, turns] = process.argv.slice(2).map(Number);
const FILES = 3;
const lines = [];
const now = () => performance.timeOrigin + performance.now();

// xorshift, so that a seed is a sequence of operations.
let state = ((seed + 1) * 2654435761 + (id + 1) * 40503) >>> 0 || 1;
function below(limit) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % limit;
}

function record(word, file, work) {
  const begin = now();
  const number = work();
  lines.push(`${id} ${begin.toFixed(3)} ${now().toFixed(3)} ${word} ${file} ${number}`);
}

const nothing = (error) => {
  if (error.code !== 'ENOENT') throw error;
  return -1;
};
const attempt = (work) => {
  try {
    return work();
  } catch (error) {
    return nothing(error);
  }
};

/** Version of each own file, and whether it is there. */
const versions = Array.from({ length: FILES }, () => 0);
const there = Array.from({ length: FILES }, () => false);
const name = (owner, file) => `${owner}-${file}`;
const text = (length) => 'x'.repeat(length);

function change() {
  const file = below(FILES);
  const place = `/tmp/${below(4) === 0 ? 'alias' : 'shared'}/${name(id, file)}`;
  const next = versions[file] + 1;
  const ways = [
    () => fs.writeFileSync(place, text(next)),
    () => fs.writeFileSync(place, Buffer.from(text(next))),
    () => {
      fs.writeFileSync(`${place}.new`, text(next));
      fs.renameSync(`${place}.new`, place);
    },
    () => {
      // Under another name, since others would see the halves.
      const fd = fs.openSync(`${place}.part`, 'w');
      const half = next >> 1;
      fs.writeSync(fd, text(half));
      fs.writeSync(fd, text(next - half));
      if (below(3) === 0) fs.fsyncSync(fd);
      fs.closeSync(fd);
      fs.renameSync(`${place}.part`, place);
    },
    () => {
      fs.writeFileSync(`${place}.copy`, text(next));
      fs.copyFileSync(`${place}.copy`, place);
      fs.unlinkSync(`${place}.copy`);
    },
  ];
  if (there[file]) {
    ways.push(() => fs.appendFileSync(place, 'x'), () => fs.truncateSync(place, next));
    if (below(4) === 0) {
      record('unlink', name(id, file), () => {
        fs.unlinkSync(place);
        return (versions[file] = next);
      });
      there[file] = false;
      return;
    }
  }
  record('write', name(id, file), () => {
    ways[below(ways.length)]();
    return (versions[file] = next);
  });
  there[file] = true;
}

function look() {
  const file = name(below(count), below(FILES));
  const place = `/tmp/${below(4) === 0 ? 'alias' : 'shared'}/${file}`;
  const ways = [
    () => record('read', file, () => attempt(() => fs.readFileSync(place).length)),
    () => record('read', file, () => attempt(() => fs.readFileSync(place, 'utf8').length)),
    () => record('read', file, () => attempt(() => fs.statSync(place).size)),
    () => record('read', file, () => attempt(() => fs.lstatSync(place).size)),
    () => record('exists', file, () => (fs.existsSync(place) ? 1 : -1)),
    () => record('exists', file, () => (fs.readdirSync('/tmp/shared').includes(file) ? 1 : -1)),
    () =>
      record('read', file, () =>
        attempt(() => {
          const fd = fs.openSync(place);
          const { size } = fs.fstatSync(fd);
          fs.closeSync(fd);
          return size;
        }),
      ),
  ];
  ways[below(ways.length)]();
}

/** Looks at all files, hears nothing for longer than answers hold, and looks again. */
function stare() {
  const all = () => {
    for (let owner = 0; owner < count; owner += 1) {
      for (let file = 0; file < FILES; file += 1) record('read', name(owner, file), () => attempt(() => fs.statSync(`/tmp/shared/${name(owner, file)}`).size));
    }
  };
  all();
  for (const begin = now(); now() - begin < 330; );
  all();
}

let sent = 0;
function send() {
  const to = below(count);
  if (to === id) return;
  const message = `${id}.${(sent += 1)}`;
  record('send', message, () => 0);
  process.stdout.write(`message ${to} ${message}\n`);
}

const input = readline.createInterface({ input: process.stdin });
input.on('line', (line) => record('hear', line.split(' ')[2], () => 0));

async function run() {
  for (let turn = 0; turn < turns; turn += 1) {
    for (let more = below(6); more >= 0; more -= 1) [change, look, look, look][below(4)]();
    if (below(3) === 0) send();
    // What was written in a turn has left the process when the next one begins.
    await new Promise((resolve) => (below(4) === 0 ? setTimeout(resolve, below(4)) : setImmediate(resolve)));
    record('turn', '-', () => 0);
    if (below(60) === 0) stare();
  }
  process.stdout.write(`${lines.join('\n')}\nfinished\n`);
}
run();
