// Reading through bytes that come in pieces.

const NOTHING = new Uint8Array();

export class Pieces {
  /** How many bytes were read. */
  at = 0;
  readonly #source: Iterator<Uint8Array>;
  #rest: Uint8Array = NOTHING;

  constructor(source: Iterable<Uint8Array>) {
    this.#source = source[Symbol.iterator]();
  }

  /** The next `count` bytes in one array, a view where that is possible; fewer at the end. */
  take(count: number): Uint8Array {
    if (this.#rest.length === 0) this.#next();
    if (this.#rest.length >= count) return this.#cut(count);
    const all = new Uint8Array(count);
    let filled = 0;
    for (const piece of this.through(count)) {
      all.set(piece, filled);
      filled += piece.length;
    }
    return all.subarray(0, filled);
  }

  /** The next `count` bytes as they come; fewer at the end. */
  *through(count: number): Generator<Uint8Array, void> {
    while (count > 0) {
      if (this.#rest.length === 0 && !this.#next()) return;
      const piece = this.#cut(Math.min(count, this.#rest.length));
      count -= piece.length;
      yield piece;
    }
  }

  #cut(count: number): Uint8Array {
    const piece = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    this.at += count;
    return piece;
  }

  #next(): boolean {
    while (this.#rest.length === 0) {
      const { done, value } = this.#source.next();
      if (done) return false;
      this.#rest = value;
    }
    return true;
  }
}
