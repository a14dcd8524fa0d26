// What the build puts in place of some names.

declare module "porthole:manifest" {
  /** A file of the distribution, beside the scripts, named by its content. */
  interface File {
    file: string;
    bytes: number;
  }
  export const manifest: {
    /** Version of the words between process and kernel. */
    abi: number;
    /** Names this build. */
    build: string;
    kernel: File;
    process: File;
    /** Node's library as bytecode; null while the process image cannot compile it. */
    library: File | null;
  };
}

declare module "porthole:late" {
  interface File {
    file: string;
    bytes: number;
  }
  export const late: {
    /** What of the library few programs need: a process fetches it when it asks for the first of it. */
    rest: File | null;
    /** Images that a process calls beside its own, by name. */
    extensions: Record<string, File>;
  };
}

declare module "porthole:host" {
  /** What carries out a container's effects, in order. No method may call back into the container before the event's method has returned. */
  export interface Outside {
    /** A record of the log; or several, each behind its length. Come before the effects of their events. */
    log(records: Uint8Array<ArrayBuffer>, count: number): void;
    /** A commit begins: its chunks follow, each by `chunk`, and then `committed`. */
    commit(number: number, transaction: Uint8Array<ArrayBuffer>, dropped: Float64Array): void;
    chunk(id: number, data: Uint8Array<ArrayBuffer>): void;
    committed(): void;
    load(chunks: Float64Array): void;
    /** `len` bytes from `from` on of a web server's file, or all where that is 0; at most `most`. Answered by `got` or `gotNothing`. */
    get(id: number, url: Uint8Array<ArrayBuffer>, from: number, len: number, most: number): void;
    /** One frame or several. */
    reply(pid: number, frames: Uint8Array<ArrayBuffer>): void;
    notify(pid: number, frame: Uint8Array<ArrayBuffer>): void;
    spawn(pid: number): void;
    terminate(pid: number): void;
    /** `headers`: the abi's `Header[]`. */
    httpHead(id: number, status: number, reason: Uint8Array<ArrayBuffer>, headers: Uint8Array<ArrayBuffer>, body: boolean): void;
    httpBody(id: number, data: Uint8Array<ArrayBuffer>): void;
    httpEnd(id: number): void;
    httpFail(id: number, reason: string): void;
    httpWant(id: number, bytes: number): void;
    fetch(id: number, method: Uint8Array<ArrayBuffer>, url: Uint8Array<ArrayBuffer>, headers: Uint8Array<ArrayBuffer>, body: boolean): void;
    fetchBody(id: number, data: Uint8Array<ArrayBuffer>, last: boolean): void;
    fetchAbort(id: number): void;
    /** Milliseconds since 1970; undefined: no timer is wanted. */
    timer(at: number | undefined): void;
    fault(message: string): void;
  }

  /** Files of a former life: a snapshot, then transactions. Used up by the container that is made from it. */
  export class Journal {
    constructor();
    apply(transaction: Uint8Array): void;
    free(): void;
  }

  export class Fork {
    transaction(): Uint8Array<ArrayBuffer>;
    chunks(): Float64Array;
    free(): void;
  }

  export class Checkpoint {
    state(): Uint8Array<ArrayBuffer>;
    commit(): number;
    free(): void;
  }

  /** One container's machine. `now` is milliseconds since 1970; headers are the abi's `Header[]`. */
  export class Container {
    /** A machine before its first record: `boot` or `replay` comes next. */
    constructor(outside: Outside, name: string, files: Journal);
    static restore(outside: Outside, state: Uint8Array): Container;
    /** Commits up to this one are kept outside already. */
    knows(commit: number): void;
    /** Answers which chunks are missing: nothing has happened then, and it is to be repeated after `fill`. */
    replay(record: Uint8Array): Float64Array;
    fill(id: number, data: Uint8Array): void;
    boot(now: number, seed: bigint): void;
    checkpoint(now: number): Checkpoint;
    /** Undefined when something has changed since the checkpoint. */
    snapshot(): Uint8Array<ArrayBuffer> | undefined;
    /** What another container begins with. Undefined when something has changed meanwhile. */
    fork(now: number): Fork | undefined;
    loaded(now: number, id: number, data: Uint8Array | undefined): void;
    got(now: number, id: number, status: number, etag: string, modified: string, range: string, body: Uint8Array): void;
    gotNothing(now: number, id: number, reason: string): void;
    durable(now: number, commit: number, failed: boolean): void;
    quota(now: number, bytes: number): void;
    /** A message of one frame or several. */
    frames(now: number, pid: number, message: Uint8Array): void;
    lost(now: number, pid: number, reason: string): void;
    epoch(now: number, live: Int32Array): void;
    timer(now: number): void;
    http(now: number, id: number, port: number, method: string, target: string, headers: Uint8Array, referrer: string, body: boolean): void;
    httpBody(now: number, id: number, data: Uint8Array, last: boolean): void;
    httpPull(now: number, id: number, bytes: number): void;
    httpAbort(now: number, id: number): void;
    cookie(now: number, port: number, target: string, line: string): void;
    fetchHead(now: number, id: number, status: number, url: string, text: string, headers: Uint8Array): void;
    fetchBody(now: number, id: number, data: Uint8Array, last: boolean): void;
    fetchFail(now: number, id: number, reason: string): void;
    free(): void;
  }

  /** A file: the methods of `FileSystemSyncAccessHandle` that the store calls. */
  export interface AccessHandle {
    read(into: Uint8Array, options: { at: number }): number;
    write(from: Uint8Array, options: { at: number }): number;
    truncate(size: number): void;
    getSize(): number;
    flush(): void;
  }

  /** A durable store of commits and chunks (`kernel/src/store`). What it throws is named by what went wrong: `NoSpace`, `Corrupt`, `BadChunk`… */
  export class Store {
    static open(journalA: AccessHandle, journalB: AccessHandle, heap: AccessHandle, salvage: boolean): Store;
    takeSnapshot(): Uint8Array<ArrayBuffer> | undefined;
    takeTransactions(): Uint8Array<ArrayBuffer>[];
    leftOut(): string | undefined;
    lastCommit(): number;
    commit(first: number, transactions: Uint8Array[], ids: Float64Array, chunks: Uint8Array[], dropped: Float64Array): void;
    /** Answers the last commit, which is durable now. */
    sync(): number;
    chunk(id: number): Uint8Array<ArrayBuffer>;
    release(upTo: number): void;
    wantsSnapshot(): boolean;
    snapshot(upTo: number, bytes: Uint8Array): void;
    wantsCompaction(): boolean;
    compact(budget: number): boolean;
    reserve(bytes: number): boolean;
    probe(most: number): number;
    gapBytes(): number;
    totalBytes(): number;
    chunkBytes(): number;
    free(): void;
  }

  /** A port's address, taken apart. `path` is the guest's, without query; undefined: the slash after the port is missing. */
  export class Route {
    readonly container: string;
    readonly port: number;
    readonly path: string | undefined;
    free(): void;
  }

  /** Where a path below the scope leads. Throws an `Error` whose message tells people what is wrong with it. */
  export function route(path: string): Route;
  export function abi_version(): number;
  export default function init(options: { module_or_path: WebAssembly.Module | Promise<Response> | Response | BufferSource }): Promise<{ memory: WebAssembly.Memory }>;
}

declare module "porthole:preview" {
  /** The bundled preview script (`src/preview/main.ts`), as text. */
  export const previewScript: string;
}
