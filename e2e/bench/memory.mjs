// What a container costs in memory while its process waits: one that only has a timer, and an Express server.
//
// The sum that stands against the budget is all that the browser can tell of one container in one tab: the wasm memories of the kernel, of the process and of the
// worker that is kept warm for the next one; and V8's heaps, with array buffers, of the page, its supervisor, the process workers and the service worker.
// Not in it: code that the browser compiled, and what it needs itself for a worker. Those are in the growth of its renderer processes, from before the boot.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { initialMemory } from '../driver/image.mjs';

export const name = 'memory';

/** Until a program has settled, and the worker for the next one is warm. */
const SETTLE_MS = 3000;

const megabytes = (bytes) => bytes / 1e6;

export async function measure(bench) {
  const manifest = JSON.parse(await readFile(path.join(bench.dist, 'manifest.json'), 'utf8'));
  const warm = await initialMemory(await readFile(path.join(bench.dist, manifest.process.file)));
  const timer = { command: ['node', '-e', 'setInterval(() => {}, 1e6); console.log("idle")'] };
  const express = { command: ['node', 'server.js'], cwd: '/app', mount: [`${path.join(bench.root, 'demo/examples/express')}:/app`] };
  return [...(await measureIdle(bench, 'one idle process', timer, warm)), ...(await measureIdle(bench, 'an idle Express server', express, warm))];
}

async function measureIdle(bench, what, source, warm) {
  const session = bench.session({ debug: bench.browser === 'chromium' });
  try {
    await session.open();
    // The browser's own pages load meanwhile.
    await sleep(SETTLE_MS);
    const before = bench.browser === 'chromium' ? await session.memory() : undefined;
    const { stats, after } = await bench.during(session, source, async () => {
      await sleep(SETTLE_MS);
      return { stats: await session.stats(), after: before && (await session.memory()) };
    });
    const wasm = { kernel: stats.memory.kernel, process: Object.values(stats.memory.processes).reduce((sum, bytes) => sum + bytes, 0), warm };
    return before ? compare(what, wasm, before, after) : [{ name: `wasm memory of ${what}`, value: megabytes(wasm.process), unit: 'MB' }];
  } finally {
    await session.close();
  }
}

function compare(what, wasm, before, after) {
  const sum = (list, key) => list.reduce((total, one) => total + one[key], 0);
  const [heap, buffers] = ['heap', 'buffers'].map((key) => sum(after.heaps, key));
  const parts = { 'process wasm': wasm.process, 'kernel wasm': wasm.kernel, 'warm wasm': wasm.warm, heaps: heap, buffers };
  const told = Object.entries(parts).map(([name, bytes]) => `${name} ${megabytes(bytes).toFixed(1)}`);
  const rows = [{ name: `memory of a container with ${what}`, value: megabytes(sum(Object.values(parts).map((bytes) => ({ bytes })), 'bytes')), unit: 'MB', budget: 50, beside: told.join(', ') }];
  if (before.renderers !== undefined && after.renderers !== undefined) {
    rows.push({ name: `the browser's growth with ${what}`, value: megabytes(after.renderers - before.renderers), unit: 'MB', beside: `private memory of its renderers, ${megabytes(before.renderers).toFixed(0)} before` });
  }
  return rows;
}
