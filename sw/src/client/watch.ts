// Watching files.

import { Reader, text } from "../generated/abi.ts";
import { readDescriptor } from "./descriptor.ts";
import type { Link } from "./link.ts";
import type { Watches } from "./watches.ts";

/** What has changed. */
export interface WatchEvent {
  /** `rename`: made, removed or renamed; `change`: its content or its figures. */
  eventType: "rename" | "change";
  /** Below the watched path. */
  filename: string;
}

export type WatchListener = (eventType: "rename" | "change", filename: string) => void;

export interface WatchOptions {
  /** All below the path, too. */
  recursive?: boolean;
  signal?: AbortSignal;
}

/** Watches a path until it is closed. */
export class FSWatcher implements AsyncIterable<WatchEvent> {
  readonly #source: Promise<AsyncGenerator<Uint8Array, void>>;
  readonly #events: WatchEvent[] = [];
  #wake: (() => void) | undefined;
  #closed = false;
  #error: unknown;
  #iterated = false;

  /** @internal */
  constructor(link: Link, watches: Watches, opened: Promise<number>, listener: WatchListener | undefined, signal: AbortSignal | undefined) {
    this.#source = opened.then((fd) => readDescriptor(link, watches, fd, { stopped: () => this.#closed }));
    // A watch that could not be opened has its error told by `#run`.
    this.#look = () => void opened.then((fd) => watches.wake(fd)).catch(() => undefined);
    signal?.addEventListener("abort", () => this.close(), { once: true });
    void this.#run(listener);
  }

  /** Has the reading look whether it shall go on. */
  readonly #look: () => void;

  /** Ends watching. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wake?.();
    this.#look();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<WatchEvent, void> {
    this.#iterated = true;
    try {
      for (;;) {
        const event = this.#events.shift();
        if (event !== undefined) yield event;
        else if (this.#error !== undefined) throw this.#error;
        else if (this.#closed) return;
        else await new Promise<void>((wake) => (this.#wake = wake));
      }
    } finally {
      this.close();
    }
  }

  async #run(listener: WatchListener | undefined): Promise<void> {
    try {
      let rest = new Uint8Array();
      for await (const part of await this.#source) {
        const whole = new Uint8Array(rest.length + part.length);
        whole.set(rest);
        whole.set(part, rest.length);
        rest = this.#take(whole, listener);
      }
    } catch (error) {
      if (!this.#closed) this.#error = error;
    }
    this.#closed = true;
    this.#wake?.();
  }

  /** Takes whole records (`kind:u8 length:u16 name`) and gives back what is left. */
  #take(data: Uint8Array<ArrayBuffer>, listener: WatchListener | undefined): Uint8Array<ArrayBuffer> {
    let at = 0;
    while (at + 3 <= data.length) {
      const head = new Reader(data.subarray(at));
      const eventType = head.u8() === 0 ? "rename" : "change";
      const end = at + 3 + head.u16();
      if (end > data.length) break;
      const filename = text(data.subarray(at + 3, end));
      at = end;
      listener?.(eventType, filename);
      // Kept for whoever iterates; a listener alone must not let them pile up.
      if (listener === undefined || this.#iterated) this.#events.push({ eventType, filename });
      this.#wake?.();
    }
    return data.slice(at);
  }
}
