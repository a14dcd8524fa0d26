// What is below a directory, in lines that can be compared: of a container, and of the host.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { text } from "../../src/generated/abi.ts";
import type { Found } from "../../src/client/archive/found.ts";
import { walk } from "../../src/client/walk.ts";
import type { Box } from "./kernel.ts";

export interface Options {
  /** Nanoseconds of a unit of time, 0 for no times. */
  times?: bigint;
  /** Which names are of one file. */
  links?: boolean;
}

const short = (data: Uint8Array): string => `${data.length}:${createHash("sha1").update(data).digest("hex").slice(0, 8)}`;

export async function inBox(box: Box, base: string, { times = 1n, links = true }: Options = {}): Promise<string[]> {
  const lines: string[] = [];
  const first = new Map<bigint, string>();
  for await (const found of walk(box.link, base)) {
    const data = await contentOf(found);
    const path = Buffer.from(found.path.bytes).toString("latin1");
    const earlier = first.get(found.ino);
    if (found.nlink > 1 && earlier === undefined) first.set(found.ino, path);
    lines.push(line(path, found.mode, times === 0n ? "" : String(found.mtime / times), data, links && (found.mode & 0o170000) !== 0o40000 ? earlier : undefined));
  }
  return lines;
}

export function onHost(base: string, { times = 1n, links = true }: Options = {}): string[] {
  const lines: [string, string][] = [];
  const first = new Map<bigint, string>();
  const below = (folder: Buffer, prefix: string) => {
    for (const name of readdirSync(folder, { encoding: "buffer" }).sort(Buffer.compare)) {
      const file = Buffer.concat([folder, Buffer.from("/"), name]);
      const info = lstatSync(file, { bigint: true });
      const path = prefix + name.toString("latin1");
      const data = info.isSymbolicLink() ? readlinkSync(file, { encoding: "buffer" }) : info.isFile() ? readFileSync(file) : Buffer.alloc(0);
      const earlier = first.get(info.ino);
      if (info.nlink > 1n && !info.isDirectory() && earlier === undefined) first.set(info.ino, path);
      lines.push([path, line(path, Number(info.mode), times === 0n ? "" : String(info.mtimeNs / times), data, links && !info.isDirectory() ? earlier : undefined)]);
      if (info.isDirectory()) below(file, `${path}/`);
    }
  };
  below(Buffer.from(join(base)), "");
  return lines.map(([, one]) => one);
}

function line(path: string, mode: number, time: string, data: Uint8Array, earlier: string | undefined): string {
  const kind = mode & 0o170000;
  const content = kind === 0o40000 ? "" : kind === 0o120000 ? ` -> ${text(data)}` : ` ${short(data)}`;
  return `${path} ${mode.toString(8)} ${time}${content}${earlier === undefined ? "" : ` = ${earlier}`}`;
}

async function contentOf(found: Found): Promise<Uint8Array> {
  if (found.data !== undefined) return found.data.slice();
  const pieces: Uint8Array[] = [];
  for await (const piece of found.content()) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}
