// Trees of files, as WebContainers write them.

import { bytes } from "../generated/abi.ts";
import { type Archive, type Entry, inMemory } from "./archive/entry.ts";
import { pathOf } from "./archive/path.ts";
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

/** A tree as an archive. Its times are now. */
export const treeArchive = (tree: FileSystemTree): Archive => ({
  format: "tree",
  packed: 0,
  duplicates: "refuse",
  entries: () => entriesOf(tree, "", BigInt(Date.now()) * 1_000_000n),
});

/** All that a tree holds, directories before what is in them. */
function* entriesOf(tree: FileSystemTree, prefix: string, mtime: bigint): Generator<Entry> {
  for (const [name, node] of Object.entries(tree)) {
    const text = `${prefix}${name}`;
    if (name === "" || name === "." || name === ".." || name.includes("/")) throw new PortholeError("ERR_INVALID_ARG", `${JSON.stringify(text)} is not a name of a file`);
    const path = pathOf(bytes(text));
    const link = (target: string): Entry => ({ kind: "symlink", path, mode: 0o777, mtime, target: bytes(target) });
    if ("directory" in node) {
      yield { kind: "directory", path, mode: (node.mode ?? 0o755) & 0o7777, mtime };
      yield* entriesOf(node.directory, `${text}/`, mtime);
    } else if ("symlink" in node) yield link(node.symlink.target);
    else if ("file" in node && "symlink" in node.file) yield link(node.file.symlink);
    else if ("file" in node && "contents" in node.file) {
      const { contents, mode = 0o644 } = node.file;
      const data = typeof contents === "string" ? bytes(contents) : contents;
      yield { kind: "file", path, mode: mode & 0o7777, mtime, size: data.length, content: inMemory(data) };
    } else throw new PortholeError("ERR_INVALID_ARG", `${text} is neither a directory nor a file nor a link`);
  }
}
