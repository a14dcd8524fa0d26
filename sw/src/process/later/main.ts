// What only some processes need, a script of its own: `process.js` loads it when the image first asks for any of it. Its program waits meanwhile, as for a file.

import { late } from "porthole:late";
import { Extensions } from "./extensions.ts";
import { fetchNow } from "./fetch.ts";
import { decode, decoder, international } from "./languages.ts";

export interface Later {
  /** What of the library few programs load. */
  rest: () => ArrayBuffer | undefined;
  /** Asks an image beside the process's own, or the browser; undefined where neither is of that name, or has an answer. */
  call: (name: string, request: Uint8Array) => Uint8Array<ArrayBuffer> | undefined;
}

const extensions = new Extensions();
const browser: Record<string, (request: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer> | undefined> = { intl: international, decoder, decode };
let rest: ArrayBuffer | undefined;

(globalThis as { portholeLater?: Later }).portholeLater = {
  rest() {
    if (late.rest !== null) rest ??= fetchNow(late.rest.file);
    return rest;
  },
  call: (name, request) => browser[name]?.(request.slice()) ?? extensions.call(name, request),
};
