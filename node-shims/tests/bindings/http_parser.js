const { HTTPParser, methods, allMethods, ConnectionsList } = internalBinding('http_parser');
print(methods, allMethods);
const constants = Object.keys(HTTPParser).sort(); print(constants.map((k) => [k, HTTPParser[k]]));
// Events of the bytes, cut at the given points. Bodies are joined, since the cuts show in them.
function run(type, pieces, { lenient = 0, max = 0, end = false, verdict = 0, list } = {}) {
  const p = new HTTPParser(); const log = []; let body = '';
  const add = (e) => { if (body) log.push(['body', body]); body = ''; log.push(e); };
  p.initialize(type, {}, max, lenient, list);
  p[0] = () => add('begin');
  p[1] = (h, u) => add(['headers', h, u]);
  p[2] = (...a) => { add(['head', ...a]); return typeof verdict === 'function' ? verdict() : verdict; };
  p[3] = (b) => { body += String.fromCharCode(...b); };
  p[4] = () => add('complete');
  for (const piece of pieces) {
    const r = p.execute(Uint8Array.from(piece, (c) => c.charCodeAt(0)));
    if (typeof r !== 'number') { add([r.code, r.reason, r.message, r.bytesParsed]); break; }
    if (r !== piece.length) { add(['left', piece.length - r]); break; }
  }
  if (end) { const r = p.finish(); add(r === undefined ? 'end' : [r.code, r.reason]); }
  add('done');
  return log;
}
const cut = (s, ...at) => { const out = []; let from = 0; for (const a of at) { out.push(s.slice(from, a)); from = a; } out.push(s.slice(from)); return out; };
const req = [
  'GET / HTTP/1.1\r\n\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\n\r\n', '\r\n\r\nGET / HTTP/1.0\r\n\r\n', '\n\nGET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /x HTTP/1.0\r\n\r\n', 'GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n\r\n\r\n',
  'POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\nhelloPOST /q HTTP/1.1\r\nContent-Length:0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c="d\\"e";f\r\nhello\r\nA\r\n0123456789\r\n0\r\nX-T: 1\r\nY: 2\r\n\r\nGET / HTTP/1.1\r\n\r\n',
  'POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\nabc', 'POST / HTTP/1.1\r\nTransfer-Encoding: Chunked \r\n\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked,\r\n\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\n',
  'POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n', 'POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello', 'POST / HTTP/1.1\r\nContent-Length: 5x\r\n\r\nhello', 'POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\nhello', 'POST / HTTP/1.1\r\nContent-Length: 5 \r\n\r\nhello', 'POST / HTTP/1.1\r\nContent-Length: 5 5\r\n\r\nhello', 'POST / HTTP/1.1\r\nContent-Length: \r\n\r\nhello', 'POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n', 'POST / HTTP/1.1\r\nContent-Length: 18446744073709551615\r\n\r\nx', 'POST / HTTP/1.1\r\nContent-Length: 5\t\r\n\r\nhello', 'POST / HTTP/1.1\r\nContent-Length: +5\r\n\r\nhello',
  'GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nbytes', 'GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\nbytes', 'GET /ws HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabcrest', 'POST /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nrest', 'CONNECT a.b:443 HTTP/1.1\r\n\r\nbytes', 'CONNECT a.b:443 HTTP/1.1\r\nContent-Length: 3\r\n\r\nbytes', 'CONNECT /x HTTP/1.1\r\n\r\n', 'CONNECT [::1]:1 HTTP/1.1\r\n\r\n', 'CONNECT a@b@c HTTP/1.1\r\n\r\n',
  'GET http://a/b?c#d HTTP/1.1\r\n\r\n', 'GET http://u:p@a:80 HTTP/1.1\r\n\r\n', 'GET http://a@b@c/ HTTP/1.1\r\n\r\n', 'GET ht1p://a HTTP/1.1\r\n\r\n', 'GET http:/a HTTP/1.1\r\n\r\n', 'GET a HTTP/1.1\r\n\r\n', 'GET ?a HTTP/1.1\r\n\r\n', 'GET * HTTP/1.1\r\n\r\n', 'OPTIONS * HTTP/1.1\r\n\r\n', 'GET /a?b?c=#d#e?f HTTP/1.1\r\n\r\n', 'GET /a#?b HTTP/1.1\r\n\r\n', 'GET /a## HTTP/1.1\r\n\r\n', 'GET /\x80\xff HTTP/1.1\r\n\r\n', 'GET /\x01 HTTP/1.1\r\n\r\n', 'GET /a\tb HTTP/1.1\r\n\r\n', 'GET /a\x7f HTTP/1.1\r\n\r\n', 'GET /?\x01 HTTP/1.1\r\n\r\n', 'GET /#\x01 HTTP/1.1\r\n\r\n', 'GET /#a\x01 HTTP/1.1\r\n\r\n', 'GET http://a{b/ HTTP/1.1\r\n\r\n', 'GET   /x HTTP/1.1\r\n\r\n', 'GET /x   HTTP/1.1\r\n\r\n', 'GET /a?\tb HTTP/1.1\r\n\r\n', 'GET /"<>\\^`{|} HTTP/1.1\r\n\r\n', 'GET http://a b HTTP/1.1\r\n\r\n', 'GET http:// HTTP/1.1\r\n\r\n', 'GET http:///x HTTP/1.1\r\n\r\n',
  'GET /\r\n\r\n', 'GET /\n\n', 'GET /\r\nA: b\r\n\r\n', 'GET \r\n', 'GET\r\n', 'GET', 'GETX / HTTP/1.1\r\n\r\n', 'get / HTTP/1.1\r\n\r\n', 'G', 'GEX', 'POS / HTTP/1.1', 'XX / HTTP/1.1', ' GET / HTTP/1.1', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'PRI * HTTP/1.1\r\n\r\n', 'PRI / HTTP/1.1\r\n\r\n', 'SOURCE / ICE/1.0\r\n\r\n', 'GET / RTSP/1.0\r\n\r\n', 'SOURCE / HTTP/1.1\r\n\r\n', 'M-SEARCH * HTTP/1.1\r\n\r\n', 'QUERY / HTTP/1.1\r\n\r\n', 'GET_PARAMETER / RTSP/1.0\r\n\r\n',
  'GET / HTTP/1.2\r\n\r\n', 'GET / HTTP/2.0\r\n\r\n', 'GET / HTTP/0.9\r\n\r\n', 'GET / HTTP/11.1\r\n\r\n', 'GET / HTTP/1.11\r\n\r\n', 'GET / HTTP/a.1\r\n\r\n', 'GET / HTTP/1.a\r\n\r\n', 'GET / HTTP/1,1\r\n\r\n', 'GET / HTP/1.1\r\n\r\n', 'GET / FOO\r\n\r\n', 'GET / http/1.1\r\n\r\n', 'GET / HTTP/1.1 \r\n\r\n', 'GET / HTTP/1.1\n\n', 'GET / HTTP/1.1\rX', 'GET / HTTP/1.1\r\r\n', 'GET / HTTP/1.1X',
  'GET / HTTP/1.1\r\nA b: c\r\n\r\n', 'GET / HTTP/1.1\r\nA : c\r\n\r\n', 'GET / HTTP/1.1\r\nA\r\n\r\n', 'GET / HTTP/1.1\r\n: c\r\n\r\n', 'GET / HTTP/1.1\r\n A: c\r\n\r\n', 'GET / HTTP/1.1\r\nA: c\r\n d\r\n\r\n', 'GET / HTTP/1.1\r\nA:\r\n d\r\n\r\n', 'GET / HTTP/1.1\r\nA: c\n\r\n', 'GET / HTTP/1.1\r\nA: c\rX\r\n\r\n', 'GET / HTTP/1.1\r\nA: c\r\nB:d\r\n\rX', 'GET / HTTP/1.1\r\nA: \x01\r\n\r\n', 'GET / HTTP/1.1\r\nA: a\x00b\r\n\r\n', 'GET / HTTP/1.1\r\nA: a\x7f\r\n\r\n', 'GET / HTTP/1.1\r\nA: \xe9\xff\r\n\r\n', 'GET / HTTP/1.1\r\nA:   a \t b \t \r\n\r\n', 'GET / HTTP/1.1\r\nA:\r\nB: \r\nC:\t\r\n\r\n', 'GET / HTTP/1.1\r\n\x80: a\r\n\r\n', 'GET / HTTP/1.1\r\nA(: a\r\n\r\n', 'GET / HTTP/1.1\r\n!#$%&\'*+-.^_`|~09AZaz: a\r\n\r\n', 'GET / HTTP/1.1\r\nA: b\r\n\nX', 'GET / HTTP/1.1\r\nA:\rX', 'GET / HTTP/1.1\r\nA:\nB: c\r\n\r\n', 'GET / HTTP/1.1\r\nA: b\r\n\n', 'GET / HTTP/1.1\r\n\tA: c\r\n\r\n', 'GET / HTTP/1.1\r\nA: c\r\n\td\r\n\r\n',
  'GET / HTTP/1.1\r\nConnection: close, keep-alive\r\n\r\nX', 'GET / HTTP/1.1\r\nConnection: foo, close\r\n\r\nX', 'GET / HTTP/1.1\r\nConnection: closed\r\n\r\nGET / HTTP/1.1\r\n\r\n', 'GET / HTTP/1.1\r\nProxy-Connection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n', 'GET / HTTP/1.1\r\nConnection: keep-alive\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\n\r\n', 'GET / HTTP/1.1\r\nConnection:close \r\n\r\nX', 'GET / HTTP/1.1\r\nConnection: "close"\r\n\r\nGET', 'GET / HTTP/1.1\r\nConnection: keep-alive close\r\n\r\nGET',
  'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\rX', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\rXello', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1; a\r\nx\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a=\r\nx\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;\r\nx\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a="x\r\nx\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a="x"y\r\nx\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b c\r\nx\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nx\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\nx\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a="b"\nx\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;=b\r\nx\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: x\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA b\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n A: b\r\n\r\n', 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n;a\r\n',
  'GET / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n', `GET / HTTP/1.1\r\n${Array.from({ length: 31 }, (_, i) => `h${i}: ${i}\r\n`).join('')}\r\n`, `GET /u HTTP/1.1\r\n${Array.from({ length: 32 }, (_, i) => `h${i}: ${i}\r\n`).join('')}\r\n`, `GET /u HTTP/1.1\r\n${Array.from({ length: 70 }, (_, i) => `h${i}: ${i}\r\n`).join('')}\r\n`, `POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${Array.from({ length: 40 }, (_, i) => `h${i}: ${i}\r\n`).join('')}\r\n`,
];
const res = [
  'HTTP/1.1 200 OK\r\n\r\nabc', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 OK\r\n\r\n', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n', 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\nxyz', 'HTTP/1.1 101 Switching\r\n\r\nxyz', 'HTTP/1.1 200 OK\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\nx', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nxy', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nxy', 'HTTP/1.1 200\r\n\r\n', 'HTTP/1.1 200 \r\n\r\n', 'HTTP/1.1 20\r\n\r\n', 'HTTP/1.1 2000 OK\r\n\r\n', 'HTTP/1.1 2x0 OK\r\n\r\n', 'HTTP/1.1  200 OK\r\n\r\n', 'HTTP/1.1\r\n', 'HTTP/1.1 200 \xe9\x80\r\nA: b\r\n\r\n', 'HTTP/1.1 200 OK\n\n', 'HTTP/1.1 200\n\n', 'HTTP/1.1 200 OK\rX', 'HTTPX/1.1 200', 'HTTP/1.2 200 OK\r\n\r\n', 'HTTP/3.1 200 OK\r\n\r\n', 'XTTP/1.1 200', 'RTSP/1.0 200 OK\r\n\r\n', 'ICE/1.0 200 OK\r\n\r\n', 'GET / HTTP/1.1\r\n', '\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n', 'HTTP/1.1 199 X\r\n\r\nabc', 'HTTP/1.1 102 P\r\n\r\nHTTP/1.1 204\r\n\r\n', 'HTTP/1.1 000 X\r\nContent-Length: 0\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab', 'HTTP/1.1 200 OK\x01\r\n\r\n', 'HTTP/1.1 200X\r\n\r\n', 'HTTP/1.1 200 OK\r\n A: b\r\n\r\n', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nabc',
];
for (const [type, list] of [[HTTPParser.REQUEST, req], [HTTPParser.RESPONSE, res]]) for (const s of list) {
  const whole = run(type, [s], { end: true });
  print(s.slice(0, 60), whole);
  print(run(type, s.split(''), { end: true }));
  for (let i = 1; i < Math.min(s.length, 90); i += 7) print(run(type, cut(s, i), { end: true }));
  for (const lenient of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1023]) print(lenient, run(type, [s], { end: true, lenient }));
  print(run(type, [s], { verdict: 1, end: true }), run(type, [s], { verdict: 2, end: true }), run(type, [s], { verdict: 3 }));
}
// Where these stop depends on llhttp's own cutting of the bytes, so they are given whole.
for (const s of ['DESCRIBE / HTTP/1.1\r\n\r\n', 'GET / ICE/1.0\r\n\r\n', 'PUT / RTSP/1.0\r\n\r\n']) print(s, run(HTTPParser.REQUEST, [s], { end: true }));
const big = `GET /${'u'.repeat(50)} HTTP/1.1\r\n${Array.from({ length: 20 }, (_, i) => `name${i}: value${i}\r\n`).join('')}\r\n`;
for (const max of [10, 55, 56, 57, 60, 100, 150, 200, 264, 265, 266, 267, 268, 269, 270, 271, 300]) print(max, run(HTTPParser.REQUEST, [big], { max }), run(HTTPParser.REQUEST, big.split(''), { max }).length);
print(attempt(() => run(HTTPParser.REQUEST, [req[8]], { verdict() { throw new RangeError('mine'); } })));
{ // Pause and resume; a new initialize after an error; leftovers of an upgrade.
  const p = new HTTPParser(); p.initialize(HTTPParser.REQUEST, {});
  const feed = (s) => { const r = p.execute(Uint8Array.from(s, (c) => c.charCodeAt(0))); return typeof r === 'number' ? r : [r.code, r.reason]; };
  const log = []; p[0] = () => log.push('b'); p[2] = (...a) => { log.push(a[4]); }; p[4] = () => log.push('c');
  print(feed('GET /1 HTTP/1.1\r\n\r\n')); p.pause(); print(feed('GET /2 HTTP/1.1\r\n\r\n')); p.resume(); print(feed('GET /3 HTTP/1.1\r\n\r\n'), log);
  p[4] = () => p.pause(); print(feed('GET /4 HTTP/1.1\r\n\r\n'), feed('GET /5'), p.resume(), feed('GET /6 HTTP/1.1\r\n\r\n'), log);
  p.initialize(HTTPParser.REQUEST, {}); print(feed('?'), feed('GET / HTTP/1.1\r\n\r\n')); p.initialize(HTTPParser.REQUEST, {}); print(feed('GET /7 HTTP/1.1\r\n\r\n'), log);
  p.initialize(HTTPParser.REQUEST, {}); print(feed('CONNECT a:1 HTTP/1.1\r\n\r\nxx'), feed('GET / HTTP/1.1\r\n\r\n'), feed('??'));
  print(p.getCurrentBuffer().length);
}
{
  const list = new ConnectionsList();
  const make = () => { const p = new HTTPParser(); p.initialize(HTTPParser.REQUEST, {}, 0, 0, list); return p; };
  const feed = (p, s) => p.execute(Uint8Array.from(s, (c) => c.charCodeAt(0)));
  const counts = () => [list.all().length, list.idle().length, list.active().length];
  const a = make(), b = make(); print(counts());
  feed(a, 'GET / HTTP/1.1\r\n'); print(counts()); feed(a, '\r\n'); print(counts(), list.idle()[0] === a, list.active()[0] === b);
  feed(a, 'GET / HTTP/1.1\r\nA'); print(counts(), list.active()[1] === a); print(list.expired(100000, 100000).length); b.remove(); print(counts()); a.close(); 
}
