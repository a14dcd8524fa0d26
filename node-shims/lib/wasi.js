'use strict';
// internalBinding('wasi'): the calls of `wasi_snapshot_preview1`, over the process's own files. Each answers the number of an error, 0 for none.

const { BigInt, Error, BigIntAsUintN, DataView, Int32Array, Number, TypeError, Uint8Array } = primordials;
const fs = internalBinding('fs');
const { decodeUTF8, encodeUtf8String } = internalBinding('encoding_binding');
const { DIRECTORY, Descriptor, E, Files, OF_DIRECTORIES, OF_FILES, OF_STREAMS, R, REGULAR, errnoOf, facts, fail, typeOf } = internalBinding('wasi_files').wasi;

const O_CREAT = 0o100;
const O_EXCL = 0o200;
const O_TRUNC = 0o1000;
const O_DIRECTORY = 0o200000;
const O_NOFOLLOW = 0o400000;
const CLOCKS = 4;
const { wait } = Atomics;

const state = new primordials.SafeWeakMap();
const filesOf = (wasi) => state.get(wasi).files;

// The memory of the program now.
function memoryOf(wasi) {
  const { memory } = state.get(wasi);
  if (memory === undefined) {
    // eslint-disable-next-line no-restricted-syntax
    const error = new Error('wasi.start() has not been called');
    error.code = 'ERR_WASI_NOT_STARTED';
    throw error;
  }
  return memory.buffer;
}
const bytes = (wasi, at, length) => {
  const buffer = memoryOf(wasi);
  if ((at >>> 0) + (length >>> 0) > buffer.byteLength) fail('OVERFLOW');
  return new Uint8Array(buffer, at >>> 0, length >>> 0);
};
const view = (wasi, at, length) => {
  const { buffer, byteOffset } = bytes(wasi, at, length);
  return new DataView(buffer, byteOffset, length);
};
const textOf = (wasi, at, length) => {
  const text = decodeUTF8(bytes(wasi, at, length), true, false);
  if (text.includes('\0')) fail('ILSEQ');
  return text;
};
const put32 = (wasi, at, value) => view(wasi, at, 4).setUint32(0, value, true);
const put64 = (wasi, at, value) => view(wasi, at, 8).setBigUint64(0, BigIntAsUintN(64, BigInt(value)), true);

// The parts of a read or write.
function vectors(wasi, at, count) {
  const list = [];
  const places = view(wasi, at, count * 8);
  for (let index = 0; index < count; index++) list.push(bytes(wasi, places.getUint32(index * 8, true), places.getUint32(index * 8 + 4, true)));
  return list;
}

// Reads until less comes than was asked for. `position`: where, or null for the descriptor's own.
function read(wasi, number, at, count, position, result) {
  const descriptor = filesOf(wasi).get(number, position === null ? R.FD_READ : R.FD_READ | R.FD_SEEK);
  const seeks = descriptor.type === REGULAR;
  let from = position ?? descriptor.position;
  let total = 0;
  for (const part of vectors(wasi, at, count)) {
    if (part.length === 0) continue;
    const got = fs.read(descriptor.fd, part, 0, part.length, seeks ? from : -1);
    total += got;
    from += BigInt(got);
    if (got < part.length) break;
  }
  if (position === null) descriptor.position = from;
  put32(wasi, result, total);
}
function write(wasi, number, at, count, position, result) {
  const descriptor = filesOf(wasi).get(number, position === null ? R.FD_WRITE : R.FD_WRITE | R.FD_SEEK);
  const seeks = descriptor.type === REGULAR;
  let from = position ?? (descriptor.append ? descriptor.stat().size : descriptor.position);
  let total = 0;
  for (const part of vectors(wasi, at, count)) {
    if (part.length === 0) continue;
    const put = fs.writeBuffer(descriptor.fd, part, 0, part.length, seeks ? Number(from) : null);
    total += put;
    from += BigInt(put);
    if (put < part.length) break;
  }
  if (position === null) descriptor.position = from;
  put32(wasi, result, total);
}

// Lists of texts: their places, and themselves one behind the other.
function putTexts(wasi, texts, places, at) {
  for (const text of texts) {
    put32(wasi, places, at);
    bytes(wasi, at, text.length).set(text);
    places += 4;
    at += text.length;
  }
}
function putSizes(wasi, texts, count, size) {
  let total = 0;
  for (const text of texts) total += text.length;
  put32(wasi, count, texts.length);
  put32(wasi, size, total);
}

