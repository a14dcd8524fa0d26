// A static file server from Node's own modules alone.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const root = join(import.meta.dirname, 'public');
const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

createServer(async (request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  let path = join(root, normalize(decodeURIComponent(pathname)));
  try {
    let info = await stat(path);
    if (info.isDirectory()) info = await stat((path = join(path, 'index.html')));
    response.writeHead(200, { 'Content-Type': types[extname(path)] ?? 'application/octet-stream', 'Content-Length': info.size });
    createReadStream(path).pipe(response);
  } catch (error) {
    response.writeHead(error.code === 'ENOENT' ? 404 : 500, { 'Content-Type': 'text/plain' }).end(`${error.message}\n`);
  }
  console.log(request.method, request.url, response.statusCode);
}).listen(8080, () => console.log('Serving ./public on http://localhost:8080'));
