// Unpacking gzip (RFC 1952): all members, each with its checksum and length.

import { crc32 } from "./crc32.ts";
import { Deflated, inflate } from "./inflate.ts";

const HEADER_CHECKSUM = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;

export const isGzip = (data: Uint8Array): boolean => data[0] === 0x1f && data[1] === 0x8b;

/** The content in pieces. Zeros may follow the last member, as tapes and paddings leave them. Throws {@link Deflated}. */
export function* gunzip(data: Uint8Array): Generator<Uint8Array<ArrayBuffer>, void> {
  let at = 0;
  do {
    const unpacking = inflate(data, behindHeader(data, at));
    let crc = 0;
    let size = 0;
    for (;;) {
      const { done, value } = unpacking.next();
      if (done) {
        at = value;
        break;
      }
      crc = crc32(value, crc);
      size += value.length;
      yield value;
    }
    if (at + 8 > data.length) throw new Deflated("it ends before its checksum");
    const view = new DataView(data.buffer, data.byteOffset + at);
    if (view.getUint32(0, true) !== crc) throw new Deflated("its checksum is wrong");
    if (view.getUint32(4, true) !== size >>> 0) throw new Deflated("its length is wrong");
    at += 8;
  } while (isGzip(data.subarray(at)));
  if (data.subarray(at).some((byte) => byte !== 0)) throw new Deflated(`something else follows it at byte ${at}`);
}

function behindHeader(data: Uint8Array, start: number): number {
  const flags = data[start + 3] ?? 0;
  if (data[start + 2] !== 8 || (flags & 0xe0) !== 0) throw new Deflated("its header is of no known kind");
  let at = start + 10;
  if ((flags & EXTRA) !== 0) at += 2 + ((data[at] ?? 0) | ((data[at + 1] ?? 0) << 8));
  for (const text of [NAME, COMMENT]) {
    if ((flags & text) === 0) continue;
    const end = data.indexOf(0, at);
    if (end < 0) throw new Deflated("it ends in its header");
    at = end + 1;
  }
  if ((flags & HEADER_CHECKSUM) !== 0) {
    const told = (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8);
    if ((crc32(data.subarray(start, at)) & 0xffff) !== told) throw new Deflated("its header's checksum is wrong");
    at += 2;
  }
  if (at > data.length) throw new Deflated("it ends in its header");
  return at;
}
