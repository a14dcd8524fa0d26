// The container's files, with the names and the manners of `node:fs/promises`.

import * as abi from "../generated/abi.ts";
import { type CallName, type Calls, text } from "../generated/abi.ts";
import { copyTree, type CopyOptions } from "./copy.ts";
import { errno, errnoOf, SystemError } from "./errors.ts";
import type { Link } from "./link.ts";
import { readWhole, writeWhole } from "./whole.ts";
import { absolute } from "./spawn.ts";
import { Dirent, Stats } from "./stats.ts";
import { FSWatcher, type WatchListener, type WatchOptions } from "./watch.ts";
import type { Watches } from "./watches.ts";

/** How text is encoded. Bytes are given and taken when there is none. */
export type Encoding = "utf8" | "utf-8";

export interface ReadOptions {
  encoding?: Encoding | null;
}

export interface WriteOptions {
  encoding?: Encoding | null;
  /** Permission bits of a new file, 0o666 if not given. */
  mode?: number;
  /** `w` (replace, the default), `wx` (fail if there is one), `a` (append). */
  flag?: "w" | "wx" | "a" | "ax";
}

/** A time: a date, or seconds since 1970. */
export type Time = Date | number | string;

const ENOENT = errno("ENOENT");
const EXDEV = errno("EXDEV");
const PAGE = 1024;

const FLAGS = {
  w: abi.O_WRONLY | abi.O_CREAT | abi.O_TRUNC,
  wx: abi.O_WRONLY | abi.O_CREAT | abi.O_TRUNC | abi.O_EXCL,
  a: abi.O_WRONLY | abi.O_CREAT | abi.O_APPEND,
  ax: abi.O_WRONLY | abi.O_CREAT | abi.O_APPEND | abi.O_EXCL,
};

/** The container's files. Relative paths start at the container's `workdir`. Errors are Node's: `code`, `errno`, `syscall`, `path`. */
export class FileSystem {
  readonly #link: Link;
  readonly #watches: Watches;
  readonly #workdir: string;

  /** @internal */
  constructor(link: Link, watches: Watches, workdir: string) {
    this.#link = link;
    this.#watches = watches;
    this.#workdir = workdir;
  }

  /** A file's content: bytes, or text when an encoding is given. */
  readFile(path: string): Promise<Uint8Array<ArrayBuffer>>;
  readFile(path: string, options: Encoding | (ReadOptions & { encoding: Encoding })): Promise<string>;
  readFile(path: string, options?: Encoding | ReadOptions | null): Promise<string | Uint8Array<ArrayBuffer>>;
  async readFile(path: string, options?: Encoding | ReadOptions | null): Promise<string | Uint8Array<ArrayBuffer>> {
    const encoding = typeof options === "string" ? options : options?.encoding;
    const data = await this.#named("open", path, (path) => readWhole(this.#link, path));
    return encoding ? text(data) : data;
  }

  /** Replaces a file's content, or makes the file. */
  async writeFile(path: string, data: string | Uint8Array | ArrayBuffer, options?: Encoding | WriteOptions | null): Promise<void> {
    const { mode = 0o666, flag = "w" } = typeof options === "object" && options !== null ? options : {};
    await this.#named("open", path, (path) => writeWhole(this.#link, path, toBytes(data), FLAGS[flag], mode));
  }

  /** Adds to the end of a file, or makes the file. */
  appendFile(path: string, data: string | Uint8Array | ArrayBuffer, options?: Encoding | WriteOptions | null): Promise<void> {
    return this.writeFile(path, data, { flag: "a", ...(typeof options === "object" ? options : {}) });
  }

