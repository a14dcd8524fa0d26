// How much files may take: what the browser says that it would give, and what it has refused. Some browsers say more than is true.

/** Files see a full disk while the browser would still give so much, or a tenth of what it would give: journals and snapshots need room as well. */
const MARGIN_BYTES = 16 << 20;
/** Asked again after so many bytes of commits, or after so long with any. */
const AFTER_BYTES = 32 << 20;
const AFTER_MS = 60_000;

export class Quota {
  #bytes = 0;
  #asked = -Infinity;
  /** When the browser refused. */
  #limited: number | undefined;
  #stopped = false;

  constructor(
    /** Bytes that the files take now. */
    readonly own: () => number,
    readonly tell: (bytes: number) => void,
  ) {}

  /** So many bytes were committed. */
  spent(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > AFTER_BYTES || performance.now() - this.#asked > AFTER_MS) void this.ask();
  }

  /** Asks, and tells. Says nothing where the browser does not. */
  async ask(): Promise<void> {
    this.#bytes = 0;
    this.#asked = performance.now();
    const { usage, quota } = await navigator.storage.estimate().catch((): StorageEstimate => ({}));
    if (usage === undefined || quota === undefined || this.#stopped || this.#limited !== undefined) return;
    const left = Math.max(0, quota - usage);
    this.tell(Math.floor(this.own() + left - Math.min(left, Math.max(MARGIN_BYTES, left / 10))));
  }

  /** The browser gives no more than `spare` bytes, whatever it says. */
  limit(spare: number): void {
    this.#limited = performance.now();
    this.tell(Math.floor(this.own() + spare));
  }

  /** It gives something again, or may after so long: it is believed. */
  lift(afterMs = 0): void {
    if (this.#limited === undefined || performance.now() - this.#limited < afterMs) return;
    this.#limited = undefined;
    void this.ask();
  }

  /** The files are closed. */
  stop(): void {
    this.#stopped = true;
  }
}
