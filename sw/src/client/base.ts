// Where the scripts lie: the folder of sw.js is the scope of everything.

import { PortholeError } from "./errors.ts";

let folder: URL | undefined;

/** Tells where the client's own script was loaded from. */
export function setBase(script: string): void {
  const address = new URL(".", script);
  if (address.protocol === "http:" || address.protocol === "https:") folder = address;
}

/** The folder to use, as an address that ends in a slash. */
export function base(asked: string | URL | undefined): URL {
  if (asked !== undefined) {
    const address = new URL(asked, document.baseURI);
    return address.pathname.endsWith("/") ? address : new URL(`${address.href}/`);
  }
  if (folder === undefined) throw new PortholeError("ERR_SCRIPT", "it is not known where sw.js lies: give its folder as `workerBase`");
  return folder;
}
