// What is exported, as it was found in a container.

import { S_IFDIR, S_IFMT } from "../../generated/abi.ts";
import type { Path } from "./path.ts";

export interface Found {
  path: Path;
  /** Kind and permission bits, as in Linux's `st_mode`: a directory, a file or a symbolic link. */
  mode: number;
  /** Nanoseconds since 1970. */
  mtime: bigint;
  /** Which file it is, and how many names that has. */
  ino: bigint;
  nlink: number;
  /** Bytes of the content. */
  size: number;
  /** The content or the link's target; undefined for what is too long to be in memory. */
  data: Uint8Array | undefined;
  /** A long content, exactly `size` bytes of it. To be asked for once, and before the next is found. */
  content: () => AsyncIterable<Uint8Array>;
}

/** The first names of files that have several. */
export class Names {
  readonly #first = new Map<bigint, Path>();

  /** The earlier name of the same file, if there was one. */
  earlier({ ino, nlink, path, mode }: Found): Path | undefined {
    if (nlink < 2 || (mode & S_IFMT) === S_IFDIR) return undefined;
    const first = this.#first.get(ino);
    if (first === undefined) this.#first.set(ino, path);
    return first;
  }
}
