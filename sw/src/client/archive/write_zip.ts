// Writing zip archives: deflated where that is shorter, modes and links in the Unix attributes, zip64 where 32 bits are too few. Names are UTF-8.

import { Deflate, deflateSync } from "fflate";
import { bytes, S_IFDIR, S_IFLNK, S_IFMT } from "../../generated/abi.ts";
import { crc32 } from "./crc32.ts";
import { SECOND } from "./entry.ts";
import type { Found } from "./found.ts";
import { utf8 } from "./path.ts";
import { damaged, shown } from "./refuse.ts";
import * as zip from "./zip_records.ts";

const VERSION = 20;
const VERSION64 = 45;
/** What a content may grow by when it is deflated all the same, because it is streamed. */
const GROWTH = 1 << 20;

/** What is known of an entry when its content has been written. */
interface Written {
  found: Found;
  name: Uint8Array;
  flags: number;
  method: number;
  crc: number;
  packed: number;
  size: number;
  /** Where its local header is. */
  at: number;
}

/** The archive in pieces. Files with several names are in it as often as they have names. */
export async function* writeZip(all: AsyncIterable<Found>): AsyncGenerator<Uint8Array, void> {
  const done: Written[] = [];
  let at = 0;
  for await (const found of all) {
    for await (const part of write(found, at, done)) {
      at += part.length;
      yield part;
    }
  }
  let length = 0;
  for (const one of done) {
    const record = central(one);
    length += record.length;
    yield record;
  }
  yield ending(done.length, length, at);
}

async function* write(found: Found, at: number, done: Written[]): AsyncGenerator<Uint8Array, void> {
  if (utf8(found.path.bytes) === undefined) throw damaged("tree", `the name ${shown(found.path.key)} is not UTF-8, which a zip archive cannot hold: export it as tar or binary`);
  const isDirectory = (found.mode & S_IFMT) === S_IFDIR;
  const one: Written = { found, name: bytes(isDirectory ? `${found.path.key}/` : found.path.key), flags: zip.UTF8, method: zip.METHOD_STORED, crc: 0, packed: 0, size: found.size, at };
  done.push(one);
  if (found.data !== undefined) {
    const packed = found.data.length < 32 || (found.mode & S_IFMT) === S_IFLNK ? found.data : deflateSync(found.data);
    const shorter = packed.length < found.data.length;
    const body = shorter ? packed : found.data;
    Object.assign(one, { method: shorter ? zip.METHOD_DEFLATED : zip.METHOD_STORED, crc: crc32(found.data), packed: body.length });
    yield local(one, false);
    yield body;
    return;
  }
  const large = found.size + GROWTH >= zip.MAX32;
  Object.assign(one, { flags: zip.UTF8 | zip.DESCRIBED, method: zip.METHOD_DEFLATED });
  yield local(one, large);
  for await (const part of deflated(found.content(), (piece) => (one.crc = crc32(piece, one.crc)))) {
    one.packed += part.length;
    yield part;
  }
  yield descriptor(one, large);
}

/** A long content, packed as it comes. */
async function* deflated(content: AsyncIterable<Uint8Array>, see: (piece: Uint8Array) => void): AsyncGenerator<Uint8Array, void> {
  const ready: Uint8Array[] = [];
  const packer = new Deflate((part) => void ready.push(part));
  for await (const piece of content) {
    see(piece);
    packer.push(piece);
    yield* ready.splice(0);
  }
  packer.push(new Uint8Array(), true);
  yield* ready;
}

function local(one: Written, large: boolean): Uint8Array {
  const extra = [...(large ? field(zip.EXTRA_ZIP64, [0n, 0n]) : []), ...times(one.found)];
  const out = new Record(zip.LOCAL_BYTES + one.name.length + extra.length);
  out.u32(zip.LOCAL);
  out.u16(large ? VERSION64 : VERSION);
  common(out, one);
  const known = (one.flags & zip.DESCRIBED) === 0;
  out.u32(known ? one.packed : large ? zip.MAX32 : 0);
  out.u32(known ? one.size : large ? zip.MAX32 : 0);
  out.u16(one.name.length);
  out.u16(extra.length);
  out.put(one.name);
  out.put(extra);
  return out.bytes;
}

/** Flags, method, time and checksum, as both headers have them. The checksum of what is streamed comes behind it. */
function common(out: Record, { flags, method, crc, found }: Written): void {
  const { date, time } = dosTime(found.mtime);
  out.u16(flags);
  out.u16(method);
  out.u16(time);
  out.u16(date);
  out.u32(crc);
}

