// From the bytes of an archive to its entries, whatever its format.

import { PortholeError } from "../errors.ts";
import { isBinary, readBinary } from "./binary.ts";
import type { Archive, Entry } from "./entry.ts";
import { gunzip, isGzip } from "./gunzip.ts";
import { Deflated } from "./inflate.ts";
import { Pieces } from "./pieces.ts";
import { isTar, readTar } from "./read_tar.ts";
import { isZip, zipArchive } from "./read_zip.ts";
import { damaged } from "./refuse.ts";

/** What was unpacked for the check is kept for the writing, up to so many bytes. */
const KEPT = 64 << 20;
/** So many bytes tell the format of what is packed. */
const HEAD = 1024;

/** An archive by its first bytes. Throws a `PortholeError` for what is none. */
export function openArchive(data: Uint8Array): Archive {
  if (isZip(data)) return zipArchive(data);
  if (!isGzip(data)) return streamed(data, "", data.length, () => [data]);
  const kept = new Kept(data);
  return streamed(new Pieces(kept.pieces(() => undefined)).take(HEAD), "gzipped ", data.length, (unpacked) => kept.pieces(unpacked));
}

function streamed(head: Uint8Array, how: string, packed: number, pieces: (unpacked: (bytes: number) => void) => Iterable<Uint8Array>): Archive {
  const archive = (format: string, duplicates: "replace" | "refuse", read: (from: Pieces) => Iterable<Entry>): Archive => ({
    format: `${how}${format}`,
    packed: how === "" ? 0 : packed,
    duplicates,
    entries: (unpacked) => read(new Pieces(pieces(unpacked))),
  });
  if (isBinary(head)) return archive("binary tree", "refuse", readBinary);
  if (isTar(head)) return archive("tar archive", "replace", readTar);
  if (how !== "") throw new PortholeError("ERR_ARCHIVE", "the archive cannot be mounted: what is gzipped is neither a tar archive nor a binary tree");
  throw new PortholeError("ERR_ARCHIVE", "the archive cannot be mounted: it is neither zip nor tar nor tar.gz nor a binary tree");
}

/** The content of a gzip stream: unpacked once if it is not too large to be kept, else each time. */
class Kept {
  #whole: Uint8Array[] | undefined;

  constructor(readonly data: Uint8Array) {}

  *pieces(unpacked: (bytes: number) => void): Generator<Uint8Array, void> {
    if (this.#whole !== undefined) return yield* this.#whole;
    const all: Uint8Array[] = [];
    let size = 0;
    try {
      for (const piece of gunzip(this.data)) {
        unpacked(piece.length);
        size += piece.length;
        if (size <= KEPT) all.push(piece);
        else all.length = 0;
        yield piece;
      }
    } catch (error) {
      if (error instanceof Deflated) throw damaged("gzip stream", error.message);
      throw error;
    }
    if (size <= KEPT) this.#whole = all;
  }
}
