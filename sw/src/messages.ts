// What page, supervisor, service worker and process workers say to each other. Syscall frames are not here: they travel bare, as ArrayBuffers, on the
// port of their process.

/** Version of these messages. Together with the abi's it decides whether a tab and a service worker of different builds may work together. */
export const PROTOCOL = 1;

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

/** What the supervisor tells the service worker. */
export type ToKernel =
  | { type: "boot"; container: string; seed: bigint; push: boolean; port: MessagePort }
  | { type: "restore"; container: string; push: boolean; frames: number; state: ArrayBuffer; chunks: [number, ArrayBuffer][]; log: ArrayBuffer[]; live: LiveProcess[] }
  | { type: "lost"; container: string; pid: number; reason: string }
  | { type: "checkpoint"; container: string }
  | { type: "drop"; container: string }
  | { type: "stats"; id: number };

/** What the service worker tells the supervisor. */
export type FromKernel =
  | { type: "welcome"; epoch: string; build: string }
  | { type: "refused"; reason: string }
  /** `frames`: how many calls the container's processes have made so far. */
  | { type: "log"; container: string; record: ArrayBuffer; frames: number }
  | { type: "checkpoint"; container: string; state: ArrayBuffer; chunks: [number, ArrayBuffer][]; dropped: number[] }
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
  | { type: "boot"; id: number; name: string; seed: bigint }
  | { type: "drop"; name: string }
  | { type: "stats"; id: number };

/** What the supervisor tells its page. */
export type FromSupervisor =
  | { type: "attach"; port: MessagePort }
  | { type: "started"; transport: Transport }
  | { type: "booted"; id: number; name: string }
  | { type: "failed"; id: number; message: string }
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
  logs: Record<string, { records: number; bytes: number; stateBytes: number; chunkBytes: number }>;
  kernel: KernelStats;
}

/** What the supervisor tells a process worker. */
export type ToProcess =
  | { type: "warm"; module: WebAssembly.Module; library: ArrayBuffer | null; transport: Transport }
  | { type: "run"; container: string; pid: number; token: string; port: MessagePort; endpoints: string }
  | { type: "port"; port: MessagePort };

/** What a process worker tells the supervisor. */
export type FromProcess =
  | { type: "lost"; reason: string }
  | { type: "memory"; bytes: number };
