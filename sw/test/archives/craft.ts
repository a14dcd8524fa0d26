// Archives that no honest program makes.
import { crc32 } from "../../src/client/archive/crc32.ts";
import { bytes } from "../../src/generated/abi.ts";
import { deflateRawSync } from "node:zlib";

export interface TarHead {
  name?: string | Uint8Array;
  kind?: string;
  link?: string;
  mode?: string;
  size?: string | Uint8Array;
  mtime?: string | Uint8Array;
  prefix?: string;
  magic?: string;
  /** Replaces the right checksum. */
  sum?: string;
  body?: string | Uint8Array;
}

export const END = new Uint8Array(1024);

/** Headers with their bodies, without an end mark. */
export function tar(...heads: TarHead[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const { name = "f", kind = "0", link = "", mode = "0000644", size, mtime = "00000000000", prefix = "", magic = "ustar\x0000", sum, body = "" } of heads) {
    const content = typeof body === "string" ? bytes(body) : body;
    const head = new Uint8Array(512);
    const put = (value: string | Uint8Array, at: number) => head.set(typeof value === "string" ? bytes(value) : value, at);
    put(name, 0);
    put(mode, 100);
    put("0000000", 108);
    put("0000000", 116);
    put(size ?? content.length.toString(8).padStart(11, "0"), 124);
    put(mtime, 136);
    head.fill(32, 148, 156);
    put(kind, 156);
    put(link, 157);
    put(magic, 257);
    put(prefix, 345);
    put(sum ?? `${head.reduce((all, byte) => all + byte, 0).toString(8).padStart(6, "0")}\0 `, 148);
    parts.push(head, content, new Uint8Array((512 - (content.length % 512)) % 512));
  }
  return Uint8Array.from(Buffer.concat(parts));
}

/** A whole archive. */
export const tarOf = (...heads: TarHead[]): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.concat([tar(...heads), END]));

export const pax = (records: Record<string, string>): TarHead => ({
  name: "pax",
  kind: "x",
  body: Object.entries(records)
    .map(([key, value]) => {
      const rest = Buffer.byteLength(` ${key}=${value}\n`);
      let length = rest + 1;
      while (String(length).length + rest !== length) length = String(length).length + rest;
      return `${length} ${key}=${value}\n`;
    })
    .join(""),
});

export interface ZipEntry {
  name: string | Uint8Array;
  /** In front of the content, if another than in the directory. */
  localName?: string;
  data?: string | Uint8Array;
  method?: number;
  /** What is stored in place of the packed data. */
  packed?: Uint8Array;
  size?: number;
  crc?: number;
  mode?: number;
  by?: number;
  flags?: number;
  /** Shares the local header of this entry. */
  at?: number;
  extra?: Uint8Array;
}

export function zip(entries: ZipEntry[], { count, comment = "", offset = 0 }: { count?: number; comment?: string | Uint8Array; offset?: number } = {}): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = [];
  const records: Buffer[] = [];
  const places: number[] = [];
  let at = 0;
  for (const { name, localName, data = "", method = 8, packed, size, crc, mode = 0o100644, by = 3, flags = 0x800, at: shared, extra = new Uint8Array() } of entries) {
    const content = typeof data === "string" ? bytes(data) : data;
    const body = Buffer.from(packed ?? (method === 8 ? deflateRawSync(content) : content));
    const raw = Buffer.from(typeof name === "string" ? bytes(name) : name);
    const own = localName === undefined ? raw : Buffer.from(localName);
    const place = shared === undefined ? at : (places[shared] as number);
    places.push(place);
    const common = Buffer.alloc(22);
    common.writeUInt16LE(flags, 0);
    common.writeUInt16LE(method, 2);
    common.writeUInt16LE(33, 6);
    common.writeUInt32LE(crc ?? crc32(content), 8);
    common.writeUInt32LE(body.length, 12);
    common.writeUInt32LE(size ?? content.length, 16);
    const local = Buffer.from([0x50, 0x4b, 3, 4, 20, 0]);
    const lengths = (length: number) => {
      const out = Buffer.from(common);
      out.writeUInt16LE(length, 20);
      return out;
    };
    if (shared === undefined) {
      const whole = Buffer.concat([local, lengths(own.length), Buffer.alloc(2), own, body]);
      parts.push(whole);
      at += whole.length;
    }
    const tail = Buffer.alloc(16);
    tail.writeUInt16LE(extra.length, 0);
    tail.writeUInt32LE((mode << 16) >>> 0, 8);
    tail.writeUInt32LE(place + offset, 12);
    records.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, by, 20, 0]), lengths(raw.length), tail, raw, extra]));
  }
  const directory = Buffer.concat(records);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count ?? entries.length, 8);
  end.writeUInt16LE(count ?? entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at + offset, 16);
  const said = Buffer.from(typeof comment === "string" ? bytes(comment) : comment);
  end.writeUInt16LE(said.length, 20);
  return Uint8Array.from(Buffer.concat([...parts, directory, end, said]));
}
