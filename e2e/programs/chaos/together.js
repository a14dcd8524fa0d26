'use strict';
// Two processes in one folder, told what to do; what one gives is handed to the other. The log must hold every line of both, each whole and in order.

const fs = require('fs');
const path = require('path');
const assert = require('assert');
const { spawn } = require('child_process');
const { createInterface } = require('readline');

class Together {
  #sides;
  #folder;
  #failed;
  rounds = 0;

  constructor(folder, seed) {
    fs.mkdirSync(folder);
    this.#folder = folder;
    this.#failed = new Promise((_, fail) => {
      this.#sides = ['left', 'right'].map((name, at) => this.#start(name, seed * 2 + at, fail));
    });
    // Whoever waits for it hears of it.
    this.#failed.catch(() => {});
  }

  #start(name, seed, fail) {
    const child = spawn(process.execPath, [path.join(__dirname, 'pair.js'), this.#folder, name, String(seed)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const side = { name, child, gave: [], told: undefined, last: undefined };
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [what, ...words] = line.split(' ');
      if (what === 'ended') side.last = words.map(Number);
      else side.told?.(words);
    });
    side.ended = new Promise((done) => {
      child.on('close', (code, signal) => {
        if (code !== 0) fail(new Error(`${name} ended with ${code ?? signal}`));
        done();
      });
    });
    return side;
  }

  /** Both give at once, and each gets what the other gave. */
  async round() {
    this.rounds += 1;
    const gifts = this.#sides.map((side) => new Promise((told) => {
      side.told = told;
      side.child.stdin.write('give\n');
    }));
    const [left, right] = await Promise.race([Promise.all(gifts), this.#failed]);
    this.#sides[0].child.stdin.write(`take ${right.join(' ')}\n`);
    this.#sides[1].child.stdin.write(`take ${left.join(' ')}\n`);
  }

  async finish() {
    for (const { child } of this.#sides) child.stdin.end();
    await Promise.race([Promise.all(this.#sides.map(({ ended }) => ended)), this.#failed]);
    const next = { left: 0, right: 0 };
    for (const line of fs.readFileSync(path.join(this.#folder, 'log'), 'utf8').split('\n').slice(0, -1)) {
      const [, name, number] = /^(left|right) (\d+) (?:gave|took) \d+$/.exec(line) ?? [];
      assert(name, `a torn line in the log: ${line.slice(0, 80)}`);
      assert.strictEqual(Number(number), next[name]++, `lines of ${name}`);
    }
    for (const { name, last } of this.#sides) assert.deepStrictEqual(last, [this.rounds, this.rounds, next[name]], `what ${name} did`);
    return next.left + next.right;
  }
}

module.exports = { Together };
