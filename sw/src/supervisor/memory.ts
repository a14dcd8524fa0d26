// What a container's next kernel needs and nobody else: the machine's state, and what has happened since.

import type { Records } from "../messages.ts";

/** A log is never cut below this, in bytes. */
const LOG_BYTES = 8 << 20;
/** So many records are replayed in a tenth of a second or two. */
const LOG_RECORDS = 10_000;

export class Memory {
  /** Empty before the first checkpoint. */
  state = new ArrayBuffer();
  log: Records[] = [];
  #records = 0;
  #bytes = 0;

  append(records: ArrayBuffer, count: number): void {
    this.log.push({ records, count });
    this.#records += count;
    this.#bytes += records.byteLength;
  }

  /** Replaces the state, and begins the log anew. */
  checkpoint(state: ArrayBuffer): void {
    this.state = state;
    this.log = [];
    this.#records = 0;
    this.#bytes = 0;
  }

  /** Whether nothing has happened yet. */
  get isEmpty(): boolean {
    return this.state.byteLength === 0 && this.log.length === 0;
  }

  /** Whether a checkpoint is due. */
  get isLong(): boolean {
    return this.#bytes > Math.max(LOG_BYTES, this.state.byteLength) || this.#records > LOG_RECORDS;
  }

  get sizes() {
    return { records: this.#records, bytes: this.#bytes, stateBytes: this.state.byteLength };
  }
}
