// Stops Chromium's service workers through the debugging protocol of the page.
import WebSocket from 'ws';
import { debuggingPort } from './browser.mjs';

/** Resolves to `{ stop, close }`: `stop()` ends every service worker of the page's profile. */
export async function connect(profile, pageUrl) {
  const port = await debuggingPort(profile);
  const targets = await (await fetch(`http://127.0.0.1:${port}/json/list`)).json();
  const page = targets.find((target) => target.type === 'page' && target.url.startsWith(pageUrl));
  if (!page) throw new Error(`no page at ${pageUrl} to attach to`);
  const socket = new WebSocket(page.webSocketDebuggerUrl);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));

  const waiting = new Map();
  let last = 0;
  socket.on('message', (data) => {
    const answer = JSON.parse(data);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  const send = (method) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, ({ error }) => (error ? reject(new Error(`${method}: ${error.message}`)) : resolve()));
      socket.send(JSON.stringify({ id: last, method }));
    });
  await send('ServiceWorker.enable');
  return { stop: () => send('ServiceWorker.stopAllWorkers'), close: () => socket.close() };
}
