// What a process fetches when it turns out to need it: its program waits meanwhile, as for a file.

import { manifest } from "porthole:manifest";
import { decode, decoder, international } from "./languages.ts";

declare const self: DedicatedWorkerGlobalScope;

/** A file of the distribution, which lies beside this worker's script. Undefined, and a line for whoever looks after the page, when it cannot be had. */
function fetchNow(file: string): ArrayBuffer | undefined {
  const address = new URL(file, self.location.href).href;
  const request = new XMLHttpRequest();
  request.open("GET", address, false);
  request.responseType = "arraybuffer";
  try {
    request.send();
    if (request.status === 200 && request.response instanceof ArrayBuffer) return request.response;
    console.error(`porthole process: ${address} answered ${request.status}: it must lie beside the scripts`);
  } catch (error) {
    console.error(`porthole process: ${address} cannot be fetched: ${String(error)}`);
  }
  return undefined;
}

let rest: ArrayBuffer | undefined;

export function restOfLibrary(): ArrayBuffer | undefined {
  if (manifest.rest !== null) rest ??= fetchNow(manifest.rest.file);
  return rest;
}

/** An image that takes a request and gives an answer, in bytes. */
interface Extension {
  memory: WebAssembly.Memory;
  /** Memory for a request. */
  allocate: (length: number) => number;
  /** Answers the request; gives the answer's length. */
  call: () => number;
  /** Where the answer lies. */
  answer: () => number;
}

const own: Record<string, (request: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | undefined> = { intl: international, decoder, decode };

export class Extensions {
  readonly #loaded = new Map<string, Extension | undefined>();

  /** Undefined where there is no such image, or it cannot be had. What the browser itself knows is asked in the same way. */
  call(name: string, request: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    const known = own[name];
    if (known !== undefined) return known(request.slice());
    if (this.#loaded.get(name) === undefined) this.#loaded.set(name, load(name));
    const image = this.#loaded.get(name);
    if (image === undefined) return undefined;
    const at = image.allocate(request.length) >>> 0;
    new Uint8Array(image.memory.buffer, at, request.length).set(request);
    const length = image.call() >>> 0;
    return new Uint8Array(image.memory.buffer, image.answer() >>> 0, length).slice();
  }
}

function load(name: string): Extension | undefined {
  const file = manifest.extensions[name];
  const bytes = file && fetchNow(file.file);
  if (bytes === undefined) return undefined;
  let memory: WebAssembly.Memory | undefined;
  const random = (at: number, length: number) => {
    if (memory === undefined) return;
    // At most 65536 bytes are given at once.
    for (let done = 0; done < length; done += 65536) crypto.getRandomValues(new Uint8Array(memory.buffer, (at >>> 0) + done, Math.min(65536, length - done)));
  };
  // A worker may compile in one go.
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { porthole: { random } });
  memory = exports.memory as WebAssembly.Memory;
  return exports as unknown as Extension;
}
