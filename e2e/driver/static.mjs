// A static web server as any host of static sites is one: files, their types, nothing clever. Also the ground under `exec` and the tests.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.ts': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.zip': 'application/zip',
  '.tar': 'application/x-tar',
  '.bin': 'application/octet-stream',
};

/**
 * Listens on localhost. `directory` is served below `base` ('/' or '/some/folder/'). `routes(request, response, url)` is asked first and answers
 * true for what it took. Resolves to `{ origin, url, close }`.
 */
export async function serve({ directory, base = '/', port = 0, routes = () => false }) {
  const server = http.createServer((request, response) => {
    const url = new URL(request.url, 'http://localhost');
    Promise.resolve(routes(request, response, url))
      .then((taken) => taken || sendFile(request, response, url.pathname, directory, base))
      .catch((error) => {
        console.error(`server: ${request.method} ${request.url}: ${error.stack}`);
        if (!response.headersSent) response.writeHead(500);
        response.end();
      });
  });
  server.requestTimeout = 0;
  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  // Browsers treat `localhost` as secure, which service workers need.
  const origin = `http://localhost:${server.address().port}`;
  const close = () => new Promise((resolve) => (server.close(resolve), server.closeAllConnections()));
  return { origin, url: origin + base, close };
}

async function sendFile(request, response, pathname, directory, base) {
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'only GET and HEAD');
  if (!pathname.startsWith(base)) return refuse(response, 404, `nothing outside ${base}`);
  let file;
  try {
    file = path.join(directory, path.posix.normalize(`/${decodeURIComponent(pathname.slice(base.length))}`));
  } catch {
    return refuse(response, 400, 'bad escape in the path');
  }
  let info = await stat(file).catch(() => undefined);
  if (info?.isDirectory()) {
    if (!pathname.endsWith('/')) return response.writeHead(301, { location: `${pathname}/` }).end();
    file = path.join(file, 'index.html');
    info = await stat(file).catch(() => undefined);
  }
  if (!info?.isFile()) return refuse(response, 404, `no ${pathname}`);
  const tag = `"${info.size.toString(16)}-${Math.trunc(info.mtimeMs).toString(16)}"`;
  const headers = { 'content-type': types[path.extname(file)] ?? 'application/octet-stream', 'cache-control': 'no-cache', etag: tag };
  if (request.headers['if-none-match'] === tag) return response.writeHead(304, headers).end();
  response.writeHead(200, { ...headers, 'content-length': info.size });
  if (request.method === 'HEAD') return response.end();
  createReadStream(file).on('error', () => response.destroy()).pipe(response);
}

function refuse(response, status, why) {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${status}: ${why}\n`);
}
