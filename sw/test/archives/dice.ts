// Randomness that comes again.

/** Seeds of a run: `PORTHOLE_SEED` is one alone, `PORTHOLE_SEEDS` how many. */
export function seeds(usual: number): number[] {
  const { PORTHOLE_SEED: one, PORTHOLE_SEEDS: many } = process.env;
  if (one !== undefined) return [Number(one)];
  return Array.from({ length: many === undefined ? usual : Number(many) }, (_, at) => at);
}

/** Runs one seed; a failure says how to have it again. */
export async function replayable(seed: number, test: string, work: (dice: Dice) => unknown): Promise<void> {
  try {
    await work(new Dice(seed));
  } catch (error) {
    throw new Error(`replay with: PORTHOLE_SEED=${seed} node --test --test-name-pattern='${test}' sw/test/all.test.mjs\n${error instanceof Error ? error.stack : String(error)}`, { cause: error });
  }
}

export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = (seed * 2654435761 + 1) >>> 0;
  }

  below(limit: number): number {
    // Mulberry's mixing of a counter.
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** Bits flipped, pieces cut out, doubled, moved or replaced by noise: once or a few times. */
  damage(whole: Uint8Array): Uint8Array<ArrayBuffer> {
    let data = Uint8Array.from(whole);
    for (let times = 1 + this.below(4); times > 0 && data.length > 0; times -= 1) {
      const at = this.below(data.length);
      const length = 1 + this.below(Math.min(64, data.length - at));
      switch (this.below(6)) {
        case 0:
        case 1:
          data[at] = (data[at] as number) ^ (1 << this.below(8));
          break;
        case 2:
          data = data.slice(0, at);
          break;
        case 3:
          data.set(this.bytes(length), at);
          break;
        case 4:
          data = Uint8Array.from([...data.subarray(0, at), ...data.subarray(at + length)]);
          break;
        default:
          data.copyWithin(this.below(data.length), at, at + length);
      }
    }
    return data;
  }
}
