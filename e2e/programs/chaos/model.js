'use strict';
// What the files should be: paths, and what stands there. A file is an object that several names and descriptors may share.

const fs = require('fs');
const path = require('path');
const assert = require('assert');

class Model {
  /** By path: `{ kind: 'file', data }`, `{ kind: 'folder' }` or `{ kind: 'link', target }`. */
  entries = new Map();

  constructor(root) {
    this.root = root;
    this.entries.set(root, { kind: 'folder' });
  }

  of(...kinds) {
    return [...this.entries].filter(([, entry]) => kinds.includes(entry.kind)).map(([place]) => place);
  }

  below(folder) {
    return [...this.entries.keys()].filter((place) => place.startsWith(`${folder}/`));
  }

  names(folder) {
    return this.below(folder).filter((place) => path.dirname(place) === folder).map((place) => path.basename(place)).sort();
  }

  remove(place) {
    for (const inner of this.below(place)) this.entries.delete(inner);
    this.entries.delete(place);
  }

  rename(from, to) {
    this.remove(to);
    for (const place of [from, ...this.below(from)]) {
      this.entries.set(to + place.slice(from.length), this.entries.get(place));
      this.entries.delete(place);
    }
  }

  links(node) {
    return [...this.entries.values()].filter((entry) => entry === node).length;
  }

  /** One path of the disk against the model's. */
  check(place) {
    const entry = this.entries.get(place);
    const found = fs.lstatSync(place, { throwIfNoEntry: false });
    if (entry === undefined) return assert.strictEqual(found, undefined, `${place} should not be there`);
    assert(found, `${place} should be there`);
    if (entry.kind === 'folder') {
      assert(found.isDirectory(), `${place} should be a folder`);
      assert.deepStrictEqual(fs.readdirSync(place).sort(), this.names(place), `names in ${place}`);
    } else if (entry.kind === 'link') {
      assert.strictEqual(fs.readlinkSync(place), entry.target, `target of ${place}`);
    } else {
      assert.strictEqual(found.size, entry.data.length, `size of ${place}`);
      assert.strictEqual(found.nlink, this.links(entry), `names of ${place}`);
      assert(fs.readFileSync(place).equals(entry.data), `contents of ${place}`);
    }
  }

  checkAll() {
    for (const place of this.entries.keys()) this.check(place);
  }
}

module.exports = { Model };
