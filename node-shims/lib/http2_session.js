'use strict';
// HTTP/2 (RFC 9113) over a stream's handle: what Node has nghttp2 for. Header lists are coded in src/bindings/hpack.rs.

const {
  ArrayPrototypePush, MathMax, MathMin, SafeMap, SafeSet, StringPrototypeToLowerCase, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength, Uint8Array,
} = primordials;
const { AsyncWrap, UV_EOF, streamBaseState } = internalBinding('handles');
const { Encoder, Decoder } = internalBinding('hpack');
const { owner_symbol: kOwner } = internalBinding('symbols');
const { Buffer } = globalThis;

const kReadBytesOrError = 0, kArrayBufferOffset = 1, kBytesWritten = 2, kLastWriteWasAsync = 3;
const UV_EPIPE = -32, UV_ECANCELED = -125;

const DATA = 0, HEADERS = 1, PRIORITY = 2, RST_STREAM = 3, SETTINGS = 4, PUSH_PROMISE = 5, PING = 6, GOAWAY = 7, WINDOW_UPDATE = 8, CONTINUATION = 9, ALTSVC = 10,
      ORIGIN = 12;
const END_STREAM = 1, ACK = 1, END_HEADERS = 4, PADDED = 8, PRIORITIZED = 32;
const NO_ERROR = 0, PROTOCOL_ERROR = 1, INTERNAL_ERROR = 2, FLOW_CONTROL_ERROR = 3, STREAM_CLOSED = 5, FRAME_SIZE_ERROR = 6, REFUSED_STREAM = 7, CANCEL = 8,
      COMPRESSION_ERROR = 9, ENHANCE_YOUR_CALM = 11;
const HCAT_REQUEST = 0, HCAT_RESPONSE = 1, HCAT_PUSH_RESPONSE = 2, HCAT_HEADERS = 3;
const SERVER = 0;
const MAX_WINDOW = 0x7fffffff;
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const OPTION_EMPTY_PAYLOAD = 1, OPTION_GET_TRAILERS = 2;
const PADDING_ALIGNED = 1, PADDING_MAX = 2;

// nghttp2's numbers of what went wrong, and its words.
const ERR_INVALID_ARGUMENT = -501, ERR_PROTO = -505, ERR_STREAM_ID_NOT_AVAILABLE = -509, ERR_STREAM_CLOSED = -510, ERR_FRAME_SIZE = -522, ERR_HEADER_COMP = -523,
      ERR_FLOW_CONTROL = -524, ERR_PUSH_DISABLED = -528, ERR_SESSION_CLOSING = -530, ERR_REFUSED_STREAM = -533, ERR_BAD_CLIENT_MAGIC = -903, ERR_FLOODED = -904, ERR_START_STREAM = -516;
const words = {
  '__proto__': null,
  '0': 'Success', '-501': 'Invalid argument', '-502': 'Out of buffer space', '-503': 'Unsupported SPDY version', '-504': 'Operation would block', '-505': 'Protocol error',
  '-506': 'Invalid frame octets', '-507': 'EOF', '-508': 'Data transfer deferred', '-509': 'No more Stream ID available', '-510': 'Stream was already closed or invalid',
  '-511': 'Stream is closing', '-512': 'The transmission is not allowed for this stream', '-513': 'Stream ID is invalid', '-514': 'Invalid stream state',
  '-515': 'Another DATA frame has already been deferred', '-516': 'request HEADERS is not allowed', '-517': 'GOAWAY has already been sent',
  '-518': 'Invalid header block', '-519': 'Invalid state', '-521': 'The user callback function failed due to the temporal error', '-522': 'The length of the frame is invalid',
  '-523': 'Header compression/decompression error', '-524': 'Flow control error', '-525': 'Insufficient buffer size given to function',
  '-526': 'Callback was paused by the application', '-527': 'Too many inflight SETTINGS', '-528': 'Server push is disabled by peer',
  '-529': 'DATA or HEADERS frame has already been submitted for the stream', '-530': 'The current session is closing', '-531': 'Invalid HTTP header field was received',
  '-532': 'Violation in HTTP messaging rule', '-533': 'Stream was refused', '-534': 'Internal error', '-535': 'Cancel', '-536': 'When a local endpoint expects to receive SETTINGS frame, it receives an other type of frame',
  '-901': 'Out of memory', '-902': 'The user callback function failed', '-903': 'Received bad client magic byte string',
  '-904': 'Flooding was detected in this HTTP/2 session, and it must be closed', '-905': 'Too many CONTINUATION frames following a HEADER frame',
};

let native;
let callbacks;
let setImmediate;
let runNextTicks;

const enter = (resource, func, ...args) => internalBinding('async_wrap').enter(resource, func, '', ...args);

class Request extends AsyncWrap {
  constructor(oncomplete) {
    super('WRITEWRAP');
    this.oncomplete = oncomplete;
  }
}

// What waits for the peer's word.
class Answer extends AsyncWrap {}

// ---- settings

// The numbers of settings on the wire, by their places in the buffer that is shared with the library.
const settingIds = [1, 2, 4, 5, 3, 6, 8];
const FLAGS = 7, COUNT = 8;
const defaults = () => new SafeMap([[1, 4096], [2, 1], [3, 0xffffffff], [4, 65535], [5, 16384], [6, 65535], [8, 0]]);

function settingsFromBuffer() {
  const buffer = native.settingsBuffer;
  const list = [];
  for (let i = 0; i < settingIds.length; i++) if (buffer[FLAGS] & (1 << i)) list.push([settingIds[i], buffer[i]]);
  for (let i = 0; i < buffer[COUNT]; i++) list.push([buffer[COUNT + 1 + 2 * i], buffer[COUNT + 2 + 2 * i]]);
  return list.sort((a, b) => a[0] - b[0]);
}
function packed(list) {
  const out = Buffer.alloc(list.length * 6);
  for (let i = 0; i < list.length; i++) {
    out.writeUInt16BE(list[i][0], i * 6);
    out.writeUInt32BE(list[i][1], i * 6 + 2);
  }
  return out;
}
function settingsToBuffer(settings, wanted) {
  const buffer = native.settingsBuffer;
  for (let i = 0; i < settingIds.length; i++) buffer[i] = settings.get(settingIds[i]);
  let count = 0;
  for (const { 0: id, 1: value } of settings) {
    if (settingIds.includes(id) || count === 10 || (wanted !== undefined && !wanted.includes(id))) continue;
    buffer[COUNT + 1 + 2 * count] = id;
    buffer[COUNT + 2 + 2 * count++] = value;
  }
  buffer[COUNT] = count;
}

const options = {
  maxDeflate: 0, maxReserved: 1, maxSendHeader: 2, peerMaxConcurrent: 3, padding: 4, maxHeaderPairs: 5, maxPings: 6, maxOutstandingSettings: 7, maxMemory: 8, maxSettings: 9,
  resetRate: 10, resetBurst: 11,
};
function option(name, otherwise) {
  const place = options[name];
  return native.optionsBuffer[13] & (1 << place) ? native.optionsBuffer[place] : otherwise;
}

// ---- a stream

