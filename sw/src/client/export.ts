// Taking trees out of a container.

import { writeBinary } from "./archive/binary.ts";
import type { Found } from "./archive/found.ts";
import { above } from "./archive/path.ts";
import { glob } from "./archive/glob.ts";
import { tooMuch } from "./archive/refuse.ts";
import { writeTar } from "./archive/write_tar.ts";
import { writeTree } from "./archive/write_tree.ts";
import { writeZip } from "./archive/write_zip.ts";
import { PortholeError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { FileSystemTree } from "./tree.ts";
import { type Filter, walk } from "./walk.ts";

/** Formats of archives. */
export type ArchiveFormat = "binary" | "zip" | "tar";

/** Options of `export`. */
export interface ExportOptions {
  /**
   * `json` (if not given): a tree as `mount` takes it. Contents are text where they are UTF-8 and bytes where they are not; there are no times.
   * `binary`: compact, for `mount`; everything is in it. `tar`: POSIX, everything is in it. `zip`: modes and links are in it, times to the second; files of several
   * names are several files.
   */
  format?: "json" | ArchiveFormat;
  /**
   * Patterns for what is left out, a directory with all that is in it: `node_modules`, `*.test.[jt]s`, `/dist/**`, `{a,b}/*.map`. One without a slash inside or in front
   * is about names anywhere, one with a slash about paths below what is exported; a slash at the end is for directories only. `*` and `?` stop at a slash.
   */
  excludes?: readonly string[];
  /** Patterns for what is exported all the same, though `excludes` leave it or a directory above it out. */
  includes?: readonly string[];
}

/** An array of more bytes is no browser's. */
const BYTES_MAX = 2 ** 31 - 1;
/** Small pieces are put together to pieces of this size. */
const PIECE = 256 << 10;

/** The tree below `base` (absolute) as an object. */
export const exportTree = async (link: Link, base: string, options: ExportOptions): Promise<FileSystemTree> => writeTree(walk(link, base, filterOf(options)));

/** The archive in pieces, made as it is read. */
export function exportPieces(link: Link, base: string, options: ExportOptions & { format: ArchiveFormat }): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const write = WRITERS[options.format];
  if (write === undefined) throw new PortholeError("ERR_INVALID_ARG", `${JSON.stringify(options.format)} is no format: json, binary, tar and zip are`);
  return gathered(write(walk(link, base, filterOf(options))));
}

/** The whole archive. */
export async function exportBytes(link: Link, base: string, options: ExportOptions & { format: ArchiveFormat }): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const piece of exportPieces(link, base, options)) {
    size += piece.length;
    if (size > BYTES_MAX) throw tooMuch(`the archive of ${base} has more than ${BYTES_MAX} bytes: take it as a stream`);
    pieces.push(piece);
  }
  const whole = new Uint8Array(size);
  // Each piece is let go as soon as it is copied.
  for (let at = size, piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    at -= piece.length;
    whole.set(piece, at);
  }
  return whole;
}

/** The archive as it is made, no faster than it is read. */
export function exportStream(link: Link, base: string, options: ExportOptions & { format: ArchiveFormat }): ReadableStream<Uint8Array<ArrayBuffer>> {
  const pieces = exportPieces(link, base, options);
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => void (await pieces.return()),
  });
}

const WRITERS: Record<ArchiveFormat, (all: AsyncIterable<Found>) => AsyncIterable<Uint8Array>> = { binary: writeBinary, tar: writeTar, zip: writeZip };

function filterOf({ includes = [], excludes = [] }: ExportOptions): Filter | undefined {
  if (excludes.length === 0) return undefined;
  const out = excludes.map(glob);
  const back = includes.map(glob);
  const matches = (globs: typeof out, key: string, directory: boolean): boolean => {
    if (globs.some((one) => one(key, directory))) return true;
    for (const parent of above(key)) if (globs.some((one) => one(parent, true))) return true;
    return false;
  };
  return {
    wants: (key, directory) => !matches(out, key, directory) || matches(back, key, directory),
    enters: (key) => back.length > 0 || !matches(out, key, true),
  };
}

/** Puts small pieces together. What is yielded is the taker's. */
async function* gathered(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let room = new Uint8Array(PIECE);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + room.length - filled);
      room.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < room.length) continue;
      yield room;
      room = new Uint8Array(PIECE);
      filled = 0;
    }
  }
  if (filled > 0) yield room.slice(0, filled);
}
