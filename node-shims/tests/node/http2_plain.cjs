'use strict';
// HTTP/2 without TLS within one process: bodies beyond the windows, trailers, pushes, pings, settings, resets, the end of a session, and the faults of a peer.
const http2 = require('http2');
const net = require('net');
const say = console.log;
const { constants } = http2;
const steps = [];
const step = (name, run) => steps.push([name, run]);

// Both ends are there when `run` is called; `done` closes them.
function between(options, onstream, run) {
  return (next) => {
    const server = http2.createServer(options);
    server.on('stream', onstream);
    server.on('sessionError', (e) => say('server session', e.code, e.message));
    server.listen(0, '127.0.0.1', () => {
      const client = http2.connect(`http://127.0.0.1:${server.address().port}`);
      run(client, () => { client.close(); server.close(next); }, server, next);
    });
  };
}

const plain = (headers) => Object.keys(headers).filter((key) => key !== 'date').sort().map((key) => `${key}=${headers[key]}`).join(' ');
function collect(stream, done) {
  const parts = [];
  stream.on('data', (part) => parts.push(part));
  stream.on('end', () => done(Buffer.concat(parts)));
}

step('hello', between({}, (stream, headers) => {
  say(headers[':method'], headers[':path'], headers['x-list'], stream.session.type, stream.id);
  stream.respond({ ':status': 203, 'x-one': 'a', 'set-cookie': ['b=1', 'c=2'] });
  stream.end('hello');
}, (client, done) => {
  const req = client.request({ ':path': '/there?q=1', 'x-list': ['1', '2'] });
  req.on('response', (headers, flags) => say(plain(headers), flags));
  collect(req, (body) => say(String(body), req.rstCode));
  req.on('close', done);
}));

step('bodies beyond the windows', between({}, (stream) => {
  collect(stream, (body) => {
    let sum = 0;
    for (const byte of body) sum = (sum * 31 + byte) >>> 0;
    say('server got', body.length, sum);
    stream.respond();
    stream.end(body);
  });
}, (client, done) => {
  const body = Buffer.alloc(1 << 20, (n) => n);
  for (let n = 0; n < body.length; n++) body[n] = n * 7;
  const req = client.request({ ':method': 'POST' });
  collect(req, (back) => { say('client got', back.length, back.equals(body)); });
  req.on('close', done);
  req.end(body);
}));

step('trailers and information', between({}, (stream) => {
  stream.on('trailers', (headers) => say('server trailers', plain(headers)));
  stream.resume();
  stream.on('end', () => {
    stream.additionalHeaders({ ':status': 103, link: '</x>' });
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '7' }));
    stream.end('body');
  });
}, (client, done) => {
  const req = client.request({ ':method': 'POST' }, { waitForTrailers: true });
  req.on('wantTrailers', () => req.sendTrailers({ 'x-mine': '8' }));
  req.on('headers', (headers) => say('information', plain(headers)));
  req.on('response', (headers) => say('response', plain(headers)));
  req.on('trailers', (headers) => say('client trailers', plain(headers)));
  collect(req, (body) => say(String(body)));
  req.on('close', done);
  req.end('up');
}));

step('push', between({}, (stream) => {
  stream.pushStream({ ':path': '/pushed' }, (error, push, headers) => {
    say('push', error, headers[':path'], push.id);
    push.respond({ 'x-pushed': 'yes' });
    push.end('pushed body');
    stream.respond();
    stream.end('main body');
  });
}, (client, done) => {
  let open = 2;
  const over = () => { if (--open === 0) done(); };
  client.on('stream', (push, headers) => {
    say('promised', headers[':path'], push.id);
    push.on('push', (answer) => say('answer', plain(answer)));
    collect(push, (body) => { say(String(body)); over(); });
  });
  const req = client.request();
  collect(req, (body) => { say(String(body)); over(); });
}));

step('ping and settings', between({ settings: { maxConcurrentStreams: 9, initialWindowSize: 70000 } }, (stream) => { stream.respond(); stream.end(); },
  (client, done) => {
    client.once('remoteSettings', (settings) => {
      say(settings.maxConcurrentStreams, settings.initialWindowSize, settings.enablePush);
      client.settings({ enablePush: false, headerTableSize: 100 }, (error, now) => {
        say('settings', error, now.enablePush, now.headerTableSize, client.pendingSettingsAck);
        client.ping(Buffer.from('12345678'), (e, time, payload) => { say('ping', e, typeof time, String(payload)); done(); });
      });
    });
  }));

