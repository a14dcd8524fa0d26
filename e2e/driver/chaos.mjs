// Stops Chromium's service workers through the debugging protocol of the page.
import { ask, connect as open } from './devtools.mjs';

/** Resolves to `{ stop, close }`: `stop()` ends every service worker of the page's profile. */
export async function connect(profile, pageUrl) {
  const page = (await ask(profile, 'list')).find((target) => target.type === 'page' && target.url.startsWith(pageUrl));
  if (!page) throw new Error(`no page at ${pageUrl} to attach to`);
  const { send, close } = await open(page.webSocketDebuggerUrl);
  await send('ServiceWorker.enable');
  return { stop: () => send('ServiceWorker.stopAllWorkers'), close };
}