const IDLE = 1, OPEN = 2, RESERVED_LOCAL = 3, RESERVED_REMOTE = 4, HALF_LOCAL = 5, HALF_REMOTE = 6, CLOSED = 7;

class Http2Stream extends AsyncWrap {
  constructor(session, id) {
    super('HTTP2STREAM');
    states.set(this, new StreamState(session, id, this));
    this.bytesRead = 0;
    this.bytesWritten = 0;
  }
  get isStreamBase() { return true; }
  get fd() { return -1; }
  get writeQueueSize() { return of(this).queued; }
  id() { return of(this).id; }
  readStart() {
    const own = of(this);
    if (own.destroyed) return UV_EPIPE;
    own.reading = true;
    own.session.consumeStream(own, own.paused);
    own.paused = 0;
    own.session.schedule();
    return 0;
  }
  readStop() {
    of(this).reading = false;
    return 0;
  }
  useUserBuffer() {}
  writeBuffer(req, data) { return write(this, req, [data]); }
  writeUtf8String(req, text) { return write(this, req, [Buffer.from(text, 'utf8')]); }
  writeAsciiString(req, text) { return write(this, req, [Buffer.from(text, 'latin1')]); }
  writeLatin1String(req, text) { return write(this, req, [Buffer.from(text, 'latin1')]); }
  writeUcs2String(req, text) { return write(this, req, [Buffer.from(text, 'utf16le')]); }
  writev(req, chunks, allBuffers) {
    const parts = [];
    for (let i = 0; i < chunks.length; i += allBuffers ? 1 : 2) parts.push(typeof chunks[i] === 'string' ? Buffer.from(chunks[i], chunks[i + 1]) : chunks[i]);
    return write(this, req, parts);
  }
  // 1: done at once.
  shutdown() {
    const own = of(this);
    if (own.destroyed) return UV_EPIPE;
    own.writable = false;
    own.session.resume(own);
    return 1;
  }
  rstStream(code) {
    const own = of(this);
    if (own.destroyed) return;
    own.code = code;
    own.session.reset(own, code);
  }
  destroy() {
    const own = of(this);
    if (own.destroyed) return;
    own.destroyed = true;
    own.session.abandon(own);
  }
  priority() {}
  refreshState() {
    const own = of(this);
    const state = native.streamState;
    const unknown = own.state === CLOSED && own.gone;
    state[0] = unknown ? IDLE : own.state;
    state[1] = unknown ? 0 : 16;
    state[2] = 0;
    state[3] = unknown ? 0 : Number(own.localClosed);
    state[4] = unknown ? 0 : Number(own.remoteClosed);
    state[5] = unknown ? 0 : own.receiveWindow;
  }
  respond(list, flags) {
    const own = of(this);
    own.begin(flags);
    own.session.headers(own, list[0]);
    return 0;
  }
  info(list) {
    const own = of(this);
    own.session.sendHeaders(own.id, list[0], 0);
    own.session.schedule();
    return 0;
  }
  trailers(list) {
    const own = of(this);
    if (list[1] === 0) {
      own.session.dataFrame(own, Buffer.alloc(0), END_STREAM);
    } else {
      own.session.sendHeaders(own.id, list[0], END_STREAM);
    }
    own.session.localEnd(own);
    own.session.schedule();
    return 0;
  }
  pushPromise(list, flags) {
    const own = of(this);
    return own.session.push(own, list[0], flags);
  }
}

const states = new primordials.SafeWeakMap();
const of = (handle) => states.get(handle);

class StreamState {
  constructor(session, id, handle) {
    this.session = session;
    this.id = id;
    this.handle = handle;
    this.state = OPEN;
    this.localClosed = false;
    this.remoteClosed = false;
    this.sendWindow = session.remote.get(4);
    this.receiveWindow = session.local.get(4);
    this.received = 0;
    this.consumed = 0;
    this.paused = 0;
    this.reading = false;
    // What the program wants sent; `null` until there are headers.
    this.queue = [];
    this.queued = 0;
    this.sending = false;
    this.writable = true;
    this.wantsTrailers = false;
    this.destroyed = false;
    this.gone = false;
    this.code = NO_ERROR;
    this.expected = undefined;
    this.length = 0;
    this.born = now();
  }
  statistics() {
    observe('Http2Stream', this.born, {
      bytesRead: this.handle.bytesRead, bytesWritten: this.handle.bytesWritten, id: this.id, timeToFirstByte: this.firstByte ?? 0,
      timeToFirstByteSent: this.firstSent ?? 0, timeToFirstHeader: this.firstHeader ?? 0,
    });
  }
  begin(flags) {
    this.sending = true;
    this.wantsTrailers = (flags & OPTION_GET_TRAILERS) !== 0;
    if ((flags & OPTION_EMPTY_PAYLOAD) || !this.writable) {
      this.writable = false;
      this.empty = true;
    }
  }
}

function write(handle, req, parts) {
  const own = of(handle);
  if (own.destroyed || !own.writable) {
    req.error = 'write after end';
    return UV_EPIPE;
  }
  let total = 0;
  for (let i = 0; i < parts.length; i++) total += TypedArrayPrototypeGetByteLength(parts[i]);
  handle.bytesWritten += total;
  for (let i = 0; i < parts.length; i++) own.queue.push({ data: asBuffer(parts[i]), req: i === parts.length - 1 ? req : undefined });
  if (parts.length === 0) own.queue.push({ data: Buffer.alloc(0), req });
  own.queued += total;
  own.session.resume(own);
  streamBaseState[kBytesWritten] = total;
  streamBaseState[kLastWriteWasAsync] = 1;
  return 0;
}

