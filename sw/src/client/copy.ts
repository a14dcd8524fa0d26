// Copying trees.

import { errno, errnoOf, SystemError } from "./errors.ts";
import type { FileSystem } from "./fs.ts";

export interface CopyOptions {
  /** Needed for directories. */
  recursive?: boolean;
  /** Replaces what is there: the default. */
  force?: boolean;
  /** Without `force`: what is there is an error. */
  errorOnExist?: boolean;
  preserveTimestamps?: boolean;
}

const EEXIST = errno("EEXIST");
const EISDIR = errno("EISDIR");
const EINVAL = errno("EINVAL");

export async function copyTree(fs: FileSystem, from: string, to: string, options: CopyOptions): Promise<void> {
  const { recursive = false, force = true, errorOnExist = false, preserveTimestamps = false } = options;
  const stats = await fs.lstat(from);
  if (stats.isDirectory()) {
    if (!recursive) throw new SystemError(EISDIR, "cp", from);
    if (`${to}/`.startsWith(`${from}/`)) throw new SystemError(EINVAL, "cp", from, to);
    await fs.mkdir(to, { recursive: true, mode: stats.mode & 0o777 });
    for (const name of await fs.readdir(from)) await copyTree(fs, `${from}/${name}`, `${to}/${name}`, options);
  } else {
    const skip = (error: unknown) => {
      if (errnoOf(error) !== EEXIST || errorOnExist) throw error;
    };
    if (stats.isSymbolicLink()) {
      if (force) await fs.rm(to, { force: true });
      await fs.symlink(await fs.readlink(from), to).catch(skip);
    } else await fs.copyFile(from, to, force ? 0 : 1).catch(skip);
  }
  if (preserveTimestamps && !stats.isSymbolicLink()) await fs.utimes(to, stats.atime, stats.mtime);
}
