// Messages over the process's port, the wasm stack suspended meanwhile. Events are pushed by the kernel, so timers and empty polls cost no call.

import { join, seqOf, split } from "../frames.ts";
import type { Transport } from "./transport.ts";

export class Jspi implements Transport {
  #port!: MessagePort;
  /** Messages whose last frame has no reply, in order. They are sent again when a new kernel takes over. */
  readonly #unanswered: { message: Uint8Array<ArrayBuffer>; last: number }[] = [];
  /** The newest reply that came: a new kernel sends older ones again. */
  #answered = 0;
  /** Replies that the image has not been given. */
  #replies: Uint8Array<ArrayBuffer>[] = [];
  #waiting: { seq: number; resolve: (replies: Uint8Array<ArrayBuffer>) => void } | undefined;
  /** Notifications that have come and not been asked for. */
  readonly #events: Uint8Array<ArrayBuffer>[] = [];
  #wake: (() => void) | undefined;

  constructor(port: MessagePort) {
    this.attach(port);
  }

  /** Another kernel is at the other end from here on. */
  attach(port: MessagePort): void {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
      for (const frame of split(new Uint8Array(data))) this.#hear(frame);
    };
    for (const { message } of this.#unanswered) port.postMessage(message.buffer);
  }

  readonly post = (message: Uint8Array<ArrayBuffer>): void => {
    void this.#send(message);
  };

  call(message: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve) => {
      this.#waiting = { seq: this.#send(message), resolve };
    });
  }

  poll(timeoutMs: number | undefined): Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer> | undefined> {
    const next = this.#events.shift();
    if (next !== undefined) return this.#heard(next);
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve(this.#heard(this.#events.shift()));
      };
      this.#wake = end;
      // With 0, too, messages that are there get their turn.
      const timer = timeoutMs === 0 ? turn(end) : timeoutMs === undefined ? undefined : setTimeout(end, timeoutMs);
    });
  }

  /** Answers the number of the last frame. */
  #send(message: Uint8Array<ArrayBuffer>): number {
    const last = seqOf(split(message).at(-1) ?? message);
    this.#unanswered.push({ message, last });
    // Copied, not transferred: the frames may have to be sent again.
    this.#port.postMessage(message.buffer);
    return last;
  }

  #heard(notice: Uint8Array<ArrayBuffer> | undefined): Uint8Array<ArrayBuffer> {
    const replies = this.#replies;
    this.#replies = [];
    return join(notice === undefined ? replies : [...replies, notice]);
  }

  #hear(frame: Uint8Array<ArrayBuffer>): void {
    const seq = seqOf(frame);
    if (seq === 0) {
      this.#events.push(frame);
      return this.#wake?.();
    }
    // Numbers wrap around, as the image counts them.
    if (((seq - this.#answered) | 0) <= 0) return;
    this.#answered = seq;
    if (this.#unanswered[0]?.last === seq) this.#unanswered.shift();
    this.#replies.push(frame);
    if (this.#waiting?.seq !== seq) return;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    resolve(this.#heard(undefined));
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