function putStat(wasi, at, { dev, ino, mode, nlink, size, atime, mtime, ctime }) {
  const to = view(wasi, at, 64);
  to.setBigUint64(0, dev, true);
  to.setBigUint64(8, ino, true);
  to.setBigUint64(16, 0n, true);
  to.setUint8(16, typeOf(mode));
  to.setBigUint64(24, nlink, true);
  to.setBigUint64(32, size, true);
  to.setBigUint64(40, atime, true);
  to.setBigUint64(48, mtime, true);
  to.setBigUint64(56, ctime, true);
}

// In seconds: what is set, is now, or stays.
function times({ atime, mtime }, newAtime, newMtime, flags) {
  const now = Date.now() / 1000;
  if ((flags & 3) === 3 || (flags & 12) === 12 || flags > 15) fail('INVAL');
  const one = (old, given, set, current) => ((flags & set) !== 0 ? Number(given) / 1e9 : (flags & current) !== 0 ? now : Number(old) / 1e9);
  return [one(atime, newAtime, 1, 2), one(mtime, newMtime, 4, 8)];
}

function clock(id) {
  switch (id) {
    case 0: return BigInt(Date.now()) * 1000000n;
    case 1: return process.hrtime.bigint();
    case 2:
    case 3: {
      const { user, system } = process.cpuUsage();
      return BigInt(user + system) * 1000n;
    }
    default: return fail('INVAL');
  }
}

function notSocket(wasi, fd) {
  filesOf(wasi).get(fd);
  fail('NOTSOCK');
}

