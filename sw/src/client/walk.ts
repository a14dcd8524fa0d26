// Going through a tree of a container: everything below a directory, many files a call.

import { bytes, O_NOFOLLOW, O_RDONLY, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, type TreeNode } from "../generated/abi.ts";
import type { Found } from "./archive/found.ts";
import { above, bytesOf, knownPath } from "./archive/path.ts";
import { errno, errnoOf, SystemError } from "./errors.ts";
import type { Link } from "./link.ts";

/** Bytes of one call. Longer files are read in pieces of this size. */
const PAGE = 1 << 20;

const EIO = errno("EIO");
const ENOENT = errno("ENOENT");
const ENOTDIR = errno("ENOTDIR");
const ELOOP = errno("ELOOP");

/** Which paths are wanted. */
export interface Filter {
  /** Whether the path itself is. */
  wants: (key: string, directory: boolean) => boolean;
  /** Whether anything below a directory might be. */
  enters: (key: string) => boolean;
}

/**
 * Everything below `base` (absolute) that the filter wants, directories before what is in them, names in order of their bytes. Devices, pipes and sockets are left
 * out. What changes meanwhile is as it was when its turn came. Throws Node's errors: for what may not be read, for a base that is no directory.
 */
export async function* walk(link: Link, base: string, filter?: Filter): AsyncGenerator<Found, void> {
  /** Directories that were passed over, and may yet be needed for what is in them. */
  const held = new Map<string, Found>();
  for await (const node of nodes(link, base, filter)) {
    const path = knownPath(node.path.slice());
    const kind = node.mode & S_IFMT;
    if (kind !== S_IFDIR && kind !== S_IFREG && kind !== S_IFLNK) continue;
    const { mode, mtime, ino, nlink } = node;
    const known = { path, mode, mtime, ino, nlink, size: Number(node.size), data: node.data, content: nothing };
    if (filter !== undefined && !filter.wants(path.key, kind === S_IFDIR)) {
      if (kind === S_IFDIR) held.set(path.key, known);
      continue;
    }
    for (const parent of [...above(path.key)].reverse()) {
      const directory = held.get(parent);
      if (directory === undefined) continue;
      held.delete(parent);
      yield directory;
    }
    if (kind !== S_IFREG || node.data.length === known.size) yield known;
    else yield* long(link, known, join(base, path.bytes));
  }
}

/** All pages. The next one is on its way while one is worked on. */
async function* nodes(link: Link, base: string, filter?: Filter): AsyncGenerator<TreeNode, void> {
  const call = (after: Uint8Array, limit: number) => link.call("read_tree", { base: bytes(base), after, limit });
  const page = (after: Uint8Array) =>
    call(after, PAGE)
      // A content that cannot be had fails the whole page. One entry without content then, whose reading tells which file it is.
      .catch((error: unknown) => (errnoOf(error) === EIO ? call(after, 0) : Promise.reject(error)))
      .catch((error: unknown) => {
        const number = errnoOf(error);
        if (number === undefined) throw error;
        throw new SystemError(number, "export", text(after.length === 0 ? bytes(base) : join(base, after)));
      });
  let next = page(new Uint8Array());
  for (;;) {
    const { entries, end } = await next;
    const last = entries.at(-1);
    const after = end === 0 && last !== undefined ? passing(last, filter) : undefined;
    if (after !== undefined) {
      next = page(after);
      // Whoever reads no further does not hear of it.
      next.catch(() => undefined);
    }
    let passed = "";
    for (const node of entries) {
      if (passed !== "" && knownPath(node.path).key.startsWith(passed)) continue;
      passed = "";
      yield node;
      if (filter === undefined || (node.mode & S_IFMT) !== S_IFDIR) continue;
      const { key } = knownPath(node.path);
      if (!filter.enters(key)) passed = `${key}/`;
    }
    if (after === undefined) return;
  }
}

/** Where to go on after an entry: behind the outermost directory that nothing is wanted of. */
function passing({ path, mode }: TreeNode, filter?: Filter): Uint8Array {
  if (filter === undefined) return path;
  const { key } = knownPath(path);
  const directories = [...above(key)].reverse();
  if ((mode & S_IFMT) === S_IFDIR) directories.push(key);
  for (const directory of directories) if (!filter.enters(directory)) return bytesOf(`${directory}/`);
  return path;
}

/** A file that does not fit in a call. It has the length that it had when it was opened, whatever happens to it meanwhile. */
async function* long(link: Link, found: Found, path: Uint8Array): AsyncGenerator<Found, void> {
  const fail = (error: unknown): never => {
    const number = errnoOf(error);
    throw number === undefined ? error : new SystemError(number, "export", text(path));
  };
  const opened = await link.call("open", { path, flags: O_RDONLY | O_NOFOLLOW, mode: 0 }).catch((error: unknown) => {
    // It is gone, or something else is there.
    if ([ENOENT, ENOTDIR, ELOOP].includes(errnoOf(error) ?? 0)) return undefined;
    return fail(error);
  });
  if (opened === undefined) return;
  const { fd } = opened;
  try {
    const { stat } = await link.call("fstat", { fd });
    if ((stat.mode & S_IFMT) !== S_IFREG) return;
    const size = Number(stat.size);
    const content = async function* (): AsyncGenerator<Uint8Array, void> {
      const read = (at: number) => link.call("pread", { fd, len: Math.min(PAGE, size - at), position: BigInt(at) });
      let next = size === 0 ? undefined : read(0);
      for (let at = 0; next !== undefined; ) {
        const { data } = await next.catch(fail);
        const wanted = Math.min(PAGE, size - at);
        at += wanted;
        next = at < size ? read(at) : undefined;
        next?.catch(() => undefined);
        yield data;
        // It has become shorter.
        if (data.length < wanted) yield new Uint8Array(wanted - data.length);
      }
    };
    yield { ...found, mode: stat.mode, mtime: stat.mtime, size, data: undefined, content };
  } finally {
    await link.call("close", { fd });
  }
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}

function join(base: string, path: Uint8Array): Uint8Array {
  const front = bytes(base === "/" ? "/" : `${base}/`);
  const whole = new Uint8Array(front.length + path.length);
  whole.set(front);
  whole.set(path, front.length);
  return whole;
}

const text = (from: Uint8Array): string => new TextDecoder().decode(from);