function asBuffer(view) {
  return view instanceof Buffer ? view : Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

// ---- a session

class Http2Session extends AsyncWrap {
  constructor(type) {
    super('HTTP2SESSION');
    states.set(this, new Session(type, this));
    this.fields = new Uint8Array(native.kSessionUint8FieldCount);
    const limits = new primordials.Uint32Array(TypedArrayPrototypeGetBuffer(this.fields), 4, 2);
    limits[0] = 1000;
    limits[1] = 100;
    this.chunksSentSinceLastWrite = 0;
  }
  consume(stream) { of(this).consume(stream); }
  receive(data) { of(this).receive(asBuffer(data)); }
  destroy(code, socketDestroyed) { of(this).close(code, socketDestroyed); }
  request(list, flags, parent) { return of(this).request(list[0], flags, parent); }
  settings(callback) { return of(this).submitSettings(callback); }
  goaway(code, last, data) { of(this).submitGoaway(code ?? 0, last, data); }
  ping(payload, callback) { return of(this).ping(payload, callback); }
  altsvc(id, origin, value) { of(this).altsvc(id, origin, value); }
  origin(list, count) { of(this).origin(list, count); }
  setNextStreamID(id) { return of(this).setNext(id); }
  setLocalWindowSize(size) { return of(this).setWindow(size); }
  setGracefulClose() { of(this).graceful = true; }
  hasPendingData() { return of(this).hasPending(); }
  localSettings() { settingsToBuffer(of(this).local, of(this).ownCustom); }
  remoteSettings() {
    this.fields[native.kBitfield] |= 1 << native.kSessionRemoteSettingsIsUpToDate;
    settingsToBuffer(of(this).remote, of(this).wantedCustom);
  }
  updateChunksSent() {
    const { chunks } = of(this);
    this.chunksSentSinceLastWrite = chunks;
    return chunks;
  }
  refreshState() {
    const own = of(this);
    const state = native.sessionState;
    state[0] = own.window;
    state[1] = own.received;
    state[2] = own.next;
    state[3] = own.window - own.received;
    state[4] = own.lastProcessed;
    state[5] = own.sendWindow;
    state[6] = own.out.length;
    state[7] = own.encoder.tableSize();
    state[8] = own.decoder.tableSize();
  }
}

class Session {
  constructor(type, handle) {
    this.type = type;
    this.handle = handle;
    // Which settings beyond the known ones the program wants to hear of.
    this.wantedCustom = [];
    const { settingsBuffer: buffer } = native;
    for (let i = 0; i < buffer[COUNT]; i++) this.wantedCustom.push(buffer[COUNT + 1 + 2 * i]);
    buffer[COUNT] = 0;
    this.lax = (native.optionsBuffer[13] & (1 << 12)) !== 0 && native.optionsBuffer[12] === 1;
    this.encoder = new Encoder(option('maxDeflate', 4096));
    this.decoder = new Decoder();
    this.padding = option('padding', 0);
    this.maxPings = option('maxPings', 10);
    this.maxSettings = option('maxOutstandingSettings', 10);
    this.maxPairs = MathMax(option('maxHeaderPairs', 128), type === SERVER ? 4 : 1);
    this.maxSettingsEntries = option('maxSettings', 32);
    this.maxSendHeader = option('maxSendHeader', 65536);
    this.maxReserved = option('maxReserved', 200);
    this.burst = option('resetBurst', 1000);
    this.resetsLeft = this.burst;
    this.maxMemory = option('maxMemory', 10) * 1e6;
    this.local = defaults();
    this.remote = defaults();
    // Until the first settings have come, the peer is thought to allow this many.
    this.remote.set(3, option('peerMaxConcurrent', 100));
    this.streams = new SafeMap();
    this.closed = new SafeSet();
    this.next = type === SERVER ? 2 : 1;
    this.lastReceived = 0;
    this.remoteLast = MAX_WINDOW;
    this.lastProcessed = 0;
    this.window = 65535;
    this.received = 0;
    this.consumed = 0;
    this.sendWindow = 65535;
    this.out = [];
    this.outRequests = [];
    this.pending = Buffer.alloc(0);
    this.prefaced = type !== SERVER;
    this.started = false;
    this.scheduled = false;
    this.writing = false;
    this.inScope = 0;
    this.isClosed = false;
    this.isDestroyed = false;
    this.graceful = false;
    this.goawaySent = false;
    this.goawayReceived = false;
    this.terminated = false;
    this.pings = [];
    this.acks = [];
    this.chunks = 0;
    this.invalid = 0;
    this.rejected = 0;
    this.block = undefined;
    this.waiting = [];
    this.settled = false;
    this.counts = { read: 0, written: 0, streams: 0, duration: 0, ping: 0, frames: 0, sent: 0, most: 0 };
    this.born = now();
  }

  consume(stream) {
    this.stream = stream;
    this.previous = stream.onread;
    stream.onread = (buffer) => this.#heard(buffer);
    if (this.type !== SERVER) this.out.push(PREFACE);
    stream.readStart();
  }

  #heard(buffer) {
    const count = streamBaseState[kReadBytesOrError];
    if (count < 0) {
      // The socket's own end deals with it.
      this.stream.onread = this.previous;
      this.#tellPrevious(buffer);
      return;
    }
    if (count === 0) return;
    this.receive(Buffer.from(buffer, streamBaseState[kArrayBufferOffset], count));
  }
  #tellPrevious(buffer) { this.previous?.call(this.stream, buffer); }

  receive(data) {
    if (this.isDestroyed) return;
    this.counts.read += data.length;
    this.pending = this.pending.length === 0 ? data : Buffer.concat([this.pending, data]);
    this.inScope++;
    try {
      this.#frames();
    } finally {
      this.inScope--;
    }
    if (!this.isDestroyed || this.out.length > 0) this.flush();
  }

  #frames() {
    if (!this.prefaced) {
      const size = MathMin(this.pending.length, PREFACE.length);
      if (!this.pending.subarray(0, size).equals(PREFACE.subarray(0, size))) return this.#internalError(ERR_BAD_CLIENT_MAGIC);
      if (size < PREFACE.length) return;
      this.prefaced = true;
      this.pending = this.pending.subarray(PREFACE.length);
    }
    while (this.pending.length >= 9 && !this.terminated && !this.isDestroyed) {
      const length = this.pending.readUIntBE(0, 3);
      const type = this.pending[3];
      const flags = this.pending[4];
      const id = this.pending.readUInt32BE(5) & MAX_WINDOW;
      // Who speaks another protocol is found out by its first bytes.
      if (!this.started && (type !== SETTINGS || (flags & ACK))) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      if (length > this.local.get(5) && length > 16384) return this.#fatal(ERR_FRAME_SIZE, FRAME_SIZE_ERROR);
      if (this.pending.length < 9 + length) return;
      const body = this.pending.subarray(9, 9 + length);
      this.pending = this.pending.subarray(9 + length);
      this.counts.frames++;
      this.started = true;
      if (this.block !== undefined && (type !== CONTINUATION || id !== this.block.id)) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      this.#frame(type, flags, id, body);
      // What a frame has set off comes before the next one.
      if (this.pending.length >= 9) runNextTicks();
    }
  }

  #frame(type, flags, id, body) {
    switch (type) {
      case DATA: return this.#data(flags, id, body);
      case HEADERS: return this.#headersFrame(flags, id, body);
      case PRIORITY:
        if (id === 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
        if (body.length !== 5) return this.#fatal(ERR_FRAME_SIZE, FRAME_SIZE_ERROR);
        return this.#priority(id, body);
      case RST_STREAM: return this.#resetFrame(id, body);
      case SETTINGS: return this.#settingsFrame(flags, id, body);
      case PUSH_PROMISE: return this.#promise(flags, id, body);
      case PING: return this.#pingFrame(flags, id, body);
      case GOAWAY: return this.#goawayFrame(id, body);
      case WINDOW_UPDATE: return this.#windowFrame(id, body);
      case CONTINUATION:
        if (this.block === undefined) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
        return this.#continued(flags, body);
      case ALTSVC: return this.#altsvcFrame(id, body);
      case ORIGIN: return this.#originFrame(id, body);
    }
  }

  // What is wrong with the connection: the peer is told, and so is the program.
  #fatal(number, code) {
    if (this.terminated) return;
    this.terminate(code);
    this.#invalidFrame(number);
  }
  #invalidFrame(number) {
    const limit = new primordials.Uint32Array(TypedArrayPrototypeGetBuffer(this.handle.fields), 4, 2)[0];
    if (++this.invalid > limit) return this.#internalError(ERR_FLOODED, 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES');
    if (number === ERR_PROTO || number === ERR_STREAM_CLOSED || number <= -900) this.#internalError(number);
  }
  #internalError(number, custom) {
    enter(this.handle, callbacks.error, number, custom);
  }

  // A body between its padding.
  #unpadded(flags, body) {
    if (!(flags & PADDED)) return body;
    const size = body[0];
    if (body.length < 1 || size >= body.length) return undefined;
    return body.subarray(1, body.length - size);
  }

  #known(id) { return this.#ours(id) ? id < this.next : id <= this.lastReceived; }
  #ours(id) { return (id % 2 === 0) === (this.type === SERVER); }

  #data(flags, id, body) {
    if (id === 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    const data = this.#unpadded(flags, body);
    if (data === undefined) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    this.received += body.length;
    if (this.received > this.window) return this.#fatal(ERR_FLOW_CONTROL, FLOW_CONTROL_ERROR);
    const own = this.streams.get(id);
    if (own === undefined || own.remoteClosed) {
      this.consume_(body.length);
      if (!this.#known(id)) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      if (own !== undefined) {
        this.#streamError(own, STREAM_CLOSED, ERR_STREAM_CLOSED);
      } else if (!this.closed.has(id)) {
        this.#fatal(ERR_STREAM_CLOSED, STREAM_CLOSED);
      }
      return;
    }
    own.received += body.length;
    if (own.received > own.receiveWindow) {
      this.consume_(body.length);
      return this.#streamError(own, FLOW_CONTROL_ERROR, ERR_FLOW_CONTROL);
    }
    own.length += data.length;
    const end = (flags & END_STREAM) !== 0;
    if (own.expected !== undefined && (own.length > own.expected || (end && own.length !== own.expected))) {
      this.consume_(body.length);
      return this.#streamError(own, PROTOCOL_ERROR, ERR_PROTO);
    }
    this.consume_(body.length);
    if (own.reading || own.destroyed) this.consumeStream(own, body.length);
    else {
      own.paused += data.length;
      this.consumeStream(own, body.length - data.length);
    }
    if (data.length > 0 && !own.destroyed) {
      const { handle } = own;
      const copy = new Uint8Array(data);
      own.firstByte ??= now() - own.born;
      handle.bytesRead += copy.length;
      streamBaseState[kReadBytesOrError] = copy.length;
      streamBaseState[kArrayBufferOffset] = 0;
      enter(handle, handle.onread, TypedArrayPrototypeGetBuffer(copy));
    }
    if (end) {
      this.#remoteEnd(own, true);
    }
  }

  // What of the windows is used up: the peer is told once it is worth it.
  consume_(size) {
    this.consumed += size;
    if (this.consumed * 2 >= this.window && this.consumed > 0) {
      this.#windowUpdate(0, this.consumed);
      this.received -= this.consumed;
      this.consumed = 0;
    }
  }
  consumeStream(own, size) {
    if (own.gone || own.remoteClosed) return;
    own.consumed += size;
    if (own.consumed * 2 >= own.receiveWindow && own.consumed > 0) {
      this.#windowUpdate(own.id, own.consumed);
      own.received -= own.consumed;
      own.consumed = 0;
    }
  }
  #windowUpdate(id, size) {
    const body = Buffer.alloc(4);
    body.writeUInt32BE(size, 0);
    this.frame(WINDOW_UPDATE, 0, id, body);
  }

  #remoteEnd(own, tell) {
    own.remoteClosed = true;
    if (own.state === OPEN) own.state = HALF_REMOTE;
    if (tell && !own.destroyed) {
      streamBaseState[kReadBytesOrError] = UV_EOF;
      enter(own.handle, own.handle.onread, undefined);
    }
    if (own.localClosed) this.#closeStream(own, NO_ERROR);
  }
  localEnd(own) {
    own.localClosed = true;
    own.sending = false;
    if (own.state === OPEN) own.state = HALF_LOCAL;
    if (own.remoteClosed) this.#closeStream(own, NO_ERROR);
  }
  #closeStream(own, code) {
    if (own.gone) return;
    own.gone = true;
    own.state = CLOSED;
    this.streams.delete(own.id);
    this.counts.duration += now() - own.born;
    own.statistics();
    this.closed.add(own.id);
    if (this.closed.size > 1000) for (const id of this.closed) { this.closed.delete(id); break; }
    this.#admit();
    const cancel = own.queue;
    own.queue = [];
    own.queued = 0;
    if (own.destroyed) {
      for (const { req } of cancel) req?.oncomplete(UV_ECANCELED, own.handle, undefined);
      return;
    }
    // False: nobody is interested any more.
    if (enter(own.handle, callbacks.streamClose, code) === false) own.destroyed = true;
    for (const { req } of cancel) req?.oncomplete(UV_ECANCELED, own.handle, undefined);
  }

  #streamError(own, code, number) {
    this.frame(RST_STREAM, 0, own.id, number32(code));
    this.#invalidFrame(number === ERR_PROTO ? -532 : number);
    own.code = code;
    this.#closeStream(own, code);
  }

  // ---- headers that come

  #headersFrame(flags, id, body) {
    if (id === 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    let rest = this.#unpadded(flags, body);
    if (rest === undefined) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    if (flags & PRIORITIZED) {
      if (rest.length < 5) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      if ((rest.readUInt32BE(0) & MAX_WINDOW) === id) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      rest = rest.subarray(5);
    }
    this.block = { id, flags, promised: 0, parts: [rest], count: 0 };
    if (flags & END_HEADERS) this.#blockEnd();
  }
  #continued(flags, body) {
    if (++this.block.count > 8) return this.#internalError(-905);
    this.block.parts.push(body);
    if (flags & END_HEADERS) this.#blockEnd();
  }
  #blockEnd() {
    const { id, flags, promised, parts } = this.block;
    this.block = undefined;
    const list = this.decoder.decode(Buffer.concat(parts));
    if (list === undefined) return this.#fatal(ERR_HEADER_COMP, COMPRESSION_ERROR);
    if (promised !== 0) return this.#promised(id, promised, list);
    let own = this.streams.get(id);
    let category = HCAT_HEADERS;
    if (own === undefined) {
      if (this.type !== SERVER || this.#ours(id)) {
        if (!this.#known(id)) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
        return;
      }
      if (id <= this.lastReceived) {
        if (!this.closed.has(id)) this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
        return;
      }
      if (id % 2 === 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      this.lastReceived = id;
      if (this.goawaySent) return;
      category = HCAT_REQUEST;
      let open = 0;
      for (const { 1: other } of this.streams) if (!this.#ours(other.id)) open++;
      if (open >= this.#promisedMost()) {
        const limit = new primordials.Uint32Array(TypedArrayPrototypeGetBuffer(this.handle.fields), 4, 2)[1];
        if (this.rejected++ > limit) return this.#internalError(-902, 'ERR_HTTP2_TOO_MANY_REJECTED_STREAMS');
        this.frame(RST_STREAM, 0, id, number32(open >= this.local.get(3) ? REFUSED_STREAM : REFUSED_STREAM));
        this.closed.add(id);
        return;
      }
      this.rejected = 0;
      own = this.#open(id);
      this.lastProcessed = id;
    } else if (own.remoteClosed) {
      return this.#streamError(own, STREAM_CLOSED, ERR_STREAM_CLOSED);
    } else if (own.state === RESERVED_REMOTE) {
      category = HCAT_PUSH_RESPONSE;
      own.state = HALF_LOCAL;
    } else if (!own.answered && this.type !== SERVER) {
      category = HCAT_RESPONSE;
    }
    const end = (flags & END_STREAM) !== 0;
    const checked = this.#check(own, category, list, end);
    if (checked === undefined) {
      if (category === HCAT_REQUEST) own.destroyed = true;
      return this.#streamError(own, PROTOCOL_ERROR, ERR_PROTO);
    }
    if (checked === 'calm') {
      // More than this end keeps.
      if (category === HCAT_REQUEST) own.destroyed = true;
      this.frame(RST_STREAM, 0, own.id, number32(ENHANCE_YOUR_CALM));
      own.code = ENHANCE_YOUR_CALM;
      return this.#closeStream(own, ENHANCE_YOUR_CALM);
    }
    if (end) {
      own.remoteClosed = true;
      if (own.state === OPEN) own.state = HALF_REMOTE;
    }
    own.firstHeader ??= now() - own.born;
    const { headers, sensitive } = checked;
    if (!own.destroyed) enter(this.handle, callbacks.headers, own.handle, id, category, flags, headers, sensitive);
    if (end && own.localClosed) this.#closeStream(own, NO_ERROR);
  }
  // Settings bind the peer from when it has said that it has them.
  #promisedMost() { return this.acks.length === 0 || this.settled ? this.local.get(3) : this.acks.at(-1).values.get(3) ?? this.local.get(3); }

  #open(id) {
    const handle = new Http2Stream(this, id);
    const own = of(handle);
    this.streams.set(id, own);
    this.counts.streams++;
    this.counts.most = MathMax(this.counts.most, this.streams.size);
    return own;
  }

  // Holds a list against the rules of messages (RFC 9113, 8). Nothing: it breaks them.
  #check(own, category, list, end) {
    const headers = [];
    const sensitive = [];
    const pseudo = { '__proto__': null };
    let regular = false;
    let size = 0;
    const trailers = category === HCAT_HEADERS && (this.type === SERVER || own.answered);
    let status = 0;
    for (let i = 0; i < list.length; i += 3) {
      const name = list[i];
      const value = list[i + 1];
      size += name.length + value.length + 32;
      if (headers.length / 2 >= this.maxPairs || size > this.local.get(6)) return 'calm';
      if (name[0] === ':') {
        if (regular || trailers || name in pseudo || !(this.type === SERVER ? requestPseudo : responsePseudo).includes(name)) return undefined;
        if (!validValue(value, this.lax)) return undefined;
        pseudo[name] = value;
        if (name === ':status') status = +value;
        if (name === ':protocol' && this.local.get(8) !== 1) return undefined;
      } else {
        regular = true;
        // What is not well formed is passed over.
        if (!validName(name)) {
          if (name !== StringPrototypeToLowerCase(name)) return undefined;
          continue;
        }
        if (!validValue(value, this.lax)) continue;
        if (forbidden.includes(name) || (name === 'te' && value !== 'trailers')) return undefined;
        if (name === 'content-length') {
          if (!/^\d+$/.test(value) || own.contentLength !== undefined) return undefined;
          if (!trailers) own.contentLength = +value;
        }
      }
      ArrayPrototypePush(headers, name, value);
      if (list[i + 2]) ArrayPrototypePush(sensitive, name);
    }
    if (category === HCAT_REQUEST) {
      const connect = pseudo[':method'] === 'CONNECT';
      if (pseudo[':method'] === undefined) return undefined;
      if (connect && pseudo[':protocol'] === undefined) {
        if (pseudo[':scheme'] !== undefined || pseudo[':path'] !== undefined || pseudo[':authority'] === undefined) return undefined;
      } else {
        if (pseudo[':scheme'] === undefined || !pseudo[':path'] || (pseudo[':path'][0] !== '/' && pseudo[':path'] !== '*')) return undefined;
        if (pseudo[':authority'] === undefined && !headers.includes('host')) return undefined;
      }
      own.expected = own.contentLength;
    } else if (this.type !== SERVER && !trailers) {
      if (!(status >= 100 && status <= 999)) return undefined;
      if (status === 101) return undefined;
      if (status < 200) {
        if (end) return undefined;
        own.contentLength = undefined;
      } else {
        own.answered = true;
        const bare = own.head || status === 204 || status === 304;
        own.expected = bare || (own.connect && status < 300) ? undefined : own.contentLength;
      }
    } else if (trailers && !end) {
      return undefined;
    }
    if (end && own.expected !== undefined && own.expected !== own.length) return undefined;
    return { headers, sensitive };
  }

  #promise(flags, id, body) {
    const rest = this.#unpadded(flags, body);
    if (this.type === SERVER || id === 0 || rest === undefined || rest.length < 4) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    if (this.local.get(2) === 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    const promised = rest.readUInt32BE(0) & MAX_WINDOW;
    if (promised % 2 !== 0 || promised <= this.lastReceived) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    this.block = { id, flags, promised, parts: [rest.subarray(4)], count: 0 };
    if (flags & END_HEADERS) this.#blockEnd();
  }
  #promised(id, promised, list) {
    this.lastReceived = promised;
    let reserved = 0;
    for (const { 1: other } of this.streams) if (other.state === RESERVED_REMOTE) reserved++;
    if (this.goawaySent || reserved >= this.maxReserved) {
      this.frame(RST_STREAM, 0, promised, number32(reserved >= this.maxReserved ? CANCEL : REFUSED_STREAM));
      this.closed.add(promised);
      return;
    }
    const own = this.#open(promised);
    own.state = RESERVED_REMOTE;
    own.localClosed = true;
    const headers = [];
    for (let i = 0; i < list.length; i += 3) ArrayPrototypePush(headers, list[i], list[i + 1]);
    const method = headers[headers.indexOf(':method') + 1];
    own.head = method === 'HEAD';
    this.lastProcessed = promised;
    enter(this.handle, callbacks.headers, own.handle, promised, HCAT_HEADERS, 0, headers, []);
  }

  // ---- other frames that come

  #priority(id, body) {
    const first = body.readUInt32BE(0);
    const parent = first & MAX_WINDOW;
    if (parent === id) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    if (this.handle.fields[native.kSessionPriorityListenerCount] === 0) return;
    enter(this.handle, callbacks.priority, id, parent, body[4] + 1, first > MAX_WINDOW);
  }

  #resetFrame(id, body) {
    if (id === 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    if (body.length !== 4) return this.#fatal(ERR_FRAME_SIZE, FRAME_SIZE_ERROR);
    if (!this.#known(id)) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    if (this.type === SERVER && --this.resetsLeft < 0) {
      this.terminate(INTERNAL_ERROR);
      return;
    }
    const own = this.streams.get(id);
    if (own === undefined) return;
    const code = body.readUInt32BE(0);
    own.code = code;
    this.#closeStream(own, code);
  }

  #settingsFrame(flags, id, body) {
    if (id !== 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    if (flags & ACK) {
      if (body.length !== 0) return this.#fatal(ERR_FRAME_SIZE, FRAME_SIZE_ERROR);
      const ack = this.acks.shift();
      if (ack === undefined) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      this.settled = true;
      this.#applyLocal(ack.values);
      enter(ack.resource, ack.callback, true, now() - ack.at);
      return;
    }
    if (body.length % 6 !== 0) return this.#fatal(ERR_FRAME_SIZE, FRAME_SIZE_ERROR);
    if (body.length / 6 > this.maxSettingsEntries) {
      this.terminate(ENHANCE_YOUR_CALM);
      return this.#internalError(ERR_FLOODED);
    }
    if (!this.told) {
      this.told = true;
      this.remote.set(3, 0xffffffff);
    }
    for (let at = 0; at < body.length; at += 6) {
      const setting = body.readUInt16BE(at);
      const value = body.readUInt32BE(at + 2);
      if (setting === 1) this.encoder.setMax(value);
      if (setting === 2 && (value > 1 || (this.type !== SERVER && value !== 0))) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      if (setting === 4) {
        if (value > MAX_WINDOW) return this.#fatal(ERR_FLOW_CONTROL, FLOW_CONTROL_ERROR);
        const change = value - this.remote.get(4);
        for (const { 1: own } of this.streams) own.sendWindow += change;
      }
      if (setting === 5 && (value < 16384 || value > 16777215)) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      if (setting === 8 && (value > 1 || (value === 0 && this.remote.get(8) === 1))) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      this.remote.set(setting, value);
    }
    this.frame(SETTINGS, ACK, 0, Buffer.alloc(0));
    this.#admit();
    const { fields } = this.handle;
    fields[native.kBitfield] &= ~(1 << native.kSessionRemoteSettingsIsUpToDate);
    if (fields[native.kBitfield] & (1 << native.kSessionHasRemoteSettingsListeners)) enter(this.handle, callbacks.settings);
  }
  #applyLocal(values) {
    for (const { 0: id, 1: value } of values) {
      if (id === 1) this.decoder.setAllowed(value);
      if (id === 4) {
        const change = value - this.local.get(4);
        for (const { 1: own } of this.streams) own.receiveWindow += change;
      }
      this.local.set(id, value);
    }
  }

  #pingFrame(flags, id, body) {
    if (id !== 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    if (body.length !== 8) return this.#fatal(ERR_FRAME_SIZE, FRAME_SIZE_ERROR);
    if (flags & ACK) {
      const ping = this.pings.shift();
      if (ping === undefined) return this.#internalError(ERR_PROTO);
      this.counts.ping = now() - ping.at;
      enter(ping.resource, ping.callback, true, now() - ping.at, alone(body));
      return;
    }
    this.frame(PING, ACK, 0, Buffer.from(body));
    if (this.handle.fields[native.kBitfield] & (1 << native.kSessionHasPingListeners)) enter(this.handle, callbacks.ping, alone(body));
  }

  #goawayFrame(id, body) {
    if (id !== 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    if (body.length < 8) return this.#fatal(ERR_FRAME_SIZE, FRAME_SIZE_ERROR);
    this.goawayReceived = true;
    const last = body.readUInt32BE(0) & MAX_WINDOW;
    const code = body.readUInt32BE(4);
    if ((last > 0 && !this.#ours(last)) || last > this.remoteLast) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    this.remoteLast = last;
    // What the peer never saw can be asked again.
    for (const { 1: own } of [...this.streams]) {
      if (this.#ours(own.id) && own.id > last) this.#closeStream(own, REFUSED_STREAM);
    }
    enter(this.handle, callbacks.goaway, code, last, body.length > 8 ? Buffer.from(body.subarray(8)) : undefined);
  }

  #windowFrame(id, body) {
    if (body.length !== 4) return this.#fatal(ERR_FRAME_SIZE, FRAME_SIZE_ERROR);
    const size = body.readUInt32BE(0) & MAX_WINDOW;
    if (id === 0) {
      if (size === 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      this.sendWindow += size;
      if (this.sendWindow > MAX_WINDOW) return this.#fatal(ERR_FLOW_CONTROL, FLOW_CONTROL_ERROR);
      return;
    }
    const own = this.streams.get(id);
    if (own === undefined) {
      if (!this.#known(id)) this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
      return;
    }
    if (size === 0) return this.#fatal(ERR_PROTO, PROTOCOL_ERROR);
    own.sendWindow += size;
    if (own.sendWindow > MAX_WINDOW) this.#streamError(own, FLOW_CONTROL_ERROR, ERR_FLOW_CONTROL);
  }

  #altsvcFrame(id, body) {
    if (this.type === SERVER || body.length < 2) return;
    if (!(this.handle.fields[native.kBitfield] & (1 << native.kSessionHasAltsvcListeners))) return;
    const size = body.readUInt16BE(0);
    if (2 + size > body.length || (id === 0) === (size === 0)) return;
    enter(this.handle, callbacks.altsvc, id, body.toString('latin1', 2, 2 + size), body.toString('latin1', 2 + size));
  }
  #originFrame(id, body) {
    if (this.type === SERVER || id !== 0) return;
    const list = [];
    for (let at = 0; at + 2 <= body.length;) {
      const size = body.readUInt16BE(at);
      if (at + 2 + size > body.length) return;
      list.push(body.toString('latin1', at + 2, at + 2 + size));
      at += 2 + size;
    }
    enter(this.handle, callbacks.origin, list);
  }

  // ---- frames that go

  frame(type, flags, id, body) {
    const head = Buffer.alloc(9);
    head.writeUIntBE(body.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(id, 5);
    this.out.push(head);
    this.counts.sent++;
    // Nobody takes what is sent, and more is asked for.
    if (this.out.length > 20_000 && !this.flooded && (flags & ACK) && (type === PING || type === SETTINGS)) {
      this.flooded = true;
      this.#internalError(ERR_FLOODED);
    }
    if (body.length > 0) this.out.push(body);
    this.schedule();
  }

  sendHeaders(id, text, flags, promised = 0) {
    let block = asBuffer(this.encoder.encode(text));
    const { padding } = this;
    const most = this.remote.get(5);
    let type = HEADERS;
    if (promised !== 0) {
      type = PUSH_PROMISE;
      block = Buffer.concat([number32(promised), block]);
    }
    if (padding > 0 && promised === 0 && block.length < most) {
      const fill = this.#fill(block.length, most);
      if (fill > 0) {
        block = Buffer.concat([Buffer.from([fill - 1]), block, Buffer.alloc(fill - 1)]);
        flags |= PADDED;
      }
    }
    const first = block.subarray(0, most);
    let rest = block.subarray(most);
    this.frame(type, flags | (rest.length === 0 ? END_HEADERS : 0), id, first);
    while (rest.length > 0) {
      const part = rest.subarray(0, most);
      rest = rest.subarray(most);
      this.frame(CONTINUATION, rest.length === 0 ? END_HEADERS : 0, id, part);
    }
  }
  // How many bytes padding takes, its length's own among them.
  #fill(length, most) {
    if (this.padding === PADDING_MAX) return MathMin(256, most - length);
    if (this.padding !== PADDING_ALIGNED) return 0;
    const over = (length + 9) % 8;
    return over === 0 ? 0 : MathMin(8 - over, most - length);
  }

  // The first headers of a stream, and what comes behind them.
  headers(own, text) {
    const bare = own.empty === true && !own.wantsTrailers;
    this.sendHeaders(own.id, text, bare ? END_STREAM : 0);
    if (bare) this.localEnd(own);
    else if (own.empty === true) this.resume(own);
    this.schedule();
  }

  dataFrame(own, data, flags) {
    own.firstSent ??= now() - own.born;
    const fill = this.padding > 0 && data.length > 0 ? this.#fill(data.length, MathMin(this.remote.get(5), own.sendWindow, this.sendWindow)) : 0;
    if (fill > 0) {
      this.frame(DATA, flags | PADDED, own.id, Buffer.concat([Buffer.from([fill - 1]), data, Buffer.alloc(fill - 1)]));
    } else {
      this.frame(DATA, flags, own.id, data);
    }
    own.sendWindow -= data.length + fill;
    this.sendWindow -= data.length + fill;
  }

  // Puts into frames what the windows allow.
  #pump() {
    let more = true;
    while (more) {
      more = false;
      for (const { 1: own } of this.streams) {
        if (own.gone || !own.sending || own.localClosed || own.promising) continue;
        if (this.#pumpOne(own)) more = true;
      }
    }
  }
  #pumpOne(own) {
    const room = MathMin(this.remote.get(5), own.sendWindow, this.sendWindow);
    const { queue } = own;
    while (queue.length > 0 && queue[0].data.length === 0) {
      const { req } = queue.shift();
      if (req !== undefined) this.outRequests.push({ req, handle: own.handle });
      this.schedule();
    }
    const last = !own.writable;
    if (queue.length === 0) {
      if (!last || own.asked) return false;
      return this.#finish(own, Buffer.alloc(0));
    }
    if (room <= 0) return false;
    const parts = [];
    let size = 0;
    while (queue.length > 0 && size < room) {
      const item = queue[0];
      const take = MathMin(item.data.length, room - size);
      parts.push(take === item.data.length ? item.data : item.data.subarray(0, take));
      size += take;
      if (take < item.data.length) {
        item.data = item.data.subarray(take);
        break;
      }
      queue.shift();
      if (item.req !== undefined) this.outRequests.push({ req: item.req, handle: own.handle });
      while (queue.length > 0 && queue[0].data.length === 0) {
        const { req } = queue.shift();
        if (req !== undefined) this.outRequests.push({ req, handle: own.handle });
      }
    }
    own.queued -= size;
    const data = parts.length === 1 ? parts[0] : Buffer.concat(parts);
    if (queue.length === 0 && last) return this.#finish(own, data);
    this.dataFrame(own, data, 0);
    return true;
  }
  // The last of a body: with the end, or before trailers.
  #finish(own, data) {
    if (!own.wantsTrailers) {
      this.dataFrame(own, data, END_STREAM);
      this.localEnd(own);
      return true;
    }
    if (data.length > 0) this.dataFrame(own, data, 0);
    own.asked = true;
    enter(own.handle, callbacks.trailers);
    return true;
  }
  resume() { this.schedule(); }

  schedule() {
    if (this.scheduled || this.isDestroyed || this.inScope > 0) return;
    this.scheduled = true;
    setImmediate(() => {
      if (!this.scheduled) return;
      this.flush();
    });
  }

  flush() {
    this.scheduled = false;
    if (this.writing || this.stream === undefined) return;
    if (this.flushing) return;
    this.flushing = true;
    this.inScope++;
    try {
      if (!this.isDestroyed) this.#pump();
    } finally {
      this.inScope--;
      this.flushing = false;
    }
    if (this.out.length === 0) {
      this.#graceful();
      return;
    }
    const parts = this.out;
    const requests = this.outRequests;
    this.out = [];
    this.outRequests = [];
    this.writing = true;
    this.chunks += parts.length;
    for (let i = 0; i < parts.length; i++) this.counts.written += parts[i].length;
    const inner = new Request((status) => this.#written(status, requests));
    inner.handle = this.stream;
    const status = parts.length === 1 ? this.stream.writeBuffer(inner, parts[0]) : this.stream.writev(inner, parts, true);
    if (status !== 0 || streamBaseState[kLastWriteWasAsync] === 0) {
      inner.oncomplete = undefined;
      // Whoever waits hears of it when the one who writes has gone on.
      if (requests.length === 0) this.#written(status, requests);
      else setImmediate(() => this.#written(status, requests));
    }
  }
  #written(status, requests) {
    this.writing = false;
    for (const { req, handle } of requests) enter(handle, () => req.oncomplete(status, handle, undefined));
    if (this.isDestroyed) {
      if (this.out.length > 0 && status === 0) this.flush();
      else this.#done();
      return;
    }
    if (this.out.length > 0 || this.#hasWork()) this.flush();
    else this.#graceful();
  }
  #hasWork() {
    for (const { 1: own } of this.streams) if (own.sending && !own.localClosed && (own.queue.length > 0 || (!own.writable && !own.asked))) return true;
    return false;
  }
  #graceful() {
    if (!this.graceful || this.isDestroyed || this.hasPending()) return;
    this.graceful = false;
    const { handle } = this;
    if (typeof handle.ongracefulclosecomplete === 'function') enter(handle, handle.ongracefulclosecomplete);
  }
  hasPending() {
    if (this.out.length > 0 || this.outRequests.length > 0) return true;
    if (this.terminated) return false;
    return this.streams.size > 0 || !(this.goawaySent || this.goawayReceived);
  }

  // ---- what programs ask for

  request(text, flags, parent) {
    if (this.next > MAX_WINDOW) return ERR_STREAM_ID_NOT_AVAILABLE;
    if (this.goawayReceived || this.goawaySent) return ERR_SESSION_CLOSING;
    const id = this.next;
    if (parent === id) return ERR_INVALID_ARGUMENT;
    this.next += 2;
    const own = this.#open(id);
    own.head = /(?:^|[\0\x01]):method\0HEAD\0/.test(text);
    own.connect = /(?:^|[\0\x01]):method\0CONNECT\0/.test(text);
    own.begin(flags);
    own.text = text;
    own.promising = true;
    this.waiting.push(own);
    this.#admit();
    this.schedule();
    return own.handle;
  }
  // Requests go out as the peer allows.
  #admit() {
    while (this.waiting.length > 0) {
      let open = 0;
      for (const { 1: other } of this.streams) if (this.#ours(other.id) && !other.promising) open++;
      if (open >= this.remote.get(3)) return;
      const own = this.waiting.shift();
      if (own.gone || own.destroyed) continue;
      own.promising = false;
      this.headers(own, own.text);
      own.text = undefined;
    }
  }

  push(parent, text, flags) {
    if (this.remote.get(2) === 0) return ERR_PUSH_DISABLED;
    if (parent.gone) return ERR_STREAM_CLOSED;
    if (this.goawayReceived) return ERR_START_STREAM;
    if (this.next > MAX_WINDOW) return ERR_STREAM_ID_NOT_AVAILABLE;
    const id = this.next;
    this.next += 2;
    this.sendHeaders(parent.id, text, 0, id);
    const own = this.#open(id);
    own.state = RESERVED_LOCAL;
    own.remoteClosed = true;
    if (flags & OPTION_EMPTY_PAYLOAD) {
      own.writable = false;
      own.empty = true;
    }
    return own.handle;
  }

  reset(own, code) {
    if (own.gone) return;
    // What is ready goes before.
    if (own.queue.length > 0 && !this.writing && !this.flushing && this.inScope === 0) this.flush();
    if (own.gone) return;
    if (own.promising) {
      this.waiting = this.waiting.filter((other) => other !== own);
    } else {
      this.frame(RST_STREAM, 0, own.id, number32(code));
    }
    // The end is told when the frame is on its way.
    if (this.type === SERVER && own.state === RESERVED_LOCAL) own.state = CLOSED;
    setImmediate(() => this.#closeStream(own, code));
  }
  abandon(own) {
    if (own.gone) return;
    const cancel = own.queue;
    own.queue = [];
    own.queued = 0;
    for (const { req } of cancel) setImmediate(() => req?.oncomplete(UV_ECANCELED, own.handle, undefined));
    if (own.paused > 0) this.consumeStream(own, own.paused);
  }

  submitSettings(callback) {
    if (this.acks.length >= this.maxSettings) return false;
    const list = settingsFromBuffer();
    this.acks.push({ resource: new Answer('HTTP2SETTINGS'), callback, values: new SafeMap(list), at: now() });
    this.ownCustom ??= [];
    for (const { 0: id } of list) if (!settingIds.includes(id)) this.ownCustom.push(id);
    this.frame(SETTINGS, 0, 0, packed(list));
    return true;
  }
  ping(payload, callback) {
    if (this.pings.length >= this.maxPings) return false;
    const body = Buffer.alloc(8);
    if (payload === undefined) body.writeDoubleBE(now());
    else asBuffer(payload).copy(body);
    this.pings.push({ resource: new Answer('HTTP2PING'), callback, at: now() });
    this.frame(PING, 0, 0, body);
    return true;
  }
  submitGoaway(code, last, data) {
    const body = Buffer.concat([number32(last > 0 ? last : this.lastProcessed), number32(code), data === undefined ? Buffer.alloc(0) : asBuffer(data)]);
    this.goawaySent = true;
    this.frame(GOAWAY, 0, 0, body);
  }
  terminate(code) {
    if (this.terminated) return;
    this.terminated = true;
    this.submitGoaway(code, this.lastProcessed, undefined);
  }
  altsvc(id, origin, value) {
    const name = Buffer.from(origin, 'latin1');
    const size = Buffer.alloc(2);
    size.writeUInt16BE(name.length, 0);
    this.frame(ALTSVC, 0, id, Buffer.concat([size, name, Buffer.from(value, 'latin1')]));
  }
  // `text`: origins, a NUL behind each.
  origin(text) {
    const parts = [];
    for (const name of text.split('\0')) {
      if (name === '') continue;
      const bytes = Buffer.from(name, 'latin1');
      const size = Buffer.alloc(2);
      size.writeUInt16BE(bytes.length, 0);
      parts.push(size, bytes);
    }
    this.frame(ORIGIN, 0, 0, Buffer.concat(parts));
  }
  setNext(id) {
    if (id < this.next || id > MAX_WINDOW || this.#ours(id) === false) return false;
    this.next = id;
    return true;
  }
  setWindow(size) {
    const change = size - this.window;
    this.window = size;
    if (change > 0) this.#windowUpdate(0, change);
    else this.received += change;
    return 0;
  }

  close(code, socketDestroyed) {
    if (this.isClosed) return;
    this.isClosed = true;
    if (!socketDestroyed) {
      this.terminate(code);
      // Written as the last words in any case.
      if (!this.writing) setImmediate(() => this.flush());
    } else if (this.stream !== undefined) {
      this.stream.onread = this.previous;
    }
    this.isDestroyed = true;
    this.scheduled = false;
    if (!this.writing) setImmediate(() => this.writing || this.#done());
    const { pings, acks } = this;
    this.pings = [];
    this.acks = [];
    for (const { resource, callback } of [...pings, ...acks]) setImmediate(() => enter(resource, callback, false));
    this.#statistics();
  }
  #statistics() {
    const { counts } = this;
    observe('Http2Session', this.born, {
      bytesRead: counts.read, bytesWritten: counts.written, framesReceived: counts.frames, framesSent: counts.sent, maxConcurrentStreams: counts.most,
      pingRTT: counts.ping, streamAverageDuration: counts.streams === 0 ? 0 : counts.duration / counts.streams, streamCount: counts.streams,
      type: this.type === SERVER ? 'server' : 'client',
    });
  }
  #done() {
    if (this.finished) return;
    this.finished = true;
    if (this.stream !== undefined) this.stream.onread = this.previous;
    const { handle } = this;
    if (typeof handle.ondone === 'function') enter(handle, handle.ondone);
  }
}

