import type { Files } from "../../messages.ts";
import type { Commit, FileStore, Keeping } from "./store.ts";

/** In this worker's memory: files live as long as the tab. */
export class Mem implements FileStore {
  readonly kind = "memory";
  readonly #chunks = new Map<number, ArrayBuffer>();
  /** Chunks that are dropped, with the commit that did it. */
  #dropped: { commit: number; id: number }[] = [];
  #commits = 0;
  #chunkBytes = 0;

  constructor(readonly keeping: Keeping) {}

  files(): Files {
    return { snapshot: null, transactions: [], lastCommit: 0 };
  }

  commit({ number, chunks, dropped }: Commit): void {
    // Transactions are for whoever starts anew from here, and nobody does: what is in memory ends with it.
    this.#commits = number;
    for (const [id, data] of chunks) {
      this.#chunkBytes += data.byteLength - (this.#chunks.get(id)?.byteLength ?? 0);
      this.#chunks.set(id, data);
    }
    for (const id of dropped) this.#dropped.push({ commit: number, id });
    this.keeping.durable(number, false);
  }

  async chunk(id: number): Promise<ArrayBuffer | null> {
    return this.#chunks.get(id) ?? null;
  }

  release(upTo: number): void {
    const kept = [];
    for (const drop of this.#dropped) {
      if (drop.commit > upTo) {
        kept.push(drop);
        continue;
      }
      this.#chunkBytes -= this.#chunks.get(drop.id)?.byteLength ?? 0;
      this.#chunks.delete(drop.id);
    }
    this.#dropped = kept;
  }

  snapshot(): void {}

  async close(): Promise<void> {}

  get sizes() {
    return { commits: this.#commits, transactionBytes: 0, chunkBytes: this.#chunkBytes };
  }
}
