// Reading zip archives: stored and deflated, zip64, names in UTF-8 or in code page 437.

import { bytes, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG } from "../../generated/abi.ts";
import { crc32 } from "./crc32.ts";
import type { Archive, Entry } from "./entry.ts";
import { Deflated, inflate, inflateWhole } from "./inflate.ts";
import { pathOf } from "./path.ts";
import { shown, unsafe } from "./refuse.ts";
import { broken, type Listed, readDirectory } from "./zip_directory.ts";
import { METHOD_DEFLATED, METHOD_STORED } from "./zip_records.ts";

/** Files up to this size are unpacked in one piece. */
const ONE_PIECE = 1 << 20;
/** A link's target is shorter. */
const TARGET_MAX = 4096;
/** Contents that were unpacked for the check are kept for the writing, up to so many bytes. */
const KEPT = 64 << 20;

export const isZip = (data: Uint8Array): boolean => data[0] === 0x50 && data[1] === 0x4b && (data[2] === 3 || data[2] === 5);

export function zipArchive(data: Uint8Array): Archive {
  const kept = new Map<Listed, Uint8Array>();
  let room = KEPT;
  let directory: Listed[] | undefined;
  const content = function* (one: Listed): Generator<Uint8Array, void> {
    const known = kept.get(one);
    if (known !== undefined) return yield known;
    for (const piece of unpack(data, one)) {
      if (one.method !== METHOD_STORED && one.size <= ONE_PIECE && piece.length <= room) {
        room -= piece.length;
        kept.set(one, piece);
      }
      yield piece;
    }
  };
  return {
    format: "zip archive",
    packed: data.length,
    duplicates: "refuse",
    *entries() {
      directory ??= readDirectory(data);
      for (const one of directory) yield entry(one, content);
    },
  };
}

function entry(one: Listed, content: (one: Listed) => Iterable<Uint8Array>): Entry {
  const path = pathOf(bytes(one.name));
  const { size, mtime } = one;
  const kind = one.mode & S_IFMT;
  const bits = one.mode & 0o7777;
  // Some writers give everything the bits of a file.
  if (one.directory || kind === S_IFDIR) return { kind: "directory", path, mode: bits === 0 || kind !== S_IFDIR ? 0o755 : bits, mtime };
  if (one.encrypted) throw unsafe(path.key, "it is encrypted");
  if (one.method !== METHOD_STORED && one.method !== METHOD_DEFLATED) throw unsafe(path.key, `it is packed by method ${one.method}; known are stored (0) and deflated (8)`);
  if (kind === S_IFLNK) {
    if (size > TARGET_MAX) throw unsafe(path.key, `it is a link of ${size} bytes`);
    const [target = new Uint8Array()] = content(one);
    return { kind: "symlink", path, mode: 0o777, mtime, target };
  }
  if (kind !== 0 && kind !== S_IFREG) throw unsafe(path.key, "it is a device, a pipe or a socket");
  // Archives that were not made on Unix, and some that say they were, have no bits.
  return { kind: "file", path, mode: bits === 0 ? 0o644 : bits, mtime, size, content: () => content(one) };
}

/** The content, checked by its length and checksum as it goes: the last piece comes only when both are right. */
function* unpack(data: Uint8Array, one: Listed): Generator<Uint8Array, void> {
  const { name, begin, end, size } = one;
  const check = (condition: boolean, why: string) => {
    if (!condition) throw broken(`${shown(name)} is damaged: ${why}`);
  };
  if (one.method === METHOD_STORED) {
    const whole = data.subarray(begin, end);
    check(whole.length === size, `it has ${whole.length} bytes instead of ${size}`);
    check(crc32(whole) === one.crc, "its checksum is wrong");
    return yield whole;
  }
  try {
    if (size <= ONE_PIECE) {
      const whole = inflateWhole(data, begin, end, size);
      check(crc32(whole) === one.crc, "its checksum is wrong");
      return yield whole;
    }
    const unpacking = inflate(data, begin, end);
    let held: Uint8Array | undefined;
    let crc = 0;
    let length = 0;
    for (;;) {
      const { done, value } = unpacking.next();
      if (done) {
        check(value === end, `${end - value} bytes follow its end`);
        break;
      }
      length += value.length;
      crc = crc32(value, crc);
      check(length <= size, `it has more than the ${size} bytes that it should have`);
      if (held !== undefined) yield held;
      held = value;
    }
    check(length === size, `it has ${length} bytes instead of ${size}`);
    check(crc === one.crc, "its checksum is wrong");
    if (held !== undefined) yield held;
  } catch (error) {
    if (error instanceof Deflated) throw broken(`${shown(name)} is damaged: ${error.message}`);
    throw error;
  }
}
