// A browser with the harness page open in it, and the host's end of the link to that page.
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { WebSocketServer } from 'ws';
import { launch } from './browser.mjs';
import { connect } from './chaos.mjs';
import { decode, encode } from './frame.mjs';
import { root } from './root.mjs';
import { serve } from './static.mjs';

/** How long a browser may take until the page reports. */
const startLimit = 30_000;

/** The page's script as one module. The client stays outside: it is the file in dist/, as for any user. */
async function bundlePage(entry) {
  const result = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    sourcemap: 'inline',
    plugins: [{ name: 'porthole', setup: ({ onResolve }) => onResolve({ filter: /^porthole$/ }, () => ({ path: './porthole.mjs', external: true })) }],
    logLevel: 'warning',
  });
  return result.outputFiles[0].contents;
}

/**
 * Starts server, browser and page. `onFrame(head, bytes)` gets what the page says; `onLost(reason)` is called once if page or browser go away.
 * `page` is the script of the page; the one that runs jobs if not given. `debug` lets Chromium's debugging protocol in. Resolves to `{ userAgent, origin, profile, send, reload, close }`.
 */
export async function open({ browser = 'chromium', transport, storage, chaos = 0, debug = false, directory = path.join(root, 'dist'), base = '/', page: entry = path.join(root, 'e2e/driver/harness.ts'), onFrame, onLost, onConsole }) {
  const [script, page] = await Promise.all([bundlePage(entry), readFile(path.join(root, 'e2e/driver/harness.html'))]);
  const pages = {
    [`${base}__harness.html`]: ['text/html; charset=utf-8', page],
    [`${base}__frame.html`]: ['text/html; charset=utf-8', '<!doctype html><title>Frame</title>'],
    [`${base}__harness.js`]: ['text/javascript; charset=utf-8', script],
  };
  const routes = (_request, response, url) => {
    const known = pages[url.pathname];
    if (known) response.writeHead(200, { 'content-type': known[0], 'cache-control': 'no-store' }).end(known[1]);
    return Boolean(known);
  };
  const server = await serve({ directory, base, routes });
  const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: 1 << 30 });
  await new Promise((resolve) => sockets.once('listening', resolve));

  const query = new URLSearchParams({ link: sockets.address().port });
  if (transport) query.set('transport', transport);
  if (storage) query.set('storage', storage);
  if (chaos) query.set('watch', chaos);
  const pageUrl = `${server.url}__harness.html`;
  const window = await launch(browser, `${pageUrl}?${query}`, { debug: debug || chaos > 0, console: onConsole });

  let chaosLink;
  let closing = false;
  const lost = (reason) => {
    if (!closing) onLost(reason);
  };
  const close = async () => {
    closing = true;
    chaosLink?.close();
    await window.close();
    for (const client of sockets.clients) client.terminate();
    sockets.close();
    await server.close();
  };

  let link;
  /** The page's link, once the page has said that it is ready. A page that goes away takes its link along. */
  const nextPage = () => {
    const ready = new Promise((resolve) => {
      sockets.once('connection', (socket) => {
        socket.binaryType = 'nodebuffer';
        socket.on('message', (data) => {
          const { head, bytes } = decode(data);
          if (head.type === 'ready') resolve([socket, head]);
          else if (head.type === 'stop-kernel') void chaosLink?.stop().catch((error) => lost(`chaos: ${error.message}`));
          else onFrame(head, bytes);
        });
        socket.once('close', () => {
          if (socket === link) lost('the page went away');
        });
      });
    });
    return within(startLimit, `the harness page did not start in ${browser} (does dist/porthole.mjs load?)`, [ready, ended(window)]);
  };
  const send = (head, bytes) => link.send(encode(head, bytes));
  const reload = async () => {
    const next = nextPage();
    send({ type: 'reload' });
    link = undefined;
    [link] = await next;
  };

  try {
    const [socket, { userAgent }] = await nextPage();
    link = socket;
    void window.exited.then((how) => lost(`${browser} ended (${how})`));
    if (chaos) chaosLink = await connect(window.profile, pageUrl);
    return { userAgent, origin: server.origin, profile: window.profile, send, reload, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function ended(window) {
  throw new Error(`the browser ended at once (${await window.exited})`);
}

function within(limit, complaint, promises) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${complaint} within ${limit / 1000} s`)), limit);
  });
  return Promise.race([...promises, late]).finally(() => clearTimeout(timer));
}