  /** Names in a directory; with `withFileTypes` what they are as well; with `recursive` all below it. */
  readdir(path: string, options?: Encoding | { encoding?: Encoding | null; withFileTypes?: false; recursive?: boolean } | null): Promise<string[]>;
  readdir(path: string, options: { encoding?: Encoding | null; withFileTypes: true; recursive?: boolean }): Promise<Dirent[]>;
  async readdir(path: string, options?: Encoding | { withFileTypes?: boolean; recursive?: boolean } | null): Promise<string[] | Dirent[]> {
    const { withFileTypes = false, recursive = false } = typeof options === "object" && options !== null ? options : {};
    const top = absolute(this.#workdir, path);
    const found: Dirent[] = [];
    const below = async (directory: string): Promise<void> => {
      const entries = await this.#entries(directory);
      for (const entry of entries) {
        found.push(entry);
        if (recursive && entry.isDirectory()) await below(join(directory, entry.name));
      }
    };
    await this.#named("scandir", path, below);
    if (withFileTypes) return found;
    const cut = top === "/" ? 1 : top.length + 1;
    return found.map((entry) => join(entry.parentPath, entry.name).slice(cut));
  }

  /** Makes a directory; with `recursive` its missing parents too, and then answers the first that was made. */
  async mkdir(path: string, options?: number | { recursive?: boolean; mode?: number } | null): Promise<string | undefined> {
    const { recursive = false, mode = 0o777 } = typeof options === "number" ? { mode: options } : (options ?? {});
    if (!recursive) await this.#path("mkdir", "mkdir", path, { mode });
    else {
      const { first } = await this.#path("mkdir_all", "mkdir", path, { mode });
      if (first.length > 0) return text(first);
    }
    return undefined;
  }

  /** Makes a directory whose name is `prefix` and six characters, and answers its path. */
  async mkdtemp(prefix: string): Promise<string> {
    // A slash at the end is part of the prefix: the name is then made inside.
    const base = absolute(this.#workdir, prefix) + (prefix.endsWith("/") && prefix !== "/" ? "/" : "");
    const { path } = await this.#call("mkdtemp", { prefix: abi.bytes(base) }, "mkdtemp", `${prefix}XXXXXX`);
    return text(path);
  }

  /** Removes a file; with `recursive` a directory and all below it; with `force` it is no error if there is nothing. */
  async rm(path: string, { recursive = false, force = false }: { recursive?: boolean; force?: boolean } = {}): Promise<void> {
    try {
      await this.#path(recursive ? "remove_tree" : "unlink", "rm", path, {});
    } catch (error) {
      if (!force || errnoOf(error) !== ENOENT) throw error;
    }
  }

  /** Removes an empty directory. */
  async rmdir(path: string): Promise<void> {
    await this.#path("rmdir", "rmdir", path, {});
  }

  /** Removes a file's name. */
  async unlink(path: string): Promise<void> {
    await this.#path("unlink", "unlink", path, {});
  }

  /** Renames, over what is there. */
  async rename(from: string, to: string): Promise<void> {
    await this.#call("rename", { ...this.#two(from, to), flags: 0 }, "rename", from, to);
  }

  /** What is known of what a path leads to. */
  async stat(path: string): Promise<Stats> {
    return new Stats((await this.#path("stat", "stat", path, { flags: 0 })).stat);
  }

  /** What is known of a path itself, also when it is a link. */
  async lstat(path: string): Promise<Stats> {
    return new Stats((await this.#path("stat", "lstat", path, { flags: abi.NOFOLLOW })).stat);
  }

  /** Makes a symbolic link at `path` that says `target`. */
  async symlink(target: string, path: string): Promise<void> {
    await this.#call("symlink", { target: abi.bytes(target), path: this.#absolute(path) }, "symlink", target, path);
  }

  /** What a symbolic link says. */
  async readlink(path: string): Promise<string> {
    return text((await this.#path("readlink", "readlink", path, {})).target);
  }

  /** Gives a file another name. */
  async link(from: string, to: string): Promise<void> {
    await this.#call("link", this.#two(from, to), "link", from, to);
  }

  /** The path without links, `.` and `..`. */
  async realpath(path: string): Promise<string> {
    return text((await this.#path("realpath", "realpath", path, {})).path);
  }

  /** Sets permission bits. */
  async chmod(path: string, mode: number): Promise<void> {
    await this.#path("chmod", "chmod", path, { mode, flags: 0 });
  }

  /** Sets times of access and change. */
  async utimes(path: string, atime: Time, mtime: Time): Promise<void> {
    await this.#path("utimes", "utime", path, { atime: nanoseconds(atime), mtime: nanoseconds(mtime), flags: 0 });
  }

  /** Fails unless the file is there, and may be used so (`R_OK` 4, `W_OK` 2, `X_OK` 1). */
  async access(path: string, mode = 0): Promise<void> {
    await this.#path("access", "access", path, { mode });
  }

  /** Cuts a file, or fills it up with zeros. */
  async truncate(path: string, length = 0): Promise<void> {
    await this.#path("truncate", "open", path, { len: BigInt(length) });
  }

  /** Copies a file. `mode` 1 (`COPYFILE_EXCL`): fails if there is one. */
  async copyFile(from: string, to: string, mode = 0): Promise<void> {
    try {
      await this.#call("copy_file", { ...this.#two(from, to), flags: mode & 1 }, "copyfile", from, to);
    } catch (error) {
      // What is in an image has nothing that could be shared.
      if (errnoOf(error) !== EXDEV) throw error;
      const { mode: bits } = await this.stat(from);
      await this.writeFile(to, await this.readFile(from), { flag: mode & 1 ? "wx" : "w", mode: bits & 0o7777 });
      await this.chmod(to, bits & 0o7777);
    }
  }

  /** Copies a file, or with `recursive` a directory and all below it, links as links. */
  async cp(from: string, to: string, options: CopyOptions = {}): Promise<void> {
    await copyTree(this, absolute(this.#workdir, from), absolute(this.#workdir, to), options);
  }

  /**
   * Watches a file or a directory. The listener, if there is one, hears `rename` (made, removed, renamed) and `change` with the name below the path.
   * The watcher can also be read: `for await (const { eventType, filename } of fs.watch('/app')) …`.
   */
  watch(path: string, options?: Encoding | WatchOptions | WatchListener | null, listener?: WatchListener): FSWatcher {
    const heard = typeof options === "function" ? options : listener;
    const { recursive = false, signal } = typeof options === "object" && options !== null ? options : {};
    const opened = this.#path("watch_path", "watch", path, { recursive: recursive ? 1 : 0 }).then(({ fd }) => fd);
    return new FSWatcher(this.#link, this.#watches, opened, heard, signal);
  }

  /** All entries of one directory. */
  async #entries(directory: string): Promise<Dirent[]> {
    const found: Dirent[] = [];
    for (;;) {
      const { entries } = await this.#link.call("readdir", { path: abi.bytes(directory), skip: found.length, limit: PAGE });
      for (const { name, kind } of entries) found.push(new Dirent(text(name), directory, kind));
      if (entries.length < PAGE) return found;
    }
  }

  #absolute(path: string): Uint8Array {
    return abi.bytes(absolute(this.#workdir, path));
  }

  #two(from: string, to: string): { from: Uint8Array; to: Uint8Array } {
    return { from: this.#absolute(from), to: this.#absolute(to) };
  }

  /** A call about one path, under the name that Node gives it in errors. */
  #path<N extends PathCall>(call: N, syscall: string, path: string, rest: Omit<Calls[N]["args"], "path">): Promise<Calls[N]["reply"]> {
    return this.#call(call, { path: this.#absolute(path), ...rest } as Calls[N]["args"], syscall, path);
  }

  async #call<N extends CallName>(call: N, args: Calls[N]["args"], syscall: string, path: string, dest?: string): Promise<Calls[N]["reply"]> {
    try {
      return await this.#link.call(call, args);
    } catch (error) {
      throw renamed(error, syscall, path, dest);
    }
  }

  async #named<T>(syscall: string, path: string, work: (path: string) => Promise<T>): Promise<T> {
    try {
      return await work(absolute(this.#workdir, path));
    } catch (error) {
      throw renamed(error, syscall, path);
    }
  }
}

/** Calls whose first argument is `path`. */
type PathCall = { [N in CallName]: Calls[N]["args"] extends { path: Uint8Array } ? N : never }[CallName];

function renamed(error: unknown, syscall: string, path: string, dest?: string): unknown {
  const number = errnoOf(error);
  return number === undefined ? error : new SystemError(number, syscall, path, dest);
}

const join = (directory: string, name: string): string => (directory === "/" ? `/${name}` : `${directory}/${name}`);

function toBytes(data: string | Uint8Array | ArrayBuffer): Uint8Array {
  if (typeof data === "string") return abi.bytes(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function nanoseconds(time: Time): bigint {
  const milliseconds = time instanceof Date ? time.getTime() : Number(time) * 1000;
  return BigInt(Math.round(milliseconds * 1000)) * 1000n;
}

