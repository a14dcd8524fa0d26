// Writing tar archives: POSIX ustar, with pax headers for what does not fit: long names, large sizes, parts of seconds.

import { bytes, S_IFDIR, S_IFLNK, S_IFMT } from "../../generated/abi.ts";
import { SECOND } from "./entry.ts";
import { type Found, Names } from "./found.ts";
import { type Path, utf8 } from "./path.ts";
import { writePax, writeTime } from "./pax.ts";

const BLOCK = 512;
const NAME = 100;
const PREFIX = 155;
/** What eleven octal digits say. */
const OCTAL_MAX = 8 ** 11 - 1;
const SLASH = 47;

const NOTHING = new Uint8Array();

/** The archive in pieces. Hard links stay links, with their first name as the file's. */
export async function* writeTar(all: AsyncIterable<Found>): AsyncGenerator<Uint8Array, void> {
  const names = new Names();
  for await (const found of all) {
    const kind = found.mode & S_IFMT;
    if (kind === S_IFDIR) {
      yield* header(found, "5", withSlash(found.path.bytes), NOTHING, 0);
      continue;
    }
    const earlier: Path | undefined = names.earlier(found);
    if (earlier !== undefined) yield* header(found, "1", found.path.bytes, earlier.bytes, 0);
    else if (kind === S_IFLNK) yield* header(found, "2", found.path.bytes, found.data ?? NOTHING, 0);
    else {
      yield* header(found, "0", found.path.bytes, NOTHING, found.size);
      if (found.data !== undefined) yield found.data;
      else yield* found.content();
      yield new Uint8Array((BLOCK - (found.size % BLOCK)) % BLOCK);
    }
  }
  yield new Uint8Array(2 * BLOCK);
}

function* header(found: Found, type: string, name: Uint8Array, link: Uint8Array, size: number): Generator<Uint8Array, void> {
  const { mode, mtime } = found;
  const split = splitName(name);
  const whole = mtime - (((mtime % SECOND) + SECOND) % SECOND);
  const seconds = Number(whole / SECOND);
  const fits = whole === mtime && seconds >= 0 && seconds <= OCTAL_MAX;
  const records: [string, Uint8Array][] = [];
  if (split === undefined) records.push(["path", name]);
  if (link.length > NAME) records.push(["linkpath", link]);
  if (size > OCTAL_MAX) records.push(["size", bytes(String(size))]);
  if (!fits) records.push(["mtime", bytes(writeTime(mtime))]);
  // Pax headers are UTF-8 unless they say that they are not.
  if (records.some(([, value]) => utf8(value) === undefined)) records.unshift(["hdrcharset", bytes("BINARY")]);
  const clock = Math.min(Math.max(0, seconds), OCTAL_MAX);
  if (records.length > 0) {
    const extended = writePax(records);
    yield block("x", [NOTHING, bytes("pax")], NOTHING, 0o644, extended.length, clock);
    yield extended;
    yield new Uint8Array((BLOCK - (extended.length % BLOCK)) % BLOCK);
  }
  yield block(type, split ?? [NOTHING, name.subarray(0, NAME)], link.subarray(0, NAME), mode & 0o7777, size > OCTAL_MAX ? 0 : size, clock);
}

function block(type: string, [prefix, name]: readonly [Uint8Array, Uint8Array], link: Uint8Array, mode: number, size: number, seconds: number): Uint8Array {
  const head = new Uint8Array(BLOCK);
  const octal = (value: number, at: number, width: number) => head.set(bytes(value.toString(8).padStart(width - 1, "0")), at);
  head.set(name);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(seconds, 136, 12);
  head.fill(32, 148, 156);
  head[156] = type.charCodeAt(0);
  head.set(link, 157);
  head.set(bytes("ustar\x0000"), 257);
  head.set(prefix, 345);
  octal(head.reduce((sum, byte) => sum + byte, 0), 148, 7);
  head[154] = 0;
  return head;
}

/** Prefix and name as ustar wants them, split at a slash; undefined if they do not fit. */
function splitName(whole: Uint8Array): readonly [Uint8Array, Uint8Array] | undefined {
  if (whole.length <= NAME) return [NOTHING, whole];
  for (let at = whole.indexOf(SLASH, whole.length - NAME - 1); at > 0 && at <= PREFIX && at < whole.length - 1; at = whole.indexOf(SLASH, at + 1)) {
    return [whole.subarray(0, at), whole.subarray(at + 1)];
  }
  return undefined;
}

function withSlash(path: Uint8Array): Uint8Array {
  const name = new Uint8Array(path.length + 1);
  name.set(path);
  name[path.length] = SLASH;
  return name;
}