step('resets', between({}, (stream, headers) => {
  stream.on('error', (e) => say('server stream', e.code, e.message));
  stream.on('aborted', () => say('server aborted'));
  stream.on('close', () => say('server close', stream.rstCode));
  if (headers[':path'] === '/server') return stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  stream.respond();
  stream.write('part');
}, (client, done) => {
  const one = client.request({ ':path': '/server' });
  one.on('error', (e) => say('client stream', e.code, e.message));
  one.on('close', () => {
    say('client close', one.rstCode);
    const two = client.request({ ':path': '/client' });
    two.on('data', (part) => { say(String(part)); two.close(constants.NGHTTP2_CANCEL); });
    two.on('close', () => { say('client close', two.rstCode); client.ping(done); });
  });
}));

step('goaway', between({}, (stream) => {
  stream.session.goaway(constants.NGHTTP2_NO_ERROR, 0, Buffer.from('bye'));
  stream.respond();
  stream.end('last');
}, (client, done) => {
  client.on('goaway', (code, last, data) => say('goaway', code, last, String(data)));
  const req = client.request();
  collect(req, (body) => { say(String(body)); });
  req.on('close', done);
}));

step('requests and responses', (next) => {
  const server = http2.createServer((req, res) => {
    say(req.httpVersion, req.method, req.url, req.headers['x-a']);
    let text = '';
    req.setEncoding('utf8');
    req.on('data', (part) => { text += part; });
    req.on('end', () => {
      res.setHeader('X-Up', text.toUpperCase());
      res.writeHead(201, { 'content-type': 'text/plain' });
      res.write('one ');
      res.end('two');
      say(res.headersSent, res.finished);
    });
  }).listen(0, '127.0.0.1', () => {
    const client = http2.connect(`http://127.0.0.1:${server.address().port}`);
    const req = client.request({ ':method': 'PUT', ':path': '/u', 'x-a': 'b' });
    req.on('response', (headers) => say(plain(headers)));
    collect(req, (body) => { say(String(body)); client.close(); server.close(next); });
    req.end('text');
  });
});

step('what is refused', between({}, (stream) => { stream.respond(); stream.end(); }, (client, done) => {
  const fails = (run) => { try { run(); say('no error'); } catch (e) { say(e.name, e.code, e.message); } };
  fails(() => client.request({ ':bad': '1' }));
  fails(() => client.request({ connection: 'close' }));
  fails(() => client.settings({ initialWindowSize: -1 }));
  fails(() => client.ping(Buffer.from('1')));
  fails(() => http2.getUnpackedSettings(Buffer.alloc(5)));
  say(http2.getPackedSettings({ enablePush: false, maxFrameSize: 20000 }).toString('hex'));
  done();
}));

// Frames by hand: the session answers with a GOAWAY and its code.
for (const [name, bytes] of [
  ['not a preface', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
]) {
  step(name, (next) => {
    const server = http2.createServer();
    let told = 'no error of the session';
    server.on('sessionError', (e) => { told = `${e.code} ${e.message}`; });
    server.listen(0, '127.0.0.1', () => {
      const socket = net.connect(server.address().port, '127.0.0.1');
      let got = Buffer.alloc(0);
      socket.on('data', (part) => {
        got = Buffer.concat([got, part]);
        for (let at = 0; at + 9 <= got.length; at += 9 + got.readUIntBE(at, 3)) {
          if (got[at + 3] !== 7 || at + 17 > got.length) continue;
          say(`goaway ${got.readUInt32BE(at + 9)} ${got.readUInt32BE(at + 13)}`);
          return socket.end();
        }
      });
      socket.on('error', () => {});
      socket.on('close', () => server.close(() => { say(told); next(); }));
      socket.write(bytes);
    });
  });
}

(function go() {
  const now = steps.shift();
  if (!now) return say('over');
  say(`-- ${now[0]}`);
  now[1](go);
})();