function descriptor({ crc, packed, size }: Written, large: boolean): Uint8Array {
  const out = new Record(large ? 24 : 16);
  out.u32(zip.DESCRIPTOR);
  out.u32(crc);
  if (large) {
    out.u64(packed);
    out.u64(size);
  } else {
    out.u32(packed);
    out.u32(size);
  }
  return out.bytes;
}

/** An entry of the directory. */
export function central(one: Written): Uint8Array {
  const { found, name, packed, size, at } = one;
  const wide = [size, packed, at].filter((value) => value >= zip.MAX32).map(BigInt);
  const extra = [...(wide.length > 0 ? field(zip.EXTRA_ZIP64, wide) : []), ...times(found)];
  const version = wide.length > 0 ? VERSION64 : VERSION;
  const out = new Record(zip.CENTRAL_BYTES + name.length + extra.length);
  out.u32(zip.CENTRAL);
  out.u16((zip.BY_UNIX << 8) | version);
  out.u16(version);
  common(out, one);
  for (const value of [packed, size]) out.u32(Math.min(value, zip.MAX32));
  out.u16(name.length);
  out.u16(extra.length);
  // No comment, the first volume, no internal attributes.
  for (let field = 0; field < 3; field += 1) out.u16(0);
  // DOS reads the low bits: a directory.
  out.u32(((found.mode & 0xffff) * 0x10000 + ((found.mode & S_IFMT) === S_IFDIR ? 0x10 : 0)) >>> 0);
  out.u32(Math.min(at, zip.MAX32));
  out.put(name);
  out.put(extra);
  return out.bytes;
}

/** What follows the directory of `count` entries and `length` bytes that begins at `at`. */
export function ending(count: number, length: number, at: number): Uint8Array {
  const large = count >= zip.MAX16 || length >= zip.MAX32 || at >= zip.MAX32;
  const out = new Record(zip.END_BYTES + (large ? zip.END64_BYTES + zip.LOCATOR64_BYTES : 0));
  if (large) {
    out.u32(zip.END64);
    out.u64(zip.END64_BYTES - 12);
    out.u16((zip.BY_UNIX << 8) | VERSION64);
    out.u16(VERSION64);
    out.u32(0);
    out.u32(0);
    for (const value of [count, count, length, at]) out.u64(value);
    out.u32(zip.LOCATOR64);
    out.u32(0);
    out.u64(at + length);
    out.u32(1);
  }
  out.u32(zip.END);
  out.u32(0);
  for (let twice = 0; twice < 2; twice += 1) out.u16(Math.min(count, zip.MAX16));
  out.u32(Math.min(length, zip.MAX32));
  out.u32(Math.min(at, zip.MAX32));
  out.u16(0);
  return out.bytes;
}

/** The time in seconds since 1970, which other than DOS's is of no time zone. */
function times({ mtime }: Found): Uint8Array {
  const seconds = Number((mtime - (((mtime % SECOND) + SECOND) % SECOND)) / SECOND);
  if (seconds < -(2 ** 31) || seconds >= 2 ** 31) return new Uint8Array();
  const out = new Record(9);
  out.u16(zip.EXTRA_TIMES);
  out.u16(5);
  out.bytes[4] = 1;
  new DataView(out.bytes.buffer).setInt32(5, seconds, true);
  return out.bytes;
}

function field(id: number, values: readonly bigint[]): Uint8Array {
  const out = new Record(4 + 8 * values.length);
  out.u16(id);
  out.u16(8 * values.length);
  for (const value of values) out.u64(Number(value));
  return out.bytes;
}

/** Local time, between 1980 and 2107. */
function dosTime(mtime: bigint): { date: number; time: number } {
  const local = new Date(Number(mtime / 1_000_000n));
  const year = local.getFullYear();
  if (!(year >= 1980)) return { date: (1 << 5) | 1, time: 0 };
  if (year > 2107) return { date: 0xff9f, time: 0xbf7d };
  return {
    date: ((year - 1980) << 9) | ((local.getMonth() + 1) << 5) | local.getDate(),
    time: (local.getHours() << 11) | (local.getMinutes() << 5) | (local.getSeconds() >> 1),
  };
}

class Record {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  #at = 0;
  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }
  u16(value: number): void {
    this.#view.setUint16((this.#at += 2) - 2, value, true);
  }
  u32(value: number): void {
    this.#view.setUint32((this.#at += 4) - 4, value, true);
  }
  u64(value: number): void {
    this.#view.setBigUint64((this.#at += 8) - 8, BigInt(value), true);
  }
  put(data: ArrayLike<number>): void {
    this.bytes.set(data, this.#at);
    this.#at += data.length;
  }
}
