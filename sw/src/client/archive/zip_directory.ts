// The directory at the end of a zip archive, which alone has the modes and tells links from files. All of it is checked before any file is looked at.

import { text } from "../../generated/abi.ts";
import { cp437 } from "./cp437.ts";
import { crc32 } from "./crc32.ts";
import { SECOND } from "./entry.ts";
import { utf8 } from "./path.ts";
import { damaged, shown } from "./refuse.ts";
import * as zip from "./zip_records.ts";

/** A file as the directory has it. */
export interface Listed {
  name: string;
  /** The name ends in a slash. */
  directory: boolean;
  /** As in Linux's `st_mode`; 0 where the archive was made elsewhere. */
  mode: number;
  /** Nanoseconds since 1970. */
  mtime: bigint;
  method: number;
  encrypted: boolean;
  crc: number;
  /** Where the packed content begins and ends. */
  begin: number;
  end: number;
  size: number;
}

export const broken = (why: string): Error => damaged("zip archive", why);

/** Everything that the archive's directory lists, in its order. */
export function readDirectory(data: Uint8Array): Listed[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const { at: start, end, count } = findDirectory(view);
  const found: Listed[] = [];
  /** Where each local header and content lies. */
  const taken: { begin: number; end: number; name: string }[] = [];
  let at = start;
  for (let number = 0; number < count; number += 1) {
    if (at + zip.CENTRAL_BYTES > end || view.getUint32(at, true) !== zip.CENTRAL) throw broken(`entry ${number} of its directory is malformed`);
    const nameEnd = at + zip.CENTRAL_BYTES + view.getUint16(at + 28, true);
    const extraEnd = nameEnd + view.getUint16(at + 30, true);
    const next = extraEnd + view.getUint16(at + 32, true);
    if (next > end) throw broken(`entry ${number} of its directory is longer than the directory`);
    const rawName = data.subarray(at + zip.CENTRAL_BYTES, nameEnd);
    const extra = extras(view, nameEnd, extraEnd, number);
    const flags = view.getUint16(at + 8, true);
    const name = nameOf(rawName, flags, view.getUint8(at + 5), extra.get(zip.EXTRA_UNICODE_PATH));
    const large = new Large(extra.get(zip.EXTRA_ZIP64), number);
    const size = large.or(view.getUint32(at + 24, true));
    const packed = large.or(view.getUint32(at + 20, true));
    const header = large.or(view.getUint32(at + 42, true));
    const begin = contentBegin(view, header, start, name, rawName);
    if (begin + packed > start) throw broken(`it ends in the middle of ${shown(name)}`);
    taken.push({ begin: header, end: begin + packed, name });
    const by = view.getUint8(at + 5);
    found.push({
      name,
      directory: name.endsWith("/"),
      mode: by === zip.BY_UNIX || by === zip.BY_MACOS ? view.getUint16(at + 40, true) : 0,
      mtime: timeOf(view, at, extra.get(zip.EXTRA_TIMES)),
      method: view.getUint16(at + 10, true),
      encrypted: (flags & zip.ENCRYPTED) !== 0,
      crc: view.getUint32(at + 16, true),
      begin,
      end: begin + packed,
      size,
    });
    at = next;
  }
  if (at < end && view.getUint8(at) === 0x50 && at + 4 <= end && view.getUint32(at, true) === zip.CENTRAL) throw broken(`its directory has more than the ${count} entries that it says`);
  apart(taken);
  return found;
}

/** One content under many names, or one that holds others, is how small archives unpack to what no disk can hold. */
function apart(taken: { begin: number; end: number; name: string }[]): void {
  taken.sort((one, other) => one.begin - other.begin);
  for (const [at, one] of taken.entries()) {
    const before = taken[at - 1];
    if (before !== undefined && one.begin < before.end) throw broken(`${shown(before.name)} and ${shown(one.name)} share their content`);
  }
}

