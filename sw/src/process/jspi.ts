// Messages over the process's port, the wasm stack suspended meanwhile. Events are pushed by the kernel, so timers and empty polls cost no call.

import { seqOf, type Transport } from "./transport.ts";

export class Jspi implements Transport {
  #port!: MessagePort;
  /** The call without an answer. It is sent again when a new kernel takes over. */
  #unanswered: { frame: Uint8Array<ArrayBuffer>; seq: number; resolve: (reply: ArrayBuffer) => void } | undefined;
  /** Notifications that have come and not been asked for. */
  readonly #events: Uint8Array[] = [];
  #wake: (() => void) | undefined;

  constructor(port: MessagePort) {
    this.attach(port);
  }

  /** Another kernel is at the other end from here on. */
  attach(port: MessagePort): void {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => this.#hear(data);
    if (this.#unanswered !== undefined) this.#port.postMessage(this.#unanswered.frame.buffer);
  }

  call(frame: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    return new Promise((resolve) => {
      this.#unanswered = { frame, seq: seqOf(frame.buffer), resolve };
      // Copied, not transferred: the frame may have to be sent again.
      this.#port.postMessage(frame.buffer);
    });
  }

  poll(timeoutMs: number | undefined): Uint8Array | Promise<Uint8Array | undefined> {
    const next = this.#events.shift();
    if (next !== undefined) return next;
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(this.#events.shift());
      };
      this.#wake = end;
      // With 0, too, messages that are there get their turn.
      const timer = timeoutMs === 0 ? turn(end) : timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
    });
  }

  #hear(frame: ArrayBuffer): void {
    const seq = seqOf(frame);
    if (seq === 0) {
      this.#events.push(new Uint8Array(frame));
      this.#wake?.();
    } else if (this.#unanswered?.seq === seq) {
      const { resolve } = this.#unanswered;
      this.#unanswered = undefined;
      resolve(frame);
    }
  }
}

const { port1, port2 } = new MessageChannel();
let afterTurn: (() => void) | undefined;
port1.onmessage = () => afterTurn?.();

/** Calls `then` after the messages that wait. Timers would be held back by 4 ms when they are nested. */
function turn(then: () => void): undefined {
  afterTurn = () => {
    afterTurn = undefined;
    then();
  };
  port2.postMessage(null);
}
