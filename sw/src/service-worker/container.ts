// One container in the service worker: its machine, the supervisor that keeps its log, its processes, its requests.

import { Container as Machine, Journal, type Outside } from "porthole:host";
import type { Exchange, Machine as Requests } from "../fetch/index.ts";
import { LENGTH, split } from "../frames.ts";
import type { Files, FromKernel, Kept, Records, Safety } from "../messages.ts";
import { Gets } from "./gets.ts";
import { Loads } from "./loads.ts";
import { Outgoing } from "./outgoing.ts";
import { ProcessLink } from "./process.ts";
import { Timer } from "./timer.ts";

export class Container implements Outside, Requests {
  readonly processes = new Map<number, ProcessLink>();
  /** Calls that its processes have made, also to earlier kernels. */
  frames = 0;
  replayed = 0;
  replayMs = 0;
  readonly #exchanges = new Map<number, Exchange>();
  readonly #outgoing = new Outgoing(this);
  readonly #gets = new Gets(this);
  readonly #timer = new Timer(() => this.enter((machine, now) => machine.timer(now)));
  #machine: Machine | undefined;
  #inside = false;
  #queue: ((machine: Machine, now: number) => void)[] = [];
  #nextExchange = 0;
  /** Chunks that a replay waits for. */
  readonly #loads = new Loads((chunks) => this.#send({ type: "load", container: this.name, chunks }));
  /** The commit that is just being handed out. */
  #commit: (FromKernel & { type: "commit" }) | undefined;
  #closed = false;

  constructor(
    readonly name: string,
    /** Id of the tab that booted it. */
    readonly host: string,
    /** Whether processes of this tab hear events over their ports. */
    readonly push: boolean,
    readonly supervisor: MessagePort,
  ) {}

  /** Throws when the files' journal cannot be read. */
  boot(seed: bigint, files: Files, first: MessagePort): void {
    const machine = new Machine(this, this.name, journal(files));
    machine.knows(files.lastCommit);
    this.#link(1, "", first, true);
    this.#machine = machine;
    this.#first((machine, now) => machine.boot(now, seed));
  }

  /**
   * Goes on where an older kernel stopped. Throws when that cannot be found out. What happens meanwhile is done after it. Answers false when the container
   * was closed on the way.
   */
  async restore(kept: Kept): Promise<boolean> {
    const began = performance.now();
    const machine = kept.state.byteLength > 0 ? Machine.restore(this, new Uint8Array(kept.state)) : new Machine(this, this.name, journal(kept.files));
    machine.knows(kept.lastCommit);
    const log = kept.log.flatMap(apart);
    for (const bytes of log) {
      for (let missing = machine.replay(bytes); missing.length > 0; missing = machine.replay(bytes)) {
        const chunks = await this.#loads.all([...missing]);
        if (this.#closed) {
          machine.free();
          return false;
        }
        for (const [id, data] of chunks) {
          if (data === null) throw new Error(`chunk ${id} of its files cannot be read, and what its programs did cannot be repeated without it. A new boot has the files that were saved`);
          machine.fill(id, new Uint8Array(data));
        }
      }
    }
    this.#machine = machine;
    this.frames = kept.frames;
    this.replayed = log.length;
    this.replayMs = performance.now() - began;
    const live = new Int32Array(kept.live.map((process) => process.pid));
    for (const process of kept.live) this.#link(process.pid, process.token, process.port, process.pid === 1 || this.push);
    this.#first((machine, now) => machine.epoch(now, live));
    return true;
  }

