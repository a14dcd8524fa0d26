// The image's imports. Those that may wait are `call`, `poll` and `run`.

import type { Later, MakeLater } from "./later/main.ts";
import type { Transport } from "./transport.ts";

/** What the image exports: its memory, and functions. */
export type Exports = WebAssembly.Exports & { memory: WebAssembly.Memory };

/** What the image sees of its host. Byte strings go through its memory: `call` and `poll` answer a length, `take` then copies the bytes to a place. */
export function imports(transport: () => Transport, library: ArrayBuffer | null, exports: () => Exports, suspends: boolean): WebAssembly.ModuleImports {
  // What only some processes need is in a script of its own.
  let loaded: Later | undefined;
  const later = (): Later | undefined => {
    if (loaded === undefined) {
      try {
        importScripts(new URL("later.js" + location.search, location.href).href);
        loaded = (globalThis as { portholeLater?: MakeLater }).portholeLater?.(exports, suspends);
      } catch (error) {
        console.error(`porthole process: later.js must lie beside the scripts: ${String(error)}`);
      }
    }
    return loaded;
  };
  let held = new Uint8Array();
  const hold = (bytes: Uint8Array<ArrayBuffer>): number => {
    held = bytes;
    return bytes.length;
  };
  const view = (at: number, length: number) => new Uint8Array(exports().memory.buffer, at >>> 0, length >>> 0);
  const wait = (work: (...args: number[]) => unknown): WebAssembly.ImportValue =>
    suspends ? new (WebAssembly as unknown as Jspi).Suspending(work) : (work as WebAssembly.ImportValue);

  return {
    /** Carries the request frames at `at` to the kernel; answers the length of the replies' frames. */
    call: wait((at = 0, length = 0) => then(transport().call(view(at, length).slice()), hold)),
    can_post: () => (transport().post === undefined ? 0 : 1),
    /** Sends request frames and does not wait. */
    post: (at: number, length: number) => transport().post?.(view(at, length).slice()),
    /** Waits for events, below 0 for ever; answers the length of the frames that came, 0 for none. */
    poll: wait((timeoutMs = 0) => then(transport().poll(timeoutMs < 0 ? undefined : timeoutMs), (heard) => hold(heard ?? new Uint8Array()))),
    take: (at: number) => view(at, held.length).set(held),
    now_us: () => performance.now() * 1000,
    wall_ms: () => performance.timeOrigin + performance.now(),
    random: (at: number, length: number) => {
      // At most 65536 bytes are given at once.
      for (let done = 0; done < length; done += 65536) crypto.getRandomValues(view(at + done, Math.min(65536, length - done)));
    },
    /** Node's library as the build packed it: its length, and a copy of a part of it. A program needs a third of it, so it is not copied whole. */
    library_length: () => library?.byteLength ?? 0,
    library: (offset: number, length: number, at: number) => {
      if (library !== null && offset + length <= library.byteLength) view(at, length).set(new Uint8Array(library, offset, length));
    },
    rest_length: () => later()?.rest()?.byteLength ?? 0,
    rest: (offset: number, length: number, at: number) => {
      const rest = later()?.rest();
      if (rest !== undefined && offset + length <= rest.byteLength) view(at, length).set(new Uint8Array(rest, offset, length));
    },
    /** Calls an image beside this one; answers the length of what it says, below 0 where it cannot be had. */
    extension: (nameAt: number, nameLength: number, at: number, length: number) => {
      const answer = later()?.call(new TextDecoder().decode(view(nameAt, nameLength).slice()), view(at, length));
      return answer === undefined ? -1 : hold(answer);
    },
    /** Runs a function of WebAssembly that the guest brought: see later/webassembly. */
    run: wait((callable = 0, at = 0, count = 0, room = 0) => later()?.run(callable, at, count, room) ?? -2),
    /** A fault of the image itself; never what the guest prints. */
    log: (at: number, length: number) => console.error(`porthole process: ${new TextDecoder().decode(view(at, length).slice())}`),
  };
}

/** What TypeScript's library does not know of WebAssembly yet. */
export interface Jspi {
  Suspending: new (work: (...args: number[]) => unknown) => WebAssembly.ImportValue;
  promising: (work: (...args: number[]) => number) => (...args: number[]) => Promise<number>;
}

const then = <A, B>(value: A | Promise<A>, work: (value: A) => B): B | Promise<B> => (value instanceof Promise ? value.then(work) : work(value));
