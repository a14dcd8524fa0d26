// The files of a store in the origin's private file system, held by this worker alone.

/** A worker that dies lets go of its files a little after its locks: so long it is waited for, in milliseconds. */
const PATIENCE_MS = 3_000;
const STEP_MS = 50;

/** Names of the store's files, in the order in which it takes them. */
const FILES = ["journal-a", "journal-b", "heap"];

/** The methods that a store calls, and `close`. */
export type Handle = FileSystemSyncAccessHandle;

/** Opens all of them, for this worker alone. Throws what the browser throws when it does not let this worker have files. */
export async function openHandles(folder: FileSystemDirectoryHandle): Promise<[Handle, Handle, Handle]> {
  const open: Handle[] = [];
  try {
    for (const name of FILES) open.push(await openHandle(await folder.getFileHandle(name, { create: true })));
  } catch (error) {
    for (const handle of open) handle.close();
    throw error;
  }
  return open as [Handle, Handle, Handle];
}

async function openHandle(file: FileSystemFileHandle): Promise<Handle> {
  for (let waited = 0; ; waited += STEP_MS) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      if (!isTaken(error) || waited >= PATIENCE_MS) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

/** Whether somebody else has the file open. */
export const isTaken = (error: unknown): boolean => error instanceof DOMException && error.name === "NoModificationAllowedError";

/** Whether a store was ever begun in the folder. */
export async function isBegun(folder: FileSystemDirectoryHandle): Promise<boolean> {
  const first = await folder.getFileHandle("journal-a").catch(() => undefined);
  const second = await folder.getFileHandle("journal-b").catch(() => undefined);
  for (const file of [first, second]) if (file !== undefined && (await file.getFile()).size > 0) return true;
  return false;
}
