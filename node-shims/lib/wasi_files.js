'use strict';
// The files of a WASI program: descriptors of its own, with rights, and paths that lead out of no folder that it was given.

const { ArrayPrototypePop, ArrayPrototypePush, ArrayPrototypeUnshift, BigInt, MapPrototypeGet, Number, SafeMap, StringPrototypeSplit, StringPrototypeStartsWith } = primordials;
const fs = internalBinding('fs');

// Errors by number, as the interface has them.
const names = [
  '', '2BIG', 'ACCES', 'ADDRINUSE', 'ADDRNOTAVAIL', 'AFNOSUPPORT', 'AGAIN', 'ALREADY', 'BADF', 'BADMSG', 'BUSY', 'CANCELED', 'CHILD', 'CONNABORTED', 'CONNREFUSED', 'CONNRESET', 'DEADLK',
  'DESTADDRREQ', 'DOM', 'DQUOT', 'EXIST', 'FAULT', 'FBIG', 'HOSTUNREACH', 'IDRM', 'ILSEQ', 'INPROGRESS', 'INTR', 'INVAL', 'IO', 'ISCONN', 'ISDIR', 'LOOP', 'MFILE', 'MLINK', 'MSGSIZE',
  'MULTIHOP', 'NAMETOOLONG', 'NETDOWN', 'NETRESET', 'NETUNREACH', 'NFILE', 'NOBUFS', 'NODEV', 'NOENT', 'NOEXEC', 'NOLCK', 'NOLINK', 'NOMEM', 'NOMSG', 'NOPROTOOPT', 'NOSPC', 'NOSYS',
  'NOTCONN', 'NOTDIR', 'NOTEMPTY', 'NOTRECOVERABLE', 'NOTSOCK', 'NOTSUP', 'NOTTY', 'NXIO', 'OVERFLOW', 'OWNERDEAD', 'PERM', 'PIPE', 'PROTO', 'PROTONOSUPPORT', 'PROTOTYPE', 'RANGE', 'ROFS',
  'SPIPE', 'SRCH', 'STALE', 'TIMEDOUT', 'TXTBSY', 'XDEV', 'NOTCAPABLE',
];
const E = { __proto__: null };
for (let number = 0; number < names.length; number++) E[names[number]] = number;

// Why a call fails: thrown, and the call's answer then.
class Failure {
  constructor(errno) { this.errno = errno; }
}
const fail = (name) => { throw new Failure(E[name]); };

const UNKNOWN = 0;
const BLOCK = 1;
const CHARACTER = 2;
const DIRECTORY = 3;
const REGULAR = 4;
const STREAM = 6;
const LINK = 7;
function typeOf(mode) {
  switch (mode & 0o170000) {
    case 0o100000: return REGULAR;
    case 0o040000: return DIRECTORY;
    case 0o020000: return CHARACTER;
    case 0o120000: return LINK;
    case 0o060000: return BLOCK;
    case 0o140000: return STREAM;
    default: return UNKNOWN;
  }
}

const R = {
  __proto__: null, FD_DATASYNC: 0, FD_READ: 1, FD_SEEK: 2, FD_FDSTAT_SET_FLAGS: 3, FD_SYNC: 4, FD_TELL: 5, FD_WRITE: 6, FD_ADVISE: 7, FD_ALLOCATE: 8, PATH_CREATE_DIRECTORY: 9,
  PATH_CREATE_FILE: 10, PATH_LINK_SOURCE: 11, PATH_LINK_TARGET: 12, PATH_OPEN: 13, FD_READDIR: 14, PATH_READLINK: 15, PATH_RENAME_SOURCE: 16, PATH_RENAME_TARGET: 17,
  PATH_FILESTAT_GET: 18, PATH_FILESTAT_SET_SIZE: 19, PATH_FILESTAT_SET_TIMES: 20, FD_FILESTAT_GET: 21, FD_FILESTAT_SET_SIZE: 22, FD_FILESTAT_SET_TIMES: 23, PATH_SYMLINK: 24,
  PATH_REMOVE_DIRECTORY: 25, PATH_UNLINK_FILE: 26, POLL_FD_READWRITE: 27, SOCK_SHUTDOWN: 28, SOCK_ACCEPT: 29,
};
for (const name in R) R[name] = 1n << BigInt(R[name]);
const ALL = (1n << 30n) - 1n;
const OF_FILES = R.FD_DATASYNC | R.FD_READ | R.FD_SEEK | R.FD_FDSTAT_SET_FLAGS | R.FD_SYNC | R.FD_TELL | R.FD_WRITE | R.FD_ADVISE | R.FD_ALLOCATE | R.FD_FILESTAT_GET |
  R.FD_FILESTAT_SET_SIZE | R.FD_FILESTAT_SET_TIMES | R.POLL_FD_READWRITE;
