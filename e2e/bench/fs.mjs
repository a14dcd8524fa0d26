// File operations against native Node: the same program here and there, in the same run, over both transports. Beside each ratio stands what the
// operation costs in system calls, as the container counts them: the difference between a run of few turns and one of more.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export const name = 'fs';

const budgets = { jspi: 2, xhr: 3 };
const program = 'fs.js';

export async function measure(bench) {
  const native = (...args) => JSON.parse(execFileSync(bench.node, [path.join(bench.programs, program), ...args], { encoding: 'utf8' }) || 'null');
  const operations = native('/tmp', 'list');
  const found = [];
  for (const transport of bench.transport ? [bench.transport] : Object.keys(budgets)) {
    const session = bench.session({ transport });
    const run = (...args) => bench.run(session, { command: ['node', program, '/tmp', ...args], cwd: '/bench', mount: [`${bench.programs}:/bench`], timeout: 300 });
    try {
      // The first process of a browser pays for what later ones find ready.
      await run(operations[0], '1');
      for (const operation of operations) {
        const there = native('/tmp', operation, 'timed')[operation];
        const here = JSON.parse((await run(operation, 'timed')).stdout)[operation];
        const calls = await callsPerTurn(run, operation, here);
        found.push({
          name: `${operation} over ${transport}, against native`,
          value: here / there,
          unit: 'x',
          budget: budgets[transport],
          beside: `${here.toFixed(4)} ms against ${there.toFixed(4)} ms, ${calls.toFixed(2)} calls`,
          operation,
          transport,
          ms: here,
          nativeMs: there,
          calls,
        });
        process.stderr.write(`bench: ${operation} over ${transport}: ${here.toFixed(4)} ms, native ${there.toFixed(4)} ms, ${(here / there).toFixed(2)}x, ${calls.toFixed(2)} calls\n`);
      }
    } finally {
      await session.close();
    }
  }
  return found;
}

/** Long operations are counted over a few turns, short ones over many: the calls of the page itself differ by a handful from run to run. */
async function callsPerTurn(run, operation, ms) {
  const more = ms > 20 ? 3 : 200;
  const [few, many] = [(await run(operation, '1')).used.syscalls, (await run(operation, String(1 + more))).used.syscalls];
  return Math.max(0, many - few) / more;
}
