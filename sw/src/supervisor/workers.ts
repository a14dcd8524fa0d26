// Process workers: one warm, the others running.

import type { FromProcess, ToProcess, Transport } from "../messages.ts";
import type { Image } from "./image.ts";

/** What a process worker needs to begin. */
export interface Order {
  container: string;
  pid: number;
  token: string;
  port: MessagePort;
}

/** A running process. */
export interface Process {
  readonly order: Order;
  /** Size of its wasm memory when it last said, in bytes. */
  memory: number;
  reattach(port: MessagePort): void;
  terminate(): void;
}

/** A worker whose script has been asked for. */
interface Candidate {
  readonly worker: Worker;
  readonly alive: Promise<void>;
  /** What it says after that, and how it fails. */
  hear: (message: FromProcess) => void;
  fail: (reason: string) => void;
}

/**
 * A worker's script comes by way of the service worker. When that dies at the wrong moment, some browsers never answer, and never say so: a worker that is
 * silent for this long is given up for another, then one that is for twice as long, and so on. In milliseconds.
 */
const SILENT_MS = 3_000;
/** Scripts that fail to load in a row, until that is the process's end. */
const FAILURES = 3;

export class Workers {
  #warm: Candidate | undefined;

  constructor(
    readonly script: URL,
    readonly image: Promise<Image>,
    readonly transport: Transport,
    readonly endpoints: string,
    /**
     * The service worker has taken this worker over. One that is made before, and whose script comes after, is nobody's for good: its requests go to the
     * web server. That matters to a process that waits by requests.
     */
    claimed: Promise<void>,
  ) {
    // Whoever needs the image hears of the failure; nobody needs it yet.
    Promise.all([image, transport === "xhr" ? claimed : undefined])
      .then(() => this.#refill())
      .catch(() => undefined);
  }

  /** Starts a process. `lost` is told once if its worker ends by itself without `exit`: why, in words. */
  start(order: Order, lost: (reason: string) => void): Process {
    let current: Candidate | undefined;
    let { port } = order;
    let running = false;
    let over = false;
    let silence: ReturnType<typeof setTimeout> | undefined;
    const end = (reason: string | undefined) => {
      if (over) return;
      over = true;
      clearTimeout(silence);
      current?.worker.terminate();
      if (reason !== undefined) lost(reason);
    };
    const attempt = (candidate: Candidate, number: number) => {
      current = candidate;
      const again = () => {
        clearTimeout(silence);
        candidate.worker.terminate();
        if (!over) attempt(this.#create(), number + 1);
      };
      candidate.hear = (message) => {
        if (message.type === "memory") process.memory = message.bytes;
        else if (message.type === "lost") end(message.reason);
      };
      candidate.fail = (reason) => (running || over || number >= FAILURES ? end(reason) : again());
      silence = setTimeout(again, SILENT_MS * 2 ** (number - 1));
      void candidate.alive.then(() => {
        if (over || candidate !== current) return;
        clearTimeout(silence);
        running = true;
        const { container, pid, token } = order;
        candidate.worker.postMessage({ type: "run", container, pid, token, port, endpoints: this.endpoints } satisfies ToProcess, [port]);
      });
    };
    const process: Process = {
      order,
      memory: 0,
      reattach: (newer) => {
        if (running) current?.worker.postMessage({ type: "port", port: newer } satisfies ToProcess, [newer]);
        else port = newer;
      },
      terminate: () => end(undefined),
    };
    attempt(this.#warm ?? this.#create(), 1);
    this.#warm = undefined;
    this.image.catch((error: unknown) => end(String(error)));
    // After the process has had its start.
    setTimeout(() => void this.image.then(() => this.#refill()).catch(() => undefined), 20);
    return process;
  }

  #refill(): void {
    this.#warm ??= this.#create();
  }

  #create(): Candidate {
    const worker = new Worker(this.script, { name: "porthole process" });
    this.image
      .then(({ module, library }) => worker.postMessage({ type: "warm", module, library, transport: this.transport } satisfies ToProcess))
      .catch(() => undefined);
    let wake!: () => void;
    // One that fails before there is a process for it is found out when there is.
    const candidate: Candidate = { worker, alive: new Promise((resolve) => (wake = resolve)), hear: () => undefined, fail: () => undefined };
    worker.onmessage = ({ data }: MessageEvent<FromProcess>) => (data.type === "alive" ? wake() : candidate.hear(data));
    worker.onerror = (event) => {
      event.preventDefault();
      candidate.fail(`its worker failed: ${event.message || "the script did not load"}`);
    };
    worker.onmessageerror = () => candidate.fail("a message to its worker could not be read");
    return candidate;
  }
}
