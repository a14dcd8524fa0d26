'use strict';
// What the programs of this folder share: an empty folder of their own, and checks that run one after another, each printed with what came of it.
const fs = require('fs');
const path = require('path');
const { inspect } = require('util');

process.umask(0o022);
const root = fs.realpathSync(fs.mkdtempSync('/tmp/fs-'));
const at = (...names) => path.join(root, ...names);
const clean = (text) => String(text).replaceAll(root, 'ROOT');

/** An error as Node shows it: class, code, the fields of a failed call, and which fields there are. */
function told(error) {
  if (!(error instanceof Error)) return `threw ${inspect(error)}`;
  const fields = ['code', 'errno', 'syscall', 'path', 'dest'].map((name) => error[name] === undefined ? '-' : clean(error[name]));
  return `threw ${error.name} [${fields.join(' ')}] ${clean(error.message)} (${Object.keys(error).join()})`;
}

const shown = (value) => clean(inspect(value, { breakLength: Infinity, compact: true, depth: 6, maxArrayLength: 200 }));

const checks = [];
/** `run` may answer a promise. */
const check = (label, run) => checks.push([label, run]);

process.nextTick(async () => {
  for (const [label, run] of checks) {
    try {
      const value = await run();
      console.log(`${label}: ${value === undefined ? 'done' : shown(value)}`);
    } catch (error) {
      console.log(`${label}: ${told(error)}`);
    }
  }
  process.chdir('/');
  fs.rmSync(root, { recursive: true, force: true });
});

/** What lies below a folder: kind, permissions, and contents or target. */
function tree(folder) {
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
    const place = path.join(entry.parentPath, entry.name);
    const name = path.relative(folder, place);
    const mode = (fs.lstatSync(place).mode & 0o7777).toString(8);
    if (entry.isSymbolicLink()) return `${name} -> ${clean(fs.readlinkSync(place))}`;
    return entry.isDirectory() ? `${name}/ ${mode}` : `${name} ${mode} ${fs.readFileSync(place, 'latin1').slice(0, 40)}`;
  }).sort();
}

const bits = (place) => (fs.lstatSync(place).mode & 0o7777).toString(8);
const put = (name, text = name) => { fs.mkdirSync(path.dirname(at(name)), { recursive: true }); fs.writeFileSync(at(name), text); return at(name); };
/** As a callback's arguments: the error told, and what came with it. */
const called = (start) => new Promise((done) => start((error, ...values) => done(error ? told(error) : values)));

module.exports = { fs, path, root, at, check, tree, bits, put, called, told, clean };
