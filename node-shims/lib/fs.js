'use strict';
// The classes of internalBinding('fs'). The operations are in src/bindings/fs/.

const { PromiseResolve } = primordials;
const { AsyncWrap, HandleWrap, idOf, statWatcherLook, statWatcherStart, statWatcherStop } = internalBinding('handles');

binding.kUsePromises = isolateSymbols.fs_use_promises_symbol;

class FSReqCallback extends AsyncWrap {
  constructor(bigint) {
    super('FSREQCALLBACK');
    this.bigint = bigint === true;
  }
}

let rangeOf;

class FileHandle extends AsyncWrap {
  #fd;
  #closing = null;

  #range;

  // As a stream it gives `length` bytes from `offset` on; below 0: from where the file stands, to its end.
  constructor(fd, offset = -1, length = -1) {
    super('FILEHANDLE');
    this.#fd = fd;
    this.#range = { offset, length };
  }

  static {
    rangeOf = (handle) => handle.#range;
  }

  get fd() {
    return this.#fd;
  }

  close() {
    if (this.#closing === null) {
      const fd = this.#fd;
      this.#fd = -1;
      this.#closing = fd === -1 ? PromiseResolve() : binding.close(fd, binding.kUsePromises);
    }
    return this.#closing;
  }

  releaseFD() {
    const fd = this.#fd;
    this.#fd = -1;
    return fd;
  }
}

class StatWatcher extends HandleWrap {
  #timer;

  constructor(bigint) {
    super('STATWATCHER', 'FSPoll');
    this.bigint = bigint === true;
  }

  start(path, interval) {
    const id = idOf(this);
    const failed = statWatcherStart(id, path, this.bigint);
    if (failed === 0) {
      const { setInterval } = internalBinding('process_methods').require('timers');
      // The handle itself keeps the process, or does not.
      this.#timer = setInterval(() => statWatcherLook(id), interval).unref();
    }
    return failed;
  }

  close(callback) {
    if (this.#timer) {
      internalBinding('process_methods').require('timers').clearInterval(this.#timer);
      statWatcherStop(idOf(this));
    }
    super.close(callback);
  }
}

binding.FSReqCallback = FSReqCallback;
binding.FileHandle = FileHandle;
binding.rangeOf = rangeOf;
binding.StatWatcher = StatWatcher;
