// Orders to the container, by the file that takes them.

import { bytes, O_WRONLY, text } from "../generated/abi.ts";
import { errnoOf, PortholeError } from "./errors.ts";
import type { Link } from "./link.ts";

/** The container's own directory. */
export const controls = (container: string): string => `/web/container/${container}`;

/** A word that is taken as it is. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Has an order carried out. Fails with a {@link PortholeError} in the kernel's words. */
export async function order(link: Link, container: string, [verb, ...words]: [string, ...string[]]): Promise<void> {
  const path = bytes(`${controls(container)}/ctl`);
  const data = bytes([verb, ...words.map(quoted)].join(" "));
  const ordered = link.call("write_file", { path, data, flags: O_WRONLY, mode: 0 });
  // Asked for right behind it: it is the answer to this order, not to the next.
  const answered = link.call("read_file", { path, limit: 1 << 16 });
  // The failure of either is told below.
  answered.catch(() => undefined);
  try {
    await ordered;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    throw new PortholeError("ERR_REFUSED", text((await answered).data).trim(), { cause: error });
  }
}
