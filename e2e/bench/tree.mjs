// A tree of 20,000 small files (60 MB) in the store that the browser grants: written, found again by a page that boots with it in the store, and read once.
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export const name = 'tree';

const megabytes = (bytes) => bytes / 1e6;

export async function measure(bench) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'porthole-tree-'));
  const native = (what) => JSON.parse(execFileSync(bench.node, [path.join(bench.programs, 'tree.js'), what, path.join(folder, 'tree')], { encoding: 'utf8' }));
  const [there, thereRead] = [native('write'), native('read')];
  await rm(folder, { recursive: true });
  const session = bench.session();
  const job = (...args) => ({ command: ['node', '/bench/tree.js', ...args], mount: [`${bench.programs}:/bench`], keep: true, timeout: 300 });
  try {
    // The first process of a browser pays for what later ones find ready.
    await bench.run(session, { command: ['node', '-e', '0'], keep: true });
    const here = JSON.parse((await bench.run(session, job('write', '/home/user/tree'))).stdout);
    const boots = [];
    for (let visit = 0; visit < 3; visit += 1) {
      await session.revisit();
      boots.push((await bench.run(session, { command: ['node', '-e', '0'], keep: true })).timings.boot);
    }
    await session.revisit();
    let read = '';
    const stats = await bench.during(session, { ...job('read', '/home/user/tree', 'stay'), heard: (text) => (read += text) }, () => session.stats());
    const hereRead = JSON.parse(read);
    if (hereRead.bytes !== here.bytes) throw new Error(`${here.bytes} bytes were written and ${hereRead.bytes} read`);
    return [
      { name: '20,000 files written', value: here.ms, unit: 'ms', budget: 4000, beside: `native ${there.ms.toFixed(0)} ms` },
      { name: '20,000 files on the disk', value: here.safeMs, unit: 'ms', beside: `native ${there.safeMs.toFixed(0)} ms` },
      { name: 'boot with them', value: bench.median(boots), unit: 'ms', budget: 300, beside: boots.map((ms) => ms.toFixed(0)).join(', ') },
      { name: 'all read once', value: hereRead.ms, unit: 'ms', beside: `native ${thereRead.ms.toFixed(0)} ms` },
      { name: 'memory of the kernel after that', value: megabytes(stats.memory.kernel), unit: 'MB', budget: 48 },
    ];
  } finally {
    await session.close();
  }
}
