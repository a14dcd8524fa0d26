// What Node's own work costs against native Node: the same program here and there, in the same run.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export const name = 'node';

const program = 'node.js';

export async function measure(bench) {
  const apps = path.join(bench.root, 'e2e/apps');
  const native = (...args) => execFileSync(bench.node, [path.join(bench.programs, program), ...args], { encoding: 'utf8', cwd: apps });
  const jobs = JSON.parse(native('list'));
  const found = [];
  for (const transport of bench.transport ? [bench.transport] : ['jspi', 'xhr']) {
    const session = bench.session({ transport });
    const mount = [`${bench.programs}:/bench`, `${apps}:/home/user/apps`];
    const run = async (...args) => (await bench.run(session, { command: ['node', `/bench/${program}`, ...args], cwd: '/home/user/apps', mount, timeout: 300 })).stdout;
    const add = (what, here, there, unit = 'ms') => {
      found.push({ name: `${what} over ${transport}, against native`, value: here / there, unit: 'x', beside: `${here.toFixed(2)} ${unit} against ${there.toFixed(2)} ${unit}` });
      process.stderr.write(`bench: ${what} over ${transport}: ${here.toFixed(2)} ${unit}, native ${there.toFixed(2)} ${unit}, ${(here / there).toFixed(1)}x\n`);
    };
    try {
      // The first process of a browser pays for what later ones find ready.
      await run('list');
      for (const job of jobs) add(job, Number(await run(job)), Number(native(job)));
      const starts = [];
      const nativeStarts = [];
      for (let turn = 0; turn < bench.runs; turn += 1) {
        let begun = performance.now();
        await bench.run(session, { command: ['node', '-e', '0'] });
        starts.push(performance.now() - begun);
        begun = performance.now();
        execFileSync(bench.node, ['-e', '0']);
        nativeStarts.push(performance.now() - begun);
      }
      add('node -e 0', bench.median(starts), bench.median(nativeStarts));
    } finally {
      await session.close();
    }
  }
  return found;
}