  /** Lets an event happen before all that came while there was no machine. */
  #first(event: (machine: Machine, now: number) => void): void {
    this.#queue.unshift(event);
    this.#inside = true;
    this.#leave();
  }

  /** Lets an event happen: now, or after the one that is happening. */
  enter(event: (machine: Machine, now: number) => void): void {
    this.#queue.push(event);
    if (this.#inside || this.#machine === undefined) return;
    this.#inside = true;
    this.#leave();
  }

  #leave(): void {
    const machine = this.#machine;
    try {
      for (let event = this.#queue.shift(); event !== undefined && machine !== undefined; event = this.#queue.shift()) event(machine, Date.now());
      this.#inside = false;
    } catch (error) {
      // A trap inside the machine: its memory cannot be trusted any more. `#inside` stays, so that nothing enters it again.
      this.#machine = undefined;
      this.#queue = [];
      this.#fault(`the kernel of container ${this.name} has failed: ${String(error)}`, true);
    }
  }

  /** A message from a process, of so many frames. */
  message(pid: number, message: Uint8Array<ArrayBuffer>, count = split(message).length): void {
    this.frames += count;
    this.enter((machine, now) => machine.frames(now, pid, message));
  }

  lost(pid: number, reason: string): void {
    this.enter((machine, now) => machine.lost(now, pid, reason));
  }

  /** What is known of its store has changed. */
  safety({ durable, failed, quota }: Safety): void {
    if (quota !== null) this.enter((machine, now) => machine.quota(now, quota));
    if (durable > 0) this.enter((machine, now) => machine.durable(now, durable, false));
    if (failed > durable) this.enter((machine, now) => machine.durable(now, failed, true));
  }

  /** Chunks that were asked for. */
  loaded(chunks: [number, ArrayBuffer | null][]): void {
    for (const [id, data] of chunks) {
      if (this.#loads.take(id, data)) continue;
      this.enter((machine, now) => machine.loaded(now, id, data === null ? undefined : new Uint8Array(data)));
    }
  }

  checkpoint(snapshot: boolean): void {
    this.enter((machine, now) => {
      const checkpoint = machine.checkpoint(now);
      const message: FromKernel = {
        type: "checkpoint",
        container: this.name,
        state: checkpoint.state().buffer,
        commit: checkpoint.commit(),
        snapshot: (snapshot ? machine.snapshot()?.buffer : undefined) ?? null,
      };
      checkpoint.free();
      this.#send(message, message.snapshot === null ? [message.state] : [message.state, message.snapshot]);
    });
  }

  /** Answers with what another container begins with. */
  fork(): void {
    this.enter((machine, now) => {
      const fork = machine.fork(now);
      if (fork === undefined) return this.#send({ type: "forked", container: this.name, transaction: null, chunks: [] });
      const transaction = fork.transaction().buffer;
      this.#send({ type: "forked", container: this.name, transaction, chunks: [...fork.chunks()] }, [transaction]);
      fork.free();
    });
  }

  /** Begins a request to a port. What becomes of it is told to `exchange`; the number names it in the calls below. */
  request(port: number, method: string, target: string, headers: Uint8Array, referrer: string, body: boolean, exchange: Exchange): number {
    // Numbers of older epochs must not come again: they begin where the clock stands.
    const id = (this.#nextExchange = Math.max(this.#nextExchange + 1, Date.now() * 1024));
    this.#exchanges.set(id, exchange);
    this.enter((machine, now) => machine.http(now, id, port, method, target, headers, referrer, body));
    return id;
  }

  requestBody(id: number, data: Uint8Array, last: boolean): void {
    this.enter((machine, now) => machine.httpBody(now, id, data, last));
  }

  requestPull(id: number, bytes: number): void {
    this.enter((machine, now) => machine.httpPull(now, id, bytes));
  }

  requestAbort(id: number): void {
    if (!this.#exchanges.delete(id)) return;
    this.enter((machine, now) => machine.httpAbort(now, id));
  }

  /** A page of a port assigned `line` to `document.cookie`. */
  cookie(port: number, target: string, line: string): void {
    this.enter((machine, now) => machine.cookie(now, port, target, line));
  }

  /** The container's tab is gone, or it was torn down. */
  close(): void {
    this.#closed = true;
    this.#loads.close();
    this.#timer.set(undefined);
    this.#outgoing.close();
    this.#gets.close();
    for (const process of this.processes.values()) process.close();
    this.processes.clear();
    for (const exchange of this.#exchanges.values()) exchange.fail(`container ${this.name} has ended`);
    this.#exchanges.clear();
    this.#queue = [];
    if (!this.#inside) this.#machine?.free();
    this.#machine = undefined;
  }

  #link(pid: number, token: string, port: MessagePort, push: boolean): void {
    this.processes.get(pid)?.close();
    const link = new ProcessLink(token, port, push);
    this.processes.set(pid, link);
    port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      if (!(data instanceof ArrayBuffer)) return;
      link.together(() => this.message(pid, new Uint8Array(data)));
    };
  }

  #send(message: FromKernel, transfer: Transferable[] = []): void {
    this.supervisor.postMessage(message, transfer);
  }

  #fault(message: string, fatal: boolean): void {
    console.error(`porthole: ${message}`);
    this.#send({ type: "fault", container: this.name, message, fatal });
  }

  // What the machine wants done outside.

  log(records: Uint8Array<ArrayBuffer>, count: number): void {
    this.#send({ type: "log", container: this.name, records: records.buffer, count, frames: this.frames }, [records.buffer]);
  }

  commit(number: number, transaction: Uint8Array<ArrayBuffer>, dropped: Float64Array): void {
    this.#commit = { type: "commit", container: this.name, number, transaction: transaction.buffer, chunks: [], dropped: [...dropped] };
  }

  chunk(id: number, data: Uint8Array<ArrayBuffer>): void {
    this.#commit?.chunks.push([id, data.buffer]);
  }

  committed(): void {
    const commit = this.#commit;
    this.#commit = undefined;
    if (commit !== undefined) this.#send(commit, [commit.transaction, ...commit.chunks.map(([, data]) => data)]);
  }

  load(chunks: Float64Array): void {
    this.#send({ type: "load", container: this.name, chunks: [...chunks] });
  }

  reply(pid: number, frames: Uint8Array<ArrayBuffer>): void {
    this.processes.get(pid)?.reply(frames);
  }

  notify(pid: number, frame: Uint8Array<ArrayBuffer>): void {
    this.processes.get(pid)?.notify(frame);
  }

  spawn(pid: number): void {
    const { port1, port2 } = new MessageChannel();
    const token = crypto.randomUUID();
    this.#link(pid, token, port1, this.push);
    this.#send({ type: "spawn", container: this.name, pid, token, port: port2 }, [port2]);
  }

  terminate(pid: number): void {
    this.processes.get(pid)?.close();
    this.processes.delete(pid);
    this.#send({ type: "terminate", container: this.name, pid });
  }

  httpHead(id: number, status: number, reason: Uint8Array<ArrayBuffer>, headers: Uint8Array<ArrayBuffer>, body: boolean): void {
    this.#exchanges.get(id)?.head(status, reason, headers, body);
  }

  httpBody(id: number, data: Uint8Array<ArrayBuffer>): void {
    this.#exchanges.get(id)?.body(data);
  }

  httpEnd(id: number): void {
    const exchange = this.#exchanges.get(id);
    this.#exchanges.delete(id);
    exchange?.end();
  }

  httpFail(id: number, reason: string): void {
    const exchange = this.#exchanges.get(id);
    this.#exchanges.delete(id);
    exchange?.fail(reason);
  }

  httpWant(id: number, bytes: number): void {
    this.#exchanges.get(id)?.want(bytes);
  }

  fetch(id: number, method: Uint8Array<ArrayBuffer>, url: Uint8Array<ArrayBuffer>, headers: Uint8Array<ArrayBuffer>, body: boolean): void {
    this.#outgoing.begin(id, method, url, headers, body);
  }

  fetchBody(id: number, data: Uint8Array<ArrayBuffer>, last: boolean): void {
    this.#outgoing.body(id, data, last);
  }

  fetchAbort(id: number): void {
    this.#outgoing.abort(id);
  }

  get(id: number, url: Uint8Array<ArrayBuffer>, from: number, length: number, most: number): void {
    void this.#gets.get(id, url, from, length, most);
  }

  timer(at: number | undefined): void {
    this.#timer.set(at);
  }

  fault(message: string): void {
    this.#fault(`container ${this.name}: ${message}`, false);
  }
}

/** The records of the log that came together. */
function apart({ records, count }: Records): Uint8Array[] {
  const bytes = new Uint8Array(records);
  return count === 1 ? [bytes] : split(bytes).map((record) => record.subarray(LENGTH));
}

function journal({ snapshot, transactions }: Files): Journal {
  const journal = new Journal();
  try {
    if (snapshot !== null) journal.apply(new Uint8Array(snapshot));
    for (const transaction of transactions) journal.apply(new Uint8Array(transaction));
    return journal;
  } catch (error) {
    journal.free();
    throw error;
  }
}
