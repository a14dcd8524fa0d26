// The port to the kernel, and what to do when the kernel dies.

import { type FromKernel, kernelLock, type ToKernel } from "../messages.ts";

/** Messages of a dying kernel that are still on their way arrive within this, in milliseconds. */
const STRAGGLERS_MS = 20;
/** A kernel that was asked and has not said welcome in this time may have died before it could hear: it is asked again, then after twice the time, and so on. */
const DEAF_MS = 500;
const DEAF_MOST_MS = 8_000;

export class Link {
  #port: MessagePort | undefined;
  /** Of a dead kernel: what it said last may still come. */
  #former: MessagePort | undefined;
  #epoch: string | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  /** When the last death was noticed. */
  died = 0;

  constructor(
    /** Brings one end of a port to the service worker, whichever runs or starts then. */
    readonly deliver: (port: MessagePort) => void,
    /** A kernel has said welcome: for the first time, or after an older one has died. */
    readonly welcomed: () => void,
    readonly refused: (reason: string) => void,
    readonly heard: (message: FromKernel) => void,
  ) {}

  get epoch(): string | undefined {
    return this.#epoch;
  }

  attach(patience = DEAF_MS): void {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<FromKernel>) => {
      if (data.type === "welcome") this.#welcome(port1, data.epoch);
      else if (data.type === "refused") this.#refuse(data.reason);
      else this.heard(data);
    };
    this.deliver(port2);
    this.#retry = setTimeout(() => this.attach(Math.min(patience * 2, DEAF_MOST_MS)), patience);
  }

  /** Nothing is said while no kernel listens: what it must know then is in the hand-over. */
  tell(message: ToKernel, transfer: Transferable[] = []): void {
    this.#port?.postMessage(message, transfer);
  }

  /** The kernel answers with another epoch than the one that said welcome: it has died unnoticed. */
  suspect(epoch: string): void {
    if (this.#epoch !== undefined && epoch !== this.#epoch) this.#lost(this.#epoch);
  }

  #refuse(reason: string): void {
    clearTimeout(this.#retry);
    this.refused(reason);
  }

  #welcome(port: MessagePort, epoch: string): void {
    // Asked twice, and both were heard.
    if (this.#port !== undefined) return port.close();
    clearTimeout(this.#retry);
    // From here on its log belongs to the new kernel.
    this.#former?.close();
    this.#former = undefined;
    this.#port = port;
    this.#epoch = epoch;
    this.welcomed();
    // Granted when the service worker has died, and not before.
    void navigator.locks.request(kernelLock(epoch), () => this.#lost(epoch));
  }

  #lost(epoch: string): void {
    if (epoch !== this.#epoch) return;
    this.died = performance.now();
    this.#epoch = undefined;
    this.#former = this.#port;
    this.#port = undefined;
    setTimeout(() => this.attach(), STRAGGLERS_MS);
  }
}
