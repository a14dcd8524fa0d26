// Printed from kernel/abi by `cargo run -p porthole-abi --example typescript`. Changes here are lost.

/** Version of the words. A service worker and a process image of different versions do not talk. */
export const VERSION = 3;
export const REQUEST_HEADER = 20;
export const REPLY_HEADER = 16;
/** The largest frame that the kernel reads, in bytes. */
export const MAX_FRAME = 4194304;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Text as the kernel's bytes. */
export const bytes = (text: string): Uint8Array => encoder.encode(text);
/** The kernel's bytes as text. */
export const text = (from: Uint8Array): string => decoder.decode(from);

/** The bytes are not what they should be. */
export class Malformed extends Error {}

/** Builds a frame. */
export class Writer {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #at = 0;
  constructor(room = 256) {
    this.#bytes = new Uint8Array(room);
    this.#view = new DataView(this.#bytes.buffer);
  }
  get length(): number { return this.#at; }
  #take(size: number): number {
    const at = this.#at;
    const end = at + size;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#at = end;
    return at;
  }
  u8(value: number): void { const at = this.#take(1); this.#view.setUint8(at, value); }
  u16(value: number): void { const at = this.#take(2); this.#view.setUint16(at, value, true); }
  u32(value: number): void { const at = this.#take(4); this.#view.setUint32(at, value, true); }
  i32(value: number): void { const at = this.#take(4); this.#view.setInt32(at, value, true); }
  u64(value: bigint): void { const at = this.#take(8); this.#view.setBigUint64(at, value, true); }
  i64(value: bigint): void { const at = this.#take(8); this.#view.setBigInt64(at, value, true); }
  bytes(value: Uint8Array): void {
    this.u32(value.length);
    const at = this.#take(value.length);
    this.#bytes.set(value, at);
  }
  list<T>(items: readonly T[], put: (item: T) => void): void {
    this.u32(items.length);
    for (const item of items) put(item);
  }
  /** Writes a number over an earlier one. */
  patch32(at: number, value: number): void { this.#view.setUint32(at, value, true); }
  /** What was written. The writer is not used after this. */
  done(): Uint8Array<ArrayBuffer> { return this.#at === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#at); }
}

/** Reads a frame. */
export class Reader {
  #view: DataView;
  #at = 0;
  constructor(readonly source: Uint8Array) {
    this.#view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }
  #take(size: number): number {
    const at = this.#at;
    if (at + size > this.source.length) throw new Malformed(`the frame ends at ${this.source.length}, wanted ${at + size}`);
    this.#at = at + size;
    return at;
  }
  get remaining(): number { return this.source.length - this.#at; }
  u8(): number { return this.#view.getUint8(this.#take(1)); }
  u16(): number { return this.#view.getUint16(this.#take(2), true); }
  u32(): number { return this.#view.getUint32(this.#take(4), true); }
  i32(): number { return this.#view.getInt32(this.#take(4), true); }
  u64(): bigint { return this.#view.getBigUint64(this.#take(8), true); }
  i64(): bigint { return this.#view.getBigInt64(this.#take(8), true); }
  /** A view into the frame, not a copy. */
  bytes(): Uint8Array {
    const length = this.u32();
    const at = this.#take(length);
    return this.source.subarray(at, at + length);
  }
  list<T>(get: () => T): T[] {
    const count = this.u32();
    if (count > this.remaining) throw new Malformed(`a list of ${count} in ${this.remaining} bytes`);
    return Array.from({ length: count }, get);
  }
  rest(): Uint8Array {
    const at = this.#take(this.remaining);
    return this.source.subarray(at);
  }
}

/** What is known of a file. Times are nanoseconds since 1970. */
export interface Stat { dev: bigint; ino: bigint; mode: number; nlink: number; uid: number; gid: number; rdev: bigint; size: bigint; blksize: number; blocks: bigint; atime: bigint; mtime: bigint; ctime: bigint; birthtime: bigint }
export const putStat = (out: Writer, value: Stat): void => { out.u64(value.dev); out.u64(value.ino); out.u32(value.mode); out.u32(value.nlink); out.u32(value.uid); out.u32(value.gid); out.u64(value.rdev); out.u64(value.size); out.u32(value.blksize); out.u64(value.blocks); out.i64(value.atime); out.i64(value.mtime); out.i64(value.ctime); out.i64(value.birthtime); };
export const getStat = (from: Reader): Stat => ({ dev: from.u64(), ino: from.u64(), mode: from.u32(), nlink: from.u32(), uid: from.u32(), gid: from.u32(), rdev: from.u64(), size: from.u64(), blksize: from.u32(), blocks: from.u64(), atime: from.i64(), mtime: from.i64(), ctime: from.i64(), birthtime: from.i64() });

/** One name of a directory. `kind` is one of `DT_*`. */
export interface Dirent { ino: bigint; kind: number; name: Uint8Array }
export const putDirent = (out: Writer, value: Dirent): void => { out.u64(value.ino); out.u8(value.kind); out.bytes(value.name); };
export const getDirent = (from: Reader): Dirent => ({ ino: from.u64(), kind: from.u8(), name: from.bytes() });

/** Room in a file system, in blocks of `bsize` bytes. */
export interface Statfs { kind: bigint; bsize: bigint; blocks: bigint; bfree: bigint; bavail: bigint; files: bigint; ffree: bigint }
export const putStatfs = (out: Writer, value: Statfs): void => { out.u64(value.kind); out.u64(value.bsize); out.u64(value.blocks); out.u64(value.bfree); out.u64(value.bavail); out.u64(value.files); out.u64(value.ffree); };
export const getStatfs = (from: Reader): Statfs => ({ kind: from.u64(), bsize: from.u64(), blocks: from.u64(), bfree: from.u64(), bavail: from.u64(), files: from.u64(), ffree: from.u64() });

/** A socket's address. `family` is 4 (IPv4), 6 (IPv6) or 1 (a path). */
export interface Address { family: number; host: Uint8Array; port: number }
export const putAddress = (out: Writer, value: Address): void => { out.u8(value.family); out.bytes(value.host); out.u16(value.port); };
export const getAddress = (from: Reader): Address => ({ family: from.u8(), host: from.bytes(), port: from.u16() });

/** A descriptor that a child starts with, and the parent's that it shares. */
export interface Inherit { child: number; parent: number }
export const putInherit = (out: Writer, value: Inherit): void => { out.i32(value.child); out.i32(value.parent); };
export const getInherit = (from: Reader): Inherit => ({ child: from.i32(), parent: from.i32() });

/** A descriptor and what it is (`FD_*`). */
export interface Descriptor { fd: number; kind: number }
export const putDescriptor = (out: Writer, value: Descriptor): void => { out.i32(value.fd); out.u8(value.kind); };
export const getDescriptor = (from: Reader): Descriptor => ({ fd: from.i32(), kind: from.u8() });

/** One entry for `write_tree`. `mode` carries the kind; `data` is the content or the link's target. */
export interface TreeEntry { path: Uint8Array; mode: number; mtime: bigint; data: Uint8Array }
export const putTreeEntry = (out: Writer, value: TreeEntry): void => { out.bytes(value.path); out.u32(value.mode); out.i64(value.mtime); out.bytes(value.data); };
export const getTreeEntry = (from: Reader): TreeEntry => ({ path: from.bytes(), mode: from.u32(), mtime: from.i64(), data: from.bytes() });

/** One entry from `read_tree`. Where `data` is shorter than `size`, the content is to be read by itself. */
export interface TreeNode { path: Uint8Array; mode: number; mtime: bigint; ino: bigint; nlink: number; size: bigint; data: Uint8Array }
export const putTreeNode = (out: Writer, value: TreeNode): void => { out.bytes(value.path); out.u32(value.mode); out.i64(value.mtime); out.u64(value.ino); out.u32(value.nlink); out.u64(value.size); out.bytes(value.data); };
export const getTreeNode = (from: Reader): TreeNode => ({ path: from.bytes(), mode: from.u32(), mtime: from.i64(), ino: from.u64(), nlink: from.u32(), size: from.u64(), data: from.bytes() });

/** An entry of a directory from `survey`. `data` is all of a file's content if `whole` is 1. */
export interface Seen { name: Uint8Array; stat: Stat; whole: number; data: Uint8Array }
export const putSeen = (out: Writer, value: Seen): void => { out.bytes(value.name); putStat(out, value.stat); out.u8(value.whole); out.bytes(value.data); };
export const getSeen = (from: Reader): Seen => ({ name: from.bytes(), stat: getStat(from), whole: from.u8(), data: from.bytes() });

/** A directory from `survey`, by its path below the one that was asked for. */
export interface Surveyed { path: Uint8Array; stat: Stat; entries: Seen[] }
export const putSurveyed = (out: Writer, value: Surveyed): void => { out.bytes(value.path); putStat(out, value.stat); out.list(value.entries, (item) => putSeen(out, item)); };
export const getSurveyed = (from: Reader): Surveyed => ({ path: from.bytes(), stat: getStat(from), entries: from.list(() => getSeen(from)) });

/** A header of a request or an answer. */
export interface Header { name: Uint8Array; value: Uint8Array }
export const putHeader = (out: Writer, value: Header): void => { out.bytes(value.name); out.bytes(value.value); };
export const getHeader = (from: Reader): Header => ({ name: from.bytes(), value: from.bytes() });

/** A row of `processes`. */
export interface ProcessInfo { pid: number; ppid: number; pgid: number; state: number; started: bigint; argv: Uint8Array[] }
export const putProcessInfo = (out: Writer, value: ProcessInfo): void => { out.i32(value.pid); out.i32(value.ppid); out.i32(value.pgid); out.u8(value.state); out.i64(value.started); out.list(value.argv, (item) => out.bytes(item)); };
export const getProcessInfo = (from: Reader): ProcessInfo => ({ pid: from.i32(), ppid: from.i32(), pgid: from.i32(), state: from.u8(), started: from.i64(), argv: from.list(() => from.bytes()) });

/** What a process hears without having asked. */
export type Event =
  | { type: "ready"; fd: number; mask: number }
  | { type: "signal"; signal: number }
  | { type: "child_exit"; pid: number; code: number; signal: number }
  | { type: "port"; port: number; open: number };

/** Reads one event. */
export function getEvent(from: Reader): Event {
  const kind = from.u8();
  switch (kind) {
    case 1: return { type: "ready", fd: from.i32(), mask: from.u8() };
    case 2: return { type: "signal", signal: from.u8() };
    case 3: return { type: "child_exit", pid: from.i32(), code: from.i32(), signal: from.u8() };
    case 4: return { type: "port", port: from.u16(), open: from.u8() };
    default: throw new Malformed(`no event has the number ${kind}`);
  }
}

/** Reads a batch: the number of the first event, and the events in order. */
export function getBatch(from: Reader): { first: number; events: Event[] } {
  const first = from.u32();
  const events: Event[] = [];
  while (from.remaining > 0) events.push(getEvent(from));
  return { first, events };
}

/** Arguments and reply of every call. */
export interface Calls {
  /** Who the process is: the first call of every process image. Paths are absolute. `exe` is the registered program that runs (`/usr/local/bin/node`); a script started by its `#!` line has its path in `argv` already. `env` holds `NAME=value`. */
  start: { args: {}; reply: { pid: number; ppid: number; exe: Uint8Array; argv: Uint8Array[]; env: Uint8Array[]; cwd: Uint8Array; umask: number; uid: number; gid: number; fds: Descriptor[] } };
  /** Ends the process. `code` is cut to its low 8 bits. Nothing after it is read. */
  exit: { args: { code: number }; reply: {} };
  /** Starts a program: a registered command, a path, or a name looked up in `PATH` of `env` (else of the caller); `#!` lines are followed. `argv[0]` is what the child sees as its name. An empty `cwd` is the caller's. `ENOENT`: no such command; `EACCES`: not executable; `EAGAIN`: too many processes. */
  spawn: { args: { file: Uint8Array; argv: Uint8Array[]; env: Uint8Array[]; cwd: Uint8Array; fds: Inherit[]; flags: number }; reply: { pid: number } };
  /** Takes an ended child (`ANY_CHILD`: any). `EAGAIN`: none has ended yet; `ECHILD`: there is none. */
  wait: { args: { pid: number }; reply: { pid: number; code: number; signal: number } };
  /** Sends a signal; 0 only checks. `pid` 0: the caller's group; below −1: the group −`pid`. */
  kill: { args: { pid: number; signal: number }; reply: {} };
  /** What shall happen at a signal: `SIG_DFL`, `SIG_IGN` or `SIG_CATCH` (an event). */
  sigaction: { args: { signal: number; action: number }; reply: {} };
  /** The process group of a process (0: the caller). */
  getpgid: { args: { pid: number }; reply: { pgid: number } };
  /** Moves a process into a group. */
  setpgid: { args: { pid: number; pgid: number }; reply: {} };
  /** Changes the working directory. */
  chdir: { args: { path: Uint8Array }; reply: {} };
  /** The working directory, absolute. */
  getcwd: { args: {}; reply: { path: Uint8Array } };
  /** Sets the mask of modes and answers the old one. */
  umask: { args: { mask: number }; reply: { old: number } };
  /** The next events as a batch (`event::get_batch`). The only call whose answer waits: until there is an event, or `timeout` ms (`u32::MAX`: for ever) have passed. */
  poll: { args: { timeout: number }; reply: { batch: Uint8Array } };
  /** Asks for readiness of a descriptor; 0 ends it. See `Event::Ready`. */
  watch: { args: { fd: number; mask: number }; reply: {} };
  /** The container's processes. */
  processes: { args: {}; reply: { list: ProcessInfo[] } };
  /** Milliseconds since the container began, and bytes that files take. */
  sysinfo: { args: {}; reply: { uptime_ms: bigint; files_bytes: bigint; processes: number } };
  /** Opens a file, and says what it is. `mode` is for `O_CREAT`, under the umask. */
  open: { args: { path: Uint8Array; flags: number; mode: number }; reply: { fd: number; stat: Stat } };
  /** Closes a descriptor. */
  close: { args: { fd: number }; reply: {} };
  /** Reads up to `len` bytes at `position` (−1: where the description stands, and moves it). Empty at the end. `EAGAIN`: nothing there yet. */
  read: { args: { fd: number; len: number; position: bigint }; reply: { data: Uint8Array } };
  /** Reads at a position and leaves the description where it is. For files only. */
  pread: { args: { fd: number; len: number; position: bigint }; reply: { data: Uint8Array } };
  /** Writes at `position` (−1: where the description stands). `EAGAIN`: full; `EPIPE`: nobody reads (and `SIGPIPE`, which Node ignores). */
  write: { args: { fd: number; data: Uint8Array; position: bigint }; reply: { written: number } };
  /** Moves the description. */
  seek: { args: { fd: number; offset: bigint; whence: number }; reply: { position: bigint } };
  /** Another number (the lowest from `least`) for the same description. */
  dup: { args: { fd: number; least: number }; reply: { fd: number } };
  /** The description of `fd` under the number `onto`, which is closed first. */
  dup2: { args: { fd: number; onto: number }; reply: {} };
  /** `stat` of a descriptor. */
  fstat: { args: { fd: number }; reply: { stat: Stat } };
  /** Sets a file's length. */
  ftruncate: { args: { fd: number; len: bigint }; reply: {} };
  /** Waits until the file's changes are durable. */
  fsync: { args: { fd: number }; reply: {} };
  /** `chmod` of a descriptor. */
  fchmod: { args: { fd: number; mode: number }; reply: {} };
  /** `chown` of a descriptor. */
  fchown: { args: { fd: number; uid: number; gid: number }; reply: {} };
  /** `utimes` of a descriptor, in nanoseconds since 1970. */
  futimes: { args: { fd: number; atime: bigint; mtime: bigint }; reply: {} };
  /** What a descriptor is. */
  fd_kind: { args: { fd: number }; reply: { kind: number } };
  /** A pipe: what is written to `writer` comes out of `reader`. */
  pipe: { args: {}; reply: { reader: number; writer: number } };
  /** Two connected stream sockets. */
  socketpair: { args: {}; reply: { one: number; other: number } };
  /** What is known of a path. `flags`: `NOFOLLOW`. */
  stat: { args: { path: Uint8Array; flags: number }; reply: { stat: Stat } };
  /** Names of a directory after the first `skip`, at most `limit`, in a stable order; fewer than `limit` means the end. `stat` is the directory's. */
  readdir: { args: { path: Uint8Array; skip: number; limit: number }; reply: { entries: Dirent[]; stat: Stat } };
  /** A whole file in one call, and what it is. `EFBIG`: longer than `limit`, read it in pieces. */
  read_file: { args: { path: Uint8Array; limit: number }; reply: { data: Uint8Array; stat: Stat } };
  /** Opens with `flags`, writes all, says what the file is then, closes. */
  write_file: { args: { path: Uint8Array; data: Uint8Array; flags: number; mode: number }; reply: { stat: Stat } };
  /** Many files, directories and links below `base` in one call; missing parents are made, existing files replaced. `..`, absolute paths and paths through links are `EINVAL`. */
  write_tree: { args: { base: Uint8Array; entries: TreeEntry[] }; reply: {} };
  /** Makes a directory. */
  mkdir: { args: { path: Uint8Array; mode: number }; reply: {} };
  /** Makes a directory and its missing parents; answers the first that was made, or nothing. */
  mkdir_all: { args: { path: Uint8Array; mode: number }; reply: { first: Uint8Array } };
  /** Makes a directory whose name is `prefix` and six characters that were free. */
  mkdtemp: { args: { prefix: Uint8Array }; reply: { path: Uint8Array } };
  /** Removes an empty directory. */
  rmdir: { args: { path: Uint8Array }; reply: {} };
  /** Removes a name. */
  unlink: { args: { path: Uint8Array }; reply: {} };
  /** Removes a name and all below it. `ENOENT` where there is nothing. */
  remove_tree: { args: { path: Uint8Array }; reply: {} };
  /** Renames, over what is there. `flags`: `NOREPLACE`. */
  rename: { args: { from: Uint8Array; to: Uint8Array; flags: number }; reply: {} };
  /** Another name for a file. */
  link: { args: { from: Uint8Array; to: Uint8Array }; reply: {} };
  /** A symbolic link at `path` that says `target`. */
  symlink: { args: { target: Uint8Array; path: Uint8Array }; reply: {} };
  /** What a symbolic link says. */
  readlink: { args: { path: Uint8Array }; reply: { target: Uint8Array } };
  /** The path without links, `.` and `..`. */
  realpath: { args: { path: Uint8Array }; reply: { path: Uint8Array } };
  /** Whether the caller may (`R_OK` and so on). */
  access: { args: { path: Uint8Array; mode: number }; reply: {} };
  /** Sets permission bits. `flags`: `NOFOLLOW`. */
  chmod: { args: { path: Uint8Array; mode: number; flags: number }; reply: {} };
  /** Sets the owner. `flags`: `NOFOLLOW`. */
  chown: { args: { path: Uint8Array; uid: number; gid: number; flags: number }; reply: {} };
  /** Sets times, in nanoseconds since 1970. `flags`: `NOFOLLOW`. */
  utimes: { args: { path: Uint8Array; atime: bigint; mtime: bigint; flags: number }; reply: {} };
  /** Sets a file's length. */
  truncate: { args: { path: Uint8Array; len: bigint }; reply: {} };
  /** Copies a file; `flags` 1: `EEXIST` instead of replacing. */
  copy_file: { args: { from: Uint8Array; to: Uint8Array; flags: number }; reply: {} };
  /** Room in the file system. */
  statfs: { args: { path: Uint8Array }; reply: { statfs: Statfs } };
  /** A descriptor that yields what changes at a path: records `kind:u8 (0 rename, 1 change) len:u16 name`. `recursive` 1: below it too. */
  watch_path: { args: { path: Uint8Array; recursive: number }; reply: { fd: number } };
  /** Everything below `base` that follows the path `after` (empty: from the start), directories before what is in them and names in order of their bytes, for about `limit` bytes; `end` is 1 when nothing is left. Ask again with the last path as `after`; with a slash behind it, what is in it is passed over. A directory that may not be read is an error of the call that would begin with it. */
  read_tree: { args: { base: Uint8Array; after: Uint8Array; limit: number }; reply: { entries: TreeNode[]; end: number } };
  /** The directory at `path` with all that is in it, then those in it down to `depth` levels, as far as 2048 names go; none called `except`, none whose name begins with a dot. Contents of files of at most 64 KiB come along as far as `limit` bytes go. `E2BIG`: more names; `EXDEV`: something is mounted in it. */
  survey: { args: { path: Uint8Array; depth: number; except: Uint8Array; limit: number }; reply: { directories: Surveyed[] } };
  /** Mounts on the directory `target`: with `kind` `bind` the directory `source`; with `overlay` a copy of it by reference, which goes with the mount; with `proc`, `task`, `web` that tree of the system; read-only with `zip` and `tar` what is in the archive `source`, with `http` a directory of a web server, by its address. `flags`: `MOUNT_READ_ONLY`. `EPERM`: the target is in such a tree; `EBUSY`: it is the root; `ENODEV`: no such kind; `EINVAL`, `EIO`: an archive or an index is refused or cannot be had, and reading a `ctl` file says why. */
  mount: { args: { source: Uint8Array; target: Uint8Array; kind: Uint8Array; flags: number }; reply: {} };
  /** Takes away what is mounted at `target`. `EINVAL`: nothing is; `EBUSY`: somebody stands in it or has something of it open, or something is mounted in it. */
  unmount: { args: { target: Uint8Array }; reply: {} };
  /** Copies the directory `from` and all below it to `to`, where nothing may be, by reference. What is mounted below is left out. */
  clone_tree: { args: { from: Uint8Array; to: Uint8Array }; reply: {} };
  /** A listening socket. Port 0: the kernel chooses. `EADDRINUSE`: taken. */
  listen: { args: { address: Address; backlog: number }; reply: { fd: number; address: Address } };
  /** The next connection. `EAGAIN`: none. */
  accept: { args: { fd: number }; reply: { fd: number; peer: Address } };
  /** A socket on its way to `address`; writable when it is there. `ECONNREFUSED`: nobody listens. */
  connect: { args: { address: Address }; reply: { fd: number } };
  /** Ends one direction or both (`SHUT_*`). */
  shutdown: { args: { fd: number; how: number }; reply: {} };
  /** A socket's own address. */
  sockname: { args: { fd: number }; reply: { address: Address } };
  /** The other side's address. `ENOTCONN`. */
  peername: { args: { fd: number }; reply: { address: Address } };
  /** Why a socket failed: an errno's number, or 0. */
  socket_error: { args: { fd: number }; reply: { errno: number } };
  /** A request to another host through the browser. Write the body, `shutdown` to end it (`body` 1), then read: first `len:u32` and a `reply::FetchHead`-shaped record (`status:u16 url:bytes text:bytes headers:Header[]`), then the body. A network failure is `ERROR` readiness and `EIO` on read, after whatever came before it; if that is not even a head, a head of status 0 comes first, whose `text` says why. */
  fetch: { args: { method: Uint8Array; url: Uint8Array; headers: Header[]; body: number }; reply: { fd: number } };
  /** Hands a socket or a listener to whoever has the other end of `via`, a connected socket: one more descriptor, which it takes with `take_fd`. `EINVAL`: another kind of descriptor, or a socket that holds such itself; `EAGAIN`: too many wait. */
  pass_fd: { args: { via: number; fd: number }; reply: {} };
  /** The next descriptor that was passed. `EAGAIN`: none. `kind`: as `fd_kind`. */
  take_fd: { args: { via: number }; reply: { fd: number; kind: number } };
  /** Whether a page's requests come through a socket: its other end is the browser's (1), or a process's (0). */
  browser_peer: { args: { fd: number }; reply: { yes: number } };
  /** A terminal: what a program writes to `slave` is read from `master`. */
  openpty: { args: { columns: number; rows: number }; reply: { master: number; slave: number } };
  /** A terminal's size and mode. `ENOTTY`: not a terminal. */
  tty_get: { args: { fd: number }; reply: { columns: number; rows: number; mode: number } };
  /** Cooked (`TTY_NORMAL`) or raw. */
  tty_set_mode: { args: { fd: number; mode: number }; reply: {} };
  /** A new size; the foreground group hears `SIGWINCH`. */
  tty_resize: { args: { fd: number; columns: number; rows: number }; reply: {} };
  /** The group that hears `^C`: 0 is the caller's. */
  tty_set_group: { args: { fd: number; pgid: number }; reply: {} };
}

export type CallName = keyof Calls;

/** How a call is written and its reply read. `pure` calls change nothing. */
export interface Codec<N extends CallName> {
  readonly number: number;
  readonly pure: boolean;
  put(out: Writer, args: Calls[N]["args"]): void;
  get(from: Reader): Calls[N]["reply"];
}

export const calls: { readonly [N in CallName]: Codec<N> } = {
  start: { number: 1, pure: true, put() {}, get(from) { return { pid: from.i32(), ppid: from.i32(), exe: from.bytes(), argv: from.list(() => from.bytes()), env: from.list(() => from.bytes()), cwd: from.bytes(), umask: from.u32(), uid: from.u32(), gid: from.u32(), fds: from.list(() => getDescriptor(from)) }; } },
  exit: { number: 2, pure: false, put(out, args) { out.i32(args.code); }, get() { return {}; } },
  spawn: { number: 3, pure: false, put(out, args) { out.bytes(args.file); out.list(args.argv, (item) => out.bytes(item)); out.list(args.env, (item) => out.bytes(item)); out.bytes(args.cwd); out.list(args.fds, (item) => putInherit(out, item)); out.u32(args.flags); }, get(from) { return { pid: from.i32() }; } },
  wait: { number: 4, pure: false, put(out, args) { out.i32(args.pid); }, get(from) { return { pid: from.i32(), code: from.i32(), signal: from.u8() }; } },
  kill: { number: 5, pure: false, put(out, args) { out.i32(args.pid); out.u8(args.signal); }, get() { return {}; } },
  sigaction: { number: 6, pure: false, put(out, args) { out.u8(args.signal); out.u8(args.action); }, get() { return {}; } },
  getpgid: { number: 7, pure: true, put(out, args) { out.i32(args.pid); }, get(from) { return { pgid: from.i32() }; } },
  setpgid: { number: 8, pure: false, put(out, args) { out.i32(args.pid); out.i32(args.pgid); }, get() { return {}; } },
  chdir: { number: 9, pure: false, put(out, args) { out.bytes(args.path); }, get() { return {}; } },
  getcwd: { number: 10, pure: true, put() {}, get(from) { return { path: from.bytes() }; } },
  umask: { number: 11, pure: false, put(out, args) { out.u32(args.mask); }, get(from) { return { old: from.u32() }; } },
  poll: { number: 12, pure: true, put(out, args) { out.u32(args.timeout); }, get(from) { return { batch: from.bytes() }; } },
  watch: { number: 13, pure: false, put(out, args) { out.i32(args.fd); out.u8(args.mask); }, get() { return {}; } },
  processes: { number: 14, pure: true, put() {}, get(from) { return { list: from.list(() => getProcessInfo(from)) }; } },
  sysinfo: { number: 15, pure: true, put() {}, get(from) { return { uptime_ms: from.u64(), files_bytes: from.u64(), processes: from.u32() }; } },
  open: { number: 20, pure: false, put(out, args) { out.bytes(args.path); out.u32(args.flags); out.u32(args.mode); }, get(from) { return { fd: from.i32(), stat: getStat(from) }; } },
  close: { number: 21, pure: false, put(out, args) { out.i32(args.fd); }, get() { return {}; } },
  read: { number: 22, pure: false, put(out, args) { out.i32(args.fd); out.u32(args.len); out.i64(args.position); }, get(from) { return { data: from.bytes() }; } },
  pread: { number: 23, pure: true, put(out, args) { out.i32(args.fd); out.u32(args.len); out.i64(args.position); }, get(from) { return { data: from.bytes() }; } },
  write: { number: 24, pure: false, put(out, args) { out.i32(args.fd); out.bytes(args.data); out.i64(args.position); }, get(from) { return { written: from.u32() }; } },
  seek: { number: 25, pure: false, put(out, args) { out.i32(args.fd); out.i64(args.offset); out.u8(args.whence); }, get(from) { return { position: from.i64() }; } },
  dup: { number: 26, pure: false, put(out, args) { out.i32(args.fd); out.i32(args.least); }, get(from) { return { fd: from.i32() }; } },
  dup2: { number: 27, pure: false, put(out, args) { out.i32(args.fd); out.i32(args.onto); }, get() { return {}; } },
  fstat: { number: 28, pure: true, put(out, args) { out.i32(args.fd); }, get(from) { return { stat: getStat(from) }; } },
  ftruncate: { number: 29, pure: false, put(out, args) { out.i32(args.fd); out.u64(args.len); }, get() { return {}; } },
  fsync: { number: 30, pure: false, put(out, args) { out.i32(args.fd); }, get() { return {}; } },
  fchmod: { number: 31, pure: false, put(out, args) { out.i32(args.fd); out.u32(args.mode); }, get() { return {}; } },
  fchown: { number: 32, pure: false, put(out, args) { out.i32(args.fd); out.u32(args.uid); out.u32(args.gid); }, get() { return {}; } },
  futimes: { number: 33, pure: false, put(out, args) { out.i32(args.fd); out.i64(args.atime); out.i64(args.mtime); }, get() { return {}; } },
  fd_kind: { number: 34, pure: true, put(out, args) { out.i32(args.fd); }, get(from) { return { kind: from.u8() }; } },
  pipe: { number: 35, pure: false, put() {}, get(from) { return { reader: from.i32(), writer: from.i32() }; } },
  socketpair: { number: 36, pure: false, put() {}, get(from) { return { one: from.i32(), other: from.i32() }; } },
  stat: { number: 40, pure: true, put(out, args) { out.bytes(args.path); out.u32(args.flags); }, get(from) { return { stat: getStat(from) }; } },
  readdir: { number: 41, pure: true, put(out, args) { out.bytes(args.path); out.u32(args.skip); out.u32(args.limit); }, get(from) { return { entries: from.list(() => getDirent(from)), stat: getStat(from) }; } },
  read_file: { number: 42, pure: true, put(out, args) { out.bytes(args.path); out.u32(args.limit); }, get(from) { return { data: from.bytes(), stat: getStat(from) }; } },
  write_file: { number: 43, pure: false, put(out, args) { out.bytes(args.path); out.bytes(args.data); out.u32(args.flags); out.u32(args.mode); }, get(from) { return { stat: getStat(from) }; } },
  write_tree: { number: 44, pure: false, put(out, args) { out.bytes(args.base); out.list(args.entries, (item) => putTreeEntry(out, item)); }, get() { return {}; } },
  mkdir: { number: 45, pure: false, put(out, args) { out.bytes(args.path); out.u32(args.mode); }, get() { return {}; } },
  mkdir_all: { number: 46, pure: false, put(out, args) { out.bytes(args.path); out.u32(args.mode); }, get(from) { return { first: from.bytes() }; } },
  mkdtemp: { number: 47, pure: false, put(out, args) { out.bytes(args.prefix); }, get(from) { return { path: from.bytes() }; } },
  rmdir: { number: 48, pure: false, put(out, args) { out.bytes(args.path); }, get() { return {}; } },
  unlink: { number: 49, pure: false, put(out, args) { out.bytes(args.path); }, get() { return {}; } },
  remove_tree: { number: 50, pure: false, put(out, args) { out.bytes(args.path); }, get() { return {}; } },
  rename: { number: 51, pure: false, put(out, args) { out.bytes(args.from); out.bytes(args.to); out.u32(args.flags); }, get() { return {}; } },
  link: { number: 52, pure: false, put(out, args) { out.bytes(args.from); out.bytes(args.to); }, get() { return {}; } },
  symlink: { number: 53, pure: false, put(out, args) { out.bytes(args.target); out.bytes(args.path); }, get() { return {}; } },
  readlink: { number: 54, pure: true, put(out, args) { out.bytes(args.path); }, get(from) { return { target: from.bytes() }; } },
  realpath: { number: 55, pure: true, put(out, args) { out.bytes(args.path); }, get(from) { return { path: from.bytes() }; } },
  access: { number: 56, pure: true, put(out, args) { out.bytes(args.path); out.u32(args.mode); }, get() { return {}; } },
  chmod: { number: 57, pure: false, put(out, args) { out.bytes(args.path); out.u32(args.mode); out.u32(args.flags); }, get() { return {}; } },
  chown: { number: 58, pure: false, put(out, args) { out.bytes(args.path); out.u32(args.uid); out.u32(args.gid); out.u32(args.flags); }, get() { return {}; } },
  utimes: { number: 59, pure: false, put(out, args) { out.bytes(args.path); out.i64(args.atime); out.i64(args.mtime); out.u32(args.flags); }, get() { return {}; } },
  truncate: { number: 60, pure: false, put(out, args) { out.bytes(args.path); out.u64(args.len); }, get() { return {}; } },
  copy_file: { number: 61, pure: false, put(out, args) { out.bytes(args.from); out.bytes(args.to); out.u32(args.flags); }, get() { return {}; } },
  statfs: { number: 62, pure: true, put(out, args) { out.bytes(args.path); }, get(from) { return { statfs: getStatfs(from) }; } },
  watch_path: { number: 63, pure: false, put(out, args) { out.bytes(args.path); out.u8(args.recursive); }, get(from) { return { fd: from.i32() }; } },
  read_tree: { number: 66, pure: true, put(out, args) { out.bytes(args.base); out.bytes(args.after); out.u32(args.limit); }, get(from) { return { entries: from.list(() => getTreeNode(from)), end: from.u8() }; } },
  survey: { number: 67, pure: true, put(out, args) { out.bytes(args.path); out.u32(args.depth); out.bytes(args.except); out.u32(args.limit); }, get(from) { return { directories: from.list(() => getSurveyed(from)) }; } },
  mount: { number: 70, pure: false, put(out, args) { out.bytes(args.source); out.bytes(args.target); out.bytes(args.kind); out.u32(args.flags); }, get() { return {}; } },
  unmount: { number: 71, pure: false, put(out, args) { out.bytes(args.target); }, get() { return {}; } },
  clone_tree: { number: 72, pure: false, put(out, args) { out.bytes(args.from); out.bytes(args.to); }, get() { return {}; } },
  listen: { number: 80, pure: false, put(out, args) { putAddress(out, args.address); out.u32(args.backlog); }, get(from) { return { fd: from.i32(), address: getAddress(from) }; } },
  accept: { number: 81, pure: false, put(out, args) { out.i32(args.fd); }, get(from) { return { fd: from.i32(), peer: getAddress(from) }; } },
  connect: { number: 82, pure: false, put(out, args) { putAddress(out, args.address); }, get(from) { return { fd: from.i32() }; } },
  shutdown: { number: 83, pure: false, put(out, args) { out.i32(args.fd); out.u8(args.how); }, get() { return {}; } },
  sockname: { number: 84, pure: true, put(out, args) { out.i32(args.fd); }, get(from) { return { address: getAddress(from) }; } },
  peername: { number: 85, pure: true, put(out, args) { out.i32(args.fd); }, get(from) { return { address: getAddress(from) }; } },
  socket_error: { number: 86, pure: true, put(out, args) { out.i32(args.fd); }, get(from) { return { errno: from.u16() }; } },
  fetch: { number: 87, pure: false, put(out, args) { out.bytes(args.method); out.bytes(args.url); out.list(args.headers, (item) => putHeader(out, item)); out.u8(args.body); }, get(from) { return { fd: from.i32() }; } },
  pass_fd: { number: 88, pure: false, put(out, args) { out.i32(args.via); out.i32(args.fd); }, get() { return {}; } },
  take_fd: { number: 89, pure: false, put(out, args) { out.i32(args.via); }, get(from) { return { fd: from.i32(), kind: from.u8() }; } },
  browser_peer: { number: 90, pure: true, put(out, args) { out.i32(args.fd); }, get(from) { return { yes: from.u8() }; } },
  openpty: { number: 100, pure: false, put(out, args) { out.u16(args.columns); out.u16(args.rows); }, get(from) { return { master: from.i32(), slave: from.i32() }; } },
  tty_get: { number: 101, pure: true, put(out, args) { out.i32(args.fd); }, get(from) { return { columns: from.u16(), rows: from.u16(), mode: from.u8() }; } },
  tty_set_mode: { number: 102, pure: false, put(out, args) { out.i32(args.fd); out.u8(args.mode); }, get() { return {}; } },
  tty_resize: { number: 103, pure: false, put(out, args) { out.i32(args.fd); out.u16(args.columns); out.u16(args.rows); }, get() { return {}; } },
  tty_set_group: { number: 104, pure: false, put(out, args) { out.i32(args.fd); out.i32(args.pgid); }, get() { return {}; } },
};

/** A request frame. `args` is what `calls[name].put` writes. */
export function request<N extends CallName>(name: N, args: Calls[N]["args"], seq: number, ack: number, heard: number): Uint8Array<ArrayBuffer> {
  const codec: Codec<N> = calls[name];
  const out = new Writer();
  out.u32(0);
  out.u16(codec.number);
  out.u16(0);
  out.u32(seq);
  out.u32(ack);
  out.u32(heard);
  codec.put(out, args);
  out.patch32(0, out.length - 4);
  return out.done();
}

/** What a frame from the kernel says. `seq` 0 is a notification, `errno` 0 success. `foreign` counts others' changes of the file system. */
export interface Reply { errno: number; marks: number; seq: number; foreign: number; payload: Uint8Array }

/** Takes a frame from the kernel apart. */
export function reply(frame: Uint8Array): Reply {
  const from = new Reader(frame);
  const length = from.u32();
  if (length !== from.remaining) throw new Malformed(`a frame of ${from.remaining} bytes says ${length}`);
  const errno = from.u16();
  return { errno, marks: from.u16(), seq: from.u32(), foreign: from.u32(), payload: from.rest() };
}

/** Errnos by number. */
export const errnos: ReadonlyMap<number, { name: string; text: string }> = new Map([
  [1, { name: "EPERM", text: "operation not permitted" }],
  [2, { name: "ENOENT", text: "no such file or directory" }],
  [3, { name: "ESRCH", text: "no such process" }],
  [4, { name: "EINTR", text: "interrupted system call" }],
  [5, { name: "EIO", text: "i/o error" }],
  [6, { name: "ENXIO", text: "no such device or address" }],
  [7, { name: "E2BIG", text: "argument list too long" }],
  [8, { name: "ENOEXEC", text: "exec format error" }],
  [9, { name: "EBADF", text: "bad file descriptor" }],
  [10, { name: "ECHILD", text: "child" }],
  [11, { name: "EAGAIN", text: "resource temporarily unavailable" }],
  [12, { name: "ENOMEM", text: "not enough memory" }],
  [13, { name: "EACCES", text: "permission denied" }],
  [14, { name: "EFAULT", text: "bad address in system call argument" }],
  [16, { name: "EBUSY", text: "resource busy or locked" }],
  [17, { name: "EEXIST", text: "file already exists" }],
  [18, { name: "EXDEV", text: "cross-device link not permitted" }],
  [19, { name: "ENODEV", text: "no such device" }],
  [20, { name: "ENOTDIR", text: "not a directory" }],
  [21, { name: "EISDIR", text: "illegal operation on a directory" }],
  [22, { name: "EINVAL", text: "invalid argument" }],
  [23, { name: "ENFILE", text: "file table overflow" }],
  [24, { name: "EMFILE", text: "too many open files" }],
  [25, { name: "ENOTTY", text: "inappropriate ioctl for device" }],
  [26, { name: "ETXTBSY", text: "text file is busy" }],
  [27, { name: "EFBIG", text: "file too large" }],
  [28, { name: "ENOSPC", text: "no space left on device" }],
  [29, { name: "ESPIPE", text: "invalid seek" }],
  [30, { name: "EROFS", text: "read-only file system" }],
  [31, { name: "EMLINK", text: "too many links" }],
  [32, { name: "EPIPE", text: "broken pipe" }],
  [33, { name: "EDOM", text: "dom" }],
  [34, { name: "ERANGE", text: "result too large" }],
  [35, { name: "EDEADLK", text: "deadlk" }],
  [36, { name: "ENAMETOOLONG", text: "name too long" }],
  [37, { name: "ENOLCK", text: "nolck" }],
  [38, { name: "ENOSYS", text: "function not implemented" }],
  [39, { name: "ENOTEMPTY", text: "directory not empty" }],
  [40, { name: "ELOOP", text: "too many symbolic links encountered" }],
  [42, { name: "ENOMSG", text: "nomsg" }],
  [43, { name: "EIDRM", text: "idrm" }],
  [60, { name: "ENOSTR", text: "nostr" }],
  [61, { name: "ENODATA", text: "no data available" }],
  [62, { name: "ETIME", text: "time" }],
  [63, { name: "ENOSR", text: "nosr" }],
  [67, { name: "ENOLINK", text: "nolink" }],
  [71, { name: "EPROTO", text: "protocol error" }],
  [72, { name: "EMULTIHOP", text: "multihop" }],
  [74, { name: "EBADMSG", text: "badmsg" }],
  [75, { name: "EOVERFLOW", text: "value too large for defined data type" }],
  [84, { name: "EILSEQ", text: "illegal byte sequence" }],
  [88, { name: "ENOTSOCK", text: "socket operation on non-socket" }],
  [89, { name: "EDESTADDRREQ", text: "destination address required" }],
  [90, { name: "EMSGSIZE", text: "message too long" }],
  [91, { name: "EPROTOTYPE", text: "protocol wrong type for socket" }],
  [92, { name: "ENOPROTOOPT", text: "protocol not available" }],
  [93, { name: "EPROTONOSUPPORT", text: "protocol not supported" }],
  [95, { name: "ENOTSUP", text: "operation not supported on socket" }],
  [97, { name: "EAFNOSUPPORT", text: "address family not supported" }],
  [98, { name: "EADDRINUSE", text: "address already in use" }],
  [99, { name: "EADDRNOTAVAIL", text: "address not available" }],
  [100, { name: "ENETDOWN", text: "network is down" }],
  [101, { name: "ENETUNREACH", text: "network is unreachable" }],
  [102, { name: "ENETRESET", text: "netreset" }],
  [103, { name: "ECONNABORTED", text: "software caused connection abort" }],
  [104, { name: "ECONNRESET", text: "connection reset by peer" }],
  [105, { name: "ENOBUFS", text: "no buffer space available" }],
  [106, { name: "EISCONN", text: "socket is already connected" }],
  [107, { name: "ENOTCONN", text: "socket is not connected" }],
  [110, { name: "ETIMEDOUT", text: "connection timed out" }],
  [111, { name: "ECONNREFUSED", text: "connection refused" }],
  [113, { name: "EHOSTUNREACH", text: "host is unreachable" }],
  [114, { name: "EALREADY", text: "connection already in progress" }],
  [115, { name: "EINPROGRESS", text: "inprogress" }],
  [116, { name: "ESTALE", text: "stale" }],
  [122, { name: "EDQUOT", text: "dquot" }],
  [125, { name: "ECANCELED", text: "operation canceled" }],
]);

/** Signals by name. */
export const signals: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
};

export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_ACCMODE = 3;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_NOCTTY = 0o400;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
export const O_DSYNC = 0o10000;
export const O_DIRECT = 0o40000;
export const O_DIRECTORY = 0o200000;
export const O_NOFOLLOW = 0o400000;
export const O_NOATIME = 0o1000000;
export const O_SYNC = 0o4010000;
export const S_IFMT = 0o170000;
export const S_IFSOCK = 0o140000;
export const S_IFLNK = 0o120000;
export const S_IFREG = 0o100000;
export const S_IFBLK = 0o060000;
export const S_IFDIR = 0o040000;
export const S_IFCHR = 0o020000;
export const S_IFIFO = 0o010000;
export const DT_FIFO = 1;
export const DT_CHR = 2;
export const DT_DIR = 4;
export const DT_BLK = 6;
export const DT_REG = 8;
export const DT_LNK = 10;
export const DT_SOCK = 12;
export const F_OK = 0;
export const X_OK = 1;
export const W_OK = 2;
export const R_OK = 4;
export const SEEK_SET = 0;
export const SEEK_CUR = 1;
export const SEEK_END = 2;
export const NOFOLLOW = 1;
export const NOREPLACE = 1;
export const TREE_EXACT = 0o10000000000;
export const MOUNT_READ_ONLY = 1;
export const READABLE = 1;
export const WRITABLE = 2;
export const HANGUP = 4;
export const ERROR = 8;
export const SHUT_RD = 0;
export const SHUT_WR = 1;
export const SHUT_RDWR = 2;
export const SPAWN_DETACHED = 1;
export const SPAWN_NEW_GROUP = 2;
export const SPAWN_THREAD = 4;
export const ANY_CHILD = -1;
export const FD_FILE = 0;
export const FD_PIPE = 1;
export const FD_TCP = 2;
export const FD_TTY = 3;
export const FD_CHAR = 4;
export const FD_DIR = 5;
export const FD_LISTENER = 6;
export const FD_WATCH = 7;
export const FD_FETCH = 8;
export const SIG_DFL = 0;
export const SIG_IGN = 1;
export const SIG_CATCH = 2;
export const TTY_NORMAL = 0;
export const TTY_RAW = 1;
export const INET = 4;
export const INET6 = 6;
export const UNIX = 1;
