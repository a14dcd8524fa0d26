// How much files may take: what the browser says that it would give, and what it has refused. Some browsers say more than is true.

import type { Commit } from "./store.ts";

/** Files see a full disk while the browser would still give so much, or a tenth of what it would give: journals and snapshots need room as well. */
const MARGIN_BYTES = 16 << 20;
/** Where it can be tried out, so much is asked for: as long as that is there, nobody need know how much there is. */
const PROBE_BYTES = 256 << 20;
/** This much of what was found out is kept back. */
const SPARE_BYTES = 8 << 20;
/** What is tight is looked at again after this, in milliseconds, when something changes. */
const TIGHT_MS = 1_000;
/** Asked again after so many bytes of commits, or after so long with any. */
const AFTER_BYTES = 32 << 20;
const AFTER_MS = 60_000;
/** After a refusal the browser is believed again after this. */
const LIFT_MS = 60_000;

export class Quota {
  #bytes = 0;
  #asked = -Infinity;
  /** When the browser refused. */
  #limited: number | undefined;
  #tight = false;
  #stopped = false;

  constructor(
    /** Bytes that the files take now. */
    readonly own: () => number,
    /** How many more there would be, `most` at most; undefined: it cannot be tried out. */
    readonly probe: (most: number) => number | undefined,
    readonly tell: (bytes: number) => void,
  ) {}

  /** What this commit holds was spent. */
  spent({ transaction, chunks }: Commit): void {
    this.#bytes += chunks.reduce((sum, [, data]) => sum + data.byteLength, transaction.byteLength);
    if (this.#bytes > AFTER_BYTES || performance.now() - this.#asked > AFTER_MS) void this.ask();
  }

  /** Asks, and tells. Says nothing where the browser does not. */
  async ask(): Promise<void> {
    this.#bytes = 0;
    this.#asked = performance.now();
    const { usage, quota } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
    if (usage === undefined || quota === undefined || this.#stopped || this.#limited !== undefined) return;
    const left = Math.max(0, quota - usage);
    let spare = left - Math.min(left, Math.max(MARGIN_BYTES, left / 10));
    const found = this.probe(PROBE_BYTES);
    this.#tight = found !== undefined && found < PROBE_BYTES;
    if (found !== undefined && this.#tight) spare = Math.max(0, Math.min(spare, found - SPARE_BYTES));
    this.tell(Math.floor(this.own() + spare));
  }

  /** Something has changed that may matter when room is scarce; `tight`: it has just become so. */
  changed(tight: boolean): void {
    const soon = tight && !this.#tight;
    this.#tight ||= tight;
    if (soon || (this.#tight && performance.now() - this.#asked > TIGHT_MS)) void this.ask();
  }

  /** The browser has refused, and how much it would give cannot be tried out: no more than there is now. */
  limit(): void {
    this.#limited = performance.now();
    this.tell(this.own());
  }

  /** It has given something again: it is believed, but not at once. */
  lift(): void {
    if (this.#limited === undefined || performance.now() - this.#limited < LIFT_MS) return;
    this.#limited = undefined;
    void this.ask();
  }

  /** The files are closed. */
  stop(): void {
    this.#stopped = true;
  }
}
