// Files in the origin's private file system: the kernel's own store (`kernel/src/store`), over access handles, which write and flush without waiting.

import { Store } from "porthole:host";
import type { Files } from "../../messages.ts";
import { Backlog, type Batch } from "./backlog.ts";
import { type Handle, openHandles } from "./handles.ts";
import { Quota } from "./quota.ts";
import { Reports } from "./reports.ts";
import type { Commit, FileStore, Keeping } from "./store.ts";

/** So much room is taken in advance, for commits that are on their way when the disk gets full. */
const RESERVE_BYTES = 8 << 20;
/** What did not fit is tried again after this, in milliseconds. */
const AGAIN_MS = 2_000;
/** A snapshot that did not fit is not asked for again before. */
const SNAPSHOT_AGAIN_MS = 30_000;
/** The heap is compacted when nothing was committed for so long, by so many bytes in one go. */
const IDLE_MS = 500;
const COMPACT_BYTES = 1 << 20;

export class Opfs implements FileStore {
  readonly kind = "opfs";
  readonly #backlog = new Backlog();
  readonly #reports: Reports;
  readonly #quota: Quota;
  #files: Files;
  /** The last commit that was taken. */
  #last: number;
  #broken = false;
  /** When writing failed for want of room. */
  #full = -Infinity;
  #syncing: ReturnType<typeof setTimeout> | undefined;
  #retrying: ReturnType<typeof setTimeout> | undefined;
  #idling: ReturnType<typeof setTimeout> | undefined;
  #askedForSnapshot = false;
  #noSnapshotBefore = 0;

  private constructor(
    readonly handles: Handle[],
    readonly store: Store,
    readonly keeping: Keeping,
  ) {
    const transactions = store.takeTransactions().map((bytes) => bytes.buffer);
    this.#last = store.lastCommit();
    this.#files = { snapshot: store.takeSnapshot()?.buffer ?? null, transactions, lastCommit: this.#last };
    this.#reports = new Reports(keeping, this.#last);
    this.#quota = new Quota(() => store.chunkBytes(), (most) => this.#probe(most), (bytes) => keeping.quota(bytes));
    void this.#quota.ask();
    const leftOut = store.leftOut();
    if (leftOut !== undefined) keeping.trouble(`damaged files were saved in part: ${leftOut}`);
  }

  /** Throws the browser's error when it does not let this worker have files, or the store's (named in `kernel/src/store/error.rs`) when they are damaged. */
  static async open(folder: FileSystemDirectoryHandle, keeping: Keeping, salvage: boolean): Promise<Opfs> {
    const [journalA, journalB, heap] = await openHandles(folder);
    try {
      return new Opfs([journalA, journalB, heap], Store.open(journalA, journalB, heap, salvage), keeping);
    } catch (error) {
      for (const handle of [journalA, journalB, heap]) handle.close();
      throw error;
    }
  }

  files(): Files {
    const files = this.#files;
    this.#files = { snapshot: null, transactions: [], lastCommit: 0 };
    return files;
  }

