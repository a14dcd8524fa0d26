// What the fetch handler needs of the rest of the service worker. Implemented there; this folder knows neither wasm nor ports nor epochs.

import type { Place } from "./address.ts";

/** What becomes of one request. May be called while `request` still runs. After `end` and `fail` nothing more is called. */
export interface Exchange {
  /** `headers`: the abi's `Header[]`. `body`: whether `body` calls may follow. */
  head(status: number, reason: Uint8Array<ArrayBuffer>, headers: Uint8Array<ArrayBuffer>, body: boolean): void;
  body(data: Uint8Array<ArrayBuffer>): void;
  end(): void;
  fail(reason: string): void;
  /** So many more bytes of the request's body are welcome. */
  want(bytes: number): void;
}

/** One container's machine, as the browser's requests see it. None of these throws; after the exchange's end they do nothing. */
export interface Machine {
  /**
   * Begins a request to a port; the number names it in the calls below. `target`: path and query as the guest shall see them. `headers`: the abi's `Header[]`.
   * `referrer`: the address that the guest's pages believe in, or empty. `body`: whether `requestBody` follows, until one that is `last`.
   */
  request(port: number, method: string, target: string, headers: Uint8Array<ArrayBuffer>, referrer: string, body: boolean, exchange: Exchange): number;
  requestBody(id: number, data: Uint8Array<ArrayBuffer>, last: boolean): void;
  /** The browser can take so many more bytes of the answer's body. */
  requestPull(id: number, bytes: number): void;
  requestAbort(id: number): void;
  /** A page of a port assigned `line` to `document.cookie`: the kernel's `Event::Cookie`. */
  cookie(port: number, target: string, line: string): void;
}

/** Where an address below the scope leads. */
export type Route =
  /** `path` is the guest's, without query; undefined: the slash is missing that relative links need. */
  | { readonly place: Place; readonly path: string | undefined }
  /** What is wrong with the address, for people. */
  | { readonly wrong: string };

export interface Kernel {
  /** Takes an address apart. Rejects when the kernel does not start. */
  route(address: string): Promise<Route>;
  /** The container's machine: at once when it is there, later while its tab has still to bring it. `undefined` after `patience` milliseconds without. */
  find(container: string, patience: number): Promise<Machine | undefined> | Machine;
}
