// Synchronous requests, answered by the service worker. Slow, and everywhere.

import { getBatch, Reader, reply, REPLY_HEADER, request } from "../generated/abi.ts";
import { numberOf, split } from "../frames.ts";
import { EXIT, OWN_SEQ, type Transport } from "./transport.ts";

/** The service worker answers a poll within this, so that no request of its is pending for long. */
const POLL_MS = 20_000;
/** When the service worker dies under a request, it starts again with the next one. So long that is tried, in milliseconds. */
const PATIENCE_MS = 30_000;
/** So long the web server may answer in the service worker's place. */
const UNREACHED_MS = 3_000;
/** A request that was pending for so long had reached a service worker. */
const PENDING_MS = 1_000;
/** Pauses between attempts grow by this. */
const PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 50;

/** A synchronous program has no other way to wait here. */
function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

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
    /** Since when nothing has come of it. A request may be pending for as long as its call takes. */
    let failing: number | undefined;
    let unreached: number | undefined;
    let failure = "";
    for (let pause = 0; failing === undefined || performance.now() - failing < PATIENCE_MS; pause = Math.min(pause + PAUSE_MS, LONGEST_PAUSE_MS)) {
      // The first failure is a death; another one at once is a service worker that has not started yet.
      spin(pause);
      const asked = performance.now();
      const xhr = new XMLHttpRequest();
      xhr.open("POST", `${this.endpoints}${endpoint}/${this.identity}`, false);
      xhr.responseType = "arraybuffer";
      try {
        xhr.send(message);
      } catch (error) {
        failure = String(error);
        failing = performance.now() - asked > PENDING_MS ? undefined : (failing ?? asked);
        continue;
      }
      if (xhr.status === 200) return new Uint8Array(xhr.response as ArrayBuffer);
      if (xhr.status === 410) throw new Ended();
      failure = `status ${xhr.status}`;
      failing ??= asked;
      if (xhr.status !== 404 && xhr.status !== 405) continue;
      // From the web server. A browser turns to it, too, when a service worker that has just died does not start at once.
      unreached ??= performance.now();
      if (performance.now() - unreached > UNREACHED_MS) throw new Error("synchronous requests of this worker do not reach the service worker");
    }
    throw new Error(`the kernel does not answer: ${failure}`);
  }
}