const calls = {
  args_get(wasi, places, at) { putTexts(wasi, state.get(wasi).args, places, at); },
  args_sizes_get(wasi, count, size) { putSizes(wasi, state.get(wasi).args, count, size); },
  environ_get(wasi, places, at) { putTexts(wasi, state.get(wasi).env, places, at); },
  environ_sizes_get(wasi, count, size) { putSizes(wasi, state.get(wasi).env, count, size); },
  clock_res_get(wasi, id, at) {
    if (id >>> 0 >= CLOCKS) fail('INVAL');
    put64(wasi, at, id === 0 ? 1000000n : 1000n);
  },
  clock_time_get(wasi, id, precision, at) { put64(wasi, at, clock(id)); },
  fd_advise(wasi, fd, offset, length, advice) {
    filesOf(wasi).get(fd, R.FD_ADVISE);
    if (advice >>> 0 > 5) fail('INVAL');
  },
  fd_allocate(wasi, fd, offset, length) {
    const descriptor = filesOf(wasi).get(fd, R.FD_ALLOCATE);
    const end = offset + length;
    if (descriptor.stat().size < end) fs.ftruncate(descriptor.fd, Number(end));
  },
  fd_close(wasi, fd) { filesOf(wasi).close(fd); },
  fd_datasync(wasi, fd) { fs.fdatasync(filesOf(wasi).get(fd, R.FD_DATASYNC).fd); },
  fd_sync(wasi, fd) { fs.fsync(filesOf(wasi).get(fd, R.FD_SYNC).fd); },
  fd_fdstat_get(wasi, fd, at) {
    const descriptor = filesOf(wasi).get(fd);
    const to = view(wasi, at, 24);
    to.setUint8(0, descriptor.type);
    to.setUint8(1, 0);
    to.setUint16(2, descriptor.flags, true);
    to.setUint32(4, 0, true);
    to.setBigUint64(8, descriptor.rights, true);
    to.setBigUint64(16, descriptor.inherited, true);
  },
  fd_fdstat_set_flags(wasi, fd, flags) {
    const descriptor = filesOf(wasi).get(fd, R.FD_FDSTAT_SET_FLAGS);
    if (flags >>> 0 > 31) fail('INVAL');
    descriptor.flags = flags;
    descriptor.append = (flags & 1) !== 0;
  },
  fd_fdstat_set_rights(wasi, fd, rights, inherited) {
    const descriptor = filesOf(wasi).get(fd);
    const [own, passed] = [BigIntAsUintN(64, rights), BigIntAsUintN(64, inherited)];
    // Only ever less.
    if ((own & ~descriptor.rights) !== 0n || (passed & ~descriptor.inherited) !== 0n) fail('NOTCAPABLE');
    descriptor.rights = own;
    descriptor.inherited = passed;
  },
  fd_filestat_get(wasi, fd, at) { putStat(wasi, at, filesOf(wasi).get(fd, R.FD_FILESTAT_GET).stat()); },
  fd_filestat_set_size(wasi, fd, size) { fs.ftruncate(filesOf(wasi).get(fd, R.FD_FILESTAT_SET_SIZE).fd, Number(size)); },
  fd_filestat_set_times(wasi, fd, atime, mtime, flags) {
    const descriptor = filesOf(wasi).get(fd, R.FD_FILESTAT_SET_TIMES);
    fs.futimes(descriptor.fd, ...times(descriptor.stat(), atime, mtime, flags));
  },
  fd_pread(wasi, fd, at, count, offset, result) { read(wasi, fd, at, count, BigIntAsUintN(64, offset), result); },
  fd_pwrite(wasi, fd, at, count, offset, result) { write(wasi, fd, at, count, BigIntAsUintN(64, offset), result); },
  fd_read(wasi, fd, at, count, result) { read(wasi, fd, at, count, null, result); },
  fd_write(wasi, fd, at, count, result) { write(wasi, fd, at, count, null, result); },
  fd_prestat_get(wasi, fd, at) {
    const { name } = filesOf(wasi).get(fd);
    if (name === undefined) fail('INVAL');
    put32(wasi, at, 0);
    put32(wasi, at + 4, encodeUtf8String(name).length);
  },
  fd_prestat_dir_name(wasi, fd, at, length) {
    const { name } = filesOf(wasi).get(fd);
    if (name === undefined) fail('BADF');
    const text = encodeUtf8String(name);
    if (text.length > length >>> 0) fail('NOBUFS');
    bytes(wasi, at, text.length).set(text);
  },
  fd_readdir(wasi, fd, at, length, cookie, result) {
    const { path } = filesOf(wasi).get(fd, R.FD_READDIR);
    const to = bytes(wasi, at, length);
    const entries = fs.readdir(path, 'utf8', false);
    let used = 0;
    for (let index = Number(cookie); index < entries.length && used < to.length; index++) {
      const name = encodeUtf8String(entries[index]);
      const stats = facts(fs.lstat(`${path}/${entries[index]}`, true, undefined, true));
      const entry = new Uint8Array(24 + name.length);
      const head = new DataView(entry.buffer);
      head.setBigUint64(0, BigInt(index + 1), true);
      head.setBigUint64(8, stats.ino, true);
      head.setUint32(16, name.length, true);
      head.setUint8(20, typeOf(stats.mode));
      entry.set(name, 24);
      // An entry that has no room is cut: the program sees by that to ask again.
      const part = entry.subarray(0, to.length - used);
      to.set(part, used);
      used += part.length;
    }
    put32(wasi, result, used);
  },
  fd_renumber(wasi, from, to) { filesOf(wasi).renumber(from, to); },
  fd_seek(wasi, fd, offset, whence, result) {
    const descriptor = filesOf(wasi).get(fd, R.FD_SEEK);
    const bases = [() => 0n, () => descriptor.position, () => descriptor.stat().size];
    if (whence >>> 0 > 2) fail('INVAL');
    const position = bases[whence]() + offset;
    if (position < 0n) fail('INVAL');
    descriptor.position = position;
    put64(wasi, result, position);
  },
  fd_tell(wasi, fd, result) { put64(wasi, result, filesOf(wasi).get(fd, R.FD_TELL).position); },
  path_create_directory(wasi, fd, at, length) {
    const files = filesOf(wasi);
    fs.mkdir(files.path(files.get(fd, R.PATH_CREATE_DIRECTORY), textOf(wasi, at, length), false), 0o777, false);
  },
  path_filestat_get(wasi, fd, flags, at, length, result) {
    const files = filesOf(wasi);
    const path = files.path(files.get(fd, R.PATH_FILESTAT_GET), textOf(wasi, at, length), (flags & 1) !== 0);
    putStat(wasi, result, facts(fs.lstat(path, true, undefined, true)));
  },
  path_filestat_set_times(wasi, fd, flags, at, length, atime, mtime, which) {
    const files = filesOf(wasi);
    const path = files.path(files.get(fd, R.PATH_FILESTAT_SET_TIMES), textOf(wasi, at, length), (flags & 1) !== 0);
    fs.lutimes(path, ...times(facts(fs.lstat(path, true, undefined, true)), atime, mtime, which));
  },
  path_link(wasi, oldFd, flags, oldAt, oldLength, newFd, newAt, newLength) {
    const files = filesOf(wasi);
    const from = files.path(files.get(oldFd, R.PATH_LINK_SOURCE), textOf(wasi, oldAt, oldLength), (flags & 1) !== 0);
    fs.link(from, files.path(files.get(newFd, R.PATH_LINK_TARGET), textOf(wasi, newAt, newLength), false));
  },
  path_open(wasi, fd, lookup, at, length, wanted, rights, inherited, fdflags, result) {
    const files = filesOf(wasi);
    const [own, passed] = [BigIntAsUintN(64, rights), BigIntAsUintN(64, inherited)];
    let needed = R.PATH_OPEN;
    let flags = 0;
    const reads = (own & (R.FD_READDIR | R.FD_READ)) !== 0n;
    const writes = (own & (R.FD_DATASYNC | R.FD_WRITE | R.FD_ALLOCATE | R.FD_FILESTAT_SET_SIZE)) !== 0n;
    if (writes) flags = reads ? 2 : 1;
    if ((wanted & 1) !== 0) {
      flags |= O_CREAT;
      needed |= R.PATH_CREATE_FILE;
    }
    if ((wanted & 2) !== 0) flags |= O_DIRECTORY;
    if ((wanted & 4) !== 0) flags |= O_EXCL;
    if ((wanted & 8) !== 0) {
      flags |= O_TRUNC;
      needed |= R.PATH_FILESTAT_SET_SIZE;
    }
    const folder = files.get(fd, needed, own | passed);
    const path = files.path(folder, textOf(wasi, at, length), (lookup & 1) !== 0);
    const opened = fs.open(path, flags | O_NOFOLLOW, 0o666);
    const type = typeOf(fs.fstat(opened, false, undefined, false)[1]);
    if ((wanted & 2) !== 0 && type !== DIRECTORY) {
      fs.close(opened);
      fail('NOTDIR');
    }
    const most = type === REGULAR ? OF_FILES : type === DIRECTORY ? OF_DIRECTORIES : OF_STREAMS;
    const descriptor = new Descriptor(opened, type, own & most, passed, type === DIRECTORY ? path : undefined);
    descriptor.flags = fdflags;
    descriptor.append = (fdflags & 1) !== 0;
    put32(wasi, result, files.add(descriptor));
  },
  path_readlink(wasi, fd, at, length, to, room, result) {
    const files = filesOf(wasi);
    const target = encodeUtf8String(fs.readlink(files.path(files.get(fd, R.PATH_READLINK), textOf(wasi, at, length), false), 'utf8'));
    const part = target.subarray(0, room >>> 0);
    bytes(wasi, to, part.length).set(part);
    put32(wasi, result, part.length);
  },
  path_remove_directory(wasi, fd, at, length) {
    const files = filesOf(wasi);
    fs.rmdir(files.path(files.get(fd, R.PATH_REMOVE_DIRECTORY), textOf(wasi, at, length), false));
  },
  path_rename(wasi, oldFd, oldAt, oldLength, newFd, newAt, newLength) {
    const files = filesOf(wasi);
    const from = files.path(files.get(oldFd, R.PATH_RENAME_SOURCE), textOf(wasi, oldAt, oldLength), false);
    fs.rename(from, files.path(files.get(newFd, R.PATH_RENAME_TARGET), textOf(wasi, newAt, newLength), false));
  },
  path_symlink(wasi, oldAt, oldLength, fd, newAt, newLength) {
    const files = filesOf(wasi);
    const target = textOf(wasi, oldAt, oldLength);
    if (target[0] === '/') fail('NOTCAPABLE');
    fs.symlink(target, files.path(files.get(fd, R.PATH_SYMLINK), textOf(wasi, newAt, newLength), false), 0);
  },
  path_unlink_file(wasi, fd, at, length) {
    const files = filesOf(wasi);
    fs.unlink(files.path(files.get(fd, R.PATH_UNLINK_FILE), textOf(wasi, at, length), false));
  },
  // Descriptors are ready at once: a read of them waits itself. Where there are only clocks, the first of them is waited for.
  poll_oneoff(wasi, from, to, count, result) {
    if (count === 0) fail('INVAL');
    const subscriptions = view(wasi, from, count * 48);
    const events = view(wasi, to, count * 32);
    let put = 0;
    const event = (at, type, errno) => {
      events.setBigUint64(put, subscriptions.getBigUint64(at, true), true);
      events.setBigUint64(put + 8, 0n, true);
      events.setUint16(put + 8, errno, true);
      events.setUint8(put + 10, type);
      events.setBigUint64(put + 16, type === 0 ? 0n : 1n, true);
      events.setBigUint64(put + 24, 0n, true);
      put += 32;
    };
    let first;
    for (let at = 0; at < count * 48; at += 48) {
      const type = subscriptions.getUint8(at + 8);
      if (type === 1 || type === 2) {
        let errno = 0;
        try {
          filesOf(wasi).get(subscriptions.getUint32(at + 16, true), R.POLL_FD_READWRITE);
        } catch (error) {
          errno = errnoOf(error);
        }
        event(at, type, errno);
      } else if (type === 0) {
        const timeout = subscriptions.getBigUint64(at + 24, true);
        const absolute = (subscriptions.getUint16(at + 40, true) & 1) !== 0;
        const left = absolute ? timeout - clock(subscriptions.getUint32(at + 16, true)) : timeout;
        if (first === undefined || left < first.left) first = { at, left };
      } else {
        fail('INVAL');
      }
    }
    if (put === 0) {
      if (first.left > 0n) wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(first.left) / 1e6);
      event(first.at, 0, 0);
    }
    put32(wasi, result, put / 32);
  },
  proc_exit(wasi, code) { process.reallyExit(code); },
  proc_raise(wasi, signal) {
    const signals = [0, 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGILL', 'SIGTRAP', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGKILL', 'SIGUSR1', 'SIGSEGV', 'SIGUSR2', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGCHLD', 'SIGCONT', 'SIGSTOP'];
    const name = signals[signal];
    if (name === undefined) fail('NOSYS');
    process.kill(process.pid, name);
  },
  random_get(wasi, at, length) {
    const to = bytes(wasi, at, length);
    for (let done = 0; done < to.length; done += 65536) globalThis.crypto.getRandomValues(to.subarray(done, done + 65536));
  },
  sched_yield() {},
  // No descriptor of such a program is a socket: it is given folders and standard streams.
  sock_accept(wasi, fd, flags, result) { notSocket(wasi, fd); },
  sock_recv(wasi, fd, at, count, flags, read, outFlags) { notSocket(wasi, fd); },
  sock_send(wasi, fd, at, count, flags, written) { notSocket(wasi, fd); },
  sock_shutdown(wasi, fd, how) { notSocket(wasi, fd); },
};

