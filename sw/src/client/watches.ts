// Who waits for which descriptor.

import { READABLE, WRITABLE } from "../generated/abi.ts";
import type { Link } from "./link.ts";

/** Readiness is coalesced by the kernel: one event while a descriptor is watched, the next after the next call on it. */
export class Watches {
  readonly #waiting = new Map<number, { mask: number; resolve: () => void }[]>();

  constructor(readonly link: Link) {}

  /** Resolves when the descriptor may be tried again, or has failed. */
  async ready(fd: number, what: "read" | "write"): Promise<void> {
    const mask = what === "read" ? READABLE : WRITABLE;
    const waiting = this.#waiting.get(fd) ?? [];
    this.#waiting.set(fd, waiting);
    const woken = new Promise<void>((resolve) => waiting.push({ mask, resolve }));
    await this.link.call("watch", { fd, mask: waiting.reduce((all, one) => all | one.mask, 0) });
    await woken;
  }

  /** Something about a descriptor has changed, as the kernel says, or whoever uses it. */
  wake(fd: number): void {
    const waiting = this.#waiting.get(fd);
    this.#waiting.delete(fd);
    // Each tries again and waits anew if it was not meant.
    for (const { resolve } of waiting ?? []) resolve();
  }
}
