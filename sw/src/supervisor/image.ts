// The process image: compiled once for the tab, handed to each process worker.

import { manifest } from "porthole:manifest";
import { compileAnswer } from "../compile.ts";

export interface Image {
  module: WebAssembly.Module;
  /** Node's library as bytecode. */
  library: ArrayBuffer | null;
}

/** Fetches and compiles. Throws with the address of what could not be had. */
export async function loadImage(base: string): Promise<Image> {
  const [module, library] = await Promise.all([get(new URL(manifest.process.file, base)).then(compileAnswer), manifest.library === null ? null : load(new URL(manifest.library.file, base))]);
  return { module, library };
}

const load = async (address: URL): Promise<ArrayBuffer> => (await get(address)).arrayBuffer();

async function get(address: URL): Promise<Response> {
  const response = await fetch(address).catch((error: unknown) => {
    throw new Error(`${address.href} cannot be fetched: ${String(error)}`);
  });
  if (!response.ok) throw new Error(`${address.href} answered ${response.status}: it must lie beside the scripts`);
  return response;
}
