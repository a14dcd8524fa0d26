// Where a container's files are kept. The event log and the machine's state are not here: they are worth nothing without the processes of this tab, and
// stay in its memory (`memory.ts`).

import type { Files, StorageKind } from "../../messages.ts";

/** What the kernel changed in the files since its last commit. Numbers count from 1 without gaps. The transaction is the kernel's own affair. */
export interface Commit {
  number: number;
  transaction: ArrayBuffer;
  /** Contents that are new, by number. A chunk never changes under its number. */
  chunks: [number, ArrayBuffer][];
  /** Chunks that no file has any more. A kernel that is made from an older state may still ask for them: see `release`. */
  dropped: number[];
}

/** What a store tells the container whose files it keeps. */
export interface Keeping {
  /** All commits up to `commit` are safe, or with `failed` cannot be made so. Once a flush at most. */
  durable(commit: number, failed: boolean): void;
  /** The transactions have grown out of proportion: a call of `snapshot` is welcome. */
  wantsSnapshot(): void;
  /** So many bytes may all files take from now on. */
  quota(bytes: number): void;
  /** Something that whoever owns the files should hear of, in words. */
  trouble(message: string): void;
}

/** Keeps the files of one container. */
export interface FileStore {
  readonly kind: StorageKind;
  /** What was kept when it was opened, for the machine's start. Asked once. */
  files(): Files;
  /** Takes a commit. Its chunks can be had at once; that it is safe is told by `durable`. Does not throw: a failure is told there too. */
  commit(commit: Commit): void;
  /** A chunk's bytes; null: it is not there, or damaged. */
  chunk(id: number): Promise<ArrayBuffer | null>;
  /** No kernel will be made from a state older than this commit: what commits up to it dropped may go. */
  release(upTo: number): void;
  /** All files as they were at a commit: takes the place of the snapshot and of the transactions up to it. */
  snapshot(commit: number, bytes: ArrayBuffer): void;
  /** Lets go of the files, once all is written that can be. */
  close(): Promise<void>;
  readonly sizes: { commits: number; transactionBytes: number; chunkBytes: number };
}
