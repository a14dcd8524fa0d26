// Bytes of web servers' files that are mounted. What an answer is worth is the kernel's to say.

import { text } from "../generated/abi.ts";
import type { Container } from "./container.ts";
import { explain } from "./outgoing.ts";

/** Requests at a time. The rest wait their turn: a page's own requests are not to starve. */
const AT_ONCE = 6;

export class Gets {
  readonly #abort = new AbortController();
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(readonly container: Container) {}

  /** `length` bytes from `from` on, or all where that is 0. More than `most` bytes are not waited for. */
  async get(id: number, address: Uint8Array, from: number, length: number, most: number): Promise<void> {
    if (this.#running >= AT_ONCE) await new Promise<void>((turn) => this.#waiting.push(turn));
    this.#running += 1;
    const url = text(address);
    try {
      const headers: HeadersInit = length > 0 ? { Range: `bytes=${from}-${from + length - 1}` } : {};
      // Without credentials: a guest has no claim to the site's cookies. Asked anew each time a file is changed there.
      const response = await fetch(url, { headers, credentials: "omit", cache: "no-cache", signal: this.#abort.signal });
      const header = (name: string): string => response.headers.get(name) ?? "";
      const body = await atMost(response, most);
      const { status } = response;
      if (body === undefined) throw new TooLong(status === 200 && length > 0 ? "the server sends nothing but whole files (no ranges), and this one is too long for that" : `the answer is longer than ${most} bytes`);
      this.container.enter((machine, now) => machine.got(now, id, status, header("etag"), header("last-modified"), header("content-range"), body));
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      const reason = error instanceof TooLong ? error.message : explain(url, error);
      this.container.enter((machine, now) => machine.gotNothing(now, id, reason));
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  close(): void {
    this.#abort.abort();
    for (const turn of this.#waiting.splice(0)) turn();
  }
}

class TooLong extends Error {}

/** The body, unless it is longer than `most` bytes. */
async function atMost(response: Response, most: number): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) break;
    length += part.value.length;
    if (length > most) {
      await reader?.cancel();
      return undefined;
    }
    pieces.push(part.value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
