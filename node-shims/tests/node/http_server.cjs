'use strict';
const http = require('http');
const say = console.log;
const server = http.createServer((req, res) => {
  let body = '';
  req.setEncoding('utf8');
  req.on('data', (d) => { body += d; });
  req.on('end', () => {
    say('request', req.method, req.url, req.headers['x-test'], body.length, req.httpVersion);
    if (req.url === '/chunks') { res.write('one '); setTimeout(() => { res.write('two '); res.end('three'); }, 5); return; }
    if (req.url === '/big') { res.end(Buffer.alloc(1 << 20, 'x')); return; }
    res.setHeader('X-Answer', 'yes');
    res.statusCode = 201;
    res.end(JSON.stringify({ method: req.method, body }));
  });
});
function ask(options, body) {
  return new Promise((resolve, reject) => {
    const req = http.request({ port: server.address().port, host: '127.0.0.1', ...options }, (res) => {
      const parts = [];
      res.on('data', (d) => parts.push(d)).on('end', () => {
        const text = Buffer.concat(parts).toString();
        say('answer', res.statusCode, res.headers['x-answer'], res.headers['content-length'], res.headers['transfer-encoding'], text.length > 200 ? text.length : text);
        resolve();
      });
    });
    req.on('error', reject);
    req.end(body);
  });
}
server.listen(0, '127.0.0.1', async () => {
  await ask({ path: '/' });
  await ask({ path: '/post', method: 'POST', headers: { 'X-Test': 't', 'Content-Type': 'text/plain' } }, 'some body');
  await ask({ path: '/chunks' });
  await ask({ path: '/big' });
  await ask({ path: '/long', method: 'PUT' }, 'y'.repeat(300000));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 3; i++) await ask({ path: '/keep' + i, agent });
  say('sockets', Object.values(agent.freeSockets).flat().length);
  agent.destroy();
  await ask({ port: 1, path: '/' }).catch((e) => say('refused', e.code, e.message));
  server.close(() => say('closed'));
});
