// What a container has used so far, from the client's figures.
import type { Container } from 'porthole';

/** Asks for figures now and then. A kernel that died counts from 0 again: the sum goes on. */
export class Meter {
  /** Calls that processes made. */
  syscalls = 0;
  /** Largest sum of the processes' wasm memories that was seen, in bytes. */
  peakMemory = 0;
  rebirths = 0;
  #last = 0;

  constructor(readonly container: Container) {}

  async read(): Promise<void> {
    const stats = await this.container.stats().catch(() => undefined);
    if (!stats) return;
    const calls = stats.syscalls;
    this.syscalls += calls < this.#last ? calls : calls - this.#last;
    this.#last = calls;
    this.rebirths = stats.rebirths;
    this.peakMemory = Math.max(this.peakMemory, Object.values(stats.memory.processes).reduce((sum, bytes) => sum + bytes, 0));
  }

  /** Reads every `ms` until the function that it returns is called. */
  watch(ms: number, seen: (meter: Meter) => void = () => {}): () => void {
    let going = true;
    const turn = async () => {
      await this.read();
      if (!going) return;
      seen(this);
      setTimeout(turn, ms);
    };
    void turn();
    return () => {
      going = false;
    };
  }
}