  commit(commit: Commit): void {
    this.#last = commit.number;
    this.#backlog.add(commit);
    this.#quota.spent(commit);
    if (this.#broken) return this.#reports.broken(this.#last, "");
    // A full disk is not tried with every commit, unless this one makes room.
    if (commit.dropped.length > 0 || performance.now() - this.#full > AGAIN_MS) this.#write();
    else this.#reports.full(this.#last);
  }

  async chunk(id: number): Promise<ArrayBuffer | null> {
    const waiting = this.#backlog.chunk(id);
    if (waiting !== undefined) return waiting;
    try {
      return this.store.chunk(id).buffer;
    } catch (error) {
      console.error("porthole:", error);
      return null;
    }
  }

  release(upTo: number): void {
    this.#backlog.release(upTo);
    this.store.release(upTo);
    if (!this.#backlog.isEmpty) this.#write();
  }

  snapshot(commit: number, bytes: ArrayBuffer): void {
    this.#askedForSnapshot = false;
    // Of a state that is not written: there will be another.
    if (this.#broken || !this.#backlog.isEmpty) return;
    this.#attempt(
      () => this.store.snapshot(commit, new Uint8Array(bytes)),
      () => (this.#noSnapshotBefore = performance.now() + SNAPSHOT_AGAIN_MS),
    );
    if (!this.#broken) this.#sync();
  }

  async close(): Promise<void> {
    this.#quota.stop();
    clearTimeout(this.#retrying);
    clearTimeout(this.#idling);
    if (!this.#broken) {
      this.#write();
      this.#sync();
    }
    clearTimeout(this.#syncing);
    clearTimeout(this.#retrying);
    clearTimeout(this.#idling);
    this.store.free();
    for (const handle of this.handles) handle.close();
  }

  get sizes() {
    return { commits: this.#last, transactionBytes: this.store.totalBytes() - this.store.chunkBytes(), chunkBytes: this.store.chunkBytes() + this.#backlog.bytes };
  }

  /** Writes what waits: all of it as one commit, or as much from the beginning as fits. */
  #write(): void {
    for (let count = Infinity, batch = this.#backlog.batch(); batch !== undefined; batch = this.#backlog.batch(count)) {
      if (this.#put(batch)) continue;
      if (this.#broken) return;
      if (batch.transactions.length > 1) {
        count = 1;
        continue;
      }
      this.#full = performance.now();
      this.#reports.full(this.#last);
      this.#quota.changed(true);
      // What was dropped lies there until there is a checkpoint.
      this.keeping.wantsSnapshot();
      this.#retry();
      break;
    }
    this.#syncing ??= setTimeout(() => this.#sync(), 0);
  }

  #put(batch: Batch): boolean {
    const { first, transactions, chunks, dropped } = batch;
    const ids = new Float64Array(chunks.map(([id]) => id));
    const view = (buffer: ArrayBuffer) => new Uint8Array(buffer);
    const written = this.#attempt(() => this.store.commit(first, transactions.map(view), ids, chunks.map(([, data]) => view(data)), new Float64Array(dropped)));
    if (written) this.#backlog.written(batch);
    return written;
  }

  #sync(): void {
    clearTimeout(this.#syncing);
    this.#syncing = undefined;
    if (this.#broken) return;
    let safe = 0;
    if (!this.#attempt(() => (safe = this.store.sync()))) return;
    if (this.#backlog.isEmpty) this.#full = -Infinity;
    this.#reports.safe(safe, this.#backlog.isEmpty);
    this.#reserve();
    if (!this.#askedForSnapshot && performance.now() > this.#noSnapshotBefore && this.store.wantsSnapshot()) {
      this.#askedForSnapshot = true;
      this.keeping.wantsSnapshot();
    }
    clearTimeout(this.#idling);
    this.#idling = setTimeout(() => this.#compact(), IDLE_MS);
  }

  #reserve(): void {
    let there = false;
    if (this.#attempt(() => (there = this.store.reserve(RESERVE_BYTES)))) this.#quota.changed(!there);
  }

  /** Gaps count half: not everything fits into them. */
  #probe(most: number): number | undefined {
    let found: number | undefined;
    if (!this.#broken) this.#attempt(() => (found = this.store.probe(most)));
    return found === undefined ? undefined : Math.max(0, found + this.store.gapBytes() / 2 - this.#backlog.bytes);
  }

  #retry(): void {
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(() => {
      this.#write();
      this.#sync();
    }, AGAIN_MS);
  }

  #compact(): void {
    let moved = false;
    if (this.#broken || !this.store.wantsCompaction() || !this.#attempt(() => (moved = this.store.compact(COMPACT_BYTES)))) return;
    // One step, then whoever waits for an answer.
    if (moved) this.#idling = setTimeout(() => this.#compact(), 0);
  }

  /** Whether it was done. What was not for want of room may be done later; anything else is the end of writing. */
  #attempt(work: () => unknown, full: () => void = () => undefined): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === "NoSpace") {
        full();
      } else {
        this.#broken = true;
        this.#reports.broken(this.#last, error instanceof Error ? error.message : String(error));
      }
      return false;
    }
  }
}
