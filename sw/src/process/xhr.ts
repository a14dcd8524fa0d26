// Synchronous requests, answered by the service worker. Slow, and everywhere.

import { getBatch, Reader, reply, REPLY_HEADER, request } from "../generated/abi.ts";
import { numberOf, split } from "../frames.ts";
import { EXIT, OWN_SEQ, type Transport } from "./transport.ts";

/** The service worker answers a poll within this, so that no request of its is pending for long. */
const POLL_MS = 20_000;
/** Between attempts when the service worker died under a request: it starts again with the next one. */
const ATTEMPTS = 120;

/** What the kernel would have pushed. */
function notification(foreign: number, batch: Uint8Array): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(REPLY_HEADER + batch.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, frame.length - 4, true);
  view.setUint32(12, foreign, true);
  frame.set(batch, REPLY_HEADER);
  return frame;
}

/** The process is not wanted any more. The supervisor ends the worker; nothing may run until then. */
export class Ended extends Error {}

export class Xhr implements Transport {
  #heard = 0;

  constructor(
    /** Address of `~k/`. */
    readonly endpoints: string,
    /** `<container>/<pid>/<token>`. */
    readonly identity: string,
  ) {}

  /** A request is not worth its while for less than the next call. */
  readonly post = undefined;

  call(message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const answer = this.#send("call", message);
    if (numberOf(split(message).at(-1) ?? message) === EXIT) throw new Ended();
    return answer;
  }

  poll(timeoutMs: number | undefined): Uint8Array<ArrayBuffer> | undefined {
    const end = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs;
    for (;;) {
      const left = Math.min(POLL_MS, Math.max(0, Math.ceil(end - performance.now())));
      const answer = this.#send("poll", request("poll", { timeout: left }, OWN_SEQ, 0, this.#heard));
      const { errno, foreign, payload } = reply(split(answer).at(-1) ?? answer);
      const batch = errno === 0 ? new Reader(payload).bytes() : new Uint8Array();
      const { first, events } = batch.length < 4 ? { first: 0, events: [] } : getBatch(new Reader(batch));
      if (events.length > 0) {
        this.#heard = first + events.length;
        return notification(foreign, batch);
      }
      if (performance.now() >= end) return undefined;
    }
  }

  #send(endpoint: "call" | "poll", message: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    let failure = "";
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const xhr = new XMLHttpRequest();
      xhr.open("POST", `${this.endpoints}${endpoint}/${this.identity}`, false);
      xhr.responseType = "arraybuffer";
      try {
        xhr.send(message);
      } catch (error) {
        failure = String(error);
        continue;
      }
      if (xhr.status === 200) return new Uint8Array(xhr.response as ArrayBuffer);
      if (xhr.status === 410) throw new Ended();
      failure = `status ${xhr.status}`;
      // 404 and 405 come from the web server: no service worker controls this worker.
      if (xhr.status === 404 || xhr.status === 405) throw new Error("synchronous requests of this worker do not reach the service worker");
    }
    throw new Error(`the kernel does not answer: ${failure}`);
  }
}
