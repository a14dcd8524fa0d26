// Files in IndexedDB, for browsers that give a worker no access handles. A flush is a transaction: all of what waits, or nothing.
//
// Object stores: `commits` (transactions by number), `chunks` (by number), `dropped` (by chunk: the commit that dropped it; such a chunk is in no file, but
// may still be asked for), `about` (`snapshot`: the commit and the bytes; `bytes`: of all chunks).

import type { Files } from "../../messages.ts";
import { Backlog, type Batch } from "./backlog.ts";
import { Quota } from "./quota.ts";
import { Reports } from "./reports.ts";
import { done, result } from "./requests.ts";
import type { Commit, FileStore, Keeping } from "./store.ts";

const LAYOUT = 1;
const STORES = ["commits", "chunks", "dropped", "about"] as const;
/** A snapshot that did not fit is not asked for again before, in milliseconds. */
const SNAPSHOT_AGAIN_MS = 30_000;
/** Transactions below this are no reason for a snapshot, in bytes. */
const TRANSACTION_BYTES = 4 << 20;
const AGAIN_MS = 2_000;

interface Snapshot {
  commit: number;
  bytes: ArrayBuffer;
}

export class Idb implements FileStore {
  readonly kind = "idb";
  readonly #backlog = new Backlog();
  readonly #reports: Reports;
  readonly #quota: Quota;
  #files: Files;
  #last: number;
  /** Dropped and not deleted, with the commit that did it. */
  #dropped: { commit: number; id: number }[] = [];
  #released = 0;
  #snapshot: Snapshot | undefined;
  #snapshotBytes: number;
  #transactionBytes: number;
  #chunkBytes: number;
  /** Lengths of chunks that were written by this worker. */
  readonly #lengths = new Map<number, number>();
  #askedForSnapshot = false;
  #noSnapshotBefore = 0;
  /** The transaction that is under way. */
  #flushing: Promise<void> | undefined;
  #broken = false;
  #retrying: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    readonly database: IDBDatabase,
    readonly keeping: Keeping,
    files: Files,
    chunkBytes: number,
  ) {
    this.#files = files;
    this.#last = files.lastCommit;
    this.#snapshotBytes = files.snapshot?.byteLength ?? 0;
    this.#transactionBytes = files.transactions.reduce((sum, bytes) => sum + bytes.byteLength, 0);
    this.#chunkBytes = chunkBytes;
    this.#reports = new Reports(keeping, this.#last);
    this.#quota = new Quota(() => this.#chunkBytes, () => undefined, (bytes) => keeping.quota(bytes));
    void this.#quota.ask();
    // Somebody deletes the database, or a newer program wants to change it: it would wait for this one.
    database.onversionchange = () => this.#fail(new Error("the site's data is being deleted"));
    database.onclose = () => this.#fail(new Error("the browser has closed the database"));
  }

  /** Throws the browser's error when it gives no database. */
  static async open(name: string, keeping: Keeping): Promise<Idb> {
    const request = indexedDB.open(name, LAYOUT);
    request.onupgradeneeded = () => {
      for (const store of STORES) request.result.createObjectStore(store);
    };
    const database = await result(request);
    try {
      return new Idb(database, keeping, await read(database), await tidy(database));
    } catch (error) {
      database.close();
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
    if (this.#broken) this.#reports.broken(this.#last, "");
    else void this.#flush();
  }

  async chunk(id: number): Promise<ArrayBuffer | null> {
    const waiting = this.#backlog.chunk(id);
    if (waiting !== undefined) return waiting;
    return (await result<ArrayBuffer | undefined>(this.database.transaction("chunks").objectStore("chunks").get(id))) ?? null;
  }

  release(upTo: number): void {
    this.#backlog.release(upTo);
    this.#released = Math.max(this.#released, upTo);
    if (!this.#broken && this.#dropped.some((drop) => drop.commit <= upTo)) void this.#flush();
  }

  snapshot(commit: number, bytes: ArrayBuffer): void {
    this.#snapshot = { commit, bytes };
    if (!this.#broken) void this.#flush();
  }

  async close(): Promise<void> {
    this.#quota.stop();
    clearTimeout(this.#retrying);
    if (!this.#broken) await this.#flush();
    clearTimeout(this.#retrying);
    this.database.close();
  }

  get sizes() {
    return { commits: this.#last, transactionBytes: this.#transactionBytes + this.#snapshotBytes, chunkBytes: this.#chunkBytes + this.#backlog.bytes };
  }

  /** Writes what waits, after what is being written. */
  #flush(): Promise<void> {
    this.#flushing ??= this.#work().finally(() => (this.#flushing = undefined));
    return this.#flushing;
  }

  async #work(): Promise<void> {
    // What comes in the same turn goes into the same transaction.
    await Promise.resolve();
    while (!this.#broken) {
      const batch = this.#backlog.batch();
      const snapshot = this.#snapshot;
      const gone = this.#dropped.filter((drop) => drop.commit <= this.#released);
      if (batch === undefined && snapshot === undefined && gone.length === 0) return;
      try {
        await this.#write(batch, snapshot, gone.map((drop) => drop.id));
      } catch (error) {
        if (error instanceof DOMException && error.name === "QuotaExceededError") return this.#full(batch, snapshot);
        return this.#fail(error);
      }
      if (snapshot !== undefined) {
        if (this.#snapshot === snapshot) this.#snapshot = undefined;
        this.#snapshotBytes = snapshot.bytes.byteLength;
        this.#transactionBytes = 0;
        this.#askedForSnapshot = false;
      }
      this.#dropped = this.#dropped.filter((drop) => !gone.includes(drop));
      for (const { id } of gone) this.#lengths.delete(id);
      if (batch !== undefined) this.#written(batch);
      const long = this.#transactionBytes > Math.max(TRANSACTION_BYTES, 2 * this.#snapshotBytes);
      if (long && !this.#askedForSnapshot && performance.now() > this.#noSnapshotBefore) {
        this.#askedForSnapshot = true;
        this.keeping.wantsSnapshot();
      }
    }
  }

  async #write(batch: Batch | undefined, snapshot: Snapshot | undefined, gone: number[]): Promise<void> {
    const lengths = await Promise.all(gone.map(async (id) => this.#lengths.get(id) ?? (await this.chunk(id))?.byteLength ?? 0));
    const placed = batch?.chunks ?? [];
    const bytes = this.#chunkBytes + placed.reduce((sum, [, data]) => sum + data.byteLength, 0) - lengths.reduce((sum, length) => sum + length, 0);
    const transaction = this.database.transaction([...STORES], "readwrite", { durability: "strict" });
    const [commits, chunks, dropped, about] = STORES.map((store) => transaction.objectStore(store)) as [IDBObjectStore, IDBObjectStore, IDBObjectStore, IDBObjectStore];
    for (const id of gone) {
      chunks.delete(id);
      dropped.delete(id);
    }
    for (const [at, text] of (batch?.transactions ?? []).entries()) commits.put(text, (batch?.first ?? 0) + at);
    for (const [id, data] of placed) chunks.put(data, id);
    for (const id of batch?.dropped ?? []) dropped.put(batch?.last, id);
    about.put(bytes, "bytes");
    if (snapshot !== undefined) {
      about.put(snapshot, "snapshot");
      commits.delete(IDBKeyRange.upperBound(snapshot.commit));
    }
    await done(transaction);
    this.#chunkBytes = bytes;
  }

  #written(batch: Batch): void {
    this.#backlog.written(batch);
    for (const id of batch.dropped) this.#dropped.push({ commit: batch.last, id });
    for (const bytes of batch.transactions) this.#transactionBytes += bytes.byteLength;
    for (const [id, data] of batch.chunks) this.#lengths.set(id, data.byteLength);
    this.#reports.safe(batch.last, this.#backlog.isEmpty);
    if (this.#backlog.isEmpty) this.#quota.lift();
  }

  #full(batch: Batch | undefined, snapshot: Snapshot | undefined): void {
    // A snapshot may be what is too much: the transactions are there without it.
    if (snapshot !== undefined) {
      if (this.#snapshot === snapshot) this.#snapshot = undefined;
      this.#askedForSnapshot = false;
      this.#noSnapshotBefore = performance.now() + SNAPSHOT_AGAIN_MS;
    }
    if (batch !== undefined) this.#reports.full(this.#last);
    this.#quota.limit();
    clearTimeout(this.#retrying);
    this.#retrying = setTimeout(() => void this.#flush(), AGAIN_MS);
  }

  #fail(error: unknown): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#reports.broken(this.#last, error instanceof Error ? error.message : String(error));
    this.database.close();
  }
}

async function read(database: IDBDatabase): Promise<Files> {
  const transaction = database.transaction(["commits", "about"]);
  const [snapshot, numbers, transactions] = await Promise.all([
    result<Snapshot | undefined>(transaction.objectStore("about").get("snapshot")),
    result(transaction.objectStore("commits").getAllKeys()),
    result<ArrayBuffer[]>(transaction.objectStore("commits").getAll()),
  ]);
  const base = snapshot?.commit ?? 0;
  const wrong = numbers.findIndex((number, at) => number !== base + 1 + at);
  if (wrong >= 0) throw new Error(`commit ${base + 1 + wrong} is missing from the database ${database.name}`);
  return { snapshot: snapshot?.bytes ?? null, transactions, lastCommit: base + transactions.length };
}

/** Deletes what was dropped: nobody asks for it after an opening. Answers how many bytes of chunks remain. */
async function tidy(database: IDBDatabase): Promise<number> {
  const transaction = database.transaction(["chunks", "dropped", "about"], "readwrite");
  const [chunks, dropped, about] = [transaction.objectStore("chunks"), transaction.objectStore("dropped"), transaction.objectStore("about")];
  let bytes = (await result<number | undefined>(about.get("bytes"))) ?? 0;
  for (const id of await result(dropped.getAllKeys())) {
    bytes -= (await result<ArrayBuffer | undefined>(chunks.get(id)))?.byteLength ?? 0;
    chunks.delete(id);
  }
  dropped.clear();
  about.put(bytes, "bytes");
  await done(transaction);
  return bytes;
}
