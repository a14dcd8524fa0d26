// What a page costs in memory, as Chromium tells it: JavaScript's heaps of the page, its workers and its service worker, and the size of the process they live in.
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, connect } from './devtools.mjs';

/** Until the memory that a garbage collection freed has gone back to the system. */
const RETURN_MS = 1500;

/**
 * After a garbage collection in each: resolves to `{ heaps, renderers }`, all in bytes. `heaps` is a list of `{ type, url, heap, buffers }`: `heap` is what V8 holds of the
 * machine for objects, `buffers` the array buffers and strings beside it. Wasm memories are in neither. `renderers` is the private memory of the browser's renderer
 * processes, code that was compiled included; undefined where the system does not tell (it is read from /proc).
 */
export async function readMemory(profile, origin) {
  const { webSocketDebuggerUrl } = await ask(profile, 'version');
  const { send, on, close } = await connect(webSocketDebuggerUrl);
  try {
    const targets = await attachAll(send, on, origin);
    const heaps = [];
    for (const session of targets.keys()) await send('HeapProfiler.collectGarbage', {}, session);
    await sleep(RETURN_MS);
    for (const [session, { type, url }] of targets) {
      const { totalSize, backingStorageSize = 0, embedderHeapUsedSize = 0 } = await send('Runtime.getHeapUsage', {}, session);
      heaps.push({ type, url, heap: totalSize + embedderHeapUsedSize, buffers: backingStorageSize });
    }
    const { processInfo } = await send('SystemInfo.getProcessInfo');
    const sizes = await Promise.all(processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => privateBytes(id)));
    return { heaps, renderers: sizes.includes(undefined) ? undefined : sizes.reduce((sum, size) => sum + size, 0) };
  } finally {
    close();
  }
}

/** Sessions with what belongs to the origin, workers of workers too: `Map<session, target>`. */
async function attachAll(send, on, origin) {
  const follow = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
  const found = new Map();
  const pending = [];
  on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
    // A service worker is attached through the browser and through its page.
    const known = [...found.values()].some(({ targetId }) => targetId === targetInfo.targetId);
    if (!targetInfo.url.startsWith(origin) || known) return;
    found.set(sessionId, targetInfo);
    pending.push(send('Target.setAutoAttach', follow, sessionId));
  });
  pending.push(send('Target.setAutoAttach', follow));
  // An answer comes after the events of what it attached to.
  for (let next = pending.shift(); next; next = pending.shift()) await next;
  return found;
}

async function privateBytes(pid) {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const kilobytes = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB$/gm)];
  return kilobytes.length === 0 ? undefined : kilobytes.reduce((sum, [, size]) => sum + Number(size) * 1024, 0);
}
