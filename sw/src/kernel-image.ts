// The kernel's image: kept by its hash, and compiled without the network. The service worker runs its machines, the supervisor its store.

import init, { abi_version } from "porthole:host";
import { manifest } from "porthole:manifest";
import { compileAnswer } from "./compile.ts";

/** Address of the image, and the cache that it is in. */
export interface Shelf {
  address: string;
  cache: string;
}

const prefix = (scope: string): string => `porthole:${scope}:`;

/** `scope`: the folder of the scripts. */
export const shelf = (scope: string): Shelf => ({ address: new URL(manifest.kernel.file, scope).href, cache: `${prefix(scope)}${manifest.kernel.file}` });

/** Puts the image where a later start finds it. */
export async function keep({ address, cache }: Shelf): Promise<void> {
  const images = await caches.open(cache);
  if ((await images.match(address)) === undefined) await images.put(address, await download(address));
}

/** Forgets the images of other builds. */
export async function forgetOthers(scope: string): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(prefix(scope)) && name !== shelf(scope).cache) await caches.delete(name);
  }
}

/** Compiles the image and makes it this worker's. */
export async function run(shelf: Shelf): Promise<WebAssembly.Memory> {
  const { memory } = await init({ module_or_path: await compile(shelf) });
  if (abi_version() !== manifest.abi) throw new Error(`the kernel speaks abi ${abi_version()}, its script ${manifest.abi}`);
  return memory;
}

async function compile({ address, cache }: Shelf): Promise<WebAssembly.Module> {
  // Blocked storage is no reason not to run.
  const kept = await caches.match(address, { cacheName: cache }).catch(() => undefined);
  // The browser may have evicted the cache: then the network is asked again.
  return compileAnswer(kept ?? (await download(address)));
}

async function download(address: string): Promise<Response> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}: it must lie beside sw.js`);
  return response;
}
