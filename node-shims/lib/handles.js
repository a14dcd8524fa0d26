'use strict';
// The classes that Node's handles and requests descend from. A handle holds its number; what it does is in src/handles/.

const { ObjectDefineProperty } = primordials;
const ops = binding;
const UV_ENOTSUP = -95;
const { handle_onclose_symbol: onclose } = isolateSymbols;

let asyncWrap;
function newAsyncId() {
  asyncWrap ??= internalBinding('async_wrap');
  return ++asyncWrap.async_id_fields[asyncWrap.constants.kAsyncIdCounter];
}

class AsyncWrap {
  #asyncId = 0;
  #triggerAsyncId = 0;
  #provider;

  constructor(provider) {
    this.#provider = provider;
    this.#begin();
  }

  #begin() {
    asyncWrap ??= internalBinding('async_wrap');
    if (asyncWrap.async_hook_fields[asyncWrap.constants.kInit] === 0) return;
    this.#asyncId = newAsyncId();
    this.#triggerAsyncId = asyncWrap.emitInit(this, this.#asyncId, this.#provider);
  }

  // Most are never asked: the id is drawn when it is.
  getAsyncId() {
    return this.#asyncId ||= newAsyncId();
  }

  getTriggerAsyncId() {
    return this.#triggerAsyncId;
  }

  asyncReset() {
    if (this.#asyncId !== 0) asyncWrap?.queueDestroyAsyncId(this.#asyncId);
    this.#asyncId = newAsyncId();
    this.#begin();
  }

  getProviderType() {
    asyncWrap ??= internalBinding('async_wrap');
    return asyncWrap.Providers?.[this.#provider] ?? 0;
  }
}

let idOf;

class HandleWrap extends AsyncWrap {
  #id;
  #closing = false;

  // `fd` undefined: not a stream.
  constructor(provider, kind, fd) {
    super(provider);
    this.#id = fd === undefined ? ops.open(this, kind) : ops.openStream(this, kind, fd);
  }

  static {
    idOf = (handle) => handle.#id;
  }

  close(callback) {
    if (this.#closing) return;
    this.#closing = true;
    if (typeof callback === 'function') this[onclose] = callback;
    ops.close(this.#id);
  }

  ref() {
    if (!this.#closing) ops.setRef(this.#id, true);
  }

  unref() {
    if (!this.#closing) ops.setRef(this.#id, false);
  }

  hasRef() {
    return ops.hasRef(this.#id);
  }
}

// Called by the loop's closing phase.
ObjectDefineProperty(HandleWrap.prototype, 'porthole_closed', {
  __proto__: null,
  value() {
    this[onclose]?.();
    asyncWrap?.queueDestroyAsyncId(this.getAsyncId());
  },
});

class LibuvStreamWrap extends HandleWrap {
  get isStreamBase() { return true; }
  get fd() { return ops.fd(idOf(this)); }
  get bytesRead() { return ops.bytesRead(idOf(this)); }
  get bytesWritten() { return ops.bytesWritten(idOf(this)); }
  get writeQueueSize() { return ops.writeQueueSize(idOf(this)); }
  readStart() { return ops.readStart(idOf(this)); }
  readStop() { return ops.readStop(idOf(this)); }
  shutdown(req) { return ops.shutdown(idOf(this), req); }
  useUserBuffer(buffer) { ops.useUserBuffer(idOf(this), buffer); }
  setBlocking(on) { return ops.setBlocking(idOf(this), !!on); }
  writeBuffer(req, data) { return ops.writeBuffer(idOf(this), req, data); }
  writev(req, chunks, allBuffers) { return ops.writev(idOf(this), req, chunks, !!allBuffers); }
  // `sendHandle`: a descriptor that goes along, for a process.
  writeUtf8String(req, text, sendHandle) {
    if (sendHandle) {
      const status = sendHandle instanceof LibuvStreamWrap ? ops.passFd(idOf(this), idOf(sendHandle)) : UV_ENOTSUP;
      if (status < 0) return status;
    }
    return ops.writeString(idOf(this), req, text, 'utf8');
  }
  writeAsciiString(req, text) { return ops.writeString(idOf(this), req, text, 'latin1'); }
  writeLatin1String(req, text) { return ops.writeString(idOf(this), req, text, 'latin1'); }
  writeUcs2String(req, text) { return ops.writeString(idOf(this), req, text, 'utf16le'); }
}

// What TCP and Pipe share. `client(fd)` makes the handle of an accepted connection.
function listen(server, backlog, client) {
  return ops.listen(idOf(server), backlog, (status, fd) => {
    asyncWrap ??= internalBinding('async_wrap');
    if (status !== 0) return server.onconnection(status, undefined);
    const handle = asyncWrap.triggeredBy(server, () => client(fd));
    // As in Node: a connection comes from outside, not from whoever called listen().
    ops.leaveContext(idOf(handle));
    asyncWrap.enter(server, server.onconnection, 'onconnection', status, handle);
  });
}

binding.AsyncWrap = AsyncWrap;
binding.HandleWrap = HandleWrap;
binding.LibuvStreamWrap = LibuvStreamWrap;
binding.idOf = idOf;
binding.listenWith = listen;
