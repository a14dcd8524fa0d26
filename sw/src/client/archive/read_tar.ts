// Reading tar archives: ustar, pax, GNU's long names and large numbers, and what was before them.

import { text } from "../../generated/abi.ts";
import { clamped, type Entry, SECOND } from "./entry.ts";
import { linkTarget, pathOf } from "./path.ts";
import { readPax, readTime } from "./pax.ts";
import type { Pieces } from "./pieces.ts";
import { damaged, shown, unsafe } from "./refuse.ts";

const BLOCK = 512;
const SLASH = 47;
/** The longest extended header: names in it are refused long before. */
const EXTENDED_MAX = 1 << 20;

const broken = (why: string): Error => damaged("tar archive", why);

/** Kinds that have no place in a tree of files. */
const REFUSED: Record<string, string> = {
  "3": "it is a device",
  "4": "it is a device",
  "6": "it is a named pipe",
  S: "it is stored as a sparse file, which is not read: make the archive without --sparse",
  M: "it is the rest of a file that began in another volume",
  N: "its name is told in a way that only old archives have",
};

/** What extended headers say of the next entry, or of all. */
type Said = Map<string, Uint8Array>;

/** Whether the data begins with a header of tar, or is an archive without entries. */
export function isTar(data: Uint8Array): boolean {
  if (data.length < BLOCK) return false;
  const head = data.subarray(0, BLOCK);
  if (isZero(head)) return isZero(data.subarray(0, 2 * BLOCK));
  return text(head.subarray(257, 262)) === "ustar" || (head[0] !== 0 && sumIsRight(head));
}

/** All entries, each to be used up before the next. */
export function* readTar(from: Pieces): Generator<Entry, void> {
  const all: Said = new Map();
  let next: Said = new Map();
  for (;;) {
    const start = from.at;
    const head = from.take(BLOCK);
    if (head.length === 0) throw broken("it ends without its end mark: it may be cut off");
    if (head.length < BLOCK) throw broken(`it ends in the middle of the header at byte ${start}`);
    if (isZero(head)) break;
    if (!sumIsRight(head)) throw broken(`its header at byte ${start} has a wrong checksum`);
    const kind = String.fromCharCode(head[156] ?? 0);
    const size = number(head, 124, 12, "size", start);
    if (kind === "x" || kind === "X") next = new Map([...next, ...readPax(extended(from, size))]);
    else if (kind === "g") for (const [key, value] of readPax(extended(from, size))) all.set(key, value);
    else if (kind === "L") next.set("path", unended(extended(from, size)));
    else if (kind === "K") next.set("linkpath", unended(extended(from, size)));
    // A volume's label.
    else if (kind === "V") skip(from, size + padding(size), "a label");
    else {
      // An empty value takes back what was said of all.
      yield* entry(from, head, kind, new Map([...all, ...next].filter(([, value]) => value.length > 0)), start, size);
      next = new Map();
    }
  }
  if (next.size > 0) throw broken("it ends after an extended header that is about nothing");
  // What follows the end mark is padding; a packed archive is unpacked to its end all the same, for its checksum.
  while (from.take(1 << 16).length > 0);
}

function* entry(from: Pieces, head: Uint8Array, kind: string, said: Said, start: number, ownSize: number): Generator<Entry, void> {
  const raw = said.get("path") ?? ownName(head);
  const path = pathOf(raw);
  for (const key of said.keys()) if (key.startsWith("GNU.sparse.")) throw unsafe(path.key, REFUSED["S"] as string);
  const refused = REFUSED[kind];
  if (refused !== undefined) throw unsafe(path.key, refused);
  const told = said.get("size");
  if (told !== undefined && !/^\d{1,15}$/.test(text(told))) throw broken(`a pax header has the size ${shown(text(told))}`);
  const size = told === undefined ? ownSize : Number(text(told));
  const mtime = clamped(said.has("mtime") ? readTime(text(said.get("mtime") as Uint8Array)) : BigInt(number(head, 136, 12, "time", start)) * SECOND);
  const attributes = { path, mode: number(head, 100, 8, "mode", start) & 0o7777, mtime };
  const target = said.get("linkpath") ?? field(head, 157, 100);
  const end = from.at + size;
  if (kind === "1") yield { ...attributes, kind: "hardlink", target: linkTarget(path.key, target) };
  else if (kind === "2") yield { ...attributes, kind: "symlink", target };
  // GNU's incremental archives (D) list what a directory held. Before there was a kind for them, directories were files with a slash behind their names.
  else if (kind === "5" || kind === "D" || raw.at(-1) === SLASH) yield { ...attributes, kind: "directory" };
  else if (kind >= "A" && kind <= "Z") throw unsafe(path.key, `it is of the kind ${shown(kind)}, which is not known`);
  else yield { ...attributes, kind: "file", size, content: () => content(from, end, path.key) };
  // Links have no content, whatever size old writers give them, unless a pax header says so.
  if ((kind === "1" || kind === "2") && told === undefined) return;
  // Nobody may have wanted the content.
  skip(from, end - from.at + padding(size), shown(path.key));
}

