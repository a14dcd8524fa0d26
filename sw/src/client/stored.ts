// Files of containers that do not run.

import { nameLock } from "../messages.ts";
import { forget as forgetFiles, stored } from "../supervisor/store/place.ts";
import { PortholeError, words } from "./errors.ts";

/** Names of the containers whose files are kept. */
export const list = (base: URL): Promise<string[]> => stored(base.href);

/** Deletes a container's files. Nothing happens when there are none. */
export async function forget(base: URL, name: string): Promise<void> {
  const done = await navigator.locks.request(nameLock(base.href, name), { ifAvailable: true }, async (lock) => {
    if (lock === null) return false;
    await forgetFiles({ base: base.href, name }).catch((error: unknown) => {
      throw new PortholeError("ERR_FILES_IN_USE", `the files of container ${name} cannot be deleted: ${words(error)}`, { cause: error });
    });
    return true;
  });
  if (!done) throw new PortholeError("ERR_FILES_IN_USE", `a container "${name}" is running in this tab or another: tear it down first`);
}
