// Which store a container gets: the first that opens.

import type { Wish } from "../../messages.ts";
import { isBegun, isTaken } from "./handles.ts";
import { Idb } from "./idb.ts";
import { Mem } from "./mem.ts";
import { Opfs } from "./opfs.ts";
import { databaseOf, folderOf, type Place } from "./place.ts";
import type { FileStore, Keeping } from "./store.ts";

/**
 * Opens a container's files. `image` makes the kernel's image this worker's.
 *
 * Throws when files are there and cannot be read, or when the wish cannot be granted. With `auto` a browser that keeps nothing is no error: files are then in memory.
 */
export async function openStore(place: Place, { storage, salvage }: Wish, keeping: Keeping, image: () => Promise<unknown>): Promise<FileStore> {
  switch (storage) {
    case "memory":
      return new Mem(keeping);
    case "opfs":
      await image();
      return Opfs.open(await folderOf(place, true), keeping, salvage);
    case "idb":
      return Idb.open(databaseOf(place), keeping);
    case "auto":
      return (await opfs(place, salvage, keeping, image)) ?? (await idb(place, keeping)) ?? new Mem(keeping);
  }
}

/** Undefined: the browser lets this worker have no files, or did not when the container's were made. */
async function opfs(place: Place, salvage: boolean, keeping: Keeping, image: () => Promise<unknown>): Promise<FileStore | undefined> {
  const running = image();
  // Told when it is awaited.
  running.catch(() => undefined);
  const folder = await folderOf(place, true).catch(() => undefined);
  if (folder === undefined) return undefined;
  const inUse = await isBegun(folder);
  if (!inUse && (await hasDatabase(place))) return undefined;
  await running;
  try {
    return await Opfs.open(folder, keeping, salvage);
  } catch (error) {
    if (isTaken(error)) throw new Error(`the files of container ${place.name} are held by a worker that has ended and does not let go: reload the page`, { cause: error });
    const refused = error instanceof DOMException || error instanceof TypeError || (error instanceof Error && error.name === "NoSpace");
    if (inUse || !refused) throw error;
    return undefined;
  }
}

/** Undefined: the browser gives no database. */
async function idb(place: Place, keeping: Keeping): Promise<FileStore | undefined> {
  try {
    return await Idb.open(databaseOf(place), keeping);
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}

async function hasDatabase(place: Place): Promise<boolean> {
  const known = await indexedDB.databases().catch(() => []);
  return known.some(({ name }) => name === databaseOf(place));
}
