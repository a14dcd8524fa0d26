// Requests of guests to other hosts, through the browser's fetch and within its limits.

import { bytes, getHeader, putHeader, Reader, text, Writer } from "../generated/abi.ts";
import type { Container } from "./container.ts";

interface Request {
  abort: AbortController;
  method: string;
  url: string;
  headers: Headers;
  /** Pieces of the body until it is whole: not every engine streams request bodies. */
  parts: Uint8Array<ArrayBuffer>[];
}

export class Outgoing {
  readonly #requests = new Map<number, Request>();

  constructor(readonly container: Container) {}

  begin(id: number, method: Uint8Array, url: Uint8Array, headers: Uint8Array, body: boolean): void {
    const request: Request = { abort: new AbortController(), method: text(method), url: text(url), headers: new Headers(), parts: [] };
    this.#requests.set(id, request);
    const from = new Reader(headers);
    for (const header of from.list(() => getHeader(from))) {
      try {
        request.headers.append(text(header.name), text(header.value));
      } catch (error) {
        this.#fail(id, `the header ${text(header.name)} cannot be sent: ${String(error)}`);
        return;
      }
    }
    if (!body) void this.#send(id, request, null);
  }

  body(id: number, data: Uint8Array<ArrayBuffer>, last: boolean): void {
    const request = this.#requests.get(id);
    if (request === undefined) return;
    request.parts.push(data);
    if (last) void this.#send(id, request, new Blob(request.parts));
  }

  abort(id: number): void {
    this.#requests.get(id)?.abort.abort();
    this.#requests.delete(id);
  }

  close(): void {
    for (const request of this.#requests.values()) request.abort.abort();
    this.#requests.clear();
  }

  async #send(id: number, request: Request, body: Blob | null): Promise<void> {
    try {
      // Without credentials: a guest has no claim to the site's cookies.
      const options: RequestInit = { method: request.method, headers: request.headers, body, credentials: "omit", redirect: "follow", signal: request.abort.signal };
      const response = await fetch(request.url, options);
      const out = new Writer();
      out.list([...response.headers], ([name, value]) => putHeader(out, { name: bytes(name), value: bytes(value) }));
      this.container.enter((machine, now) => machine.fetchHead(now, id, response.status, response.url, response.statusText, out.done()));
      const reader = response.body?.getReader();
      for (;;) {
        const part = await reader?.read();
        if (part === undefined || part.done) break;
        this.container.enter((machine, now) => machine.fetchBody(now, id, part.value, false));
      }
      this.container.enter((machine, now) => machine.fetchBody(now, id, new Uint8Array(), true));
      this.#requests.delete(id);
    } catch (error) {
      if (this.#requests.has(id)) this.#fail(id, explain(request.url, error));
    }
  }

  #fail(id: number, reason: string): void {
    this.#requests.delete(id);
    this.container.enter((machine, now) => machine.fetchFail(now, id, reason));
  }
}

/** Why there is no answer, in words. */
export function explain(url: string, error: unknown): string {
  const what = error instanceof Error ? error.message : String(error);
  const mixed = url.startsWith("http:") && self.location.protocol === "https:";
  const cause = mixed
    ? "a page served over https may not ask http addresses"
    : "the host cannot be reached, or does not allow this page to read its answers (CORS)";
  return `the browser refused ${url}: ${what} (${cause})`;
}
