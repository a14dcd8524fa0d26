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

export class Workers {
  #warm: Worker | undefined;

  constructor(
    readonly script: URL,
    readonly image: Promise<Image>,
    readonly transport: Transport,
    readonly endpoints: string,
  ) {
    // Whoever needs the image hears of the failure; nobody needs it yet.
    image.then(() => this.#refill()).catch(() => undefined);
  }

  /** Starts a process. `lost` is told once if its worker ends by itself without `exit`: why, in words. */
  start(order: Order, lost: (reason: string) => void): Process {
    const worker = this.#warm ?? this.#create();
    this.#warm = undefined;
    let over = false;
    const end = (reason: string | undefined) => {
      if (over) return;
      over = true;
      worker.terminate();
      if (reason !== undefined) lost(reason);
    };
    const process: Process = {
      order,
      memory: 0,
      reattach: (port) => worker.postMessage({ type: "port", port } satisfies ToProcess, [port]),
      terminate: () => end(undefined),
    };
    worker.onmessage = ({ data }: MessageEvent<FromProcess>) => {
      if (data.type === "memory") process.memory = data.bytes;
      else end(data.reason);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end(`its worker failed: ${event.message || "the script did not load"}`);
    };
    worker.onmessageerror = () => end("a message to its worker could not be read");
    this.image.catch((error: unknown) => end(String(error)));
    const { container, pid, token, port } = order;
    worker.postMessage({ type: "run", container, pid, token, port, endpoints: this.endpoints } satisfies ToProcess, [port]);
    // After the process has had its start.
    setTimeout(() => void this.image.then(() => this.#refill()).catch(() => undefined), 20);
    return process;
  }

  #refill(): void {
    this.#warm ??= this.#create();
  }

  #create(): Worker {
    const worker = new Worker(this.script, { name: "porthole process" });
    this.image
      .then(({ module, library }) => worker.postMessage({ type: "warm", module, library, transport: this.transport } satisfies ToProcess))
      .catch(() => undefined);
    return worker;
  }
}
