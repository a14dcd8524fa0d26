// What becomes of a request, as a `Response` whose body flows as fast as the page reads it.

import type { Exchange, Machine } from "./kernel.ts";

/** The kernel sends so much of a body before it is asked for more. */
const FIRST_CREDIT = 64 << 10;
/** So much is held ready for the page. */
const ROOM = 256 << 10;

export interface Head {
  readonly status: number;
  readonly reason: Uint8Array;
  readonly headers: Uint8Array;
  /** `undefined`: none follows. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
}

/** Streams whose controller nobody holds are ended by Firefox's garbage collector. */
const alive = new Set<Answer>();

export class Answer implements Exchange {
  /** Rejects with an `Error` whose message is for people. */
  readonly answered: Promise<Head>;
  #resolve!: (head: Head) => void;
  #reject!: (error: Error) => void;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  /** Asked for and not yet come. */
  #outstanding = FIRST_CREDIT;
  #id: number | undefined;
  #over = false;
  readonly #wants: (bytes: number) => void;

  constructor(
    private readonly machine: Machine,
    wants: (bytes: number) => void,
    /** Called once, when nothing more comes. */
    private readonly ended: () => void,
  ) {
    this.#wants = wants;
    this.answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    alive.add(this);
  }

  /** The exchange's number, as soon as it is known. */
  begin(id: number): void {
    this.#id = id;
    if (this.#over) return;
    this.#pull();
  }

  /** The page has lost interest. */
  abort(reason: string): void {
    if (this.#over) return;
    this.#finish();
    if (this.#id !== undefined) this.machine.requestAbort(this.#id);
    this.#reject(new Error(reason));
    this.#fail(reason);
  }

  head(status: number, reason: Uint8Array<ArrayBuffer>, headers: Uint8Array<ArrayBuffer>, body: boolean): void {
    if (this.#over) return;
    this.#resolve({ status, reason, headers, body: body ? this.#stream() : undefined });
  }

  body(data: Uint8Array<ArrayBuffer>): void {
    this.#outstanding -= data.length;
    if (!this.#over && data.length > 0) this.#controller?.enqueue(data);
  }

  end(): void {
    if (this.#over) return;
    this.#finish();
    this.#controller?.close();
    this.#reject(new Error("the answer ended before it began"));
  }

  fail(reason: string): void {
    if (this.#over) return;
    this.#finish();
    this.#reject(new Error(reason));
    this.#fail(reason);
  }

  want(bytes: number): void {
    this.#wants(bytes);
  }

  #stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => void (this.#controller = controller),
        pull: () => this.#pull(),
        cancel: () => this.abort("the page reads no more"),
      },
      { highWaterMark: ROOM, size: (chunk) => chunk.length },
    );
  }

  /** Asks for as much as there is room for, not in crumbs. */
  #pull(): void {
    const room = this.#controller?.desiredSize ?? 0;
    if (this.#id === undefined || this.#over || this.#outstanding > FIRST_CREDIT / 2) return;
    const bytes = room - Math.max(0, this.#outstanding);
    if (bytes <= 0) return;
    this.#outstanding += bytes;
    this.machine.requestPull(this.#id, bytes);
  }

  #fail(reason: string): void {
    try {
      this.#controller?.error(new TypeError(reason));
    } catch {
      // The page has cancelled the stream itself.
    }
  }

  #finish(): void {
    this.#over = true;
    alive.delete(this);
    this.ended();
  }
}
