// Putting trees and archives into a container's file system.

import { bytes, O_CREAT, O_TRUNC, O_WRONLY, S_IFMT, S_IFREG } from "../generated/abi.ts";
import { PortholeError } from "./errors.ts";
import { gunzip } from "./gunzip.ts";
import type { Link } from "./link.ts";
import { isTar, readTar } from "./tar.ts";
import { type Entry, entriesOf, type FileSystemTree } from "./tree.ts";
import { inParallel, writeWhole } from "./whole.ts";
import { isZip, readZip } from "./zip.ts";

/** What can be mounted: a tree, or a zip, tar or tar.gz archive in any of these forms. */
export type Mountable = FileSystemTree | Uint8Array | ArrayBuffer | Blob | Response;

/** Bytes of one call. */
const BATCH_BYTES = 1 << 20;
const BATCH_ENTRIES = 1000;

/** `base` is absolute. */
export async function mount(link: Link, base: string, what: Mountable): Promise<void> {
  await link.call("mkdir_all", { path: bytes(base), mode: 0o777 });
  await inParallel(batches(await read(what)), 4, async (batch) => {
    const [first] = batch;
    if (batch.length === 1 && first !== undefined && first.data.length > BATCH_BYTES) return writeLarge(link, `${base === "/" ? "" : base}/${first.path}`, first);
    const entries = batch.map(({ path, mode, mtimeMs, data }) => ({ path: bytes(path), mode, mtime: BigInt(Math.round(mtimeMs)) * 1_000_000n, data }));
    await link.call("write_tree", { base: bytes(base), entries });
  });
}

async function read(what: Mountable): Promise<Iterable<Entry> | AsyncIterable<Entry>> {
  const data = await contentOf(what);
  if (data === undefined) return entriesOf(treeOf(what));
  const whole = data[0] === 0x1f && data[1] === 0x8b ? await gunzip(data).catch(() => unknown("its gzip stream is damaged")) : data;
  if (isZip(whole)) return readZip(whole);
  if (isTar(whole)) return readTar(whole);
  return unknown("it is neither zip nor tar nor tar.gz");
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
  if (ArrayBuffer.isView(what)) return new Uint8Array(what as Uint8Array<ArrayBuffer>);
  return undefined;
}

function unknown(why: string): never {
  throw new PortholeError("ERR_ARCHIVE", `the archive cannot be mounted: ${why}`);
}

/** Groups of entries for one call each. What is too large for a call comes alone. */
async function* batches(entries: Iterable<Entry> | AsyncIterable<Entry>): AsyncGenerator<Entry[]> {
  let batch: Entry[] = [];
  let size = 0;
  for await (const entry of entries) {
    const large = entry.data.length > BATCH_BYTES;
    if (large || size + entry.data.length > BATCH_BYTES || batch.length >= BATCH_ENTRIES) {
      if (batch.length > 0) yield batch;
      batch = [];
      size = 0;
    }
    if (large) yield [entry];
    else {
      batch.push(entry);
      size += entry.data.length + entry.path.length + 32;
    }
  }
  if (batch.length > 0) yield batch;
}

async function writeLarge(link: Link, path: string, { mode, mtimeMs, data }: Entry): Promise<void> {
  if ((mode & S_IFMT) !== S_IFREG) throw new PortholeError("ERR_ARCHIVE", `${path} is a link of ${data.length} bytes`);
  await link.call("mkdir_all", { path: bytes(path.slice(0, Math.max(1, path.lastIndexOf("/")))), mode: 0o777 });
  await writeWhole(link, path, data, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
  const time = BigInt(Math.round(mtimeMs)) * 1_000_000n;
  await link.call("chmod", { path: bytes(path), mode: mode & 0o7777, flags: 0 });
  await link.call("utimes", { path: bytes(path), atime: time, mtime: time, flags: 0 });
}

