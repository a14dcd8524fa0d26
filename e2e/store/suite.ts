// The stores' conformance suite: a worker that runs every check over one kind of store, and tells how each went. With `?victim` it is a worker that writes until it is ended.
import type { StorageKind } from '../../sw/src/messages.ts';
import { Bench, commit } from './bench.ts';
import { checks, durableChecks } from './checks.ts';
import { opfsChecks } from './opfs.ts';

const parameters = new URLSearchParams(location.search);
const kind = parameters.get('kind') as StorageKind;

async function suite(): Promise<Record<string, string>> {
  const all = { ...checks, ...(kind === 'memory' ? {} : durableChecks), ...(kind === 'opfs' ? opfsChecks : {}) };
  const outcome: Record<string, string> = {};
  for (const [name, check] of Object.entries(all)) {
    const bench = new Bench(kind);
    try {
      await bench.begin();
      await check(bench);
      outcome[name] = 'ok';
    } catch (error) {
      outcome[name] = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    } finally {
      await bench.store?.close().catch(() => undefined);
    }
  }
  return outcome;
}

async function victim(): Promise<void> {
  const bench = new Bench(parameters.get('victim') as StorageKind);
  await bench.open();
  for (let number = bench.store.files().lastCommit + 1; ; number += 1) {
    bench.store.commit(commit(number, [[number, 3_000]]));
    if (number % 3 === 0) await bench.safe(number);
    postMessage(bench.told.durableUpTo);
  }
}

if (parameters.has('victim')) void victim();
else void suite().then((outcome) => postMessage(outcome));
