// File operations against native Node: the same program here and there, one after the other.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

export const name = 'files';

export async function measure(bench) {
  const session = bench.session();
  try {
    const { stdout } = await bench.run(session, { command: ['node', 'files.js', '/tmp'], cwd: '/bench', mount: [`${bench.programs}:/bench`] });
    const here = JSON.parse(stdout);
    const native = JSON.parse(execFileSync(bench.node, [path.join(bench.programs, 'files.js')], { encoding: 'utf8' }));
    return Object.keys(native).map((operation) => ({
      name: `${operation}, against native`,
      value: here[operation] / native[operation],
      unit: 'x',
      budget: 2,
      beside: `${here[operation].toFixed(4)} ms against ${native[operation].toFixed(4)} ms`,
    }));
  } finally {
    await session.close();
  }
}
