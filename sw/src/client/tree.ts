// Trees of files, as WebContainers write them.

import { bytes, S_IFDIR, S_IFLNK, S_IFREG } from "../generated/abi.ts";
import { PortholeError } from "./errors.ts";

/** A file with its content. */
export interface FileNode {
  file: {
    contents: string | Uint8Array;
    /** Permission bits, 0o644 if not given. */
    mode?: number;
  };
}

/** A symbolic link. */
export interface SymlinkNode {
  file: {
    /** What the link says. */
    symlink: string;
  };
}

/** A symbolic link, the longer way to write it. */
export interface SymlinkTargetNode {
  symlink: { target: string };
}

/** A directory. */
export interface DirectoryNode {
  directory: FileSystemTree;
  /** Permission bits, 0o755 if not given. */
  mode?: number;
}

/** Names and what they are. */
export interface FileSystemTree {
  [name: string]: DirectoryNode | FileNode | SymlinkNode | SymlinkTargetNode;
}

/** One thing to be made: its path relative to where it is mounted, its kind and bits, its content or the link's target. */
export interface Entry {
  path: string;
  /** `S_IFDIR`, `S_IFREG` or `S_IFLNK` with permission bits. */
  mode: number;
  /** Milliseconds since 1970. */
  mtimeMs: number;
  data: Uint8Array;
}

export const directoryEntry = (path: string, mode = 0o755, mtimeMs = Date.now()): Entry => ({ path, mode: S_IFDIR | (mode & 0o7777), mtimeMs, data: new Uint8Array() });
export const fileEntry = (path: string, data: Uint8Array, mode = 0o644, mtimeMs = Date.now()): Entry => ({ path, mode: S_IFREG | (mode & 0o7777), mtimeMs, data });
export const linkEntry = (path: string, target: string, mtimeMs = Date.now()): Entry => ({ path, mode: S_IFLNK | 0o777, mtimeMs, data: bytes(target) });

/** All that a tree holds, directories before what is in them. */
export function* entriesOf(tree: FileSystemTree, prefix = ""): Generator<Entry> {
  for (const [name, node] of Object.entries(tree)) {
    const path = `${prefix}${name}`;
    if (name === "" || name === "." || name === ".." || name.includes("/")) throw new PortholeError("ERR_INVALID_ARG", `${JSON.stringify(path)} is not a name of a file`);
    if ("directory" in node) {
      yield directoryEntry(path, node.mode);
      yield* entriesOf(node.directory, `${path}/`);
    } else if ("symlink" in node) yield linkEntry(path, node.symlink.target);
    else if ("file" in node && "symlink" in node.file) yield linkEntry(path, node.file.symlink);
    else if ("file" in node && "contents" in node.file) {
      const { contents, mode } = node.file;
      yield fileEntry(path, typeof contents === "string" ? bytes(contents) : contents, mode);
    } else throw new PortholeError("ERR_INVALID_ARG", `${path} is neither a directory nor a file nor a link`);
  }
}
