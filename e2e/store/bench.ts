// What a check of the stores works with: a store of one kind, what it has told, and words for what is expected.
import { forget, type Place } from '../../sw/src/supervisor/store/place.ts';
import { openStore } from '../../sw/src/supervisor/store/open.ts';
import type { Commit, FileStore, Keeping } from '../../sw/src/supervisor/store/store.ts';
import type { StorageKind } from '../../sw/src/messages.ts';
import { run, shelf } from '../../sw/src/kernel-image.ts';

const base = new URL('.', location.href).href;
let image: Promise<unknown> | undefined;

/** What a store has told. */
export class Told implements Keeping {
  durableUpTo = 0;
  failedUpTo = 0;
  calls = 0;
  snapshotsWanted = 0;
  quotas: number[] = [];
  troubles: string[] = [];

  durable(commit: number, failed: boolean): void {
    this.calls += 1;
    if (failed) this.failedUpTo = commit;
    else this.durableUpTo = commit;
  }
  wantsSnapshot(): void {
    this.snapshotsWanted += 1;
  }
  quota(bytes: number): void {
    this.quotas.push(bytes);
  }
  trouble(message: string): void {
    this.troubles.push(message);
  }
}

/** One store, opened as often as a check likes. */
export class Bench {
  told = new Told();
  store!: FileStore;
  readonly place: Place;

  constructor(readonly kind: StorageKind) {
    this.place = { base, name: `store-${kind}` };
  }

  async begin(): Promise<void> {
    await forget(this.place);
    await this.open();
  }

  async open(salvage = false): Promise<void> {
    this.told = new Told();
    this.store = await openStore(this.place, { storage: this.kind, salvage }, this.told, () => (image ??= run(shelf(base))));
    equal(this.store.kind, this.kind, 'kind');
  }

  async reopen(): Promise<void> {
    await this.store.close();
    await this.open();
  }

  /** Until all commits up to this one are told to be safe. */
  async safe(commit: number): Promise<void> {
    await until(() => this.told.durableUpTo >= commit, `commit ${commit} is safe`);
  }

  /** A chunk's bytes, or null. */
  async chunk(id: number): Promise<Uint8Array | null> {
    const data = await this.store.chunk(id);
    return data === null ? null : new Uint8Array(data);
  }

  async expectChunk(id: number, seed: number, length: number): Promise<void> {
    const data = await this.chunk(id);
    check(data !== null && same(data, noise(seed, length)), `chunk ${id} is not what was stored: ${data?.length} bytes`);
  }
}

/** A commit whose transaction tells its number, with chunks of noise: their number is its seed. */
export function commit(number: number, chunks: [id: number, length: number][] = [], dropped: number[] = [], length = 0): Commit {
  return { number, transaction: transaction(number, length), chunks: chunks.map(([id, size]) => [id, noise(id, size).buffer]), dropped };
}

export function transaction(number: number, length = 0): ArrayBuffer {
  const words = new TextEncoder().encode(`commit ${number} `);
  const bytes = new Uint8Array(Math.max(words.length, length));
  bytes.set(words);
  return bytes.buffer;
}

/** Bytes that follow from a seed. */
export function noise(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let at = 0; at < length; at += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}

export function same(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export function check(good: boolean, complaint: string): asserts good {
  if (!good) throw new Error(complaint);
}

export function equal<T>(found: T, wanted: T, what: string): void {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  check(one === other, `${what}: ${one} instead of ${other}`);
}

export async function until(good: () => boolean, what: string, ms = 20_000): Promise<void> {
  for (const end = performance.now() + ms; !good(); ) {
    check(performance.now() < end, `it did not come to pass within ${ms} ms that ${what}`);
    await new Promise((done) => setTimeout(done, 5));
  }
}

/** The transactions of an opened store as numbers of commits. */
export function numbers(transactions: ArrayBuffer[]): number[] {
  return transactions.map((bytes) => Number(/^commit (\d+) /.exec(new TextDecoder().decode(bytes.slice(0, 32)))?.[1]));
}
