// Commits that are not written yet, one after the other or all at once.

import type { Commit } from "./store.ts";

/** Several commits as one: what came and went among them is in neither list. */
export interface Batch {
  first: number;
  last: number;
  transactions: ArrayBuffer[];
  chunks: [number, ArrayBuffer][];
  dropped: number[];
}

export class Backlog {
  #commits: Commit[] = [];
  /** Contents of waiting commits. */
  readonly #chunks = new Map<number, ArrayBuffer>();
  /** Contents that are never written, because a waiting commit dropped them; with the commit's number. */
  readonly #passed = new Map<number, { commit: number; data: ArrayBuffer }>();

  add(commit: Commit): void {
    this.#commits.push(commit);
    for (const [id, data] of commit.chunks) this.#chunks.set(id, data);
  }

  get isEmpty(): boolean {
    return this.#commits.length === 0;
  }

  chunk(id: number): ArrayBuffer | undefined {
    return this.#chunks.get(id) ?? this.#passed.get(id)?.data;
  }

  /** The first `count` of what waits, or all of it. */
  batch(count = Infinity): Batch | undefined {
    const commits = this.#commits.slice(0, count);
    const [first] = commits;
    if (first === undefined) return undefined;
    const chunks = new Map<number, ArrayBuffer>();
    const dropped: number[] = [];
    for (const commit of commits) {
      for (const [id, data] of commit.chunks) chunks.set(id, data);
      for (const id of commit.dropped) if (!chunks.delete(id)) dropped.push(id);
    }
    return { first: first.number, last: first.number + commits.length - 1, transactions: commits.map((commit) => commit.transaction), chunks: [...chunks], dropped };
  }

  /** The batch is where it belongs. */
  written(batch: Batch): void {
    const commits = this.#commits.splice(0, batch.transactions.length);
    const kept = new Set(batch.chunks.map(([id]) => id));
    for (const commit of commits) {
      for (const id of commit.dropped) {
        const data = this.#chunks.get(id);
        if (data !== undefined && !kept.has(id)) this.#passed.set(id, { commit: commit.number, data });
      }
    }
    for (const commit of commits) for (const [id] of commit.chunks) this.#chunks.delete(id);
  }

  /** Nobody asks any more for what commits up to `upTo` have dropped. */
  release(upTo: number): void {
    for (const [id, { commit }] of this.#passed) if (commit <= upTo) this.#passed.delete(id);
  }

  /** Bytes of contents that wait. */
  get bytes(): number {
    let bytes = 0;
    for (const data of this.#chunks.values()) bytes += data.byteLength;
    return bytes;
  }
}
