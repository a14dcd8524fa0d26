// A process as the service worker sees it: a port, or a request that waits for its reply.

/** Frames out. */
export class ProcessLink {
  /** The request whose reply is awaited, with the number of its call. A process makes one call at a time. */
  #waiting: { seq: number; resolve: (frame: Uint8Array<ArrayBuffer> | undefined) => void } | undefined;

  constructor(
    /** Secret of the process: whoever knows it may speak as the process by request. */
    readonly token: string,
    readonly port: MessagePort,
    /** Whether events are pushed. Otherwise the process asks for them. */
    readonly push: boolean,
  ) {}

  /** The reply to the call `seq`, which will be handed to `reply`. Undefined: it will not come, the process is gone or has asked anew. */
  wait(seq: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#waiting?.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting = { seq, resolve };
    });
  }

  reply(frame: Uint8Array<ArrayBuffer>): void {
    const waiting = this.#waiting;
    if (waiting !== undefined && new DataView(frame.buffer).getUint32(8, true) === waiting.seq) {
      this.#waiting = undefined;
      waiting.resolve(frame);
    } else if (this.push) {
      this.port.postMessage(frame.buffer, [frame.buffer]);
    }
  }

  notify(frame: Uint8Array<ArrayBuffer>): void {
    if (this.push) this.port.postMessage(frame.buffer, [frame.buffer]);
  }

  close(): void {
    this.#waiting?.resolve(undefined);
    this.#waiting = undefined;
    this.port.close();
  }
}
