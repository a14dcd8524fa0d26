// The name of this life of the service worker. A lock of that name is held until the worker dies: nothing else tells of its death.

import { kernelLock } from "../messages.ts";

export const epoch = crypto.randomUUID();

/** Resolves when the lock is held, so that whoever is told the epoch afterwards queues behind it. */
export const held: Promise<void> = new Promise((resolve) => {
  void navigator.locks.request(kernelLock(epoch), () => {
    resolve();
    return new Promise<never>(() => {});
  });
});