const OF_DIRECTORIES = ALL & ~(R.FD_SEEK | R.FD_TELL | R.FD_READ | R.FD_WRITE | R.FD_ADVISE | R.FD_ALLOCATE | R.FD_FILESTAT_SET_SIZE | R.FD_DATASYNC | R.POLL_FD_READWRITE | R.SOCK_SHUTDOWN | R.SOCK_ACCEPT);
const OF_STREAMS = R.FD_READ | R.FD_FDSTAT_SET_FLAGS | R.FD_WRITE | R.FD_FILESTAT_GET | R.POLL_FD_READWRITE | R.SOCK_SHUTDOWN | R.SOCK_ACCEPT;

// All that files can be asked, as big numbers: mode, size and the like by their places.
const facts = (stats) => ({
  dev: stats[0], mode: Number(stats[1]), nlink: stats[2], ino: stats[7], size: stats[8], atime: stats[10] * 1000000000n + stats[11], mtime: stats[12] * 1000000000n + stats[13],
  ctime: stats[14] * 1000000000n + stats[15],
});

class Descriptor {
  // Where it is in the file, the program's own count: two of its descriptors may be for one of the process's.
  position = 0n;
  append = false;
  flags = 0;
  constructor(fd, type, rights, inherited, path, name) {
    this.fd = fd;
    this.type = type;
    this.rights = rights;
    this.inherited = inherited;
    // The folder that it stands for, and what the program calls that.
    this.path = path;
    this.name = name;
  }
  stat() { return facts(fs.fstat(this.fd, true, undefined, false)); }
}

const MOST_LINKS = 32;

class Files {
  #open = new SafeMap();
  constructor(preopens, stdio) {
    for (let at = 0; at < 3; at++) {
      const stats = fs.fstat(stdio[at], false, undefined, true);
      const type = stats === undefined ? UNKNOWN : typeOf(stats[1]);
      this.#open.set(at, new Descriptor(stdio[at], type === UNKNOWN ? STREAM : type, type === REGULAR ? OF_FILES : OF_STREAMS, 0n));
    }
    for (let at = 0; at < preopens.length; at += 2) {
      const path = fs.realpath(preopens[at + 1], 'utf8');
      const fd = fs.open(path, 0o200000, 0);
      this.add(new Descriptor(fd, DIRECTORY, OF_DIRECTORIES, OF_DIRECTORIES | OF_FILES, path, preopens[at]));
    }
  }
  add(descriptor) {
    let number = 0;
    while (this.#open.has(number)) number++;
    this.#open.set(number, descriptor);
    return number;
  }
  get(number, rights = 0n, inherited = 0n) {
    const descriptor = MapPrototypeGet(this.#open, number);
    if (descriptor === undefined) fail('BADF');
    if ((descriptor.rights & rights) !== rights || (descriptor.inherited & inherited) !== inherited) fail('NOTCAPABLE');
    return descriptor;
  }
  close(number) {
    const descriptor = this.get(number);
    this.#open.delete(number);
    // Those that the program was started with are the process's.
    if (number > 2) fs.close(descriptor.fd);
  }
  renumber(from, to) {
    const descriptor = this.get(from);
    const old = this.get(to);
    if (from === to) return;
    if (to > 2) fs.close(old.fd);
    this.#open.set(to, descriptor);
    this.#open.delete(from);
  }

  // A path of the program's, below a folder of its, as one of the process's. Links on the way are followed, the last only when `follow`; none leads out.
  path(folder, path, follow) {
    if (folder.type !== DIRECTORY) fail('NOTDIR');
    if (path === '') fail('NOENT');
    if (StringPrototypeStartsWith(path, '/')) fail('NOTCAPABLE');
    const waiting = StringPrototypeSplit(path, '/');
    const whole = waiting[waiting.length - 1] === '';
    const at = [];
    let links = 0;
    while (waiting.length > 0) {
      const part = waiting.shift();
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (at.length === 0) fail('NOTCAPABLE');
        ArrayPrototypePop(at);
        continue;
      }
      ArrayPrototypePush(at, part);
      const last = waiting.length === 0;
      if (last && !follow) break;
      const place = join(folder.path, at);
      let target;
      try {
        target = fs.readlink(place, 'utf8');
      } catch {
        // Not a link, or nothing: what is done with the path will say so.
        continue;
      }
      if (++links > MOST_LINKS) fail('LOOP');
      if (StringPrototypeStartsWith(target, '/')) fail('NOTCAPABLE');
      ArrayPrototypePop(at);
      ArrayPrototypeUnshift(waiting, ...StringPrototypeSplit(target, '/'));
    }
    return join(folder.path, at) + (whole && at.length > 0 ? '/' : '');
  }
}

function join(folder, parts) {
  let path = folder;
  for (const part of parts) path += path === '/' ? part : `/${part}`;
  return path;
}

// The number of what a call of the process's threw.
function errnoOf(error) {
  if (error instanceof Failure) return error.errno;
  if (error !== null && typeof error === 'object' && typeof error.code === 'string' && error.code[0] === 'E') return E[error.code.slice(1)] ?? E.IO;
  throw error;
}

binding.wasi = { DIRECTORY, Descriptor, E, Files, OF_DIRECTORIES, OF_FILES, OF_STREAMS, R, REGULAR, errnoOf, facts, fail, typeOf };
