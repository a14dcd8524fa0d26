// Descriptors of process 1 as web streams.

import { errno, errnoOf } from "./errors.ts";
import type { Link } from "./link.ts";
import type { Watches } from "./watches.ts";

const EAGAIN = errno("EAGAIN");
const EIO = errno("EIO");
/** Bytes asked for at once. */
const READ_BYTES = 64 << 10;

/** A descriptor's bytes until its end; an empty array never comes. Closes the descriptor when it ends or nobody wants more. */
export async function* readDescriptor(link: Link, watches: Watches, fd: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  try {
    for (;;) {
      try {
        const { data } = await link.call("read", { fd, len: READ_BYTES, position: -1n });
        if (data.length === 0) return;
        yield data.slice() as Uint8Array<ArrayBuffer>;
      } catch (error) {
        if (errnoOf(error) === EAGAIN) await watches.ready(fd, "read");
        // A terminal whose last program has gone.
        else if (errnoOf(error) === EIO) return;
        else throw error;
      }
    }
  } finally {
    watches.forget(fd);
    await link.call("close", { fd }).catch(() => undefined);
  }
}

/** Writes all. Fails with `EPIPE` when nobody reads any more. */
export async function writeDescriptor(link: Link, watches: Watches, fd: number, data: Uint8Array): Promise<void> {
  for (let at = 0; at < data.length; ) {
    try {
      const { written } = await link.call("write", { fd, data: data.subarray(at, at + READ_BYTES), position: -1n });
      at += written;
    } catch (error) {
      if (errnoOf(error) !== EAGAIN) throw error;
      await watches.ready(fd, "write");
    }
  }
}
