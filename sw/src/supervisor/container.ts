// A container as its supervisor keeps it: what it must remember, and its processes.

import type { FromKernel, LiveProcess, ToKernel } from "../messages.ts";
import { type BlockStore, Mem } from "./store.ts";
import type { Process, Workers } from "./workers.ts";

/** A log is never cut below this, in bytes. */
const LOG_BYTES = 16 << 20;
/** So many records are replayed in a tenth of a second or two. */
const LOG_RECORDS = 10_000;

export class Container {
  readonly store: BlockStore = new Mem();
  readonly processes = new Map<number, Process>();
  #asked = false;
  #frames = 0;

  constructor(
    readonly name: string,
    /** Feeds every name that the machine makes up. */
    readonly seed: bigint,
    readonly workers: Workers,
    /** Gives the name back to other tabs. */
    readonly release: () => void,
    readonly tell: (message: ToKernel) => void,
  ) {}

  append({ record, frames }: FromKernel & { type: "log" }): void {
    this.#frames = frames;
    this.store.append(record);
    const { records, bytes, stateBytes } = this.store.sizes;
    if (this.#asked || (bytes <= Math.max(LOG_BYTES, stateBytes) && records <= LOG_RECORDS)) return;
    this.#asked = true;
    this.tell({ type: "checkpoint", container: this.name });
  }

  checkpoint(message: FromKernel & { type: "checkpoint" }): void {
    this.#asked = false;
    this.store.checkpoint(message.state, message.chunks, message.dropped);
  }

  spawn({ pid, token, port }: FromKernel & { type: "spawn" }): void {
    this.processes.get(pid)?.terminate();
    const process = this.workers.start({ container: this.name, pid, token, port }, (reason) => {
      this.processes.delete(pid);
      this.tell({ type: "lost", container: this.name, pid, reason });
    });
    this.processes.set(pid, process);
  }

  terminate(pid: number): void {
    this.processes.get(pid)?.terminate();
    this.processes.delete(pid);
  }

  /** What a kernel needs that does not know the container. Gives each process, and process 1 through `first`, its end of a new port. */
  handOver(push: boolean, first: (port: MessagePort) => void): { message: ToKernel; transfer: Transferable[] } {
    this.#asked = false;
    const { records, stateBytes } = this.store.sizes;
    if (records === 0 && stateBytes === 0) {
      const { port1, port2 } = new MessageChannel();
      first(port1);
      return { message: { type: "boot", container: this.name, seed: this.seed, push, port: port2 }, transfer: [port2] };
    }
    const live: LiveProcess[] = [];
    const join = (pid: number, token: string, give: (port: MessagePort) => void) => {
      const { port1, port2 } = new MessageChannel();
      give(port1);
      live.push({ pid, token, port: port2 });
    };
    join(1, "", first);
    for (const process of this.processes.values()) join(process.order.pid, process.order.token, (port) => process.reattach(port));
    // The buffers are copied, not handed over: the next kernel may die as well.
    return { message: { type: "restore", container: this.name, push, frames: this.#frames, ...this.store.read(), live }, transfer: live.map((process) => process.port) };
  }

  close(): void {
    for (const process of this.processes.values()) process.terminate();
    this.processes.clear();
    this.release();
  }
}
