// What only some processes need, a script of its own: `process.js` loads it when the image first asks for any of it. Its program waits meanwhile, as for a file.

import { late } from "porthole:late";
import type { Exports } from "../imports.ts";
import { Extensions } from "./extensions.ts";
import { fetchNow } from "./fetch.ts";
import { decode, decoder, international } from "./languages.ts";
import { pattern } from "./patterns.ts";
import { Guest, type Image } from "./webassembly/guest.ts";

export interface Later {
  /** What of the library few programs load. */
  rest: () => ArrayBuffer | undefined;
  /** Asks an image beside the process's own, or the browser; undefined where neither is of that name, or has an answer. */
  call: (name: string, request: Uint8Array) => Uint8Array<ArrayBuffer> | undefined;
  /** Runs a function of the guest's own WebAssembly. */
  run: Guest["run"];
}

export type MakeLater = (image: () => Exports, suspends: boolean) => Later;

let rest: ArrayBuffer | undefined;

(globalThis as { portholeLater?: MakeLater }).portholeLater = (image, suspends) => {
  const extensions = new Extensions();
  const guest = new Guest(image as unknown as () => Image, suspends, (request) => extensions.call("webassembly", request));
  const browser: Record<string, (request: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | undefined> = {
    intl: international,
    decoder,
    decode,
    pattern,
    wasm: (request) => guest.ask(request),
  };
  return {
    rest() {
      if (late.rest !== null) rest ??= fetchNow(late.rest.file);
      return rest;
    },
    // What the browser has no answer to is no extension's either: no name is both.
    call: (name, request) => (name in browser ? browser[name]?.(request.slice()) : extensions.call(name, request)),
    run: (callable, at, count, room) => guest.run(callable, at, count, room),
  };
};
