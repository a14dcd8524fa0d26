// What the build puts in place of two names.

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

declare module "porthole:host" {
  /** What carries out a container's effects, in order. No method may call back into the container before the event's method has returned. */
  export interface Outside {
    /** A record of the log. Comes before the effects of its event. */
    log(record: Uint8Array<ArrayBuffer>): void;
    reply(pid: number, frame: Uint8Array<ArrayBuffer>): void;
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

  export class Chunks {
    constructor();
    add(id: number, data: Uint8Array): void;
  }

  export class Checkpoint {
    state(): Uint8Array<ArrayBuffer>;
    dropped(): Float64Array;
    next(): number | undefined;
    data(): Uint8Array<ArrayBuffer>;
    free(): void;
  }

  /** One container's machine. `now` is milliseconds since 1970; headers are the abi's `Header[]`. */
  export class Container {
    constructor(outside: Outside, now: number, seed: bigint);
    static restore(outside: Outside, state: Uint8Array, chunks: Chunks): Container;
    replay(record: Uint8Array): void;
    checkpoint(): Checkpoint;
    frame(now: number, pid: number, frame: Uint8Array): void;
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
