// One container in the service worker: its machine, the supervisor that keeps its log, its processes, its requests.

import { Checkpoint, Chunks, Container as Machine, type Outside } from "porthole:host";
import type { Exchange, Machine as Requests } from "../fetch/index.ts";
import { split } from "../frames.ts";
import type { FromKernel, LiveProcess } from "../messages.ts";
import { Outgoing } from "./outgoing.ts";
import { ProcessLink } from "./process.ts";
import { Timer } from "./timer.ts";

/** What a container needs to go on where an older kernel stopped. */
export interface Kept {
  frames: number;
  state: ArrayBuffer;
  chunks: [number, ArrayBuffer][];
  log: ArrayBuffer[];
  live: LiveProcess[];
}

export class Container implements Outside, Requests {
  readonly processes = new Map<number, ProcessLink>();
  /** Calls that its processes have made, also to earlier kernels. */
  frames = 0;
  replayed = 0;
  replayMs = 0;
  readonly #exchanges = new Map<number, Exchange>();
  readonly #outgoing = new Outgoing(this);
  readonly #timer = new Timer(() => this.enter((machine, now) => machine.timer(now)));
  #machine: Machine | undefined;
  #inside = false;
  #queue: ((machine: Machine, now: number) => void)[] = [];
  #nextExchange = 0;

  private constructor(
    readonly name: string,
    /** Id of the tab that booted it. */
    readonly host: string,
    /** Whether processes of this tab hear events over their ports. */
    readonly push: boolean,
    readonly supervisor: MessagePort,
  ) {}

  static boot(name: string, host: string, push: boolean, supervisor: MessagePort, seed: bigint, first: MessagePort): Container {
    const container = new Container(name, host, push, supervisor);
    container.#link(1, "", first, true);
    container.#inside = true;
    container.#machine = new Machine(container, Date.now(), seed);
    container.#leave();
    return container;
  }

  /** Throws when the log or the checkpoint cannot be read. */
  static restore(name: string, host: string, push: boolean, supervisor: MessagePort, kept: Kept): Container {
    const container = new Container(name, host, push, supervisor);
    const began = performance.now();
    const chunks = new Chunks();
    for (const [id, data] of kept.chunks) chunks.add(id, new Uint8Array(data));
    const machine = Machine.restore(container, new Uint8Array(kept.state), chunks);
    for (const record of kept.log) machine.replay(new Uint8Array(record));
    container.#machine = machine;
    container.frames = kept.frames;
    container.replayed = kept.log.length;
    container.replayMs = performance.now() - began;
    const live = new Int32Array(kept.live.map((process) => process.pid));
    for (const process of kept.live) container.#link(process.pid, process.token, process.port, process.pid === 1 || push);
    container.enter((machine, now) => machine.epoch(now, live));
    return container;
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

  frame(pid: number, frame: Uint8Array): void {
    this.frames += 1;
    this.enter((machine, now) => machine.frame(now, pid, frame));
  }

  lost(pid: number, reason: string): void {
    this.enter((machine, now) => machine.lost(now, pid, reason));
  }

  checkpoint(): void {
    this.enter((machine) => this.#send(checkpointMessage(this.name, machine.checkpoint())));
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
    this.#timer.set(undefined);
    this.#outgoing.close();
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
      link.together(() => split(new Uint8Array(data)).forEach((frame) => this.frame(pid, frame)));
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

  log(record: Uint8Array<ArrayBuffer>): void {
    this.#send({ type: "log", container: this.name, record: record.buffer, frames: this.frames }, [record.buffer]);
  }

  reply(pid: number, frame: Uint8Array<ArrayBuffer>): void {
    this.processes.get(pid)?.reply(frame);
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

  timer(at: number | undefined): void {
    this.#timer.set(at);
  }

  fault(message: string): void {
    this.#fault(`container ${this.name}: ${message}`, false);
  }
}

function checkpointMessage(container: string, checkpoint: Checkpoint): FromKernel {
  const chunks: [number, ArrayBuffer][] = [];
  for (let id = checkpoint.next(); id !== undefined; id = checkpoint.next()) chunks.push([id, checkpoint.data().buffer]);
  const message: FromKernel = { type: "checkpoint", container, state: checkpoint.state().buffer, chunks, dropped: [...checkpoint.dropped()] };
  checkpoint.free();
  return message;
}
