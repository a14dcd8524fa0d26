// The files of a container that begins as a copy of another's: it runs at once, and reads from the other's store what has not been copied to its own yet.

import type { Files } from "../../messages.ts";
import type { Commit, FileStore } from "./store.ts";

/** So many bytes are copied before anything else has its turn. */
const TURN_BYTES = 1 << 20;

/** What a copy is made of. */
export interface Origin {
  /** All files, as one transaction: the first of the new container. */
  transaction: ArrayBuffer;
  /** Numbers of all contents. They are the same in both containers, as contents do not change under their numbers. */
  chunks: number[];
  /** A chunk, as long as `release` has not been called, whatever becomes of the files there. */
  chunk(id: number): Promise<ArrayBuffer | null>;
  release(): void;
}

/**
 * Wraps the new container's own store, which is empty. The first commit there holds everything and is written in one piece, so that a tab that ends before leaves
 * no half of a container. What the kernel commits meanwhile waits for it, and is not called safe.
 */
export class Fork implements FileStore {
  readonly #waiting: Commit[] = [];
  #copied = false;
  #released = 0;
  readonly #copying: Promise<void>;

  constructor(
    readonly own: FileStore,
    readonly origin: Origin,
  ) {
    this.#copying = this.#copy();
  }

  get kind() {
    return this.own.kind;
  }

  files(): Files {
    return { snapshot: null, transactions: [this.origin.transaction], lastCommit: 1 };
  }

  commit(commit: Commit): void {
    if (this.#copied) this.own.commit(commit);
    else this.#waiting.push(commit);
  }

  async chunk(id: number): Promise<ArrayBuffer | null> {
    if (this.#copied) return this.own.chunk(id);
    for (const { chunks } of this.#waiting) {
      const found = chunks.find(([number]) => number === id);
      if (found !== undefined) return found[1];
    }
    return this.origin.chunk(id);
  }

  release(upTo: number): void {
    if (this.#copied) this.own.release(upTo);
    else this.#released = upTo;
  }

  /** One that comes too early is asked for again when the transactions have grown further. */
  snapshot(commit: number, bytes: ArrayBuffer): void {
    if (this.#copied) this.own.snapshot(commit, bytes);
  }

  async close(): Promise<void> {
    await this.#copying;
    await this.own.close();
  }

  get sizes() {
    return this.own.sizes;
  }

  async #copy(): Promise<void> {
    const { transaction } = this.origin;
    const chunks: [number, ArrayBuffer][] = [];
    let bytes = 0;
    for (const id of this.origin.chunks) {
      // What is damaged there is damaged here: reading it fails, and nothing else.
      const data = await this.origin.chunk(id).catch(() => null);
      if (data === null) continue;
      chunks.push([id, data]);
      bytes += data.byteLength;
      if (bytes < TURN_BYTES) continue;
      bytes = 0;
      await new Promise((resolve) => setTimeout(resolve));
    }
    this.own.commit({ number: 1, transaction, chunks, dropped: [] });
    this.#copied = true;
    for (const commit of this.#waiting) this.own.commit(commit);
    this.#waiting.length = 0;
    if (this.#released > 0) this.own.release(this.#released);
    this.origin.release();
  }
}