/** Where the directory is and how many entries it has. The end record is followed by a comment of at most 65,535 bytes. */
function findDirectory(view: DataView): { at: number; end: number; count: number } {
  const size = view.byteLength;
  const ends: number[] = [];
  for (let at = size - zip.END_BYTES; at >= Math.max(0, size - zip.END_BYTES - zip.MAX16); at -= 1) {
    if (view.getUint32(at, true) === zip.END && at + zip.END_BYTES + view.getUint16(at + 20, true) === size) ends.push(at);
  }
  let [end] = ends;
  if (end === undefined) throw broken("its directory is missing: it may be cut off");
  if (ends.length > 1) throw broken("it has two directories, of which programs take one or the other");
  let count = view.getUint16(end + 10, true);
  let length = view.getUint32(end + 12, true);
  let at = view.getUint32(end + 16, true);
  if (view.getUint16(end + 4, true) !== view.getUint16(end + 6, true)) throw broken("it is one of several volumes");
  const locator = end - zip.LOCATOR64_BYTES;
  if (locator >= 0 && view.getUint32(locator, true) === zip.LOCATOR64) {
    const record = safe(view.getBigUint64(locator + 8, true));
    if (record + zip.END64_BYTES > locator || view.getUint32(record, true) !== zip.END64) throw broken("its zip64 end record is not where it should be");
    count = safe(view.getBigUint64(record + 32, true));
    length = safe(view.getBigUint64(record + 40, true));
    at = safe(view.getBigUint64(record + 48, true));
    end = record;
  }
  if (at + length > end) throw broken("its directory is longer than the archive");
  if (count * zip.CENTRAL_BYTES > length) throw broken(`its directory of ${length} bytes cannot have ${count} entries`);
  return { at, end: at + length, count };
}

/** Where a content begins, behind its local header, which must have the name that the directory has. */
function contentBegin(view: DataView, header: number, limit: number, name: string, rawName: Uint8Array): number {
  if (header + zip.LOCAL_BYTES > limit || view.getUint32(header, true) !== zip.LOCAL) throw broken(`${shown(name)} is not where its directory says`);
  const nameEnd = header + zip.LOCAL_BYTES + view.getUint16(header + 26, true);
  const begin = nameEnd + view.getUint16(header + 28, true);
  if (begin > limit) throw broken(`it ends in the middle of ${shown(name)}`);
  const own = new Uint8Array(view.buffer, view.byteOffset + header + zip.LOCAL_BYTES, nameEnd - header - zip.LOCAL_BYTES);
  if (own.length !== rawName.length || own.some((byte, at) => byte !== rawName[at])) throw broken(`${shown(name)} has another name in front of its content, ${shown(text(own))}`);
  return begin;
}

/** Numbers of 64 bits, in the place of those that are all ones. */
class Large {
  #at = 0;
  constructor(
    readonly field: DataView | undefined,
    readonly number: number,
  ) {}
  or(value: number): number {
    if (value !== zip.MAX32 || this.field === undefined) return value;
    if (this.#at + 8 > this.field.byteLength) throw broken(`entry ${this.number} of its directory lacks a number of 64 bits`);
    this.#at += 8;
    return safe(this.field.getBigUint64(this.#at - 8, true));
  }
}

function extras(view: DataView, at: number, end: number, number: number): Map<number, DataView> {
  const found = new Map<number, DataView>();
  // What is too short for a field is padding.
  while (at + 4 <= end) {
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > end) throw broken(`entry ${number} of its directory has a malformed field`);
    found.set(view.getUint16(at, true), new DataView(view.buffer, view.byteOffset + at + 4, length));
    at += 4 + length;
  }
  return found;
}

/** UTF-8 where the archive says so or where it can be, as macOS writes it without saying so; else the letters of old PCs. */
function nameOf(raw: Uint8Array, flags: number, by: number, unicode: DataView | undefined): string {
  const plain = utf8(raw);
  if (plain === undefined && (flags & zip.UTF8) !== 0) throw broken(`the name ${shown(cp437(raw))} is not UTF-8, as it should be`);
  let name = plain ?? cp437(raw);
  if (plain === undefined && unicode !== undefined && unicode.byteLength > 5 && unicode.getUint32(1, true) === crc32(raw)) {
    name = utf8(new Uint8Array(unicode.buffer, unicode.byteOffset + 5, unicode.byteLength - 5)) ?? name;
  }
  // Some Windows programs write their own separator.
  return by === zip.BY_DOS && !name.includes("/") ? name.replaceAll("\\", "/") : name;
}

/** Seconds since 1970 where there are, else the local time of DOS. */
function timeOf(view: DataView, at: number, times: DataView | undefined): bigint {
  if (times !== undefined && times.byteLength >= 5 && (times.getUint8(0) & 1) !== 0) return BigInt(times.getInt32(1, true)) * SECOND;
  const time = view.getUint16(at + 12, true);
  const date = view.getUint16(at + 14, true);
  const local = new Date(1980 + (date >> 9), ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2);
  return BigInt(local.getTime()) * 1_000_000n;
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw broken(`it speaks of ${value} bytes`);
  return Number(value);
}
