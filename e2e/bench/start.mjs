// Boot and `node -e 0`: on a first visit (fresh profile) and on later ones (the same browser, the page loaded anew).
export const name = 'start';

export async function measure(bench) {
  const job = { command: ['node', '-e', '0'] };
  const first = [];
  const later = [];
  const exits = [];
  for (let browsers = 0; browsers < 3; browsers += 1) {
    const session = bench.session();
    try {
      first.push((await bench.run(session, job)).timings);
      for (let visits = 0; visits < Math.ceil(bench.runs / 3); visits += 1) {
        await session.revisit();
        later.push((await bench.run(session, job)).timings.boot);
        exits.push((await bench.run(session, job)).timings.exit);
      }
    } finally {
      await session.close();
    }
  }
  return [
    { name: 'boot, first visit', value: bench.median(first.map(({ boot }) => boot)), unit: 'ms', budget: 500 },
    { name: 'boot, later visit', value: bench.median(later), unit: 'ms', budget: 150 },
    { name: 'node -e 0, the first after a first boot', value: bench.median(first.map(({ exit }) => exit)), unit: 'ms' },
    { name: 'node -e 0, spawn to exit', value: bench.median(exits), unit: 'ms', budget: 100 },
  ];
}
