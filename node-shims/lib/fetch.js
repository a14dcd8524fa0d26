'use strict';
// What Node's `fetch` sends to other hosts goes through the browser: `route` gives undici's dispatcher that way out.

const {
  ArrayIsArray, ArrayPrototypePush, Error, FunctionPrototypeCall, ObjectEntries, RegExpPrototypeExec, String, StringPrototypeToLowerCase,
  Promise, SymbolAsyncIterator, SymbolIterator, Uint8Array,
} = primordials;
const { AsyncWrap, LibuvStreamWrap, UV_EOF, idOf, streamBaseState } = internalBinding('handles');
const { open } = binding;

class FetchWrap extends LibuvStreamWrap {
  constructor() { super('TCPWRAP', 'Handle', -1); }
}

class WriteRequest extends AsyncWrap {
  constructor() { super('WRITEWRAP'); }
}

const LOCAL = /^https?:\/\/(?:localhost|[^/:]*\.localhost|127(?:\.\d+){3}|0\.0\.0\.0|\[::1?\]|porthole)\.?(?::\d+)?(?:\/|$)/i;

binding.route = function route(agent) {
  const { dispatch } = agent;
  agent.dispatch = function(options, handler) {
    const origin = String(options.origin);
    if (RegExpPrototypeExec(LOCAL, origin) !== null) return FunctionPrototypeCall(dispatch, agent, options, handler);
    return outside(origin, options, handler);
  };
  return agent;
};

// The browser sets these itself, or they would only cost a preflight.
const OWN = { '__proto__': null, 'host': 1, 'connection': 1, 'content-length': 1, 'keep-alive': 1, 'transfer-encoding': 1, 'accept-encoding': 1,
              'user-agent': 1, 'sec-fetch-mode': 1, 'te': 1, 'upgrade': 1 };

function headerList(headers) {
  const list = [];
  const add = (name, value) => {
    if (OWN[StringPrototypeToLowerCase(String(name))] === undefined) ArrayPrototypePush(list, String(name), String(value));
  };
  if (ArrayIsArray(headers)) {
    for (let i = 0; i < headers.length; i += 2) add(headers[i], headers[i + 1]);
  } else if (typeof headers?.[SymbolIterator] === 'function') {
    for (const { 0: name, 1: value } of headers) add(name, value);
  } else if (headers) {
    const entries = ObjectEntries(headers);
    for (let i = 0; i < entries.length; i++) {
      const { 0: name, 1: value } = entries[i];
      if (ArrayIsArray(value)) for (let j = 0; j < value.length; j++) add(name, value[j]);
      else add(name, value);
    }
  }
  return list;
}

function refused(url, reason) {
  // eslint-disable-next-line no-restricted-syntax
  const error = new Error(`${url}: ${reason || 'the browser did not carry the request out'}. ` +
    'Requests to other hosts are made by the browser, which lets a page read an answer only if that host allows it (CORS)');
  error.code = 'ERR_PORTHOLE_FETCH';
  return error;
}

function outside(origin, options, handler) {
  const url = origin + options.path;
  const { Buffer } = globalThis;
  const stream = new FetchWrap();
  let ended = false;
  let paused = false;
  let head = null;
  let pending = Buffer.alloc(0);

  function end(error) {
    if (ended) return;
    ended = true;
    stream.close();
    if (error) handler.onError(error);
    else handler.onComplete([]);
  }

  // len:u32 status:u16 url:bytes text:bytes headers:(name value)[], then the body.
  function readHead() {
    if (pending.length < 4) return false;
    const length = pending.readUInt32LE(0);
    if (pending.length < 4 + length) return false;
    let at = 4;
    const status = pending.readUInt16LE(at);
    at += 2;
    const bytes = () => {
      const size = pending.readUInt32LE(at);
      at += 4 + size;
      return pending.subarray(at - size, at);
    };
    bytes();
    const text = bytes().toString();
    const headers = [];
    let count = pending.readUInt32LE(at);
    at += 4;
    while (count-- > 0) {
      const name = bytes();
      const value = bytes();
      const lower = StringPrototypeToLowerCase(name.toString('latin1'));
      // The browser has decoded the body.
      if (lower !== 'content-encoding' && lower !== 'content-length') ArrayPrototypePush(headers, name, value);
    }
    pending = pending.subarray(at);
    head = { status, text, headers };
    return true;
  }

  function pass() {
    if (head === null) {
      if (!readHead()) return;
      if (head.status === 0) return end(refused(url, head.text));
      if (handler.onHeaders(head.status, head.headers, resume, head.text) === false) pause();
    }
    if (ended || pending.length === 0 || paused) return;
    const data = pending;
    pending = Buffer.alloc(0);
    if (handler.onData(data) === false) pause();
  }

  let over = false;
  function pause() {
    paused = true;
    stream.readStop();
  }
  function resume() {
    if (!paused || ended) return;
    paused = false;
    pass();
    if (ended || paused) return;
    if (over) end();
    else stream.readStart();
  }

  stream.onread = (arrayBuffer) => {
    if (ended) return;
    try {
      const count = streamBaseState[0];
      if (count > 0) {
        const data = Buffer.from(arrayBuffer, 0, count);
        pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
        pass();
      } else if (count < 0 && head !== null && count === UV_EOF) {
        over = true;
        if (!paused) end();
      } else if (count < 0) {
        end(refused(url, head === null ? '' : 'the connection was lost while the answer came'));
      }
    } catch (error) {
      end(error);
    }
  };

  const { body } = options;
  const hasBody = body !== null && body !== undefined;
  let failed = 0;
  try {
    handler.onConnect?.((reason) => end(reason ?? refused(url, 'aborted')), null);
    if (ended) return true;
    failed = open(idOf(stream), options.method, url, headerList(options.headers), hasBody);
  } catch (error) {
    end(error);
    return true;
  }
  if (failed !== 0) {
    end(refused(url, `the kernel refused it (${failed})`));
    return true;
  }
  stream.readStart();
  if (hasBody) send(stream, body, () => ended).catch(end);
  return true;
}

async function send(stream, body, ended) {
  const { Buffer } = globalThis;
  const write = (chunk) => new Promise((resolve) => {
    const req = new WriteRequest();
    req.oncomplete = resolve;
    stream.writeBuffer(req, typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
    if (streamBaseState[3] === 0) resolve();
  });
  if (typeof body === 'string' || body instanceof Uint8Array) {
    await write(body);
  } else if (typeof body[SymbolAsyncIterator] === 'function' || typeof body[SymbolIterator] === 'function') {
    for await (const chunk of body) {
      if (ended()) return;
      await write(chunk);
    }
  } else {
    // eslint-disable-next-line no-restricted-syntax
    throw new Error('a body of this kind cannot be sent to another host');
  }
  if (ended()) return;
  const req = new WriteRequest();
  req.oncomplete = () => {};
  stream.shutdown(req);
}