function* content(from: Pieces, end: number, key: string): Generator<Uint8Array, void> {
  yield* from.through(end - from.at);
  if (from.at < end) throw broken(`it ends in the middle of ${shown(key)}`);
}

function extended(from: Pieces, size: number): Uint8Array {
  if (size > EXTENDED_MAX) throw broken(`an extended header has ${size} bytes`);
  const body = from.take(size);
  if (body.length < size) throw broken("it ends in the middle of an extended header");
  // A copy: what pieces lend is gone with the next one, and names stay.
  const kept = body.slice();
  skip(from, padding(size), "an extended header");
  return kept;
}

function skip(from: Pieces, size: number, what: string): void {
  for (const piece of from.through(size)) size -= piece.length;
  if (size > 0) throw broken(`it ends in the middle of ${what}`);
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

function ownName(head: Uint8Array): Uint8Array {
  const name = field(head, 0, 100);
  // GNU's archives say `ustar` with a space, and have times where POSIX's have the beginning of a long name.
  const prefix = head[262] === 0 && text(head.subarray(257, 262)) === "ustar" ? field(head, 345, 155) : new Uint8Array();
  if (prefix.length === 0) return name;
  const whole = new Uint8Array(prefix.length + 1 + name.length);
  whole.set(prefix);
  whole[prefix.length] = SLASH;
  whole.set(name, prefix.length + 1);
  return whole;
}

/** Text up to its first null byte, where there is one. A copy. */
function field(head: Uint8Array, at: number, length: number): Uint8Array {
  const whole = head.subarray(at, at + length);
  const end = whole.indexOf(0);
  return whole.slice(0, end < 0 ? length : end);
}

/** GNU's long names end with a null byte. Another one before it stays, and refuses the name. */
const unended = (name: Uint8Array): Uint8Array => (name.at(-1) === 0 ? name.subarray(0, -1) : name);

function number(head: Uint8Array, at: number, length: number, what: string, start: number): number {
  const first = head[at] ?? 0;
  if ((first & 0x80) !== 0) {
    // GNU's large numbers: base 256, two's complement.
    let value = first === 0xff ? -1 : first & 0x7f;
    for (const byte of head.subarray(at + 1, at + length)) value = value * 256 + byte;
    if (!Number.isSafeInteger(value) || (value < 0 && what !== "time")) throw broken(`its header at byte ${start} has a ${what} that cannot be`);
    return value;
  }
  const digits = text(field(head, at, length)).trim();
  if (!/^[0-7]*$/.test(digits)) throw broken(`its header at byte ${start} has the ${what} ${shown(digits)}, which is no number`);
  return digits === "" ? 0 : Number.parseInt(digits, 8);
}

/** The sum of all bytes, the checksum's own counted as spaces. Some old writers took the bytes as signed. */
function sumIsRight(head: Uint8Array): boolean {
  let sum = 256;
  let signed = 256;
  for (let at = 0; at < BLOCK; at += 1) {
    if (at >= 148 && at < 156) continue;
    const byte = head[at] as number;
    sum += byte;
    signed += (byte << 24) >> 24;
  }
  const told = /^ *([0-7]+)[ \0]*$/.exec(text(head.subarray(148, 156)))?.[1];
  const value = told === undefined ? -1 : Number.parseInt(told, 8);
  return value === sum || value === signed;
}

function isZero(block: Uint8Array): boolean {
  for (const byte of block) if (byte !== 0) return false;
  return true;
}
