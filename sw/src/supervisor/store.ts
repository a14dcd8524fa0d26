// Where a container's checkpoint, chunks and log are kept.

/** What a new kernel needs to go on. */
export interface Kept {
  /** Empty before the first checkpoint. */
  state: ArrayBuffer;
  chunks: [number, ArrayBuffer][];
  log: ArrayBuffer[];
}

/** Keeps what one container must remember. */
export interface BlockStore {
  append(record: ArrayBuffer): void;
  /** Replaces the state, applies the changes of chunks, and begins the log anew. */
  checkpoint(state: ArrayBuffer, chunks: [number, ArrayBuffer][], dropped: number[]): void;
  read(): Kept;
  readonly sizes: { records: number; bytes: number; stateBytes: number; chunkBytes: number };
}

/** In this worker's memory: files live as long as the tab. */
export class Mem implements BlockStore {
  #state = new ArrayBuffer();
  #chunks = new Map<number, ArrayBuffer>();
  #log: ArrayBuffer[] = [];
  #logBytes = 0;
  #chunkBytes = 0;

  append(record: ArrayBuffer): void {
    this.#log.push(record);
    this.#logBytes += record.byteLength;
  }

  checkpoint(state: ArrayBuffer, chunks: [number, ArrayBuffer][], dropped: number[]): void {
    this.#state = state;
    for (const id of dropped) {
      this.#chunkBytes -= this.#chunks.get(id)?.byteLength ?? 0;
      this.#chunks.delete(id);
    }
    for (const [id, data] of chunks) {
      this.#chunkBytes += data.byteLength - (this.#chunks.get(id)?.byteLength ?? 0);
      this.#chunks.set(id, data);
    }
    this.#log = [];
    this.#logBytes = 0;
  }

  read(): Kept {
    return { state: this.#state, chunks: [...this.#chunks], log: this.#log };
  }

  get sizes() {
    return { records: this.#log.length, bytes: this.#logBytes, stateBytes: this.#state.byteLength, chunkBytes: this.#chunkBytes };
  }
}
