// A program's output between the kernel and whoever reads it.

/** Kept for a reader that has not come yet. A program must not stop because nobody looks at what it prints: older output is dropped beyond this. */
const UNREAD_BYTES = 8 << 20;

/** Reads ahead while nobody has asked for the stream; at the reader's pace once somebody has. */
export class Spool {
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;
  #over = false;
  #error: unknown;
  #wake: (() => void) | undefined;
  #room: (() => void) | undefined;
  #stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;
  #cancelled = false;
  /** Settles when the source has ended. */
  readonly ended: Promise<void>;

  constructor(source: AsyncGenerator<Uint8Array<ArrayBuffer>, void>) {
    this.ended = this.#fill(source);
  }

  /** The output as a stream: always the same one. */
  get stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#stream ??= new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          while (this.#parts.length === 0 && !this.#over) await new Promise<void>((wake) => (this.#wake = wake));
          const part = this.#parts.shift();
          if (part !== undefined) {
            this.#bytes -= part.length;
            this.#room?.();
            controller.enqueue(part);
          } else if (this.#error !== undefined) controller.error(this.#error);
          else controller.close();
        },
        // The program goes on; its output is read and thrown away.
        cancel: () => {
          this.#cancelled = true;
          this.#parts.length = 0;
          this.#room?.();
        },
      },
      { highWaterMark: 0 },
    );
    return this.#stream;
  }

  async #fill(source: AsyncGenerator<Uint8Array<ArrayBuffer>, void>): Promise<void> {
    try {
      for await (const part of source) {
        if (this.#cancelled) continue;
        this.#parts.push(part);
        this.#bytes += part.length;
        this.#wake?.();
        if (this.#stream === undefined) this.#drop();
        else while (this.#bytes > 1 << 20 && !this.#cancelled) await new Promise<void>((room) => (this.#room = room));
      }
    } catch (error) {
      this.#error = error;
    }
    this.#over = true;
    this.#wake?.();
  }

  #drop(): void {
    while (this.#bytes > UNREAD_BYTES) this.#bytes -= this.#parts.shift()?.length ?? 0;
  }
}
