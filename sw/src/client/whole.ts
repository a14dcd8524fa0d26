// Whole files, in one call where they fit in one, in pieces where they do not.

import { bytes, MAX_FRAME, O_RDONLY } from "../generated/abi.ts";
import { errno, errnoOf } from "./errors.ts";
import type { Link } from "./link.ts";

/** What does not fit into one call, and what must be opened to be read. */
const IN_PIECES = [errno("EFBIG"), errno("EINVAL")];
/** What goes in one call, in bytes. A frame also holds the path. */
const ONE_CALL = MAX_FRAME / 4;
const PIECE = 1 << 18;

export async function readWhole(link: Link, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const { data } = await link.call("read_file", { path: bytes(path), limit: ONE_CALL });
    return data.slice() as Uint8Array<ArrayBuffer>;
  } catch (error) {
    if (!IN_PIECES.includes(errnoOf(error) ?? 0)) throw error;
  }
  const { fd } = await link.call("open", { path: bytes(path), flags: O_RDONLY, mode: 0 });
  try {
    const { stat } = await link.call("fstat", { fd });
    const size = Number(stat.size);
    if (size === 0) return await readToEnd(link, fd);
    const whole = new Uint8Array(size);
    let end = size;
    const pieces = Array.from({ length: Math.ceil(size / PIECE) }, (_, at) => at * PIECE);
    // Pieces are asked for together; a file that became shorter meanwhile ends where it ends.
    await inParallel(pieces, 8, async (at) => {
      const { data } = await link.call("pread", { fd, len: Math.min(PIECE, size - at), position: BigInt(at) });
      whole.set(data, at);
      if (data.length < Math.min(PIECE, size - at)) end = Math.min(end, at + data.length);
    });
    return end === size ? whole : whole.slice(0, end);
  } finally {
    await link.call("close", { fd });
  }
}

/** Reads what says nothing of its length, as the files of the system. */
async function readToEnd(link: Link, fd: number): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  for (;;) {
    const { data } = await link.call("read", { fd, len: PIECE, position: -1n });
    if (data.length === 0) break;
    pieces.push(data.slice());
  }
  return new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

export async function writeWhole(link: Link, path: string, data: Uint8Array, flags: number, mode: number): Promise<void> {
  if (data.length <= ONE_CALL) {
    await link.call("write_file", { path: bytes(path), data, flags, mode });
    return;
  }
  const { fd } = await link.call("open", { path: bytes(path), flags, mode });
  try {
    for (let at = 0; at < data.length; ) {
      const { written } = await link.call("write", { fd, data: data.subarray(at, at + ONE_CALL), position: -1n });
      at += written;
    }
  } finally {
    await link.call("close", { fd });
  }
}

/** Works on all items, so many at a time, and fails with the first failure. */
export async function inParallel<T>(items: Iterable<T> | AsyncIterable<T>, width: number, work: (item: T) => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  let failed: { error: unknown } | undefined;
  for await (const item of items) {
    const one: Promise<void> = work(item).then(
      () => void running.delete(one),
      (error: unknown) => {
        running.delete(one);
        failed ??= { error };
      },
    );
    running.add(one);
    if (running.size >= width) await Promise.race(running);
    if (failed !== undefined) break;
  }
  await Promise.all(running);
  if (failed !== undefined) throw failed.error;
}
