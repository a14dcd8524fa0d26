// Images that a process calls beside its own.

import { late } from "porthole:late";
import { fetchNow } from "./fetch.ts";

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

export class Extensions {
  readonly #loaded = new Map<string, Extension | undefined>();

  /** Undefined where there is no such image, or it cannot be had. */
  call(name: string, request: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
    if (this.#loaded.get(name) === undefined) this.#loaded.set(name, load(name));
    const image = this.#loaded.get(name);
    if (image === undefined) return undefined;
    try {
      const at = image.allocate(request.length) >>> 0;
      new Uint8Array(image.memory.buffer, at, request.length).set(request);
      const length = image.call() >>> 0;
      return new Uint8Array(image.memory.buffer, image.answer() >>> 0, length).slice();
    } catch (error) {
      // What it could not bear, such as a program nested thousands deep, leaves it in no state to go on.
      this.#loaded.delete(name);
      console.error(`porthole process: the image ${name} failed: ${String(error)}`);
      return undefined;
    }
  }
}

function load(name: string): Extension | undefined {
  const file = late.extensions[name];
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
