// Why an archive is not taken, in words that name what is wrong.

import { PortholeError } from "../errors.ts";

/** Its bytes are not what they should be. `what` is the kind of archive. */
export const damaged = (what: string, why: string): PortholeError => new PortholeError("ERR_ARCHIVE", `the ${what} cannot be read: ${why}`);

/** An entry that would end up elsewhere, or as something that it should not be. */
export const unsafe = (key: string, why: string): PortholeError => new PortholeError("ERR_UNSAFE_ENTRY", `the entry ${shown(key)} is refused: ${why}`);

/** More than was agreed on. */
export const tooMuch = (why: string): PortholeError => new PortholeError("ERR_LIMIT", why);

/** A name for people: quoted, control characters visible, not too long. */
export function shown(key: string): string {
  const quoted = JSON.stringify(key.replaceAll("\0", "\\"));
  return quoted.length <= 300 ? quoted : `${quoted.slice(0, 140)} … ${quoted.slice(-140)}`;
}
