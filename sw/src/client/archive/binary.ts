// The compact form of a tree, made to be mounted again: everything that a container knows of its files, and no padding.
//
//   0x89 "PHTREE" 1, then entries, then an end
//   entry: kind (1 directory, 2 file, 3 symbolic link, 4 another name for an earlier file)
//          how many bytes of the path before are kept, how many follow, those
//          mode: permission bits
//          mtime: nanoseconds since 1970, 64 bits, signed, little-endian
//          2: length, content; 3: length, what the link says; 4: length, the path of the earlier entry
//   end:   0, how many entries there were, CRC-32 of everything before itself, 32 bits, little-endian
//
// Where nothing else is said, numbers are 7 bits a byte, the low ones first, the eighth bit set on all but the last.

import { S_IFDIR, S_IFLNK, S_IFMT } from "../../generated/abi.ts";
import { crc32 } from "./crc32.ts";
import type { Entry } from "./entry.ts";
import { type Found, Names } from "./found.ts";
import { linkTarget, pathOf } from "./path.ts";
import type { Pieces } from "./pieces.ts";
import { damaged, shown } from "./refuse.ts";

const MAGIC = Uint8Array.of(0x89, 0x50, 0x48, 0x54, 0x52, 0x45, 0x45, 1);
/** Nothing that is told in one piece is longer. */
const TOLD_MAX = 8192;

const END = 0;
const DIRECTORY = 1;
const FILE = 2;
const SYMLINK = 3;
const HARDLINK = 4;

const broken = (why: string): Error => damaged("binary tree", why);

export const isBinary = (data: Uint8Array): boolean => data.length >= MAGIC.length && MAGIC.every((byte, at) => at === 7 || data[at] === byte);

/** All entries, each to be used up before the next. */
export function* readBinary(pieces: Pieces): Generator<Entry, void> {
  const from = new Summed(pieces);
  const version = from.bytes(MAGIC.length)[7];
  if (version !== MAGIC[7]) throw broken(`it is of version ${version}; known is version ${MAGIC[7]}`);
  let before = new Uint8Array();
  let count = 0;
  for (let kind = from.byte(); kind !== END; kind = from.byte()) {
    const kept = from.number();
    const more = from.told();
    if (kept > before.length) throw broken(`entry ${count} keeps ${kept} bytes of a path of ${before.length}`);
    if (kept + more.length > TOLD_MAX) throw broken(`the path of entry ${count} has ${kept + more.length} bytes`);
    const raw = new Uint8Array(kept + more.length);
    raw.set(before.subarray(0, kept));
    raw.set(more, kept);
    before = raw;
    const path = pathOf(raw);
    const mode = from.number() & 0o7777;
    const mtime = viewOf(from.bytes(8)).getBigInt64(0, true);
    const attributes = { path, mode, mtime };
    if (kind === DIRECTORY) yield { ...attributes, kind: "directory" };
    else if (kind === FILE) {
      const size = from.number();
      const end = pieces.at + size;
      yield { ...attributes, kind: "file", size, content: () => from.content(end, path.key) };
      // Nobody may have wanted the content.
      for (const _ of from.content(end, path.key));
    } else if (kind === SYMLINK) yield { ...attributes, kind: "symlink", target: from.told() };
    else if (kind === HARDLINK) yield { ...attributes, kind: "hardlink", target: linkTarget(path.key, from.told()) };
    else throw broken(`entry ${count} is of the kind ${kind}`);
    count += 1;
  }
  const told = from.number();
  if (told !== count) throw broken(`it has ${count} entries instead of ${told}`);
  const sum = from.sum;
  const last = from.bytes(4);
  if (viewOf(last).getUint32(0, true) !== sum) throw broken("its checksum is wrong");
  if (pieces.take(1).length > 0) throw broken("something else follows it");
}

/** The tree in pieces. Hard links stay links, with their first name as the file's. */
export async function* writeBinary(all: AsyncIterable<Found>): AsyncGenerator<Uint8Array, void> {
  const names = new Names();
  let sum = crc32(MAGIC);
  yield MAGIC.slice();
  const summed = (part: Uint8Array): Uint8Array => {
    sum = crc32(part, sum);
    return part;
  };
  let before = new Uint8Array();
  let count = 0;
  for await (const found of all) {
    const path = found.path.bytes;
    const earlier = names.earlier(found);
    const type = found.mode & S_IFMT;
    const kind = earlier !== undefined ? HARDLINK : type === S_IFDIR ? DIRECTORY : type === S_IFLNK ? SYMLINK : FILE;
    let kept = 0;
    while (kept < before.length && kept < path.length && before[kept] === path[kept]) kept += 1;
    const head = [kind, ...number(kept), ...number(path.length - kept), ...path.subarray(kept), ...number(found.mode & 0o7777)];
    const clock = new Uint8Array(8);
    new DataView(clock.buffer).setBigInt64(0, found.mtime, true);
    head.push(...clock);
    const target = earlier?.bytes ?? (kind === SYMLINK ? found.data : undefined);
    if (target !== undefined) head.push(...number(target.length), ...target);
    if (kind === FILE) head.push(...number(found.size));
    yield summed(Uint8Array.from(head));
    if (kind === FILE && found.data !== undefined) yield summed(found.data);
    else if (kind === FILE) for await (const piece of found.content()) yield summed(piece);
    before = path.slice();
    count += 1;
  }
  yield summed(Uint8Array.from([END, ...number(count)]));
  const last = new Uint8Array(4);
  new DataView(last.buffer).setUint32(0, sum, true);
  yield last;
}

const viewOf = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);

function number(value: number): number[] {
  const all: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) all.push((value % 128) | 128);
  return [...all, value];
}

/** Bytes that are read and summed up. */
class Summed {
  sum = 0;
  constructor(readonly from: Pieces) {}

  bytes(count: number): Uint8Array {
    const data = this.from.take(count);
    if (data.length < count) throw broken("it ends too early");
    this.sum = crc32(data, this.sum);
    return data;
  }

  byte(): number {
    return this.bytes(1)[0] as number;
  }

  number(): number {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = this.byte();
      value += (byte & 127) * place;
      if (byte < 128) return value;
      if (place > 2 ** 42) throw broken("a number in it is too large");
    }
  }

  /** Bytes behind their length. A copy. */
  told(): Uint8Array<ArrayBuffer> {
    const length = this.number();
    if (length > TOLD_MAX) throw broken(`something in it has ${length} bytes, more than any name`);
    return this.bytes(length).slice();
  }

  *content(end: number, key: string): Generator<Uint8Array, void> {
    for (const piece of this.from.through(end - this.from.at)) {
      this.sum = crc32(piece, this.sum);
      yield piece;
    }
    if (this.from.at < end) throw broken(`it ends in the middle of ${shown(key)}`);
  }
}
