// Reading zip archives by their central directory, which alone has the modes and tells links from files.

import { inflateSync } from "fflate";
import { S_IFDIR, S_IFLNK, S_IFMT, text } from "../generated/abi.ts";
import { PortholeError } from "./errors.ts";
import { directoryEntry, type Entry, fileEntry, linkEntry } from "./tree.ts";

const END = 0x06054b50;
const CENTRAL = 0x02014b50;
const LOCAL = 0x04034b50;
const UNIX = 3;

export const isZip = (data: Uint8Array): boolean => data[0] === 0x50 && data[1] === 0x4b && (data[2] === 3 || data[2] === 5);

export function* readZip(data: Uint8Array): Generator<Entry> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const end = findEnd(view);
  let at = view.getUint32(end + 16, true);
  const count = view.getUint16(end + 10, true);
  if (at === 0xffffffff || count === 0xffff) throw broken("it is in the zip64 form, for archives over 4 GB or 65534 files");
  for (let number = 0; number < count; number += 1) {
    if (at + 46 > data.length || view.getUint32(at, true) !== CENTRAL) throw broken(`entry ${number} of its directory is malformed`);
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    const name = text(data.subarray(at + 46, at + 46 + nameLength));
    const madeByUnix = view.getUint8(at + 5) === UNIX;
    const mode = madeByUnix ? view.getUint16(at + 40, true) : 0;
    const mtimeMs = dosTime(view.getUint16(at + 14, true), view.getUint16(at + 12, true));
    const path = name
      .split("/")
      .filter((part) => part !== "" && part !== ".")
      .join("/");
    if (path === "") {
      at = next;
      continue;
    }
    const bits = (mode & 0o7777) === 0 ? undefined : mode & 0o7777;
    if (name.endsWith("/") || (mode & S_IFMT) === S_IFDIR) yield directoryEntry(path, bits, mtimeMs);
    else {
      const body = content(data, view, at, path);
      if ((mode & S_IFMT) === S_IFLNK) yield linkEntry(path, text(body), mtimeMs);
      else yield fileEntry(path, body, bits, mtimeMs);
    }
    at = next;
  }
}

function content(data: Uint8Array, view: DataView, central: number, path: string): Uint8Array {
  if ((view.getUint16(central + 8, true) & 1) !== 0) throw broken(`${path} is encrypted`);
  const method = view.getUint16(central + 10, true);
  const packed = view.getUint32(central + 20, true);
  const size = view.getUint32(central + 24, true);
  const local = view.getUint32(central + 42, true);
  if (local + 30 > data.length || view.getUint32(local, true) !== LOCAL) throw broken(`${path} is not where its directory says`);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const body = data.subarray(start, start + packed);
  if (body.length < packed) throw broken(`it ends in the middle of ${path}`);
  if (method === 0) return body;
  if (method !== 8) throw broken(`${path} is packed by method ${method}; known are stored and deflated`);
  const whole = unpack(body, path);
  if (whole.length !== size) throw broken(`${path} has ${whole.length} bytes instead of ${size}`);
  return whole;
}

/** By a library, not by the browser's streams: those cost a millisecond a file, and packages have thousands. */
function unpack(body: Uint8Array, path: string): Uint8Array {
  try {
    return inflateSync(body);
  } catch {
    throw broken(`${path} is damaged`);
  }
}

/** The end record is followed by a comment of at most 65535 bytes. */
function findEnd(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 0xffff); at -= 1) if (view.getUint32(at, true) === END) return at;
  throw broken("its directory is missing: it may be cut off");
}

function dosTime(date: number, time: number): number {
  return new Date(1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2).getTime();
}

const broken = (why: string): PortholeError => new PortholeError("ERR_ARCHIVE", `the zip archive cannot be read: ${why}`);
