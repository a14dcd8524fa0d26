// What survives the kernel: everything.
import { expect, test, type Transport } from './fixtures.js';

test('files, descriptors and calls in flight survive kills at any moment', async ({ desk }) => {
  await desk.boot();
  // Each append is a call that must happen exactly once. As many as it takes for the kernel to have died often enough, however fast they are.
  const work = desk.page.evaluate(async () => {
    let count = 0;
    for (let dead = 0; dead < 5 || count < 1000; count += 1) {
      await container.fs.appendFile('/tmp/log', `${count}\n`);
      if (count % 100 === 0) dead = (await container.stats()).rebirths;
    }
    const lines = (await container.fs.readFile('/tmp/log', 'utf8')).trim().split('\n');
    return { count, lines: lines.length, wrong: lines.findIndex((line, at) => line !== String(at)) };
  });
  let over = false;
  void work.finally(() => (over = true));
  while (!over) {
    await desk.kill();
    await desk.page.waitForTimeout(40 + Math.random() * 250);
  }
  const { count, lines, wrong } = await work;
  expect({ lines, wrong }).toEqual({ lines: count, wrong: -1 });
});

test('a log that was cut by a checkpoint', async ({ desk }) => {
  await desk.boot();
  const sizes = await desk.page.evaluate(async () => {
    for (let at = 0; at < 6; at++) await container.fs.writeFile(`/tmp/${at}`, new Uint8Array(6_000_000).fill(at + 1));
    // The checkpoint is asked for when the log has grown, and comes by itself.
    const kept = async () => Object.values((await container.stats()).details.logs)[0];
    for (let wait = 0; wait < 100 && !(await kept())?.stateBytes; wait++) await new Promise((done) => setTimeout(done, 50));
    return kept();
  });
  expect(sizes?.stateBytes).toBeGreaterThan(0);
  expect(sizes?.bytes).toBeLessThan(20_000_000);
  for (let kill = 0; kill < 2; kill++) {
    await desk.kill();
    const sums = await desk.page.evaluate(async () => {
      const found = [];
      for (let at = 0; at < 6; at++) found.push((await container.fs.readFile(`/tmp/${at}`)).reduce((sum, byte) => sum + byte, 0));
      await container.fs.writeFile('/tmp/0', new Uint8Array(6_000_000).fill(1));
      return found;
    });
    expect(sums).toEqual([1, 2, 3, 4, 5, 6].map((byte) => byte * 6_000_000));
  }
});

for (const transport of ['jspi', 'xhr'] as Transport[]) {
  test(`programs live on: pipes, timers, children, over ${transport}`, async ({ desk }) => {
    await desk.boot({ transport });
    const program = `
      const { spawn } = require('child_process');
      const child = spawn(process.execPath, ['-e', 'process.stdin.on("data", (d) => process.stdout.write(String(d).toUpperCase()))']);
      let heard = '';
      child.stdout.on('data', (d) => { heard += d; });
      let count = 0;
      const timer = setInterval(() => {
        child.stdin.write('line ' + ++count + '\\n');
        console.log(count);
        if (count < 20) return;
        clearInterval(timer);
        child.stdin.end();
      }, 50);
      child.on('close', (code) => console.log(code, heard.split('\\n').length - 1, heard.startsWith('LINE 1\\nLINE 2\\n'), heard.endsWith('LINE 20\\n')));`;
    const running = desk.run(['node', '-e', program]);
    let over = false;
    void running.finally(() => (over = true));
    while (!over) {
      await desk.page.waitForTimeout(120);
      await desk.kill();
    }
    const { code, stdout, stderr } = await running;
    expect(stderr).toBe('');
    expect(stdout).toBe(`${Array.from({ length: 20 }, (_, at) => `${at + 1}\n`).join('')}0 20 true true\n`);
    expect(code).toBe(0);
  });
}


test('rebirth is quick', async ({ desk }) => {
  await desk.boot();
  await desk.run(['node', '-e', '0']);
  await desk.kill();
  const { rebirths, rebirthMs, name } = await desk.page.evaluate(async () => {
    await container.fs.stat('/');
    const { rebirths, details } = await container.stats();
    return { rebirths, rebirthMs: details.rebirthMs, name: container.name };
  });
  expect({ rebirths, name }).toEqual({ rebirths: 1, name: 'main' });
  // Not a benchmark: far beyond what it takes, and far below what a lost message would cost.
  expect(rebirthMs).toBeLessThan(3000);
});

test('the site’s data is cleared under a living container', async ({ desk }) => {
  await desk.boot();
  await desk.page.evaluate(async () => {
    await container.fs.writeFile('/tmp/kept', 'kept');
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.unregister();
    for (const name of await caches.keys()) await caches.delete(name);
  });
  await desk.kill();
  expect(await desk.page.evaluate(() => container.fs.readFile('/tmp/kept', 'utf8'))).toBe('kept');
});
