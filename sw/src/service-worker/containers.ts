// The containers of this service worker, and whoever waits for one of them.

import type { Kernel } from "../fetch/index.ts";
import { nameLock } from "../messages.ts";
import type { Container } from "./container.ts";
import { route } from "./route.ts";

declare const self: ServiceWorkerGlobalScope;

/** How long a request waits for its container: a kernel that has just started is handed its containers by their tabs within a fraction of this. */
export const PATIENCE_MS = 25_000;

export class Containers implements Kernel {
  readonly route = route;
  readonly #all = new Map<string, Container>();
  /** Those that are on their way to where an older kernel left them. */
  readonly #coming = new Map<string, Container>();
  readonly #waiting = new Map<string, Set<(container: Container) => void>>();

  get(name: string): Container | undefined {
    return this.#all.get(name);
  }

  all(): Iterable<Container> {
    return this.#all.values();
  }

  /** How many there are, those on their way included. */
  get size(): number {
    return this.#all.size + this.#coming.size;
  }

  /** A tab is gone, and its containers with it. */
  removeHost(host: string): void {
    for (const { name } of [...this.#all.values(), ...this.#coming.values()].filter((container) => container.host === host)) this.remove(name);
  }

  /** A container, also one that is not there yet: what is told it is done afterwards. */
  addressee(name: string): Container | undefined {
    return this.#coming.get(name) ?? this.#all.get(name);
  }

  /** The container is on its way: `add` comes next, or `remove`. */
  expect(container: Container): void {
    this.remove(container.name);
    this.#coming.set(container.name, container);
  }

  add(container: Container): void {
    if (this.#coming.get(container.name) === container) this.#coming.delete(container.name);
    this.remove(container.name);
    this.#all.set(container.name, container);
    const waiting = this.#waiting.get(container.name);
    this.#waiting.delete(container.name);
    for (const resolve of waiting ?? []) resolve(container);
  }

  remove(name: string): void {
    for (const containers of [this.#all, this.#coming]) {
      containers.get(name)?.close();
      containers.delete(name);
    }
  }

  /** The container, or undefined when no tab has brought it in time. */
  find(name: string, patience = PATIENCE_MS): Promise<Container | undefined> {
    const known = this.#all.get(name);
    return known === undefined ? this.#wait(name, patience) : Promise.resolve(known);
  }

  async #wait(name: string, patience: number): Promise<Container | undefined> {
    // Whose name no tab holds will not come.
    const { held = [] } = await navigator.locks.query();
    const lock = nameLock(self.registration.scope, name);
    const known = this.#all.get(name);
    if (known !== undefined || !held.some((one) => one.name === lock)) return known;
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(name) ?? new Set();
      this.#waiting.set(name, waiting);
      const arrived = (container: Container) => {
        clearTimeout(late);
        resolve(container);
      };
      waiting.add(arrived);
      const late = setTimeout(() => {
        waiting.delete(arrived);
        resolve(undefined);
      }, patience);
    });
  }
}