const requestPseudo = [':method', ':scheme', ':authority', ':path', ':protocol'];
const responsePseudo = [':status'];
const forbidden = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade'];
const validName = (name) => /^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name);
// Without a space or a tab at either end, unless the program says that it does not care.
const validValue = (value, lax) => !(lax ? /[\0\r\n]/ : /[\0\r\n]|^[ \t]|[ \t]$/).test(value);
const now = () => globalThis.performance.now();

// A copy in memory of its own.
function alone(bytes) {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}

// Tells whoever observes performance.
function observe(name, start, detail) {
  const performance = internalBinding('performance');
  if (performance.observerCounts[performance.constants.NODE_PERFORMANCE_ENTRY_TYPE_HTTP2] > 0) performance.observer?.(name, 'http2', start, now() - start, detail);
}

function number32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0, 0);
  return bytes;
}

binding.install = (target) => {
  native = target;
  runNextTicks = process._tickCallback;
  ({ setImmediate } = internalBinding('process_methods').require('timers'));
  target.Http2Session = Http2Session;
  target.Http2Stream = Http2Stream;
  target.nghttp2ErrorString = (number) => words[number] ?? 'Unknown error code';
  target.packSettings = () => packed(settingsFromBuffer());
  target.refreshDefaultSettings = () => {
    settingsToBuffer(defaults());
    target.settingsBuffer[FLAGS] = (1 << 1) | (1 << 0) | (1 << 2) | (1 << 3) | (1 << 5) | (1 << 6) | (1 << 4);
    target.settingsBuffer[COUNT] = 0;
  };
  target.setCallbackFunctions = (error, priority, settings, ping, headers, frameError, goaway, altsvc, origin, trailers, streamClose) => {
    callbacks = { error, priority, settings, ping, headers, frameError, goaway, altsvc, origin, trailers, streamClose };
  };
};
