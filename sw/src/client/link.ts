// The page's end of its port to the kernel, as process 1 of its container: calls, pipelined, and events.

import { split } from "../frames.ts";
import { type CallName, type Calls, calls, type Event, getBatch, Reader, reply, request } from "../generated/abi.ts";
import { callFailed, PortholeError } from "./errors.ts";

interface Pending {
  name: CallName;
  frame: Uint8Array<ArrayBuffer>;
  resolve: (payload: Uint8Array) => void;
  reject: (error: Error) => void;
}

export class Link {
  /** Calls without an answer, in order. A new kernel gets them again. */
  readonly #pending = new Map<number, Pending>();
  #port: MessagePort | undefined;
  #seq = 0;
  #heard = 0;
  #ended: Error | undefined;

  constructor(readonly hear: (event: Event) => void) {}

  /** How many calls were made. */
  get made(): number {
    return this.#seq;
  }

  /** A kernel listens at the other end, the first one or a new one: what has no answer yet is sent, again if need be. */
  attach(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => split(new Uint8Array(data)).forEach((frame) => this.#take(frame));
    for (const { frame } of this.#pending.values()) port.postMessage(frame.buffer);
  }

  /** Makes a call. Fails with a `SystemError` that carries the kernel's errno. */
  async call<N extends CallName>(name: N, args: Calls[N]["args"]): Promise<Calls[N]["reply"]> {
    if (this.#ended !== undefined) throw this.#ended;
    const seq = (this.#seq += 1);
    const [oldest = seq] = this.#pending.keys();
    const frame = request(name, args, seq, oldest - 1, this.#heard);
    const payload = await new Promise<Uint8Array>((resolve, reject) => {
      this.#pending.set(seq, { name, frame, resolve, reject });
      this.#port?.postMessage(frame.buffer);
    });
    return calls[name].get(new Reader(payload));
  }

  /** No call is answered from here on. */
  end(reason: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#port?.close();
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  #take(frame: Uint8Array): void {
    const { seq, errno, payload } = reply(frame);
    if (seq === 0) return this.#events(payload);
    const pending = this.#pending.get(seq);
    // A second answer to a call that was sent again.
    if (pending === undefined) return;
    this.#pending.delete(seq);
    if (errno === 0) pending.resolve(payload);
    else pending.reject(callFailed(errno, pending.name));
  }

  #events(payload: Uint8Array): void {
    const { first, events } = getBatch(new Reader(payload));
    // Events are sent again by a new kernel: those before `#heard` are known.
    for (const [at, event] of events.entries()) {
      if (first + at < this.#heard) continue;
      this.#heard = first + at + 1;
      this.hear(event);
    }
  }
}

export const tornDown = (name: string): PortholeError => new PortholeError("ERR_TORN_DOWN", `container ${name} was torn down`);
