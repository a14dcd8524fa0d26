// Descriptors of process 1 as web streams.

import { errno, errnoOf, SystemError } from "./errors.ts";
import type { Link } from "./link.ts";
import type { Watches } from "./watches.ts";

const EAGAIN = errno("EAGAIN");
const EPIPE = errno("EPIPE");
const EIO = errno("EIO");
/** Bytes asked for at once. */
const READ_BYTES = 64 << 10;

/** What becomes of a descriptor that is read. */
export interface Reading {
  /** Whether nobody wants more. Looked at before each wait: wake the descriptor to have it looked at. */
  stopped?: () => boolean;
  /** The descriptor is about to be closed: its number may be another's from here on. */
  closing?: () => void;
}

/** A descriptor's bytes until its end; an empty array never comes. Closes the descriptor, and nobody else may. */
export async function* readDescriptor(link: Link, watches: Watches, fd: number, { stopped, closing }: Reading = {}): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  try {
    while (stopped?.() !== true) {
      try {
        const { data } = await link.call("read", { fd, len: READ_BYTES, position: -1n });
        if (data.length === 0) return;
        yield data.slice() as Uint8Array<ArrayBuffer>;
      } catch (error) {
        if (errnoOf(error) === EAGAIN) {
          if (stopped?.() !== true) await watches.ready(fd, "read");
        }
        // A terminal whose last program has gone.
        else if (errnoOf(error) === EIO) return;
        else throw error;
      }
    }
  } finally {
    closing?.();
    watches.wake(fd);
    await link.call("close", { fd }).catch(() => undefined);
  }
}

/** Writes all. Fails with `EPIPE` when nobody reads any more, or the descriptor is `closed` meanwhile. */
export async function writeDescriptor(link: Link, watches: Watches, fd: number, data: Uint8Array, closed: () => boolean): Promise<void> {
  for (let at = 0; at < data.length; ) {
    try {
      const { written } = await link.call("write", { fd, data: data.subarray(at, at + READ_BYTES), position: -1n });
      at += written;
    } catch (error) {
      if (errnoOf(error) !== EAGAIN) throw error;
      if (!closed()) await watches.ready(fd, "write");
      if (closed()) throw new SystemError(EPIPE, "write");
    }
  }
}
