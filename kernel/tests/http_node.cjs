// A server of real Node for http_node.rs: what Node sends is what the bridge must read.
const http = require('node:http');
const zlib = require('node:zlib');

const server = http.createServer((req, res) => {
  const { pathname } = new URL(req.url, 'http://localhost');
  switch (pathname) {
    case '/hello':
      res.end('hello');
      break;
    case '/echo': {
      const parts = [];
      req.on('data', (part) => parts.push(part));
      req.on('end', () => res.end(JSON.stringify({ method: req.method, url: req.url, raw: req.rawHeaders, body: Buffer.concat(parts).toString('latin1') })));
      break;
    }
    case '/chunks':
      // Node refuses trailers where there is no body.
      if (req.method !== 'HEAD') res.setHeader('Trailer', 'X-Sum');
      for (let i = 0; i < 50; i++) res.write(`${i} `.repeat(i + 1));
      if (req.method !== 'HEAD') res.addTrailers({ 'X-Sum': '1' });
      res.end();
      break;
    case '/slow':
      res.write('one');
      setTimeout(() => res.end('two'), 30);
      break;
    case '/empty':
      res.writeHead(204, { 'Set-Cookie': ['a=1; Path=/', 'b=2; HttpOnly'] }).end();
      break;
    case '/unchanged':
      res.writeHead(304, { ETag: '"x"' }).end();
      break;
    case '/hints':
      res.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
      res.writeProcessing();
      res.end('hinted');
      break;
    case '/close':
      res.shouldKeepAlive = false;
      res.useChunkedEncodingByDefault = false;
      res.removeHeader('content-length');
      res.writeHead(200, 'Sehr gut');
      res.write('until ');
      res.end('the close');
      break;
    case '/gzip':
      res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(zlib.gzipSync('packed'));
      break;
    case '/broken':
      res.writeHead(200, { 'Content-Length': 100 });
      res.write('half');
      setTimeout(() => res.destroy(), 10);
      break;
    case '/nothing':
      req.socket.destroy();
      break;
    case '/big':
      res.end(Buffer.alloc(3_000_000, 'x'));
      break;
    case '/many':
      for (let i = 0; i < 400; i++) res.setHeader(`x-${i}`, 'v');
      res.end();
      break;
    default:
      res.writeHead(404).end('nothing here');
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