const zeroEnded = (text) => encodeUtf8String(`${text}\0`);

function opened(preopens, stdio) {
  try {
    return new Files(preopens, stdio);
  } catch (error) {
    if (typeof error?.code !== 'string') throw error;
    // eslint-disable-next-line no-restricted-syntax
    const failure = new Error('uvwasi_init');
    failure.code = `UVWASI_${error.code}`;
    throw failure;
  }
}

class WASI {
  constructor(args, env, preopens, stdio) {
    state.set(this, { args: args.map(zeroEnded), env: env.map(zeroEnded), files: opened(preopens, stdio), memory: undefined });
    for (const name in calls) {
      const call = calls[name];
      this[name] = function(...given) {
        if (given.length !== call.length - 1) return E.INVAL;
        memoryOf(this);
        try {
          call(this, ...given);
          return 0;
        } catch (error) {
          return errnoOf(error);
        }
      };
    }
  }
}
WASI.prototype._setMemory = function(memory) {
  if (Object.prototype.toString.call(memory) !== '[object WebAssembly.Memory]') {
    const error = new TypeError('"instance.exports.memory" property must be a WebAssembly.Memory object');
    error.code = 'ERR_INVALID_ARG_TYPE';
    throw error;
  }
  state.get(this).memory = memory;
};

binding.WASI = WASI;
