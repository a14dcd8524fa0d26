'use strict';
// internalBinding('tls_wrap'): TLS between programs of one machine.
//
// The network here is the kernel, which both ends trust already and nobody listens to: what a TLS socket writes is not encrypted. All that programs see of TLS is there:
// versions, ciphers, names, certificates and their checks, sessions, alerts. Bytes go in TLS's records; the handshake is a message each way in our own words. Whoever does not
// speak it is refused as by OpenSSL. TLS to the outside is the browser's.

const {
  DateNow, Error, JSONParse, JSONStringify, MathMin, TypedArrayPrototypeGetBuffer, TypedArrayPrototypeGetByteLength,
  TypedArrayPrototypeGetByteOffset,
} = primordials;
const { AsyncWrap, UV_EOF, streamBaseState } = internalBinding('handles');
const crypto = internalBinding('crypto');
const { SecureContext, contextOf, opensslError, suite } = internalBinding('tls_context');
const { onpskexchange: kOnPskExchange, owner_symbol: owner } = internalBinding('symbols');
const { Buffer } = globalThis;

const kReadBytesOrError = 0, kArrayBufferOffset = 1, kBytesWritten = 2, kLastWriteWasAsync = 3;
const UV_ECANCELED = -125, UV_EPROTO = -71;
const ALERT = 21, HANDSHAKE = 22, DATA = 23;
const MOST = 16384;
const HTTP_1_1 = Buffer.from('\x08http/1.1').toString('base64');
const TLS1_2 = 0x303, TLS1_3 = 0x304;
const versionNames = { '__proto__': null, 0x301: 'TLSv1', 0x302: 'TLSv1.1', 0x303: 'TLSv1.2', 0x304: 'TLSv1.3' };
const SSL_OP_CIPHER_SERVER_PREFERENCE = 0x400000, SSL_OP_NO_TICKET = 0x4000;

