// Chunks that a replay waits for: asked for together, and awaited together.

type Chunk = [number, ArrayBuffer | null];

export class Loads {
  /** What has not come yet, by number; what has; and who waits for all of it. */
  #missing = new Set<number>();
  #come: Chunk[] = [];
  #done: ((chunks: Chunk[]) => void) | undefined;

  constructor(readonly ask: (chunks: number[]) => void) {}

  /** All of these chunks; none when the container is closed meanwhile. */
  all(chunks: number[]): Promise<Chunk[]> {
    this.#missing = new Set(chunks);
    this.#come = [];
    return new Promise((resolve) => {
      this.#done = resolve;
      this.ask(chunks);
    });
  }

  /** Whether the chunk was awaited here. */
  take(id: number, data: ArrayBuffer | null): boolean {
    if (!this.#missing.delete(id)) return false;
    this.#come.push([id, data]);
    if (this.#missing.size === 0) this.#done?.(this.#come);
    return true;
  }

  close(): void {
    this.#missing.clear();
    this.#done?.([]);
  }
}
