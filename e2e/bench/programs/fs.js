// The file operations that are compared with native Node. `fs.js FOLDER` prints the median milliseconds of each as JSON;
// `fs.js FOLDER OPERATION timed` of one,
// `fs.js FOLDER OPERATION TURNS` does it so many times, for whoever counts what it costs in system calls. `fs.js FOLDER list` prints their names.
'use strict';
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const place = fs.mkdtempSync(path.join(process.argv[2] ?? os.tmpdir(), 'porthole-bench-'));
const at = (...names) => path.join(place, ...names);

const TREE_FOLDERS = 40;
const TREE_FILES = 50;
const text = Buffer.alloc(120, 'a file of a tree\n');

/** 2,000 small files in 40 folders. */
function makeTree(root) {
  fs.mkdirSync(root);
  for (let folder = 0; folder < TREE_FOLDERS; folder += 1) {
    fs.mkdirSync(`${root}/${folder}`);
    for (let file = 0; file < TREE_FILES; file += 1) fs.writeFileSync(`${root}/${folder}/${file}.txt`, text);
  }
}

/** 500 modules: 20 packages whose main file requires 24 others. */
function makeModules(root) {
  const packages = Array.from({ length: 20 }, (_, number) => `package-${number}`);
  for (const name of packages) {
    const folder = path.join(root, 'node_modules', name);
    fs.mkdirSync(path.join(folder, 'lib'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'lib/main.js' }));
    const files = Array.from({ length: 24 }, (_, number) => `part-${number}`);
    for (const file of files) {
      fs.writeFileSync(
        path.join(folder, 'lib', `${file}.js`),
        `'use strict';\nconst value = ${JSON.stringify(file)};\nexports.name = value;\nexports.twice = function twice(number) {\n  return number * 2;\n};\n`,
      );
    }
    fs.writeFileSync(path.join(folder, 'lib/main.js'), `'use strict';\n${files.map((file) => `exports[${JSON.stringify(file)}] = require('./${file}');\n`).join('')}`);
  }
  fs.writeFileSync(path.join(root, 'index.js'), `${packages.map((name) => `require('${name}');\n`).join('')}`);
}

const small = at('small');
const middle = at('middle');
const large = at('large');
const many = at('many');
const one = Buffer.alloc(1 << 10, 'x');

// What an operation needs is made before it is timed.
const prepare = {
  'readFileSync 64 KB': () => fs.writeFileSync(middle, Buffer.alloc(64 << 10, 'y')),
  'readFileSync 8 MB': () => fs.writeFileSync(large, Buffer.alloc(8 << 20, 'z')),
  'readdirSync of 1,000': () => {
    fs.mkdirSync(many);
    for (let number = 0; number < 1000; number += 1) fs.writeFileSync(path.join(many, `entry-${number}`), '');
  },
  cpSync: () => makeTree(at('source')),
};

// What is done before each turn, and not timed: such an operation is timed turn by turn.
let turn = 0;
const before = {
  cpSync: () => fs.rmSync(at('copy'), { recursive: true, force: true }),
  // A tree is required once, as programs do.
  'require of 500 modules': () => makeModules(at(`modules-${(turn += 1)}`)),
};

let named = false;
const operations = {
  statSync: () => fs.statSync(small),
  'existsSync, there': () => fs.existsSync(small),
  'existsSync, not there': () => fs.existsSync(`${small}.not`),
  'readFileSync 1 KB': () => fs.readFileSync(small),
  'readFileSync 1 KB as text': () => fs.readFileSync(small, 'utf8'),
  'readFileSync 64 KB': () => fs.readFileSync(middle),
  'readFileSync 8 MB': () => fs.readFileSync(large),
  'writeFileSync 1 KB': () => fs.writeFileSync(at('written'), one),
  'appendFileSync 1 KB': () => fs.appendFileSync(at('appended'), one),
  'readdirSync of 1,000': () => fs.readdirSync(many),
  rename: () => {
    fs.renameSync(named ? `${small}.renamed` : small, named ? small : `${small}.renamed`);
    named = !named;
  },
  'mkdir and rm of 2,000 files': () => {
    makeTree(at('tree'));
    fs.rmSync(at('tree'), { recursive: true });
  },
  cpSync: () => fs.cpSync(at('source'), at('copy'), { recursive: true }),
  'require of 500 modules': () => require(at(`modules-${turn}/index.js`)),
};

/** The median over portions of at least 4 ms: clocks in browsers tick every 0.1 ms. */
function time(name, operation) {
  const prepared = before[name] ?? (() => {});
  const portion = (turns) => {
    prepared();
    const start = performance.now();
    for (let done = 0; done < turns; done += 1) operation();
    return performance.now() - start;
  };
  let turns = 1;
  // Twice, so that one pause does not pass for a long operation.
  while (before[name] === undefined && (portion(turns) < 4 || portion(turns) < 4)) turns *= 2;
  const portions = [];
  const begin = performance.now();
  while (portions.length < 5 || (performance.now() - begin < 400 && portions.length < 100)) portions.push(portion(turns) / turns);
  portions.sort((a, b) => a - b);
  return portions[Math.floor(portions.length / 2)];
}

fs.writeFileSync(small, one);
const [, , , only, turns] = process.argv;
const result = {};
if (only === 'list') console.log(JSON.stringify(Object.keys(operations)));
for (const [name, operation] of Object.entries(operations)) {
  if (only !== undefined && only !== name) continue;
  prepare[name]?.();
  if (turns === undefined || turns === 'timed') {
    result[name] = time(name, operation);
  } else {
    for (let done = 0; done < Number(turns); done += 1) {
      before[name]?.();
      operation();
    }
  }
}
fs.rmSync(place, { recursive: true });
if (Object.keys(result).length > 0) console.log(JSON.stringify(result));
