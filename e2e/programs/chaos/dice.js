'use strict';
// Random choices that follow from a seed.

class Dice {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** Less than `bound`. */
  below(bound) {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % bound;
  }

  oneIn(n) {
    return this.below(n) === 0;
  }

  of(list) {
    return list[this.below(list.length)];
  }

  /** Mostly short, sometimes longer than a block, sometimes nothing. */
  bytes() {
    const length = this.of([0, this.below(50), this.below(5000), this.below(5000), 65536 + this.below(70000)]);
    const unit = Buffer.from(`${this.below(1e9).toString(36)}.`);
    return Buffer.alloc(length, unit);
  }
}

module.exports = { Dice };
