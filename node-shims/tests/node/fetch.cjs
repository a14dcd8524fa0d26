'use strict';
// fetch, to a server in the same process.
const http = require('http');
const say = console.log;
const server = http.createServer((req, res) => {
  if (req.url === '/redirect') { res.writeHead(302, { Location: '/json' }).end(); return; }
  if (req.url === '/json') { res.setHeader('Content-Type', 'application/json'); res.end('{"a":[1,2]}'); return; }
  if (req.url === '/gzip') { const z = require('zlib').gzipSync('compressed '.repeat(10)); res.setHeader('Content-Encoding', 'gzip'); res.end(z); return; }
  if (req.url === '/stream') { let i = 0; const t = setInterval(() => { res.write('part' + i); if (++i === 3) { clearInterval(t); res.end(); } }, 5); return; }
  if (req.url === '/hang') return;
  if (req.url === '/bad') { req.socket.end('NONSENSE\r\n\r\n'); return; }
  let body = '';
  req.setEncoding('utf8').on('data', (d) => { body += d; }).on('end', () => {
    res.statusCode = 404;
    res.setHeader('Set-Cookie', ['a=1', 'b=2']);
    res.end([req.method, req.url, req.headers['content-type']?.split(';')[0], req.headers.x, req.headers['user-agent'], body.length > 60 ? body.replace(/-{4,}[^\r\n]*/g, 'BOUNDARY').length > 0 : body].join('|'));
  });
});
server.listen(0, '127.0.0.1', async () => {
  const base = `http://127.0.0.1:${server.address().port}`;
  let r = await fetch(base + '/json');
  say(r.status, r.ok, r.statusText, r.headers.get('content-type'), r.url === base + '/json', JSON.stringify(await r.json()), r.bodyUsed);
  r = await fetch(base + '/post?q=1', { method: 'POST', body: 'text', headers: { X: 'y' } });
  say(r.status, r.statusText, await r.text(), r.headers.getSetCookie().join());
  r = await fetch(base + '/redirect');
  say('redirect', r.redirected, r.url.replace(base, ''), r.status);
  await r.arrayBuffer();
  r = await fetch(base + '/gzip');
  say('gzip', (await r.text()).length);
  r = await fetch(base + '/stream');
  let text = '';
  for await (const chunk of r.body) text += Buffer.from(chunk);
  say('stream', text);
  const form = new FormData();
  form.set('name', 'value');
  form.set('file', new Blob(['content']), 'f.txt');
  r = await fetch(base + '/form', { method: 'POST', body: form });
  say('form', (await r.text()).split('|').slice(0, 3).join());
  r = await fetch(base + '/params', { method: 'PUT', body: new URLSearchParams({ a: 'b c' }) });
  say(await r.text());
  r = await fetch(base + '/head', { method: 'HEAD' });
  say('head', r.status, JSON.stringify(await r.text()));
  await fetch(base + '/hang', { signal: AbortSignal.timeout(30) }).catch((e) => say('timeout', e.name, e.message));
  await fetch(base + '/bad').catch((e) => say('bad', e.name, e.message, e.cause?.code, e.cause?.message));
  await fetch('http://127.0.0.1:1/').catch((e) => say('refused', e.name, e.message, e.cause?.code));
  await fetch('nonsense').catch((e) => say('url', e.name, e.message));
  const all = await Promise.all([1, 2, 3, 4].map((n) => fetch(`${base}/n${n}`).then((r) => r.text())));
  say(all.map((t) => t.split('|')[1]).join());
  say(typeof Headers, typeof Request, typeof Response, typeof FormData, typeof WebSocket, typeof EventSource);
  server.closeAllConnections();
  server.close(() => say('closed'));
});
