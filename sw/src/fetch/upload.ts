// The body of a request on its way to the kernel, no faster than the guest reads it.

import type { Machine } from "./kernel.ts";

/** A body that is over within so many bytes and so much time is sent with its length, as browsers send what they know the length of. */
const SMALL = 64 << 10;
const SOON_MS = 20;
/** The largest piece of one event. */
const PIECE = 256 << 10;

type Reader = { read(): Promise<{ done: boolean; value?: Uint8Array }>; cancel(reason?: unknown): Promise<void> };

/** A body of which the beginning has been read. */
export class Upload {
  #credit = 0;
  #more: (() => void) | undefined;
  #stopped = false;

  private constructor(
    /** In bytes, if it is known. */
    readonly length: number | undefined,
    private readonly read: Uint8Array[],
    private readonly pending: Promise<{ done: boolean; value?: Uint8Array }> | undefined,
    private readonly reader: Reader | undefined,
  ) {}

  /** `undefined`: the request has no body. Rejects when the page's stream fails. */
  static async begin(request: Request): Promise<Upload | undefined> {
    if (request.method === "GET" || request.method === "HEAD") return undefined;
    // Firefox has no `Request.body` in a service worker: `undefined` there, `null` elsewhere when there is none.
    const body: ReadableStream<Uint8Array> | null | undefined = request.body;
    if (body === null) return undefined;
    if (body === undefined) {
      const whole = new Uint8Array(await request.arrayBuffer());
      return whole.length === 0 ? undefined : new Upload(whole.length, [whole], undefined, undefined);
    }
    return Upload.#from(body.getReader());
  }

  static async #from(reader: Reader): Promise<Upload> {
    const read: Uint8Array[] = [];
    let length = 0;
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, SOON_MS));
    for (;;) {
      const pending = reader.read();
      const next = length > SMALL ? undefined : await Promise.race([pending, late]);
      if (next === undefined) {
        // Whoever pumps will see a failure; until then it is not an unhandled one.
        pending.catch(() => undefined);
        return new Upload(undefined, read, pending, reader);
      }
      if (next.done || next.value === undefined) return new Upload(length, read, undefined, undefined);
      read.push(next.value);
      length += next.value.length;
    }
  }

  /** The kernel can take so many more bytes. */
  want(bytes: number): void {
    this.#credit += bytes;
    this.#more?.();
  }

  /** The exchange is over: nobody reads the rest. */
  stop(): void {
    this.#stopped = true;
    this.#more?.();
    this.reader?.cancel().catch(() => undefined);
  }

  /** Sends all of it. Rejects when the page's stream fails. */
  async pump(machine: Machine, id: number): Promise<void> {
    for (const piece of this.read.splice(0)) await this.#send(machine, id, piece);
    let pending = this.pending;
    while (!this.#stopped && this.reader !== undefined) {
      const { done, value } = await (pending ?? this.reader.read());
      pending = undefined;
      if (done || value === undefined) break;
      await this.#send(machine, id, value);
    }
    if (!this.#stopped) machine.requestBody(id, new Uint8Array(0), true);
  }

  async #send(machine: Machine, id: number, data: Uint8Array): Promise<void> {
    for (let at = 0; at < data.length && !this.#stopped; ) {
      if (this.#credit <= 0) {
        await new Promise<void>((resolve) => (this.#more = resolve));
        this.#more = undefined;
        continue;
      }
      // A copy of its own: the receiver may give the memory away.
      const piece = data.slice(at, at + Math.min(this.#credit, PIECE));
      this.#credit -= piece.length;
      at += piece.length;
      machine.requestBody(id, piece, false);
    }
  }
}
