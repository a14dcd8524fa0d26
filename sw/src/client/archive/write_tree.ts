// A tree as WebContainers write it: what `export` answers as `json`.

import { S_IFDIR, S_IFLNK, S_IFMT } from "../../generated/abi.ts";
import type { DirectoryNode, FileNode, FileSystemTree } from "../tree.ts";
import type { Found } from "./found.ts";
import { utf8 } from "./path.ts";
import { damaged, shown } from "./refuse.ts";

/** Contents are text where they are UTF-8, and bytes where they are not; modes are there where they are not the usual ones. */
export async function writeTree(all: AsyncIterable<Found>): Promise<FileSystemTree> {
  const root: FileSystemTree = {};
  const directories = new Map<string, FileSystemTree>([["", root]]);
  for await (const found of all) {
    const { key } = found.path;
    if (utf8(found.path.bytes) === undefined) throw damaged("tree", `the name ${shown(key)} is not UTF-8, which an object cannot hold: export it as tar or binary`);
    const slash = key.lastIndexOf("/");
    const parent = directories.get(slash < 0 ? "" : key.slice(0, slash));
    // Its directory was taken away while the tree was read.
    if (parent === undefined) continue;
    const name = key.slice(slash + 1);
    const mode = found.mode & 0o7777;
    switch (found.mode & S_IFMT) {
      case S_IFDIR: {
        const node: DirectoryNode = { directory: {}, ...(mode === 0o755 ? {} : { mode }) };
        directories.set(key, node.directory);
        put(parent, name, node);
        break;
      }
      case S_IFLNK: {
        const symlink = utf8(found.data ?? new Uint8Array());
        if (symlink === undefined) throw damaged("tree", `what the link ${shown(key)} says is not UTF-8, which an object cannot hold: export it as tar or binary`);
        put(parent, name, { file: { symlink } });
        break;
      }
      default: {
        const data = found.data ?? (await whole(found));
        const node: FileNode = { file: { contents: utf8(data) ?? data.slice(), ...(mode === 0o644 ? {} : { mode }) } };
        put(parent, name, node);
      }
    }
  }
  return root;
}

/** Any name, `__proto__` too. */
const put = (parent: FileSystemTree, name: string, value: FileSystemTree[string]): void =>
  void Object.defineProperty(parent, name, { value, configurable: true, enumerable: true, writable: true });

async function whole({ size, content }: Found): Promise<Uint8Array> {
  const all = new Uint8Array(size);
  let at = 0;
  for await (const piece of content()) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
