// What page, supervisor, service worker and process workers say to each other. Syscall frames are not here: they travel bare, as ArrayBuffers, on the
// port of their process.

/** Version of these messages. Together with the abi's it decides whether a tab and a service worker of different builds may work together. */
export const PROTOCOL = 2;

/** Path below the scope where the kernel's own endpoints are. */
export const ENDPOINTS = "~k/";
/** Path below the scope where the ports of containers are: `~/<container>/<port>/`. */
export const PORTS = "~/";

/** Held by a service worker for as long as it lives. */
export const kernelLock = (epoch: string): string => `porthole-kernel:${epoch}`;
/** Held by a tab's supervisor for as long as it lives. */
export const hostLock = (host: string): string => `porthole-host:${host}`;
/** Held by the supervisor whose container has the name. */
export const nameLock = (scope: string, name: string): string => `porthole-container:${scope}:${name}`;

/** How a process worker waits for the kernel. */
export type Transport = "jspi" | "xhr";

/** Where a container's files are: in the origin's private file system, in IndexedDB, or in the tab's memory. */
export type StorageKind = "opfs" | "idb" | "memory";

/** What a page wants of a container's files. */
export interface Wish {
  storage: StorageKind | "auto";
  /** Files that are damaged are opened without what is damaged and what came after it. */
  salvage: boolean;
}

/** Page to service worker, with the port to the tab's supervisor. */
export interface Attach {
  type: "porthole:attach";
  host: string;
  protocol: number;
  abi: number;
}

/** Page to a waiting service worker: no container lives under the old one. */
export interface TakeOver {
  type: "porthole:take-over";
}

/** A process that a container's new kernel shall know. */
export interface LiveProcess {
  pid: number;
  token: string;
  port: MessagePort;
}

/** All files as they were at a commit: the snapshot (null: nothing), then each transaction after it in order. */
export interface Files {
  snapshot: ArrayBuffer | null;
  transactions: ArrayBuffer[];
  /** The commit that they come to; 0: none yet. */
  lastCommit: number;
}

/** What is known of a container's store. */
export interface Safety {
  /** Commits up to this one are safe. */
  durable: number;
  /** Commits up to this one that are not could not be made so. */
  failed: number;
  /** So many bytes may all files take; null: nobody has said. */
  quota: number | null;
}

/** A record of the log, or several that came together, each behind its length. */
export interface Records {
  records: ArrayBuffer;
  count: number;
}

/** What a container needs to go on where an older kernel stopped. */
export interface Kept {
  frames: number;
  /** Empty before the first checkpoint. */
  state: ArrayBuffer;
  /** What the container was booted with, for as long as there is no state. */
  files: Files;
  log: Records[];
  /** The last commit that has arrived, whether it is safe or not. */
  lastCommit: number;
  live: LiveProcess[];
}

/** What the supervisor tells the service worker. */
export type ToKernel =
  | { type: "boot"; container: string; seed: bigint; push: boolean; port: MessagePort; files: Files; safety: Safety }
  | ({ type: "restore"; container: string; push: boolean; safety: Safety } & Kept)
  | { type: "lost"; container: string; pid: number; reason: string }
  /** The answer to `load`; null: the chunk cannot be had. */
  | { type: "loaded"; container: string; chunks: [number, ArrayBuffer | null][] }
  | { type: "safety"; container: string; safety: Safety }
  /** Asks for a checkpoint, with a snapshot of the files if one is wanted. */
  | { type: "fork"; container: string }
  | { type: "checkpoint"; container: string; snapshot: boolean }
  | { type: "drop"; container: string }
  | { type: "stats"; id: number };

/** What the service worker tells the supervisor. */
export type FromKernel =
  | { type: "welcome"; epoch: string; build: string }
  | { type: "refused"; reason: string }
  /** `frames`: how many calls the container's processes have made so far. */
  | ({ type: "log"; container: string; frames: number } & Records)
  /** What has changed in the files. Chunks are new under their numbers; dropped ones may still be asked for by a kernel made from an older state. */
  | { type: "commit"; container: string; number: number; transaction: ArrayBuffer; chunks: [number, ArrayBuffer][]; dropped: number[] }
  | { type: "load"; container: string; chunks: number[] }
  /** What another container begins with: its first commit, and the contents that it needs. Null: it could not be had. */
  | { type: "forked"; container: string; transaction: ArrayBuffer | null; chunks: number[] }
  /** The machine's state, and the last commit before it. */
  | { type: "checkpoint"; container: string; state: ArrayBuffer; commit: number; snapshot: ArrayBuffer | null }
  | { type: "spawn"; container: string; pid: number; token: string; port: MessagePort }
  | { type: "terminate"; container: string; pid: number }
  | { type: "fault"; container: string; message: string; fatal: boolean }
  | { type: "stats"; id: number; stats: KernelStats };

/** Figures of the service worker. */
export interface KernelStats {
  epoch: string;
  build: string;
  /** Size of the kernel's wasm memory, in bytes. */
  memory: number;
  /** Milliseconds from the script's first line to a compiled kernel. */
  startMs: number;
  containers: Record<string, { frames: number; processes: number; replayed: number; replayMs: number }>;
}

/** What the page tells its supervisor. */
export type ToSupervisor =
  | { type: "start"; base: string; host: string; transport: Transport | undefined }
  /** `former`: the name that this tab was given for the same wish before it was loaded anew. `fork`: the container of this tab whose files it begins with. */
  | { type: "boot"; id: number; name: string; former: string | undefined; seed: bigint; wish: Wish; fork: string | undefined }
  /** `forget`: delete the files as well. */
  | { type: "drop"; id: number; name: string; forget: boolean }
  | { type: "stats"; id: number };

/** What the supervisor tells its page. */
export type FromSupervisor =
  | { type: "attach"; port: MessagePort }
  | { type: "started"; transport: Transport }
  | { type: "booted"; id: number; name: string; storage: StorageKind }
  | { type: "dropped"; id: number }
  /** `name`: of the error. */
  | { type: "failed"; id: number; name: string; message: string }
  /** A port to the container's kernel, the first one or that of a new kernel. */
  | { type: "port"; name: string; port: MessagePort }
  | { type: "fault"; name: string; message: string; fatal: boolean }
  | { type: "stats"; id: number; stats: SupervisorStats };

/** Figures of a tab's supervisor. */
export interface SupervisorStats {
  transport: Transport;
  /** Times that a new service worker was attached after the first. */
  rebirths: number;
  /** From the lock's grant to the containers' hand-over, the last time, in milliseconds. */
  rebirthMs: number;
  workers: number;
  /** Sizes of the wasm memories of live processes, in bytes. */
  memory: Record<string, number>;
  logs: Record<string, { records: number; bytes: number; stateBytes: number; commits: number; chunkBytes: number }>;
  kernel: KernelStats;
}

/** What the supervisor tells a process worker. */
export type ToProcess =
  | { type: "warm"; module: WebAssembly.Module; library: ArrayBuffer | null; transport: Transport }
  | { type: "run"; container: string; pid: number; token: string; port: MessagePort; endpoints: string }
  | { type: "port"; port: MessagePort };

/** What a process worker tells the supervisor. */
export type FromProcess =
  /** The first: its script runs. */
  | { type: "alive" }
  | { type: "lost"; reason: string }
  | { type: "memory"; bytes: number };
