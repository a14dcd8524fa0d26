// A hello-world server against an answer that the service worker gives by itself, and its throughput.
export const name = 'http';

export async function measure(bench) {
  const session = bench.session();
  try {
    const times = (count, target) => Array.from({ length: count }, () => target);
    // Nothing listens on that port: the service worker answers by itself.
    const plain = { port: 4999, path: '/', wait: false };
    const targets = [...times(50, { port: 3000, path: '/' }), ...times(50, plain), ...times(3, { port: 3000, path: '/large' })];
    const { get } = await bench.run(session, { command: ['node', 'hello.js'], cwd: '/bench', mount: [`${bench.programs}:/bench`], get: targets });
    // The first few of each warm up.
    const head = (from, to) => bench.median(get.slice(from + 10, to).map(({ ms }) => ms.head));
    const [first, base] = [head(0, 50), head(50, 100)];
    const largeGot = get.slice(100);
    const rate = bench.median(largeGot.map(({ ms, body }) => body.length / 1e6 / ((ms.end - ms.head) / 1000)));
    return [
      { name: 'first byte of hello world over a plain answer', value: first - base, unit: 'ms', budget: 2, beside: `${first.toFixed(2)} ms against ${base.toFixed(2)} ms` },
      { name: 'throughput of a server', value: rate, unit: 'MB/s' },
    ];
  } finally {
    await session.close();
  }
}
