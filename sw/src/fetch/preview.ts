// The preview script's start: what it must know before it runs, in an inline script.

import type { Place } from "./address.ts";
import { declaredCharset } from "./html.ts";

/** Given to the preview script. */
export interface Primed extends Place {
  /** `/sub/~/main/3000`, without the slash after it. */
  readonly prefix: string;
  /** Every cookie that scripts may see: `name=value; Path=/; Expires=1700000000000`. */
  readonly cookies: readonly string[];
}

/** `script` is the bundled preview script; it takes `__porthole` away before any of the guest's scripts runs. */
export function element(script: string, primed: Primed, nonce: string, charset: boolean, after: Uint8Array): Uint8Array<ArrayBuffer> {
  // In a script element `</script` and `<!--` end or change the mode; in JSON a `<` can be written as an escape.
  const json = JSON.stringify(primed).replace(/</g, "\\u003c").replace(/[\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
  const declared = charset ? undefined : declaredCharset(after);
  const meta = declared === undefined ? "" : `<meta charset="${declared}">`;
  const code = ascii(`self.__porthole=${json};${script.replace(/<(?=\/script|!--)/gi, "\\x3c")}`);
  return new TextEncoder().encode(`${meta}<script nonce="${nonce}">${code}</script>`);
}

/** The document's encoding is not known here: everything beyond ASCII is written as escapes, which only strings may hold. */
function ascii(code: string): string {
  return code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
