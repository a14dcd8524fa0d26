// The container: what a page sees of an operating system in its service worker.

import { manifest } from "porthole:manifest";
import { bytes, type Event, O_RDONLY } from "../generated/abi.ts";
import type { StorageKind, SupervisorStats, Transport } from "../messages.ts";
import { base } from "./base.ts";
import { Emitter, type Unsubscribe } from "./emitter.ts";
import { errnoOf, PortholeError } from "./errors.ts";
import { type ArchiveFormat, exportBytes, type ExportOptions, exportStream, exportTree } from "./export.ts";
import { FileSystem } from "./fs.ts";
import { Link, tornDown } from "./link.ts";
import { mount, type Mountable, type MountOptions } from "./mount.ts";
import { controls, order } from "./order.ts";
import type { ContainerProcess, Exited, SpawnOptions } from "./process.ts";
import { absolute, signalName, spawn } from "./spawn.ts";
import { forget, list } from "./stored.ts";
import { Tab } from "./tab.ts";
import type { FileSystemTree } from "./tree.ts";
import { Watches } from "./watches.ts";

/** Options of {@link Container.boot}. */
export interface BootOptions {
  /** Part of the addresses of its ports: letters, digits, `-` and `_`. `main` if not given. When another tab has it, `-2`, `-3`… is added. */
  name?: string;
  /** How processes wait for the kernel: `jspi` (fast, where the browser has it) or `xhr` (everywhere). Chosen by trying if not given; the page's first container decides. */
  transport?: Transport;
  /** Folder of `sw.js` and its companions, if it is not that of this script. It limits where the addresses of ports can be. */
  workerBase?: string | URL;
  /** Where relative paths start, `/home/user` if not given. Is made if it is missing. */
  workdir?: string;
  /**
   * Where files are kept: `opfs` (the origin's private file system) and `idb` (IndexedDB) outlive the tab and the browser, under the container's name;
   * `memory` goes with the tab. `auto`, if not given: the first of them that this browser grants. `container.storage` tells which it is.
   */
  storage?: StorageKind | "auto";
  /** Opens damaged files without what is damaged and all that came after it, instead of failing with `ERR_FILES_DAMAGED`. An `error` event tells what was lost. */
  salvage?: boolean;
}

/** Options of {@link Container.fork}. */
export interface ForkOptions {
  /** Where relative paths start, as in this container if not given. */
  workdir?: string;
  /** Where its files are kept, as this container's if not given. */
  storage?: StorageKind | "auto";
}

/** What becomes of a container's files. */
export interface TeardownOptions {
  /** Keeps them for the next boot of this name. They are deleted if not given. */
  keep?: boolean;
}

/** Events of a container, and what their listeners are told. */
export interface ContainerEvents {
  /** A program has begun to listen on a port, or has stopped. */
  port: (port: number, type: "open" | "close", url: string) => void;
  /** A program has begun to listen on a port. */
  "server-ready": (port: number, url: string) => void;
  /** A program that this page started has ended. */
  exit: (process: { pid: number } & Exited) => void;
  /** The container or the keeping of its files is in trouble. `fatal`: it has ended. */
  error: (error: { message: string; fatal: boolean }) => void;
}

/** Figures of a container. */
export interface ContainerStats {
  /** Calls to the kernel by all processes of the container, the page included. */
  syscalls: number;
  /** Milliseconds that `boot` took. */
  bootMs: number;
  transport: Transport;
  processes: number;
  /** Times that a new kernel took over. */
  rebirths: number;
  /** Bytes of wasm memory: of the kernel (all containers), and of each process by pid when last heard of. */
  memory: { kernel: number; processes: Record<number, number> };
  /** Names the kernel's life: another one, another kernel. */
  epoch: string;
  /** Names the build of the scripts. */
  build: string;
  /** All that is known of tab and kernel, for those who look after them. */
  details: SupervisorStats;
}

const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/i;
const STORAGES = ["auto", "opfs", "idb", "memory"];

function checkName(name: string): void {
  if (!NAME.test(name)) throw new PortholeError("ERR_INVALID_ARG", `${JSON.stringify(name)} cannot be a container's name: use letters, digits, - and _`);
}

