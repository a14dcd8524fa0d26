// A static web server of the tests' own: dist/, the pages of e2e/pages and the apps of e2e/apps as archives, at the root and in a subfolder.
import { createServer, type Server } from 'node:http';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative, resolve } from 'node:path';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import { zipSync, type Zippable } from 'fflate';
import { builtIn } from '../driver/bundle.mjs';

const e2e = resolve(import.meta.dirname, '..');
const dist = resolve(e2e, '../dist');
export const subfolder = '/project/site/';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json',
  '.wasm': 'application/wasm', '.svg': 'image/svg+xml', '.zip': 'application/zip', '.txt': 'text/plain',
};

export interface Site {
  origin: string;
  server: Server;
  /** Paths that were asked for: what a service worker answered is not among them. */
  requests: string[];
  /** What a page posts to `/report`. */
  onReport(listener: (report: unknown) => void): void;
  close(): void;
}

export async function serve(): Promise<Site> {
  const requests: string[] = [];
  let reported: (report: unknown) => void = () => {};
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    requests.push(pathname);
    const path = pathname.startsWith(subfolder) ? pathname.slice(subfolder.length - 1) : pathname;
    if (request.method === 'POST' && path === '/report') {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece);
      response.writeHead(204).end();
      return reported(JSON.parse(Buffer.concat(pieces).toString()));
    }
    const body = await find(path.endsWith('/') ? `${path}index.html` : path);
    if (!body) return void response.writeHead(404, { 'Content-Type': 'text/plain' }).end(`The site has no ${path}\n`);
    response.writeHead(200, { 'Content-Type': types[extname(path) || '.html'] ?? 'application/octet-stream', 'Cache-Control': 'no-cache' }).end(body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { origin: `http://localhost:${(server.address() as AddressInfo).port}`, server, requests, onReport: (listener) => void (reported = listener), close };
}

async function find(path: string): Promise<Uint8Array | undefined> {
  const app = /^\/apps\/([a-z-]+)\.zip$/.exec(path);
  if (app) return archive(app[1]);
  if (path === '/store-suite.js') return storeSuite();
  if (path === '/programs.zip') return zipSync(entries(join(e2e, 'programs'), ''), { level: 1 });
  for (const base of [dist, join(e2e, 'pages')]) {
    const file = join(base, path);
    if (!file.startsWith(base)) return undefined;
    const body = await readFile(file).catch(() => undefined);
    if (body) return body;
  }
  return undefined;
}

let suite: Promise<Uint8Array> | undefined;

/** The conformance suite of the stores, over the image in dist/. */
function storeSuite(): Promise<Uint8Array> {
  suite ??= (async () => {
    const manifest = JSON.parse(await readFile(join(dist, 'manifest.json'), 'utf8'));
    const plugins = [builtIn(manifest, resolve(e2e, '../target/web/host'))];
    const entry = join(e2e, 'store/suite.ts');
    const result = await build({ entryPoints: [entry], bundle: true, write: false, format: 'iife', target: 'es2022', sourcemap: 'inline', plugins, logLevel: 'warning' });
    return result.outputFiles[0].contents;
  })();
  return suite;
}

const archives = new Map<string, Uint8Array>();

/** An app's folder with the packages that all of them share. */
function archive(name: string): Uint8Array {
  const known = archives.get(name);
  if (known) return known;
  const made = zipSync({ ...entries(join(e2e, 'apps', name), ''), ...entries(join(e2e, 'apps/node_modules'), 'node_modules/') }, { level: 1 });
  archives.set(name, made);
  return made;
}

function entries(folder: string, prefix: string, root = folder): Zippable {
  const found: Zippable = {};
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const info = lstatSync(path);
    const options = { os: 3, attrs: info.mode << 16 };
    const key = prefix + relative(root, path);
    if (info.isDirectory()) Object.assign(found, entries(path, prefix, root));
    else if (info.isSymbolicLink()) found[key] = [Buffer.from(readlinkSync(path)), options];
    else found[key] = [readFileSync(path), options];
  }
  return found;
}
