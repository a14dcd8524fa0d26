// Where stores lie: one for each container, under the folder of sw.js and its name. Used by pages as well as by supervisors.

/** Where a container's files are. */
export interface Place {
  /** Folder of sw.js. */
  base: string;
  name: string;
}

/** In the origin's private file system; below it a folder for each folder of scripts, below that one for each container. */
const ROOT = "porthole";

const scope = (base: string): string => new URL(base).pathname;
const scopeFolder = (base: string): string => encodeURIComponent(scope(base));
const databases = (base: string): string => `porthole:${scope(base)}:`;

/** Name of a container's database, where files are in IndexedDB. */
export const databaseOf = ({ base, name }: Place): string => databases(base) + name;

/** The folder of a container's files. Fails with `NotFoundError` where there is none, unless it is to be made. */
export async function folderOf({ base, name }: Place, create: boolean): Promise<FileSystemDirectoryHandle> {
  return (await containersOf(base, create)).getDirectoryHandle(name, { create });
}

/** Names of containers whose files are kept. */
export async function stored(base: string): Promise<string[]> {
  const names = new Set<string>();
  const folder = await containersOf(base, false).catch(() => undefined);
  if (folder !== undefined) for await (const name of folder.keys()) names.add(name);
  const known = await indexedDB.databases().catch(() => []);
  for (const { name = "" } of known) if (name.startsWith(databases(base))) names.add(name.slice(databases(base).length));
  return [...names].sort();
}

/** Deletes the files of a container, wherever they are. Nobody may have them open. */
export async function forget(place: Place): Promise<void> {
  const folder = await containersOf(place.base, false).catch(() => undefined);
  await folder?.removeEntry(place.name, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof DOMException && error.name === "NotFoundError")) throw error;
  });
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase(databaseOf(place));
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error(`the database of container ${place.name} is in use`));
  });
}

async function containersOf(base: string, create: boolean): Promise<FileSystemDirectoryHandle> {
  const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(ROOT, { create });
  return root.getDirectoryHandle(scopeFolder(base), { create });
}
