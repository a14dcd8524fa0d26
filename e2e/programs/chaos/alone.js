'use strict';
// One process that does anything to a folder of its own, in calls that wait and calls that do not, and knows what must come of it.

const fs = require('fs');
const path = require('path');
const assert = require('assert');
const { Dice } = require('./dice.js');
const { Model } = require('./model.js');

/** So many entries, and room for more is made. */
const CROWDED = 60;

class Alone {
  #open = [];
  steps = 0;

  constructor(root, seed, journal) {
    fs.mkdirSync(root);
    this.root = root;
    this.dice = new Dice(seed);
    this.model = new Model(root);
    this.journal = journal;
  }

  /** By a call that waits or by one that does not. */
  #call(name, ...args) {
    return this.dice.oneIn(2) ? fs[`${name}Sync`](...args) : fs.promises[name](...args);
  }

  async #refused(code, name, ...args) {
    await assert.rejects(async () => this.#call(name, ...args), { code }, `${name} ${args.join(' ')}`);
  }

  #place() {
    return path.join(this.dice.of(this.model.of('folder')), `${this.dice.of(['a', 'b', 'ü', 'd'])}${this.dice.below(12)}`);
  }

  #file() {
    return this.dice.of(this.model.of('file'));
  }

  /** Tells the journal of a change to a file under all its names. */
  #touch(node) {
    for (const [place, entry] of this.model.entries) if (entry === node) this.journal.touched(place);
  }

  async step() {
    this.steps += 1;
    const { model, dice } = this;
    if (model.entries.size > CROWDED) return this.#removeTree(dice.of(model.of('folder').filter((place) => place !== this.root)) ?? this.#file());
    const acts = ['create', 'create', 'create', 'overwrite', 'append', 'append', 'patch', 'truncate', 'rename', 'rename', 'unlink', 'mkdir', 'rmdir', 'copy', 'link', 'symlink', 'sync', 'sync', 'hold', 'held', 'held', 'look', 'look', 'wrong'];
    const act = dice.of(acts);
    if (model.of('file').length === 0 && !['mkdir', 'symlink'].includes(act)) return this.create();
    await this[act]();
    if (this.steps % 50 === 0) model.checkAll();
  }

  async create() {
    const place = this.#place();
    const data = this.dice.bytes();
    if (this.model.entries.has(place)) return this.#refused('EEXIST', 'writeFile', place, data, { flag: 'wx' });
    await this.#call('writeFile', place, data, { flag: this.dice.of(['w', 'wx', 'a']) });
    this.model.entries.set(place, { kind: 'file', data });
  }

  async overwrite() {
    const place = this.#file();
    const node = this.model.entries.get(place);
    this.#touch(node);
    const data = this.dice.bytes();
    await this.#call('writeFile', place, data);
    node.data = data;
  }

  async append() {
    const place = this.#file();
    const node = this.model.entries.get(place);
    this.#touch(node);
    const data = this.dice.bytes();
    await this.#call('appendFile', place, data);
    node.data = Buffer.concat([node.data, data]);
    if (node.data.length > 1 << 20) await this.#cut(place, node, 1000);
  }

  async patch() {
    const place = this.#file();
    const node = this.model.entries.get(place);
    this.#touch(node);
    const fd = fs.openSync(place, 'r+');
    this.#write(fd, node);
    fs.closeSync(fd);
  }

  #write(fd, node) {
    const data = this.dice.bytes().subarray(0, 3000);
    if (data.length === 0) return;
    const at = this.dice.below(node.data.length + 2000);
    assert.strictEqual(fs.writeSync(fd, data, 0, data.length, at), data.length);
    const whole = Buffer.alloc(Math.max(node.data.length, at + data.length));
    node.data.copy(whole);
    data.copy(whole, at);
    node.data = whole;
  }

  async truncate() {
    const place = this.#file();
    const node = this.model.entries.get(place);
    await this.#cut(place, node, this.dice.below(node.data.length + 3000));
  }

  async #cut(place, node, length) {
    this.#touch(node);
    await this.#call('truncate', place, length);
    const data = Buffer.alloc(length);
    node.data.copy(data);
    node.data = data;
  }

  async rename() {
    const from = this.dice.of([...this.model.entries.keys()].filter((place) => place !== this.root));
    const to = this.#place();
    const [moved, over] = [this.model.entries.get(from), this.model.entries.get(to)];
    const isFolder = moved.kind === 'folder';
    if (from === to) return;
    if (isFolder && to.startsWith(`${from}/`)) return this.#refused('EINVAL', 'rename', from, to);
    if (from.startsWith(`${to}/`)) return this.#refused('ENOTEMPTY', 'rename', from, to);
    if (over && over === moved) return;
    if (over && isFolder && over.kind !== 'folder') return this.#refused('ENOTDIR', 'rename', from, to);
    if (over && !isFolder && over.kind === 'folder') return this.#refused('EISDIR', 'rename', from, to);
    if (over && isFolder && this.model.names(to).length > 0) return this.#refused('ENOTEMPTY', 'rename', from, to);
    this.journal.touched(from);
    this.journal.touched(to);
    await this.#call('rename', from, to);
    this.model.rename(from, to);
  }

  async unlink() {
    const place = this.dice.of(this.model.of('file', 'link'));
    this.journal.touched(place);
    await this.#call('unlink', place);
    this.model.remove(place);
  }

  async mkdir() {
    const place = this.#place();
    if (this.model.entries.has(place)) return this.#refused('EEXIST', 'mkdir', place);
    await this.#call('mkdir', place);
    this.model.entries.set(place, { kind: 'folder' });
  }

  async rmdir() {
    const place = this.dice.of(this.model.of('folder'));
    if (this.model.names(place).length > 0) return this.#refused('ENOTEMPTY', 'rmdir', place);
    if (place === this.root) return;
    await this.#call('rmdir', place);
    this.model.remove(place);
  }

  async #removeTree(place) {
    this.journal.touched(place);
    await this.#call('rm', place, { recursive: true });
    this.model.remove(place);
  }

  async copy() {
    const [from, to] = [this.#file(), this.#place()];
    const over = this.model.entries.get(to);
    if (over) return this.#refused('EEXIST', 'copyFile', from, to, fs.constants.COPYFILE_EXCL);
    await this.#call('copyFile', from, to);
    this.model.entries.set(to, { kind: 'file', data: this.model.entries.get(from).data });
  }

  async link() {
    const [from, to] = [this.#file(), this.#place()];
    if (this.model.entries.has(to)) return this.#refused('EEXIST', 'link', from, to);
    await this.#call('link', from, to);
    this.model.entries.set(to, this.model.entries.get(from));
  }

  async symlink() {
    const place = this.#place();
    const target = this.dice.of(['nowhere', '../up', '.', 'a1']);
    if (this.model.entries.has(place)) return this.#refused('EEXIST', 'symlink', target, place);
    await this.#call('symlink', target, place);
    this.model.entries.set(place, { kind: 'link', target });
  }

  /** From here on, whatever happens to the browser, the file is as it is now. */
  async sync() {
    const place = this.#file();
    const file = await fs.promises.open(place, 'r+');
    await (this.dice.oneIn(2) ? file.sync() : file.datasync());
    await file.close();
    this.journal.synced(place, this.model.entries.get(place).data);
  }

  /** Keeps a file open, whatever becomes of its name. */
  async hold() {
    if (this.#open.length === 4) fs.closeSync(this.#open.shift().fd);
    const place = this.#file();
    this.#open.push({ fd: fs.openSync(place, 'r+'), node: this.model.entries.get(place) });
  }

  async held() {
    if (this.#open.length === 0) return;
    const { fd, node } = this.dice.of(this.#open);
    if (this.dice.oneIn(2)) {
      this.#touch(node);
      this.#write(fd, node);
    }
    const found = fs.fstatSync(fd);
    assert.deepStrictEqual([found.size, found.nlink], [node.data.length, this.model.links(node)], 'an open file');
    const at = this.dice.below(node.data.length + 1);
    const bytes = Buffer.alloc(500);
    const count = fs.readSync(fd, bytes, 0, bytes.length, at);
    assert(bytes.subarray(0, count).equals(node.data.subarray(at, at + 500)), 'contents of an open file');
  }

  async look() {
    this.model.check(this.dice.of([...this.model.entries.keys(), this.#place()]));
  }

  async wrong() {
    const file = this.#file();
    const missing = `${this.#place()}.none`;
    const refusals = [['ENOENT', 'readFile', missing], ['ENOENT', 'unlink', missing], ['ENOTDIR', 'readdir', file], ['ENOTDIR', 'writeFile', `${file}/x`, ''], ['EEXIST', 'mkdir', file], ['ENOTDIR', 'rmdir', file], ['EISDIR', 'readFile', this.root], ['ENOENT', 'rename', missing, file]];
    await this.#refused(...this.dice.of(refusals));
  }

  finish() {
    for (const { fd } of this.#open) fs.closeSync(fd);
    this.model.checkAll();
    return this.model.entries.size;
  }
}

module.exports = { Alone };
