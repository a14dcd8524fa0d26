// The compiled kernel: fetched at install, kept by its hash, compiled at every start without the network.

import init, { abi_version } from "porthole:host";
import { manifest } from "porthole:manifest";

declare const self: ServiceWorkerGlobalScope;

const prefix = `porthole:${self.registration.scope}:`;
const cacheName = `${prefix}${manifest.kernel.file}`;
const address = new URL(manifest.kernel.file, self.registration.scope).href;
const started = performance.now();

/** What is known of the kernel once it runs. */
export interface Kernel {
  memory: WebAssembly.Memory;
  startMs: number;
}

let running: Promise<Kernel> | undefined;

/** The kernel, compiled once. A failure is not remembered, so that the next event tries again. */
export function kernel(): Promise<Kernel> {
  running ??= start().catch((error: unknown) => {
    running = undefined;
    throw error;
  });
  return running;
}

/** Puts the kernel's image where a later start finds it. */
export async function keep(): Promise<void> {
  const cache = await caches.open(cacheName);
  if ((await cache.match(address)) === undefined) await cache.put(address, await download());
}

/** Forgets the images of other builds. */
export async function forgetOthers(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(prefix) && name !== cacheName) await caches.delete(name);
  }
}

async function start(): Promise<Kernel> {
  const { memory } = await init({ module_or_path: await compile() });
  if (abi_version() !== manifest.abi) throw new Error(`the kernel speaks abi ${abi_version()}, its script ${manifest.abi}`);
  return { memory, startMs: performance.now() - started };
}

async function compile(): Promise<WebAssembly.Module> {
  const kept = await (await caches.open(cacheName)).match(address);
  // The browser may have evicted the cache: then the network is asked again.
  const response = kept ?? (await download());
  // Only a server that knows wasm's MIME type can have its answer compiled while it comes. (Trying on a clone would keep all of it in memory until the collector comes.)
  const streamed = response.headers.get("content-type")?.trim().toLowerCase() === "application/wasm";
  return streamed ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

async function download(): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}: it must lie beside sw.js`);
  return response;
}
