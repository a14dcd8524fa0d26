// The kernel that runs here: started once, ahead of its first use.

import { forgetOthers as forgetOtherImages, keep as keepImage, run, shelf } from "../kernel-image.ts";

declare const self: ServiceWorkerGlobalScope;

const scope = self.registration.scope;
const image = shelf(scope);
const started = performance.now();

/** What is known of the kernel once it runs. */
export interface Kernel {
  memory: WebAssembly.Memory;
  startMs: number;
}

let running: Promise<Kernel> | undefined;

/** The kernel, compiled once. A failure is not remembered, so that the next event tries again. */
export function kernel(): Promise<Kernel> {
  running ??= run(image)
    .then((memory) => ({ memory, startMs: performance.now() - started }))
    .catch((error: unknown) => {
      running = undefined;
      throw error;
    });
  return running;
}

/** Puts the kernel's image where a later start finds it. */
export const keep = (): Promise<void> => keepImage(image);

/** Forgets the images of other builds. */
export const forgetOthers = (): Promise<void> => forgetOtherImages(scope);