// Alerts: what the peer is told, and what it says of it.
const alerts = {
  '__proto__': null,
  40: ['0A000410', 'ssl/tls alert handshake failure', 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'],
  42: ['0A000412', 'ssl/tls alert bad certificate', 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE'],
  48: ['0A000418', 'tlsv1 alert unknown ca', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'],
  51: ['0A00041B', 'tlsv1 alert decrypt error', 'ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR'],
  70: ['0A00042E', 'tlsv1 alert protocol version', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
  80: ['0A000438', 'tlsv1 alert internal error', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'],
  112: ['0A000458', 'tlsv1 unrecognized name', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME'],
  115: ['0A00045B', 'tlsv1 alert unknown psk identity', 'ERR_SSL_TLSV1_ALERT_UNKNOWN_PSK_IDENTITY'],
  116: ['0A00045C', 'tlsv13 alert certificate required', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
  120: ['0A000460', 'tlsv1 alert no application protocol', 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'],
};
const CLOSE_NOTIFY = 0;

const verifyMessages = {
  '__proto__': null,
  UNABLE_TO_GET_ISSUER_CERT: 'unable to get issuer certificate',
  UNABLE_TO_GET_CRL: 'unable to get certificate CRL',
  CERT_NOT_YET_VALID: 'certificate is not yet valid',
  CERT_HAS_EXPIRED: 'certificate has expired',
  CRL_HAS_EXPIRED: 'CRL has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'self-signed certificate in certificate chain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unable to get local issuer certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unable to verify the first certificate',
  CERT_REVOKED: 'certificate revoked',
};
const suggests = ['UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'];

const ssl = (number, reason) => opensslError(number, 'SSL routines', reason, `ERR_SSL_${reason.toUpperCase().replace(/[ -]/g, '_')}`);
const bytesOf = (text, encoding) => Buffer.from(text, encoding);
const random = (length) => Buffer.from(crypto.randomKey(length)).toString('base64');
const binary = (text) => Buffer.from(text, 'base64');

function hashOf(name, ...parts) {
  const hash = new crypto.Hash(name);
  for (let i = 0; i < parts.length; i++) hash.update(parts[i]);
  return Buffer.from(hash.digest());
}
function macOf(key, ...parts) {
  const mac = new crypto.Hmac();
  mac.init('sha256', key);
  for (let i = 0; i < parts.length; i++) mac.update(parts[i]);
  return Buffer.from(mac.digest());
}

const sigalgs = ['ECDSA+SHA256', 'ECDSA+SHA384', 'ECDSA+SHA512', 'ed25519', 'ed448', 'ECDSA+SHA256', 'ECDSA+SHA384', 'ECDSA+SHA512', 'RSA-PSS+SHA256', 'RSA-PSS+SHA384',
                 'RSA-PSS+SHA512', 'RSA-PSS+SHA256', 'RSA-PSS+SHA384', 'RSA-PSS+SHA512', 'RSA+SHA256', 'RSA+SHA384', 'RSA+SHA512', 'ECDSA+SHA224', 'RSA+SHA224', 'DSA+SHA224',
                 'DSA+SHA256', 'DSA+SHA384', 'DSA+SHA512'];

class Request extends AsyncWrap {
  constructor(provider, oncomplete) {
    super(provider);
    this.oncomplete = oncomplete;
  }
}

class TLSWrap extends AsyncWrap {
  #stream;
  #context;
  #server;
  #waits;
  #pending = Buffer.alloc(0);
  // Writes of the program before it may write.
  #queue = [];
  #user;
  #done = false;
  // Whether the program may write: the handshake's last word is said.
  #open = false;
  // One write at a time is under way below; the next ones wait here.
  #sending = false;
  #flying = 0;
  #shutting;
  #outgoing = [];
  // A page's request: its TLS is the browser's.
  #plain = false;
  #most = MOST;
  #failed = false;
  #ended = false;
  #closed = false;
  #destroyed = false;
  #hello;
  #answer;
  #stage;
  #session;
  #given;
  #ticket;
  #reused = false;
  #servername;
  #alpn;
  #offers;
  #requestCert = false;
  #reject = false;
  #sessionCallbacks = false;
  #certCallback = false;
  #alpnCallback = false;
  #psk = false;
  #hint;
  #usedPsk = false;
  #keylog = false;
  #ocsp;
  #wantsOcsp = false;
  #peer = [];
  #verify = null;
  #transcript = ['', ''];
  #master = '';
  #own;

  constructor(stream, context, server, waits) {
    super('TLSWRAP');
    this.#stream = stream;
    this.#context = context === undefined ? undefined : contextOf(context);
    this.#server = server;
    this.#waits = waits;
    this.bytesRead = 0;
    this.bytesWritten = 0;
    // One that nothing lies under does nothing.
    if (stream !== undefined) stream.onread = (buffer) => this.#heard(buffer);
  }

  get isStreamBase() { return true; }
  get fd() { return this.#stream?.fd ?? -1; }
  // What is not out yet: here and below.
  get writeQueueSize() {
    let size = this.#flying;
    for (let i = 0; i < this.#outgoing.length; i++) for (const part of this.#outgoing[i].parts) size += part.length;
    return size;
  }
  get _externalStream() { return this; }

  // ---- the program's side of the stream

  // What has come is passed on whether or not it is asked for: who wants no more stops the stream below.
  readStart() { return this.#stream.readStart(); }
  readStop() { return this.#stream.readStop(); }
  useUserBuffer(buffer) { this.#user = buffer; }

  #emit(data) {
    let at = 0;
    const size = data.length;
    this.bytesRead += size;
    const { Uint8Array } = globalThis;
    while (at < size) {
      if (this.#user) {
        const count = MathMin(this.#user.length, size - at);
        this.#user.set(data.subarray(at, at + count));
        at += count;
        streamBaseState[kReadBytesOrError] = count;
        this.#user = this.onread(undefined) ?? this.#user;
      } else {
        const own = new Uint8Array(data.subarray(at));
        at = size;
        streamBaseState[kReadBytesOrError] = own.length;
        streamBaseState[kArrayBufferOffset] = 0;
        this.onread(TypedArrayPrototypeGetBuffer(own));
      }
    }
  }
  #emitEnd() {
    streamBaseState[kReadBytesOrError] = UV_EOF;
    this.onread(undefined);
  }
  #push(data) {
    if (this.#ended || this.#destroyed) return;
    if (data !== null) return this.#emit(data);
    this.#ended = true;
    const waiting = this.#queue.filter((entry) => entry.data === undefined);
    if (!this.#open && waiting.length > 0) {
      this.#queue = this.#queue.filter((entry) => entry.data !== undefined);
      for (const { req } of waiting) {
        const status = this.#shut(req);
        if (status !== 0) req.oncomplete(status, this, undefined);
      }
    }
    this.#emitEnd();
  }

  writeBuffer(req, data) { return this.#write(req, [data]); }
  writeUtf8String(req, text) { return this.#write(req, [bytesOf(text, 'utf8')]); }
  writeAsciiString(req, text) { return this.#write(req, [bytesOf(text, 'latin1')]); }
  writeLatin1String(req, text) { return this.#write(req, [bytesOf(text, 'latin1')]); }
  writeUcs2String(req, text) { return this.#write(req, [bytesOf(text, 'utf16le')]); }
  writev(req, chunks, allBuffers) {
    const parts = [];
    for (let i = 0; i < chunks.length; i += allBuffers ? 1 : 2) {
      parts.push(typeof chunks[i] === 'string' ? bytesOf(chunks[i], chunks[i + 1]) : chunks[i]);
    }
    return this.#write(req, parts);
  }

  #write(req, parts) {
    if (this.#destroyed || this.#failed) {
      req.error = 'Write after DestroySSL';
      return UV_EPROTO;
    }
    let total = 0;
    for (let i = 0; i < parts.length; i++) total += TypedArrayPrototypeGetByteLength(parts[i]);
    this.bytesWritten += total;
    if (!this.#open) {
      // The buffers are the program's, which may use them again once it is told.
      this.#queue.push({ req, data: Buffer.concat(parts) });
      streamBaseState[kBytesWritten] = total;
      streamBaseState[kLastWriteWasAsync] = 1;
      return 0;
    }
    const status = this.#send(req, total === 0 ? [Buffer.alloc(0)] : this.#framed(parts));
    streamBaseState[kBytesWritten] = total;
    return status;
  }

  #framed(parts) {
    return this.#plain ? parts.map(asBuffer) : records(DATA, parts, this.#most);
  }
  #alert(level, number) {
    if (!this.#plain) this.#send(undefined, records(ALERT, [Buffer.from([level, number])]));
  }

  // Writes records; `req` hears when they are out.
  #send(req, parts) {
    if (this.#shutting !== undefined) return UV_ECANCELED;
    if (this.#sending) {
      this.#outgoing.push({ req, parts });
      streamBaseState[kLastWriteWasAsync] = 1;
      return 0;
    }
    this.#sending = true;
    const status = this.#pass(parts, (result, error) => {
      req?.oncomplete(result, this, error);
      this.#next();
    });
    if (status === 0 && streamBaseState[kLastWriteWasAsync] !== 0) return 0;
    this.#next();
    streamBaseState[kLastWriteWasAsync] = 0;
    return status;
  }
  #pass(parts, done) {
    this.#flying = 0;
    for (let i = 0; i < parts.length; i++) this.#flying += parts[i].length;
    const inner = new Request('WRITEWRAP', (status, _handle, error) => done(status, error));
    inner.handle = this.#stream;
    return parts.length === 1 ? this.#stream.writeBuffer(inner, parts[0]) : this.#stream.writev(inner, parts, true);
  }
  // What has gathered meanwhile goes in one write.
  #next() {
    this.#sending = false;
    this.#flying = 0;
    while (this.#outgoing.length > 0 && !this.#sending) {
      const list = this.#outgoing;
      this.#outgoing = [];
      const tell = (status, error) => {
        for (let i = 0; i < list.length; i++) list[i].req?.oncomplete(status, this, error);
      };
      this.#sending = true;
      const status = this.#pass(list.flatMap(({ parts }) => parts), (result, error) => {
        tell(result, error);
        this.#next();
      });
      if (status === 0 && streamBaseState[kLastWriteWasAsync] !== 0) return;
      this.#sending = false;
      tell(status, undefined);
    }
    if (this.#sending || this.#shutting === undefined) return;
    const req = this.#shutting;
    this.#shutting = undefined;
    const status = this.#stream.shutdown(req);
    if (status !== 0) req.oncomplete(status);
  }

  shutdown(req) {
    // Behind the handshake, if there will be one.
    if (!this.#open && !this.#failed && !this.#destroyed && !this.#ended && this.#hello !== undefined) {
      this.#queue.push({ req, data: undefined });
      return 0;
    }
    return this.#shut(req);
  }
  #shut(req) {
    if (!this.#closed && !this.#failed && this.#open) {
      this.#closed = true;
      this.#alert(1, CLOSE_NOTIFY);
    }
    this.#closed = true;
    const inner = new Request('SHUTDOWNWRAP', (status) => req.oncomplete(status, this, undefined));
    if (!this.#sending) return this.#stream.shutdown(inner);
    // Behind what is on its way.
    this.#shutting = inner;
    return 0;
  }

  // Bytes that were read from the stream before this was put over it.
  receive(data) { this.#take(data); }
  writesIssuedByPrevListenerDone() {
    this.#waits = false;
    const stage = this.#stage;
    if (stage === 'held') {
      this.#stage = undefined;
      this.start();
    }
  }

  // ---- records

  #heard(buffer) {
    if (this.#destroyed) return;
    const count = streamBaseState[kReadBytesOrError];
    if (count > 0) {
      this.#take(Buffer.from(buffer, streamBaseState[kArrayBufferOffset], count));
      return;
    }
    if (count === 0) return;
    if (count !== UV_EOF) {
      streamBaseState[kReadBytesOrError] = count;
      this.onread(undefined);
      return;
    }
    this.#push(null);
  }

  #take(data) {
    this.#pending = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    if (this.#plain) return this.#takePlain();
    while (this.#pending.length >= 5 && !this.#failed && !this.#destroyed) {
      const type = this.#pending[0];
      if (this.#server && this.#hello === undefined && type >= 0x41 && this.#stream.isFromBrowser?.()) return this.#greetedByBrowser();
      if (type < ALERT || type > DATA || this.#pending[1] !== 3) {
        if (!this.#server && this.#pending.readUInt16BE(3) > MOST + 256) return this.#fail(ssl('0A0000C6', 'packet length too long'), 0);
        const text = this.#pending.toString('latin1', 0, 5);
        if (this.#server && /^(?:GET |POST|HEAD|PUT )/.test(text)) return this.#fail(ssl('0A00009C', 'http request'), 0);
        if (this.#server && text.startsWith('CONNE')) return this.#fail(ssl('0A00009B', 'https proxy request'), 0);
        return this.#fail(ssl('0A00010B', 'wrong version number'), 70);
      }
      const length = this.#pending.readUInt16BE(3);
      if (length > MOST + 256) return this.#fail(ssl('0A0000C6', 'packet length too long'), 0);
      if (this.#pending.length < 5 + length) return;
      const body = this.#pending.subarray(5, 5 + length);
      this.#pending = this.#pending.subarray(5 + length);
      if (type === DATA) {
        if (!this.#done) return this.#fail(ssl('0A0000F4', 'unexpected message'), 10);
        this.#push(body);
      } else if (type === ALERT) {
        this.#alerted(body[0], body[1]);
      } else {
        this.#handshake(body);
      }
    }
  }

  #alerted(level, number) {
    if (number === CLOSE_NOTIFY) return this.#push(null);
    const { 0: code, 1: reason, 2: name } = alerts[number] ?? ['0A000410', 'ssl/tls alert handshake failure', 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'];
    const error = opensslError(code, 'SSL routines', reason, name);
    error.message += `:SSL alert number ${number}`;
    this.#complain(error);
  }

  #fail(error, alert) {
    if (this.#failed) return;
    if (alert > 0) this.#alert(2, alert);
    this.#complain(error);
  }
  #complain(error) {
    this.#failed = true;
    const queue = this.#queue;
    this.#queue = [];
    for (const { req } of queue) req.oncomplete(UV_ECANCELED, this, undefined);
    this.onerror(error);
  }

  // Long messages come in parts: the last part's first byte is 0.
  #parts = [];
  #handshake(body) {
    this.#parts.push(body.subarray(1));
    if (body[0] !== 0) return;
    const text = Buffer.concat(this.#parts).toString();
    this.#parts = [];
    let message;
    try {
      message = JSONParse(text);
    } catch {
      return this.#fail(ssl('0A000126', 'unexpected eof while reading'), 50);
    }
    this.#transcript[1] += text;
    if (this.#server && message.kind === 'hello') this.#greeted(message);
    else if (!this.#server && message.kind === 'answer') this.#answered(message);
    else if (this.#server && message.kind === 'finish') this.#finished(message);
    else if (!this.#server && message.kind === 'done') this.#concluded();
    else if (!this.#server && message.kind === 'ticket') this.#ticketed(message);
    else if (!this.#server && message.kind === 'again') this.#greet();
    else this.#fail(ssl('0A0000F4', 'unexpected message'), 10);
  }
  #say(message) {
    if (this.#plain) {
      if (message.kind === 'answer') this.#finished({});
      return;
    }
    const text = JSONStringify(message);
    this.#transcript[0] += text;
    const bytes = Buffer.from(text);
    const parts = [];
    for (let at = 0; at < bytes.length; at += MOST - 1) {
      const end = MathMin(at + MOST - 1, bytes.length);
      parts.push(...records(HANDSHAKE, [Buffer.from([end < bytes.length ? 1 : 0]), bytes.subarray(at, end)]));
    }
    this.#send(undefined, [Buffer.concat(parts)]);
  }

  // ---- the client's hello

  start() {
    if (this.#server) return;
    if (this.#waits) {
      this.#stage = 'held';
      return;
    }
    this.#greet();
  }

  #greet() {
    const context = this.#context;
    const { min, max } = range(context);
    let psk;
    if (this.#psk) {
      const given = this[kOnPskExchange](null, 256, 128);
      if (given !== undefined) psk = { identity: given.identity, key: Buffer.from(given.psk).toString('base64') };
    }
    const names = max < TLS1_2 ? context.list.filter((name) => suite(name)[6] <= max) : context.list;
    const hello = {
      kind: 'hello', min, max, random: random(32), suites: max >= TLS1_3 ? context.suites : [], ciphers: min < TLS1_3 ? names : [], servername: this.#servername,
      alpn: this.#offers, session: this.#given, ocsp: this.#wantsOcsp, psk, curves: context.curves, sigalgs: context.sigalgs,
      ticket: (context.options & SSL_OP_NO_TICKET) === 0,
    };
    this.#hello = hello;
    this.onhandshakestart?.(DateNow());
    this.#say(hello);
  }

  // ---- the server

  // What a browser would say, which has no certificate to show and whose requests the kernel speaks in HTTP/1.1. Its own connection to the site is as safe as that is.
  #greetedByBrowser() {
    this.#plain = true;
    const context = this.#context;
    const { min, max } = range(context);
    this.#greeted({
      kind: 'hello', min, max, random: random(32), suites: context.suites, ciphers: context.list, servername: 'localhost', alpn: HTTP_1_1, curves: context.curves, ticket: false,
    });
  }
  #takePlain() {
    if (!this.#open || this.#failed || this.#destroyed || this.#pending.length === 0) return;
    const data = this.#pending;
    this.#pending = Buffer.alloc(0);
    this.#push(data);
  }

  #greeted(hello) {
    this.#hello = hello;
    this.#open = false;
    // What was agreed on before is no session that the client asks for again.
    this.#session = undefined;
    this.onhandshakestart(DateNow());
    if (this.#destroyed) return;
    this.#servername = hello.servername;
    if (hello.servername !== undefined && this[owner]) this[owner].servername = hello.servername;
    if (this.#sessionCallbacks) {
      const id = hello.session?.id;
      const data = this.#openTicket(hello.session?.ticket);
      this.#stage = 'session';
      const ticket = hello.session?.ticket !== undefined;
      this.onclienthello({ sessionId: id === undefined ? Buffer.alloc(0) : binary(id), servername: hello.servername ?? '', tlsTicket: ticket && data !== undefined });
      return;
    }
    this.#certificates();
  }
  loadSession(session) { this.#session = read(session); }
  endParser() {
    if (this.#stage !== 'session') return;
    this.#stage = undefined;
    this.#certificates();
  }
  #certificates() {
    if (!this.#certCallback) return this.#reply();
    this.#stage = 'certificate';
    this.oncertcb({ servername: this.#hello.servername ?? '', OCSPRequest: !!this.#hello.ocsp });
  }
  certCbDone() {
    if (this.#stage !== 'certificate') return;
    this.#stage = undefined;
    const { sni_context: chosen } = this;
    if (chosen) {
      if (!(chosen instanceof SecureContext)) {
        // eslint-disable-next-line no-restricted-syntax
        const error = new primordials.TypeError('Invalid SNI context');
        error.code = 'ERR_TLS_INVALID_CONTEXT';
        this.#failed = true;
        this.onerror(error);
        return;
      }
      this.#own = contextOf(chosen);
    }
    this.#reply();
  }
  setKeyCert(context) { this.#own = contextOf(context); }

  #openTicket(ticket) {
    if (ticket === undefined) return undefined;
    const bytes = binary(ticket);
    const keys = this.#context.ticketKeys;
    if (!bytes.subarray(0, 16).equals(keys.subarray(0, 16))) return undefined;
    const body = bytes.subarray(48);
    if (!macOf(keys.subarray(16), body).equals(bytes.subarray(16, 48))) return undefined;
    const data = JSONParse(body.toString());
    return data.until > DateNow() ? data : undefined;
  }
  #sealTicket(data) {
    const keys = this.#context.ticketKeys;
    const body = Buffer.from(JSONStringify({ ...data, until: DateNow() + this.#context.timeout * 1000 }));
    return Buffer.concat([keys.subarray(0, 16), macOf(keys.subarray(16), body), body]).toString('base64');
  }

  #reply() {
    const hello = this.#hello;
    const context = this.#context;
    const { min, max } = range(context);
    const version = MathMin(max, hello.max);
    if (version < min || version < hello.min) return this.#fail(ssl('0A000102', 'unsupported protocol'), 70);

    // A session that is known.
    let session = this.#session ?? this.#openTicket(hello.session?.ticket);
    if (session !== undefined && (session.version !== version || session.context !== context.sessionIdContext)) session = undefined;

    let psk;
    if (this.#psk && hello.psk !== undefined) {
      const key = this[kOnPskExchange](hello.psk.identity, 256);
      if (this.#destroyed) return;
      if (key !== undefined) {
        if (Buffer.from(key).toString('base64') !== hello.psk.key) {
          return version === TLS1_3 ? this.#fail(ssl('0A0000FD', 'binder does not verify'), 51) : this.#fail(ssl('0A000119', 'decryption failed or bad record mac'), 51);
        }
        psk = true;
      } else if (version < TLS1_3) {
        return this.#fail(ssl('0A0000DF', 'psk identity not found'), 115);
      }
    }

    const cipher = session?.cipher ?? this.#choose(version, hello, this.#own ?? context, psk);
    if (cipher === undefined) return;
    const chosen = suite(cipher);
    this.#usedPsk = psk === true && (version === TLS1_3 || chosen[3] === 'PSK');

    // The protocol above.
    let alpn;
    if (hello.alpn !== undefined) {
      const offered = binary(hello.alpn);
      if (this.#alpnCallback) {
        let at;
        try {
          at = this.ALPNCallback(offered);
        } catch (error) {
          this.#alert(2, 120);
          this.#failed = true;
          throw error;
        }
        if (at === undefined) return this.#fail(ssl('0A0000EB', 'no application protocol'), 120);
        alpn = offered.toString('latin1', at + 1, at + 1 + offered[at]);
      } else if (this.#offers !== undefined) {
        const known = protocols(offered);
        alpn = protocols(binary(this.#offers)).find((name) => known.includes(name));
        if (alpn === undefined) return this.#fail(ssl('0A0000EB', 'no application protocol'), 120);
      }
    }
    this.#alpn = alpn;

    const own = this.#own ?? context;
    const pair = this.#usedPsk ? undefined : pairFor(own, chosen, hello);
    this.#master = session?.master ?? random(48);
    this.#reused = session !== undefined;
    const id = session?.id ?? random(32);
    const answer = {
      kind: 'answer', version, cipher, random: random(32), alpn, chain: pair === undefined ? [] : shown(own, pair), request: this.#requestCert,
      session: { id, master: this.#master }, reused: this.#reused, ocsp: this.#ocsp === undefined ? undefined : Buffer.from(this.#ocsp).toString('base64'),
      hint: this.#hint, psk: this.#usedPsk, dh: own.dh, curve: curveFor(context.curves, hello.curves), named: hello.servername !== undefined,
    };
    // Until version 1.2 the client has its ticket before the end.
    const ticketed = hello.ticket && (context.options & SSL_OP_NO_TICKET) === 0;
    this.#session = { id, version, cipher, master: this.#master, context: context.sessionIdContext, servername: hello.servername, peer: session?.peer };
    if (version < TLS1_3 && ticketed) answer.session.ticket = this.#sealTicket(this.#session);
    this.#answer = answer;
    this.#say(answer);
  }

  #choose(version, hello, own, psk) {
    const context = this.#context;
    const theirs = version === TLS1_3 ? hello.suites : hello.ciphers;
    const ours = version === TLS1_3 ? context.suites : context.list;
    const fits = (name) => {
      const found = suite(name);
      if (found === undefined || found[6] > version) return false;
      if (version === TLS1_3) return true;
      if (found[3] === 'PSK') return psk === true && (found[2] !== 'RSA' || own.chains.length > 0);
      if (found[2] === 'DHE' && own.dh === undefined) return false;
      return pairFor(own, found, hello) !== undefined;
    };
    const ownFirst = (context.options & SSL_OP_CIPHER_SERVER_PREFERENCE) !== 0;
    const { 0: first, 1: second } = ownFirst ? [ours, theirs] : [theirs, ours];
    const cipher = first.find((name) => second.includes(name) && fits(name));
    if (cipher === undefined) {
      this.#fail(ssl('0A0000C1', 'no shared cipher'), 40);
      return undefined;
    }
    if (version === TLS1_3 && psk !== true && pairFor(own, suite(cipher), hello) === undefined) {
      this.#fail(ssl('0A000076', 'no suitable signature algorithm'), 40);
      return undefined;
    }
    if ((context.sigalgs !== undefined || hello.sigalgs !== undefined) && psk !== true && this.#sharedSigalgs().length === 0) {
      this.#fail(ssl('0A000178', 'no shared signature algorithms'), 40);
      return undefined;
    }
    if (curveFor(context.curves, hello.curves) === undefined && (version === TLS1_3 || suite(cipher)[2] === 'ECDHE')) {
      this.#fail(version === TLS1_3 ? ssl('0A000065', 'no suitable key share') : ssl('0A0000C1', 'no shared cipher'), 40);
      return undefined;
    }
    return cipher;
  }

  // ---- the client again

  #answered(answer) {
    const hello = this.#hello;
    if (hello === undefined) return this.#fail(ssl('0A0000F4', 'unexpected message'), 10);
    if (answer.version < hello.min || answer.version > hello.max) return this.#fail(ssl('0A000102', 'unsupported protocol'), 70);
    this.#answer = answer;
    this.#alpn = answer.alpn;
    this.#master = answer.session.master;
    this.#reused = answer.reused;
    this.#usedPsk = answer.psk;
    this.#peer = answer.reused && answer.chain.length === 0 ? (hello.session?.peer ?? []).map(binary) : answer.chain.map(binary);
    if (!this.#usedPsk && !answer.reused) this.#check();
    else if (answer.reused) this.#verify = hello.session?.verify ?? null;
    if (answer.reused && this.#peer.length === 0) this.#peer = (hello.session?.peer ?? []).map(binary);
    if (hello.ocsp && answer.ocsp !== undefined) {
      this.onocspresponse(binary(answer.ocsp));
      if (this.#destroyed) return;
    } else if (hello.ocsp) {
      this.onocspresponse(null);
      if (this.#destroyed) return;
    }
    const finish = { kind: 'finish' };
    if (answer.request) {
      const pair = this.#context.chains.at(-1);
      finish.chain = pair === undefined ? [] : shown(this.#context, pair);
    }
    this.#session = {
      id: answer.session.id, ticket: answer.session.ticket, version: answer.version, cipher: answer.cipher, master: this.#master, peer: this.#peer.map((der) => Buffer.from(der).toString('base64')),
      verify: this.#verify,
    };
    if (answer.reused && answer.version < TLS1_3) this.#session = this.#given;
    this.#ticket = this.#session.ticket;
    this.#secrets();
    // Who does not like what it sees goes away before the server hears the end. Until version 1.2 the server has the last word.
    if (answer.version === TLS1_3) this.#establish(finish);
    else this.#say(finish);
  }
  #concluded() {
    if (this.#answer === undefined) return this.#fail(ssl('0A0000F4', 'unexpected message'), 10);
    if (this.#sessionCallbacks && !this.#reused) this.#tellSession();
    this.#establish();
  }
  #tellSession() {
    this.onnewsession(binary(this.#session.id), this.getSession());
  }
  #ticketed({ ticket, id }) {
    if (this.#session === undefined) return;
    this.#session.ticket = ticket;
    this.#ticket = ticket;
    this.#session.id = id;
    if (this.#sessionCallbacks) this.#tellSession();
  }

  // ---- and the server at the end

  #finished({ chain }) {
    if (this.#answer === undefined) return this.#fail(ssl('0A0000F4', 'unexpected message'), 10);
    const { version } = this.#answer;
    this.#peer = (chain ?? []).map(binary);
    if (this.#requestCert && !this.#reused && !this.#usedPsk) {
      if (this.#peer.length === 0 && this.#reject) {
        return this.#fail(ssl('0A0000C7', 'peer did not return a certificate'), version === TLS1_3 ? 116 : 40);
      }
      this.#check();
    } else if (this.#reused) {
      this.#peer = (this.#session.peer ?? []).map(binary);
      this.#verify = this.#peer.length > 0 ? (this.#own ?? this.#context).judge(this.#peer)[0] : null;
    }
    this.#session.peer = this.#peer.map((der) => Buffer.from(der).toString('base64'));
    this.#secrets();
    const ticketed = this.#hello.ticket && (this.#context.options & SSL_OP_NO_TICKET) === 0;
    if (version === TLS1_3) {
      // Two, as OpenSSL gives: each can be used once.
      for (let i = 0; i < (this.#reused ? 1 : 2); i++) {
        const id = random(32);
        const session = { ...this.#session, id };
        this.#say({ kind: 'ticket', id, ticket: ticketed ? this.#sealTicket(session) : undefined });
        if (this.#sessionCallbacks && !ticketed) {
          this.#session = session;
          this.onnewsession(binary(id), this.getSession());
        }
      }
    } else {
      if (this.#sessionCallbacks && !ticketed && !this.#reused) this.onnewsession(binary(this.#session.id), this.getSession());
      this.#say({ kind: 'done' });
    }
    this.#establish();
  }
  newSessionDone() {}

  #check() {
    if (this.#peer.length === 0) {
      this.#verify = 'UNABLE_TO_GET_ISSUER_CERT';
      return;
    }
    this.#verify = (this.#own ?? this.#context).judge(this.#peer)[0];
  }

  #secrets() {
    if (!this.#keylog) return;
    const client = binary((this.#hello ?? {}).random ?? '').toString('hex');
    const secret = (label) => hashOf('sha384', this.#master, label).toString('hex');
    const labels = this.#answer.version === TLS1_3 ?
      ['SERVER_HANDSHAKE_TRAFFIC_SECRET', 'EXPORTER_SECRET', 'SERVER_TRAFFIC_SECRET_0', 'CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'CLIENT_TRAFFIC_SECRET_0'] : ['CLIENT_RANDOM'];
    for (const label of labels) this.onkeylog(Buffer.from(`${label} ${client} ${secret(label)}\n`));
  }

  #establish(last) {
    if (this.#destroyed) return;
    this.#done = true;
    this.onhandshakedone();
    if (this.#destroyed || this.#failed) return;
    if (last !== undefined) this.#say(last);
    this.#open = true;
    const queue = this.#queue;
    this.#queue = [];
    for (const { req, data } of queue) {
      if (this.#destroyed || this.#failed) {
        req.oncomplete(UV_ECANCELED, this, undefined);
        continue;
      }
      if (data === undefined) {
        const status = this.#shut(req);
        if (status !== 0) req.oncomplete(status, this, undefined);
        continue;
      }
      const status = this.#send(req, data.length === 0 ? [data] : this.#framed([data]));
      if (status !== 0 || streamBaseState[kLastWriteWasAsync] === 0) req.oncomplete(status, this, undefined);
    }
    if (this.#plain) this.#takePlain();
  }

  renegotiate() {
    if (this.#answer?.version === TLS1_3) throw ssl('0A00010A', 'wrong ssl version');
    if (this.#server) this.#say({ kind: 'again' });
    else this.#greet();
  }

  // ---- what programs choose

  setVerifyMode(request, reject) {
    this.#requestCert = request;
    this.#reject = reject;
  }
  enableTrace() {}
  enableKeylogCallback() { this.#keylog = true; }
  enableSessionCallbacks() { this.#sessionCallbacks = true; }
  enableCertCb() { this.#certCallback = true; }
  enableALPNCb() { this.#alpnCallback = true; }
  enablePskCallback() { this.#psk = true; }
  setPskIdentityHint(hint) {
    if (Buffer.byteLength(hint) > 128) {
      this.onerror(opensslError('0A000092', 'SSL routines', 'data length too long', 'ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED'));
      return;
    }
    this.#hint = hint;
  }
  setALPNProtocols(list) { this.#offers = Buffer.from(list).toString('base64'); }
  setServername(name) { this.#servername = name; }
  getServername() { return this.#servername ?? false; }
  setOCSPResponse(response) { this.#ocsp = response; }
  requestOCSP() { this.#wantsOcsp = true; }
  setMaxSendFragment(size) {
    if (size < 512 || size > MOST) return 0;
    this.#most = size;
    return 1;
  }
  setSession(session) { this.#given = read(session); }

  // ---- and what they see

  getSession() {
    if (this.#session === undefined) return undefined;
    return Buffer.from(JSONStringify(this.#session));
  }
  getTLSTicket() {
    const ticket = this.#ticket ?? this.#given?.ticket;
    return ticket === undefined ? undefined : binary(ticket);
  }
  isSessionReused() { return this.#reused; }
  getALPNNegotiatedProtocol() { return this.#alpn ?? false; }
  getProtocol() { return this.#answer === undefined ? 'unknown' : versionNames[this.#answer.version]; }
  getCipher() {
    if (this.#answer === undefined) return {};
    const found = suite(this.#answer.cipher);
    return { name: found[0], standardName: found[1], version: found[6] === TLS1_3 ? 'TLSv1.3' : found[6] === TLS1_2 ? 'TLSv1.2' : 'SSLv3' };
  }
  getSharedSigalgs() { return this.#server ? this.#sharedSigalgs() : []; }
  #sharedSigalgs() {
    const chosen = this.#context.sigalgs;
    const theirs = this.#hello?.sigalgs;
    const normal = (names) => names?.map((name) => name.replace(/^rsa_pss_\w+?_sha(\d+)$/, 'RSA-PSS+SHA$1').replace(/^ecdsa_\w+_sha(\d+)$/, 'ECDSA+SHA$1').replace(/^rsa_pkcs1_sha(\d+)$/, 'RSA+SHA$1'));
    const { 0: ours, 1: other } = [normal(chosen) ?? sigalgs, normal(theirs) ?? sigalgs];
    return ours.filter((name) => other.includes(name));
  }
  getEphemeralKeyInfo() {
    if (this.#server) return null;
    const none = { type: undefined, name: undefined, size: undefined };
    if (this.#answer === undefined) return none;
    const found = suite(this.#answer.cipher);
    if (found[2] === 'DHE') return { type: 'DH', size: this.#answer.dh };
    if (found[2] !== 'ECDHE') return none;
    const { curve } = this.#answer;
    const sizes = { '__proto__': null, 'prime256v1': 256, 'P-256': 256, 'secp384r1': 384, 'P-384': 384, 'secp521r1': 521, 'P-521': 521, 'X448': 448, 'secp256k1': 256 };
    const names = { '__proto__': null, 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' };
    return { type: 'ECDH', name: names[curve] ?? curve, size: sizes[curve] ?? 253 };
  }
  getFinished() { return this.#finish(0); }
  getPeerFinished() { return this.#finish(1); }
  #finish(side) {
    if (!this.#done) return undefined;
    // Each end's, over what it has said.
    const first = this.#server ? 1 - side : side;
    const { version } = this.#answer;
    return hashOf('sha384', this.#master, `${first}`).subarray(0, version === TLS1_3 ? 48 : 12);
  }
  exportKeyingMaterial(length, label, context) {
    if (!this.#done) throw ssl('0A000112', 'ssl session not established');
    const out = [];
    let block = Buffer.alloc(0);
    for (let size = 0; size < length; size += block.length) {
      block = hashOf('sha384', this.#master, label, context === undefined ? '' : context, block);
      out.push(block);
    }
    return Buffer.concat(out).subarray(0, length);
  }
  verifyError() {
    if (this.#verify === null) return null;
    let message = verifyMessages[this.#verify] ?? this.#verify;
    if (suggests.includes(this.#verify)) message += '; if the root CA is installed locally, try running Node.js with --use-system-ca';
    // eslint-disable-next-line no-restricted-syntax
    const error = new Error(message);
    error.code = this.#verify;
    return error;
  }

  #mine() { return this.#server ? this.#own ?? this.#context : this.#context; }
  getCertificate() { return this.#mine().chains.at(-1)?.certificate.toLegacy(); }
  getX509Certificate() { return this.#mine().chains.at(-1)?.certificate; }
  getPeerX509Certificate() {
    if (this.#peer.length === 0) return undefined;
    const chain = this.#context.judge(this.#peer)[1].map((der) => crypto.parseX509(der));
    for (let i = 0; i + 1 < chain.length; i++) chain[i].getIssuerCert = () => chain[i + 1];
    return chain[0];
  }
  getPeerCertificate(detailed) {
    if (this.#peer.length === 0) return undefined;
    // A server's short form is without the chain.
    if (!detailed) return crypto.parseX509(this.#peer[0]).toLegacy();
    const chain = this.#context.judge(this.#peer)[1].map((der) => crypto.parseX509(der));
    const objects = chain.map((certificate) => certificate.toLegacy());
    for (let i = 0; i < objects.length; i++) {
      if (i + 1 < objects.length) objects[i].issuerCertificate = objects[i + 1];
      else if (chain[i].checkIssued(chain[i])) objects[i].issuerCertificate = objects[i];
    }
    return objects[0];
  }

  destroySSL() {
    if (this.#destroyed) return;
    this.#destroyed = true;
    const queue = this.#queue;
    this.#queue = [];
    for (const { req } of queue) req.oncomplete(UV_ECANCELED, this, undefined);
  }
}

// The certificates that are sent. A lone one's issuers are taken from those that the context trusts.
function shown(context, pair) {
  pair.shown ??= (pair.chain.length === 1 ? context.judge(pair.chain)[1] : pair.chain).map((der) => Buffer.from(der).toString('base64'));
  return pair.shown;
}

// The versions that a context allows.
function range(context) {
  const SSL_OP_NO_TLSv1_3 = 0x20000000, SSL_OP_NO_TLSv1_2 = 0x8000000, SSL_OP_NO_TLSv1_1 = 0x10000000, SSL_OP_NO_TLSv1 = 0x4000000;
  let min = context.min || 0x301;
  let max = context.max || TLS1_3;
  const { options } = context;
  if (max === TLS1_3 && (options & SSL_OP_NO_TLSv1_3)) max = TLS1_2;
  if (max === TLS1_2 && (options & SSL_OP_NO_TLSv1_2)) max = 0x302;
  if (max === 0x302 && (options & SSL_OP_NO_TLSv1_1)) max = 0x301;
  if (min === 0x301 && (options & SSL_OP_NO_TLSv1)) min = 0x302;
  return { min, max };
}

// The certificate of a context for a cipher.
function pairFor(context, { 3: authentication, 6: version }, hello) {
  const { chains } = context;
  if (version === TLS1_3) {
    const wanted = hello.sigalgs;
    return chains.findLast(({ kind }) => wanted === undefined || wanted.some((name) => /^(?:ec|ECDSA)/i.test(name) === (kind === 'ec')));
  }
  return chains.findLast(({ kind }) => (authentication === 'ECDSA' ? kind === 'ec' || kind.startsWith('ed') : kind === 'rsa' || kind === 'rsa-pss'));
}

// The first curve that both have.
function curveFor(ours, theirs) {
  const split = (names) => (names === 'auto' || names === undefined ? ['X25519', 'prime256v1', 'P-256', 'X448', 'secp521r1', 'P-521', 'secp384r1', 'P-384'] : names.split(':'));
  const known = split(ours);
  return split(theirs).find((name) => known.includes(name));
}

function protocols(list) {
  const names = [];
  for (let at = 0; at < list.length; at += 1 + list[at]) names.push(list.toString('latin1', at + 1, at + 1 + list[at]));
  return names;
}

function read(session) {
  try {
    return JSONParse(Buffer.from(session).toString());
  } catch {
    return undefined;
  }
}

// Bytes in records of one type.
function records(type, parts, most = MOST) {
  const out = [];
  let length = 0;
  for (let i = 0; i < parts.length; i++) length += TypedArrayPrototypeGetByteLength(parts[i]);
  if (length <= most) {
    out.push(Buffer.from([type, 3, 3, length >> 8, length & 255]));
    for (let i = 0; i < parts.length; i++) out.push(asBuffer(parts[i]));
    return out;
  }
  for (let i = 0; i < parts.length; i++) {
    const part = asBuffer(parts[i]);
    for (let at = 0; at < part.length; at += most) {
      const size = MathMin(most, part.length - at);
      out.push(Buffer.from([type, 3, 3, size >> 8, size & 255]), part.subarray(at, at + size));
    }
  }
  return out;
}

function asBuffer(view) {
  return Buffer.from(TypedArrayPrototypeGetBuffer(view), TypedArrayPrototypeGetByteOffset(view), TypedArrayPrototypeGetByteLength(view));
}

binding.TLSWrap = TLSWrap;
binding.wrap = (stream, context, server, waits) => new TLSWrap(stream, context, server, waits);
binding.HAVE_SSL_TRACE = 1;
