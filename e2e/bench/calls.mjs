// What one synchronous syscall costs, per transport, seen from inside the guest.
export const name = 'calls';

const program = `
  const fs = require('node:fs');
  const turns = 200;
  fs.fstatSync(0);
  const start = performance.now();
  for (let turn = 0; turn < turns; turn += 1) fs.fstatSync(0);
  console.log((performance.now() - start) / turns);
`;

export async function measure(bench) {
  const found = [];
  for (const transport of bench.transport ? [bench.transport] : ['jspi', 'xhr']) {
    const session = bench.session({ transport });
    try {
      const { stdout } = await bench.run(session, { command: ['node', '-e', program] });
      found.push({ name: `synchronous syscall over ${transport}`, value: Number(stdout), unit: 'ms' });
    } finally {
      await session.close();
    }
  }
  return found;
}
