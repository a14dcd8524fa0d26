// How much files may take, asked of the browser now and then.

/** Files see a full disk while the browser would still give so much, or a tenth of what it would give: journals and snapshots need room as well. */
const MARGIN_BYTES = 16 << 20;
/** Asked again after so many bytes of commits, or after so long with any. */
const AFTER_BYTES = 32 << 20;
const AFTER_MS = 60_000;

export class Quota {
  #bytes = 0;
  #asked = -Infinity;
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
    if (usage === undefined || quota === undefined || this.#stopped) return;
    const left = Math.max(0, quota - usage);
    this.tell(Math.floor(this.own() + left - Math.min(left, Math.max(MARGIN_BYTES, left / 10))));
  }

  /** The files are closed. */
  stop(): void {
    this.#stopped = true;
  }
}
