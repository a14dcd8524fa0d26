// Putting trees and archives into a container's file system.

import type { Archive } from "./archive/entry.ts";
import { Gate, type MountLimits } from "./archive/gate.ts";
import { openArchive } from "./archive/open.ts";
import { PortholeError } from "./errors.ts";
import type { Link } from "./link.ts";
import { type FileSystemTree, treeArchive } from "./tree.ts";
import { Unpacking } from "./unpack.ts";

/** What can be mounted: a tree, or an archive (zip, tar, tar.gz, or what `export` made as `binary`) in any of these forms. */
export type Mountable = FileSystemTree | Uint8Array | ArrayBuffer | Blob | Response;

/** Options of `mount`. */
export interface MountOptions {
  /** Where it goes: the container's `workdir` if not given. Is made if it is missing. */
  path?: string;
  /** Another name for `path`. */
  mountPoint?: string;
  /**
   * Which symbolic links are taken. `inside` (if not given): those that stay below `path` by their own words, relative or absolute: `../` only at their start, and
   * no more of them than they lie deep. `any`: all of them.
   */
  links?: "inside" | "any";
  /** How much is taken. */
  limits?: MountLimits;
}

/** Bytes that are checked before the page gets a chance to do something else. */
const BREATH = 16 << 20;

/** `base` is absolute. */
export async function mount(link: Link, base: string, what: Mountable, { links = "inside", limits = {} }: MountOptions = {}): Promise<void> {
  const archive = await open(what);
  await check(archive, new Gate(archive, { base, links, limits }));
  await new Unpacking(link, base).write(archive.entries(() => undefined));
}

async function open(what: Mountable): Promise<Archive> {
  const data = await contentOf(what);
  return data === undefined ? treeArchive(treeOf(what)) : openArchive(data);
}

/** Goes through all of it, contents too, before anything is written. */
export async function check(archive: Archive, gate: Gate): Promise<void> {
  let held = 0;
  for (const entry of archive.entries((count) => gate.unpacked(count))) {
    gate.enter(entry);
    if (entry.kind === "file") for (const piece of entry.content()) held += piece.length;
    held += 512;
    if (held < BREATH) continue;
    held = 0;
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** A caller in JavaScript may give anything. */
function treeOf(what: unknown): FileSystemTree {
  if (what instanceof Promise) throw new PortholeError("ERR_INVALID_ARG", "mount was given a promise: await it first, as in `mount(await fetch(…))`");
  const kind = Array.isArray(what) ? "a list" : what === null ? "null" : typeof what;
  if (kind !== "object") throw new PortholeError("ERR_INVALID_ARG", `mount wants a tree of files or an archive, and was given ${kind}`);
  return what as FileSystemTree;
}

/** The bytes of an archive; undefined for a tree. */
async function contentOf(what: Mountable): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (what instanceof Response) {
    if (!what.ok) throw new PortholeError("ERR_ARCHIVE", `${what.url} answered ${what.status}`);
    return new Uint8Array(await what.arrayBuffer());
  }
  if (what instanceof Blob) return new Uint8Array(await what.arrayBuffer());
  if (what instanceof ArrayBuffer) return new Uint8Array(what);
  if (ArrayBuffer.isView(what)) return new Uint8Array(what.buffer as ArrayBuffer, what.byteOffset, what.byteLength);
  return undefined;
}
