// The kernel dies when the browser pleases. Nobody may notice.
import { expect, test, type Transport } from './fixtures.js';

for (const transport of ['jspi', 'xhr'] as Transport[]) {
  test(`a kill between any two steps, over ${transport}`, async ({ desk }) => {
    await desk.boot({ transport });
    await desk.kill();
    await desk.mount('express');
    await desk.kill();
    const { url } = await desk.serve(['node', 'server.js']);
    await desk.kill();
    await desk.preview(url);
    for (let count = 1; count <= 5; count++) {
      await desk.kill();
      const jar = await desk.inPreview(async () => (await fetch('/cookie')).json(), null);
      expect(jar.visits ?? '0').toBe(String(count - 1));
    }
    await desk.kill();
    expect(await desk.page.evaluate(() => container.fs.readFile('/app/public/style.css', 'utf8'))).toContain('rgb(1, 2, 3)');
    await desk.kill();
    expect(await desk.run(['node', '-p', '6 * 7'])).toEqual({ code: 0, stdout: '42\n', stderr: '' });
  });

  test(`kills under load, over ${transport}`, async ({ desk }) => {
    await desk.boot({ transport });
    // Counts, writes each number to a file before it prints it, and checks itself at the end.
    const program = `
      const fs = require('fs');
      let n = 0;
      const step = () => {
        for (let i = 0; i < 10; i++) { n++; fs.appendFileSync('/tmp/log', n + '\\n'); fs.writeFileSync('/tmp/now', String(n)); fs.renameSync('/tmp/now', '/tmp/last'); }
        console.log(n);
        if (n < 400) return setTimeout(step, 1);
        const lines = fs.readFileSync('/tmp/log', 'utf8').trim().split('\\n');
        const whole = lines.length === 400 && lines.every((line, at) => Number(line) === at + 1) && fs.readFileSync('/tmp/last', 'utf8') === '400';
        console.log(whole ? 'whole' : 'BROKEN ' + lines.length);
      };
      step();`;
    const running = desk.run(['node', '-e', program]);
    let ended = false;
    void running.finally(() => (ended = true));
    let kills = 0;
    while (!ended && kills < 20) {
      await desk.page.waitForTimeout(60);
      await desk.kill();
      kills++;
    }
    const { code, stdout } = await running;
    const wanted = Array.from({ length: 40 }, (_, at) => String((at + 1) * 10));
    expect(stdout.trim().split('\n')).toEqual([...wanted, 'whole']);
    expect(code).toBe(0);
    expect(kills).toBeGreaterThan(2);
  });
}

test('requests that a kill interrupts fail or succeed, and later ones succeed', async ({ desk }) => {
  await desk.boot();
  await desk.mount('express');
  const { url } = await desk.serve(['node', 'server.js']);
  await desk.preview(url);
  for (let round = 0; round < 5; round++) {
    const answers = desk.inPreview(async () => {
      const one = (): Promise<string> => fetch('/hello').then((response) => response.text()).catch(() => 'failed');
      return Promise.all(Array.from({ length: 20 }, one));
    }, null);
    await desk.kill();
    for (const answer of await answers) expect(['Hello from Express', 'failed']).toContain(answer);
    expect(await desk.inPreview(async () => (await fetch('/hello')).text(), null)).toBe('Hello from Express');
  }
});
