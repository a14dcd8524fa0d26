// A process as the service worker sees it: a port, or a request that waits for its reply. A message from it holds one frame or several.

import { join, seqOf, split } from "../frames.ts";

/** Frames out. */
export class ProcessLink {
  /** The request whose reply is awaited, with the number of its last call. A process makes one request at a time. */
  #waiting: { seq: number; replies: Uint8Array<ArrayBuffer>[]; resolve: (replies: Uint8Array<ArrayBuffer> | undefined) => void } | undefined;
  /** Frames that go out together. */
  #together: Uint8Array<ArrayBuffer>[] | undefined;

  constructor(
    /** Secret of the process: whoever knows it may speak as the process by request. */
    readonly token: string,
    readonly port: MessagePort,
    /** Whether events are pushed. Otherwise the process asks for them. */
    readonly push: boolean,
  ) {}

  /** The replies up to that of the call `seq`, which will be handed to `reply`. Undefined: it will not come, the process is gone or has asked anew. */
  wait(seq: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#waiting?.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting = { seq, replies: [], resolve };
    });
  }

  /** Hands out one reply or several. */
  reply(frames: Uint8Array<ArrayBuffer>): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return this.#push(frames);
    waiting.replies.push(frames);
    if (seqOf(split(frames).at(-1) ?? frames) !== waiting.seq) return;
    this.#waiting = undefined;
    waiting.resolve(join(waiting.replies));
  }

  notify(frame: Uint8Array<ArrayBuffer>): void {
    this.#push(frame);
  }

  /** What goes out while `work` is done goes out as one message. */
  together(work: () => void): void {
    const frames: Uint8Array<ArrayBuffer>[] = [];
    this.#together = frames;
    try {
      work();
    } finally {
      this.#together = undefined;
      if (frames.length > 0) this.#push(join(frames));
    }
  }

  #push(frame: Uint8Array<ArrayBuffer>): void {
    if (this.#together !== undefined) this.#together.push(frame);
    else if (this.push) this.port.postMessage(frame.buffer, [frame.buffer]);
  }

  close(): void {
    this.#waiting?.resolve(undefined);
    this.#waiting = undefined;
    this.port.close();
  }
}
