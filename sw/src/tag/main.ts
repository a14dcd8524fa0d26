// The drop-in script: the client as `Porthole`, and what its `data-` attributes ask for.

import { setBase } from "../client/base.ts";
import * as Porthole from "../client/index.ts";
import { run } from "./run.ts";

declare global {
  /** The public client, put there by the script tag. */
  var Porthole: typeof import("../client/index.ts");
}

const script = document.currentScript;
if (script instanceof HTMLScriptElement) setBase(script.src);
globalThis.Porthole = Porthole;
if (script instanceof HTMLScriptElement && (script.dataset.run !== undefined || script.dataset.mount !== undefined)) {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => void run(script));
  else void run(script);
}