/** An operating system in the service worker of this site: files, programs, ports. */
export class Container {
  /** The container's files. */
  readonly fs: FileSystem;
  readonly #link: Link;
  readonly #watches: Watches;
  readonly #events = new Emitter<ContainerEvents>();
  /** Children that this page waits for, and those that ended before it did. */
  readonly #children = new Map<number, (exited: Exited) => void>();
  readonly #ended = new Map<number, Exited>();
  readonly #ports = new Set<number>();
  readonly #tab: Tab;
  #bootMs = 0;
  #gone: PortholeError | undefined;

  private constructor(
    tab: Tab,
    /** Its name, part of the addresses of its ports. */
    readonly name: string,
    /** Where relative paths start. */
    readonly workdir: string,
    /** Where its files are kept: `memory` goes with this tab. */
    readonly storage: StorageKind,
  ) {
    this.#tab = tab;
    this.#link = new Link((event) => this.#hear(event));
    this.#watches = new Watches(this.#link);
    this.fs = new FileSystem(this.#link, this.#watches, workdir);
  }

  /**
   * Boots a container: registers the service worker if need be and starts a kernel for it.
   *
   * Fails with a {@link PortholeError} whose `code` and words say what is in the way: no service worker (private window, no https), scripts not where
   * they should be, blocked storage, a container of that name in this page, another version in another tab.
   */
  static boot(options: BootOptions = {}): Promise<Container> {
    return Container.#boot(options);
  }

  /**
   * A new container of this page that begins with the files of this one as they are now. Programs, ports and mounts do not go along. It takes some milliseconds
   * whatever there is: contents are read from this container's store until they have been copied to the new one's, which may take a second for a few hundred
   * megabytes. Until then the new container lasts no longer than the tab, and `fsync` of what it changes waits; `teardown` of either waits as well.
   *
   * Fails with `ERR_ALREADY_BOOTED` when there is a container of that name in this page, `ERR_FILES_IN_USE` in another, and `ERR_FILES_EXIST` when one that does not run has
   * left files under it.
   */
  fork(name: string, options: ForkOptions = {}): Promise<Container> {
    if (this.#gone !== undefined) return Promise.reject(this.#gone);
    return Container.#boot({ workdir: this.workdir, storage: this.storage, ...options, name, workerBase: this.#tab.base }, this.name);
  }

  static async #boot(options: BootOptions, fork?: string): Promise<Container> {
    const began = performance.now();
    const { name = "main", transport, workdir = "/home/user", storage = "auto", salvage = false } = options;
    checkName(name);
    if (!STORAGES.includes(storage)) throw new PortholeError("ERR_INVALID_ARG", `${JSON.stringify(storage)} is no storage: use ${STORAGES.join(", ")}`);
    const tab = Tab.of(base(options.workerBase), transport);
    if (tab.wanted.has(name)) throw new PortholeError("ERR_ALREADY_BOOTED", `this page has a container "${name}" already: tear it down first, or give the new one another name`);
    tab.wanted.add(name);
    try {
      const chosen = await tab.started;
      if (transport !== undefined && transport !== chosen) {
        throw new PortholeError("ERR_INVALID_ARG", `this page's containers use the transport ${chosen}: a second one cannot use ${transport}`);
      }
      let container: Container | undefined;
      await tab.boot(name, { storage, salvage }, (given, storage) => {
        container = new Container(tab, given, absolute("/", workdir), storage);
        const { port, fault } = container.#listener(name);
        return { port, fault };
      }, fork);
      if (container === undefined) throw new PortholeError("ERR_KERNEL", "the container was not made");
      await container.#settle();
      container.#bootMs = performance.now() - began;
      return container;
    } catch (error) {
      tab.wanted.delete(name);
      throw error;
    }
  }

  /**
   * Puts a tree of files or an archive (zip, tar, tar.gz, what `export` made) under `path`, and what is there already stays where nothing has its name.
   * Permission bits, times and links are the archive's; owners are not. Of several files of one name in a tar archive the last one counts.
   *
   * All of it is checked before anything is written, so that what is refused leaves nothing: `ERR_ARCHIVE` (damaged, cut off, of no known kind), `ERR_UNSAFE_ENTRY`
   * (a path or a link that leads elsewhere, a path through a link, a device, a name that is a file and a directory, or twice in a zip archive), `ERR_LIMIT` (more than
   * `limits` allow). Names that differ in case or in the form of their accents are different, as on Linux.
   * A refusal by the file system itself (`ENOSPC`, a directory where a file should go) comes with Node's code and path, and what was written until then stays.
   */
  async mount(what: Mountable, options: MountOptions = {}): Promise<void> {
    await mount(this.#link, absolute(this.workdir, options.path ?? options.mountPoint ?? "."), what, options);
  }

  /**
   * Takes the directory `path` out: as a tree of objects, or as an archive that `mount` takes back and others read. Permission bits, times and links go along (a tree
   * has no times); owners do not, and devices, pipes and sockets are left out. Files that change meanwhile are as they were when their turn came.
   * Symbolic links that lead out of `path` are taken as they are: to be mounted again they need `links: "any"`.
   * Fails with Node's codes and the path for what may not be read.
   */
  export(path: string, options?: ExportOptions & { format?: "json" }): Promise<FileSystemTree>;
  export(path: string, options: ExportOptions & { format: ArchiveFormat }): Promise<Uint8Array<ArrayBuffer>>;
  export(path: string, options: ExportOptions = {}): Promise<FileSystemTree | Uint8Array<ArrayBuffer>> {
    const { format = "json" } = options;
    const base = absolute(this.workdir, path);
    return format === "json" ? exportTree(this.#link, base, options) : exportBytes(this.#link, base, { ...options, format });
  }

  /** What `export` answers as an archive, as a stream: made as it is read, so that it is never in memory as a whole. */
  exportStream(path: string, options: ExportOptions & { format: ArchiveFormat }): ReadableStream<Uint8Array<ArrayBuffer>> {
    return exportStream(this.#link, absolute(this.workdir, path), options);
  }

  /** Keeps all files as they are now, under a name. Contents are shared until they change, so it takes milliseconds and next to no room. */
  async snapshot(name: string): Promise<void> {
    await order(this.#link, this.name, ["snapshot", name]);
  }

  /**
   * Puts all files back as a snapshot has them. Programs that run keep what they have open, as it is; their working directories are what has the same path
   * then. Fails while something is mounted that a program has mounted.
   */
  async restore(name: string): Promise<void> {
    await order(this.#link, this.name, ["restore", name]);
  }

  /** The names of all snapshots. Their files can be read under `/web/container/<name>/snapshots/<snapshot>`. */
  async snapshots(): Promise<string[]> {
    return await this.fs.readdir(`${controls(this.name)}/snapshots`);
  }

  async removeSnapshot(name: string): Promise<void> {
    await order(this.#link, this.name, ["remove", name]);
  }

  /** Starts a program: a command's name, or a path. */
  spawn(command: string, args: readonly string[], options?: SpawnOptions): Promise<ContainerProcess>;
  spawn(command: string, options?: SpawnOptions): Promise<ContainerProcess>;
  spawn(command: string, second: readonly string[] | SpawnOptions = [], third: SpawnOptions = {}): Promise<ContainerProcess> {
    const [args, options] = Array.isArray(second) ? [second as readonly string[], third] : [[], second as SpawnOptions];
    const exit = (pid: number) => this.#exit(pid);
    return spawn({ link: this.#link, watches: this.#watches, workdir: this.workdir, exit }, command, args, options);
  }

  /** Hears events until the function that is answered is called. */
  on<Name extends keyof ContainerEvents>(name: Name, listener: ContainerEvents[Name]): Unsubscribe {
    return this.#events.on(name, listener);
  }

  /** The address of a port, for an iframe or a request of this site. */
  url(port: number): string {
    if (!Number.isInteger(port) || port < 1 || port > 65535) throw new PortholeError("ERR_INVALID_ARG", `${String(port)} is not the number of a port`);
    return new URL(`~/${this.name}/${port}/`, this.#tab.base).href;
  }

  /** Figures of the container. */
  async stats(): Promise<ContainerStats> {
    if (this.#gone !== undefined) throw this.#gone;
    const details = await this.#tab.stats();
    const mine = details.kernel.containers[this.name];
    const processes: Record<number, number> = {};
    for (const [name, size] of Object.entries(details.memory)) {
      const [container, pid] = name.split("/");
      if (container === this.name) processes[Number(pid)] = size;
    }
    return {
      syscalls: mine?.frames ?? 0,
      bootMs: this.#bootMs,
      transport: details.transport,
      // The page is process 1.
      processes: Math.max(0, (mine?.processes ?? 1) - 1),
      rebirths: details.rebirths,
      memory: { kernel: details.kernel.memory, processes },
      epoch: details.kernel.epoch,
      build: manifest.build,
      details,
    };
  }

  /** Names of the containers whose files are kept for this site (the folder of its scripts), running or not. */
  static list(options: { workerBase?: string | URL } = {}): Promise<string[]> {
    return list(base(options.workerBase));
  }

  /** Deletes the files of a container that does not run. Fails with `ERR_FILES_IN_USE` when it does. */
  static async forget(name: string, options: { workerBase?: string | URL } = {}): Promise<void> {
    checkName(name);
    await forget(base(options.workerBase), name);
  }

  /**
   * Ends all programs and deletes all files; with `keep` the files stay for the next boot of this name, and it fails when they could not all be saved.
   * Resolves when the name is free.
   */
  async teardown({ keep = false }: TeardownOptions = {}): Promise<void> {
    const saved = keep && this.#gone === undefined ? this.#save() : Promise.resolve();
    const outcome = await saved.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    await this.#end(tornDown(this.name), !keep);
    if (outcome !== undefined) throw outcome.error;
  }

  /** Returns when all files are as safe as they can be. */
  async #save(): Promise<void> {
    const { fd } = await this.#link.call("open", { path: bytes("/"), flags: O_RDONLY, mode: 0 });
    await this.#link.call("fsync", { fd });
  }

  #listener(wanted: string): { port: (port: MessagePort) => void; fault: (message: string, fatal: boolean) => void } {
    this.#forget = () => this.#tab.wanted.delete(wanted);
    return {
      port: (port) => this.#link.attach(port),
      fault: (message, fatal) => {
        if (fatal) void this.#end(new PortholeError("ERR_KERNEL", message), false);
        this.#events.emit("error", { message, fatal });
      },
    };
  }

  #forget: () => void = () => undefined;

  async #end(reason: PortholeError, forgetFiles: boolean): Promise<void> {
    if (this.#gone !== undefined) return;
    this.#gone = reason;
    this.#link.end(reason);
    for (const ended of this.#children.values()) ended({ code: null, signal: "SIGKILL" });
    this.#children.clear();
    try {
      await this.#tab.drop(this.name, forgetFiles);
    } finally {
      this.#forget();
    }
  }

  /** The first calls of a container. */
  async #settle(): Promise<void> {
    await this.#link.call("mkdir_all", { path: bytes(this.workdir), mode: 0o777 });
    await this.#link.call("chdir", { path: bytes(this.workdir) });
  }

  #exit(pid: number): Promise<Exited> {
    const early = this.#ended.get(pid);
    this.#ended.delete(pid);
    return early === undefined ? new Promise((resolve) => this.#children.set(pid, resolve)) : Promise.resolve(early);
  }

  #hear(event: Event): void {
    switch (event.type) {
      case "ready":
        return this.#watches.wake(event.fd);
      case "port":
        return this.#port(event.port, event.open !== 0);
      case "child_exit":
        return void this.#reap(event.pid, event.code, event.signal);
      case "signal":
        return;
    }
  }

  #port(port: number, open: boolean): void {
    if (open) this.#ports.add(port);
    else this.#ports.delete(port);
    const url = this.url(port);
    this.#events.emit("port", port, open ? "open" : "close", url);
    if (open) this.#events.emit("server-ready", port, url);
  }

  async #reap(pid: number, code: number, signal: number): Promise<void> {
    await this.#link.call("wait", { pid }).catch((error: unknown) => {
      // Torn down meanwhile, or waited for already.
      if (errnoOf(error) === undefined && this.#gone === undefined) throw error;
    });
    const exited: Exited = signal === 0 ? { code, signal: null } : { code: null, signal: signalName(signal) };
    const waiting = this.#children.get(pid);
    this.#children.delete(pid);
    if (waiting !== undefined) waiting(exited);
    else this.#ended.set(pid, exited);
    this.#events.emit("exit", { pid, ...exited });
  }
}
