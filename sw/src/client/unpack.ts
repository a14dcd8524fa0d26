// Writing an archive's entries into a container: many small files a call, large ones in pieces, directories' modes and times last.

import { bytes, O_NOFOLLOW, O_WRONLY, S_IFDIR, S_IFLNK, S_IFREG, TREE_EXACT, type TreeEntry } from "../generated/abi.ts";
import type { DirectoryEntry, Entry, FileEntry, HardlinkEntry } from "./archive/entry.ts";
import { errno, errnoOf, SystemError } from "./errors.ts";
import type { Link } from "./link.ts";
import { inParallel } from "./whole.ts";

/** Bytes of one call, and files of one call. */
const BATCH_BYTES = 1 << 20;
const BATCH_ENTRIES = 1000;
/** What an entry takes in a frame beside its path and content. */
const ENTRY_BYTES = 20;
/** Calls under way at once. */
const WIDTH = 4;

const EINVAL = errno("EINVAL");

/** A container's file system as a place for an archive. `base` is absolute. */
export class Unpacking {
  #batch: TreeEntry[] = [];
  #size = 0;
  /** Batches are carried out in the order in which they are sent; this is for their answers. */
  readonly #running = new Set<Promise<void>>();
  #failed: { error: unknown } | undefined;
  readonly #directories = new Map<string, DirectoryEntry>();
  /** Names that are to be given to earlier files, with an empty file in their place. */
  #names: HardlinkEntry[] = [];

  constructor(
    readonly link: Link,
    readonly base: string,
  ) {}

  /** Takes entries that were checked, in their order. */
  async write(entries: Iterable<Entry>): Promise<void> {
    await this.link.call("mkdir_all", { path: bytes(this.base), mode: 0o777 }).catch((error: unknown) => this.#fail(error, new Uint8Array()));
    try {
      for (const entry of entries) await this.#take(entry);
      await this.#giveNames();
      await this.#send();
      for (const directory of this.#lastOfAll()) await this.#add(directory);
      await this.#send();
      await this.#settled();
    } finally {
      await Promise.all(this.#running);
    }
  }

  async #take(entry: Entry): Promise<void> {
    // The archive's own root is the place that it goes to.
    if (entry.path.key === "") return;
    if (this.#names.length > (entry.kind === "hardlink" ? BATCH_ENTRIES : 0)) await this.#giveNames();
    switch (entry.kind) {
      case "directory":
        this.#directories.set(entry.path.key, entry);
        // As long as something may come into it.
        return this.#add(tree(entry, S_IFDIR | 0o700));
      case "symlink":
        return this.#add(tree(entry, S_IFLNK, entry.target));
      case "hardlink":
        this.#names.push(entry);
        return this.#add(tree(entry, S_IFREG));
      case "file":
        return entry.size > BATCH_BYTES ? this.#large(entry) : this.#add(tree(entry, S_IFREG, whole(entry)));
    }
  }

  /** Their modes may forbid writing, and their times change with what is put into them: so the deepest first, and all after everything else. */
  #lastOfAll(): TreeEntry[] {
    const deep = ({ path }: DirectoryEntry): number => path.key.split("/").length;
    return [...this.#directories.values()].sort((one, other) => deep(other) - deep(one)).map((entry) => tree(entry, S_IFDIR));
  }

  #add(entry: TreeEntry): Promise<void> | undefined {
    const size = ENTRY_BYTES + entry.path.length + entry.data.length;
    const sent = this.#size + size > BATCH_BYTES || this.#batch.length >= BATCH_ENTRIES ? this.#send() : undefined;
    this.#batch.push(entry);
    this.#size += size;
    return sent;
  }

  /** Resolves when another batch may be sent. */
  async #send(): Promise<void> {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    this.#size = 0;
    const one: Promise<void> = this.#write(batch).then(
      () => void this.#running.delete(one),
      (error: unknown) => {
        this.#running.delete(one);
        this.#failed ??= { error };
      },
    );
    this.#running.add(one);
    if (this.#running.size >= WIDTH) await Promise.race(this.#running);
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  async #settled(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failed !== undefined) throw this.#failed.error;
  }

  async #write(entries: TreeEntry[]): Promise<void> {
    const base = bytes(this.base);
    try {
      await this.link.call("write_tree", { base, entries });
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      // Which one was it?
      for (const entry of entries) await this.link.call("write_tree", { base, entries: [entry] }).catch((error: unknown) => this.#fail(error, entry.path));
      throw error;
    }
  }

  #fail(error: unknown, path: Uint8Array): never {
    const number = errnoOf(error);
    if (number === undefined) throw error;
    const told = new SystemError(number, "mount", new TextDecoder().decode(this.#at(path)));
    if (number === EINVAL) told.message += ": a link is in its way";
    throw told;
  }

  #at(path: Uint8Array): Uint8Array {
    const base = bytes(this.base === "/" || path.length === 0 ? this.base : `${this.base}/`);
    const whole = new Uint8Array(base.length + path.length);
    whole.set(base);
    whole.set(path, base.length);
    return whole;
  }

  /** An empty file is made first, by the call that does not follow links on the way. */
  async #large(entry: FileEntry): Promise<void> {
    await this.#add(tree({ ...entry, mode: 0o600 }, S_IFREG));
    await this.#send();
    await this.#settled();
    try {
      const { fd } = await this.link.call("open", { path: this.#at(entry.path.bytes), flags: O_WRONLY | O_NOFOLLOW, mode: 0 });
      try {
        await inParallel(pieces(entry), WIDTH, async ({ data, position }) => {
          for (let done = 0; done < data.length; ) done += (await this.link.call("write", { fd, data: data.subarray(done), position: BigInt(position + done) })).written;
        });
        await this.link.call("fchmod", { fd, mode: entry.mode });
        await this.link.call("futimes", { fd, atime: entry.mtime, mtime: entry.mtime });
      } finally {
        await this.link.call("close", { fd });
      }
    } catch (error) {
      this.#fail(error, entry.path.bytes);
    }
  }

  async #giveNames(): Promise<void> {
    const names = this.#names;
    if (names.length === 0) return;
    this.#names = [];
    await this.#send();
    await this.#settled();
    // The kernel takes the calls in the order in which they are made, so that a name may be given to what just got one.
    await Promise.all(
      names.flatMap(({ path, target }) => {
        const to = this.#at(path.bytes);
        const calls = [this.link.call("unlink", { path: to }), this.link.call("link", { from: this.#at(target.bytes), to })];
        return calls.map((call) => call.catch((error: unknown) => this.#fail(error, path.bytes)));
      }),
    );
  }
}

const tree = ({ path, mode, mtime }: Entry, kind: number, data: Uint8Array = new Uint8Array()): TreeEntry => ({ path: path.bytes, mode: kind | mode | TREE_EXACT, mtime, data });

/** A content that fits in a call. */
function whole(entry: FileEntry): Uint8Array {
  const [first = new Uint8Array(), ...rest] = entry.content();
  if (rest.length === 0) return first;
  const all = new Uint8Array(entry.size);
  let at = 0;
  for (const piece of [first, ...rest]) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** A content in pieces of one call each. */
function* pieces(entry: FileEntry): Generator<{ data: Uint8Array; position: number }> {
  let position = 0;
  for (const piece of entry.content()) {
    for (let at = 0; at < piece.length; at += BATCH_BYTES) {
      const data = piece.subarray(at, at + BATCH_BYTES);
      yield { data, position };
      position += data.length;
    }
  }
}
