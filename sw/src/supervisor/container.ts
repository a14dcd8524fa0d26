// A container as its supervisor keeps it: what it must remember, its files, and its processes.

import type { Files, FromKernel, LiveProcess, Safety, StorageKind, ToKernel } from "../messages.ts";
import { Memory } from "./memory.ts";
import type { Origin } from "./store/fork.ts";
import type { FileStore, Keeping } from "./store/store.ts";
import type { Process, Workers } from "./workers.ts";

type Forked = FromKernel & { type: "forked" };

const NOTHING: Files = { snapshot: null, transactions: [], lastCommit: 0 };

export class Container implements Keeping {
  readonly processes = new Map<number, Process>();
  readonly #memory = new Memory();
  #store: FileStore | undefined;
  /** What it was booted with, until a checkpoint says more. */
  #files = NOTHING;
  #safety: Safety = { durable: 0, failed: 0, quota: null };
  /** The last commit that the store was given. */
  #lastCommit = 0;
  /** A checkpoint has been asked for, and a snapshot is to come with one. */
  #asked = false;
  #wantsSnapshot = false;
  #frames = 0;
  /** Forks that wait for the kernel's answer, in the order in which they were asked for, and those whose copies are being made. */
  readonly #forks: { resolve: (forked: Forked) => void; reject: (error: Error) => void }[] = [];
  readonly #pins = new Set<Promise<void>>();
  /** No kernel is made from a state older than this commit. */
  #release = 0;

  constructor(
    readonly name: string,
    /** Feeds every name that the machine makes up. */
    readonly seed: bigint,
    readonly workers: Workers,
    /** Gives the name back to other tabs. */
    readonly release: () => void,
    readonly tell: (message: ToKernel) => void,
    /** Tells the page what it should know of the files. */
    readonly trouble: (message: string) => void,
  ) {}

  /** Opens its files. Throws when they are there and cannot be read. */
  async open(open: (keeping: Keeping) => Promise<FileStore>): Promise<void> {
    this.#store = await open(this);
    this.#files = this.#store.files();
    this.#lastCommit = this.#files.lastCommit;
    this.#safety.durable = this.#lastCommit;
  }

  append({ records, count, frames }: FromKernel & { type: "log" }): void {
    this.#frames = frames;
    this.#memory.append(records, count);
    // A snapshot that was asked of a kernel that died is asked of the next.
    if (this.#memory.isLong || this.#wantsSnapshot) this.#ask();
  }

  commit(message: FromKernel & { type: "commit" }): void {
    this.#lastCommit = message.number;
    this.#store?.commit(message);
  }

  async load({ chunks }: FromKernel & { type: "load" }): Promise<void> {
    const store = this.#store;
    if (store === undefined) return;
    const chunk = async (id: number): Promise<[number, ArrayBuffer | null]> => [id, await store.chunk(id).catch(() => null)];
    this.tell({ type: "loaded", container: this.name, chunks: await Promise.all(chunks.map(chunk)) });
  }

  checkpoint({ state, commit, snapshot }: FromKernel & { type: "checkpoint" }): void {
    this.#asked = false;
    this.#memory.checkpoint(state);
    this.#files = NOTHING;
    if (this.#pins.size === 0) this.#store?.release(commit);
    this.#release = commit;
    if (snapshot === null) return;
    this.#wantsSnapshot = false;
    this.#store?.snapshot(commit, snapshot);
  }

  /** What a new container with the same files begins with. Its contents stay until it is released. */
  async fork(): Promise<Origin> {
    const store = this.#store;
    if (store === undefined) throw new Error(`container ${this.name} is ending`);
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    // From now on: what is dropped after the answer was made must not go before it is here.
    this.#pins.add(released);
    const unpin = () => {
      this.#pins.delete(released);
      if (this.#pins.size === 0 && this.#release > 0) this.#store?.release(this.#release);
      release();
    };
    try {
      const { transaction, chunks } = await new Promise<Forked>((resolve, reject) => {
        this.#forks.push({ resolve, reject });
        this.tell({ type: "fork", container: this.name });
      });
      if (transaction === null) throw new Error(`the files of container ${this.name} could not be read`);
      return { transaction, chunks, chunk: (id) => store.chunk(id), release: unpin };
    } catch (error) {
      unpin();
      throw error;
    }
  }

  forked(message: Forked): void {
    this.#forks.shift()?.resolve(message);
  }

  durable(commit: number, failed: boolean): void {
    if (failed) this.#safety.failed = commit;
    else this.#safety.durable = commit;
    this.tell({ type: "safety", container: this.name, safety: { ...this.#safety, quota: null } });
  }

  wantsSnapshot(): void {
    this.#wantsSnapshot = true;
    this.#ask();
  }

  quota(bytes: number): void {
    this.#safety.quota = bytes;
    this.tell({ type: "safety", container: this.name, safety: this.#safety });
  }

  /** Where its files are. */
  get storage(): StorageKind {
    return this.#store?.kind ?? "memory";
  }

  get sizes() {
    const { commits, chunkBytes } = this.#store?.sizes ?? { commits: 0, chunkBytes: 0 };
    return { ...this.#memory.sizes, commits, chunkBytes };
  }

  /** Asks for a checkpoint, once until it comes. */
  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.tell({ type: "checkpoint", container: this.name, snapshot: this.#wantsSnapshot });
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
    const { name, seed } = this;
    // The kernel that was asked is gone. The next one is told after this has returned.
    queueMicrotask(() => this.#forks.forEach(() => this.tell({ type: "fork", container: name })));
    const safety = this.#safety;
    if (this.#memory.isEmpty) {
      const { port1, port2 } = new MessageChannel();
      first(port1);
      return { message: { type: "boot", container: name, seed, push, port: port2, files: this.#files, safety }, transfer: [port2] };
    }
    const live: LiveProcess[] = [];
    const join = (pid: number, token: string, give: (port: MessagePort) => void) => {
      const { port1, port2 } = new MessageChannel();
      give(port1);
      live.push({ pid, token, port: port2 });
    };
    join(1, "", first);
    for (const process of this.processes.values()) join(process.order.pid, process.order.token, (port) => process.reattach(port));
    const { state, log } = this.#memory;
    // The buffers are copied, not handed over: the next kernel may die as well.
    const kept = { frames: this.#frames, state, files: this.#files, log, lastCommit: this.#lastCommit, live };
    return { message: { type: "restore", container: name, push, safety, ...kept }, transfer: live.map((process) => process.port) };
  }

  /** Ends its programs and lets go of its files; then `after`, and the name is free. */
  async close(after?: () => Promise<void>): Promise<void> {
    for (const process of this.processes.values()) process.terminate();
    this.processes.clear();
    const store = this.#store;
    this.#store = undefined;
    for (const { reject } of this.#forks.splice(0)) reject(new Error(`container ${this.name} has ended`));
    try {
      await Promise.all(this.#pins);
      await store?.close();
      await after?.();
    } finally {
      this.release();
    }
  }
}
