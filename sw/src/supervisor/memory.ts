// What a container's next kernel needs and nobody else: the machine's state, and what has happened since.

/** A log is never cut below this, in bytes. */
const LOG_BYTES = 8 << 20;
/** So many records are replayed in a tenth of a second or two. */
const LOG_RECORDS = 10_000;

export class Memory {
  /** Empty before the first checkpoint. */
  state = new ArrayBuffer();
  log: ArrayBuffer[] = [];
  #bytes = 0;

  append(record: ArrayBuffer): void {
    this.log.push(record);
    this.#bytes += record.byteLength;
  }

  /** Replaces the state, and begins the log anew. */
  checkpoint(state: ArrayBuffer): void {
    this.state = state;
    this.log = [];
    this.#bytes = 0;
  }

  /** Whether nothing has happened yet. */
  get isEmpty(): boolean {
    return this.state.byteLength === 0 && this.log.length === 0;
  }

  /** Whether a checkpoint is due. */
  get isLong(): boolean {
    return this.#bytes > Math.max(LOG_BYTES, this.state.byteLength) || this.log.length > LOG_RECORDS;
  }

  get sizes() {
    return { records: this.log.length, bytes: this.#bytes, stateBytes: this.state.byteLength };
  }
}
