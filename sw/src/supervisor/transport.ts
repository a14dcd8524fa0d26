// Which transport process workers use here.

import type { Transport } from "../messages.ts";

/** What is asked for, if the browser has it; else the best that it has. Throws when the transport asked for cannot work. */
export function chooseTransport(asked: Transport | undefined): Transport {
  const jspi = "Suspending" in WebAssembly && "promising" in WebAssembly;
  if (asked === "jspi" && !jspi) throw new Error("this browser cannot suspend WebAssembly (JSPI): the transport jspi is not available, xhr is");
  return asked ?? (jspi ? "jspi" : "xhr");
}
