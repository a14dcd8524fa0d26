// A container that begins with another's files.
import { expect, test } from './fixtures.js';

type Storage = 'opfs' | 'idb' | 'memory';

for (const storage of ['opfs', 'idb', 'memory'] as Storage[]) {
  test(`a fork has the files of its moment, and its own from then on, over ${storage}`, async ({ desk }) => {
    await desk.boot({ storage });
    const make = "const fs = require('fs'); fs.mkdirSync('/data'); for (let at = 0; at < 40; at++) fs.writeFileSync('/data/' + at, Buffer.alloc(100_000 + at, at)); fs.symlinkSync('0', '/data/link'); fs.chmodSync('/data/1', 0o600)";
    expect(await desk.run(['node', '-e', make])).toMatchObject({ code: 0 });
    const seen = await desk.page.evaluate(async () => {
      const fork = await container.fork('copy');
      // The original loses what the fork has not been given yet.
      for (let at = 0; at < 40; at += 1) await container.fs.rm(`/data/${at}`);
      await container.fs.writeFile('/data/new', 'of the original');
      await fork.fs.writeFile('/data/other', 'of the fork');
      const sums = [];
      for (let at = 0; at < 40; at += 1) {
        const bytes = await fork.fs.readFile(`/data/${at}`);
        sums.push(bytes.length === 100_000 + at && bytes.every((byte) => byte === at));
      }
      const there = { names: (await fork.fs.readdir('/data')).length, link: await fork.fs.readlink('/data/link'), mode: (await fork.fs.stat('/data/1')).mode & 0o777 };
      const child = await fork.spawn('node', ['-e', "const fs = require('fs'); fs.appendFileSync('/data/other', ', changed'); fs.fsyncSync(fs.openSync('/data/other')); console.log(fs.readFileSync('/data/other', 'utf8'))"]);
      const said = await new Response(child.stdout as ReadableStream).text();
      await child.exited;
      return { name: fork.name, storage: fork.storage, right: sums.every(Boolean), ...there, said, original: await container.fs.readdir('/data') };
    });
    expect(seen).toEqual({ name: 'copy', storage, right: true, names: 42, link: '0', mode: 0o600, said: 'of the fork, changed\n', original: ['link', 'new'] });
    if (storage === 'memory') return;
    await desk.page.evaluate(() => container.teardown());
    await desk.page.reload();
    await desk.boot({ name: 'copy', storage });
    expect(await desk.page.evaluate(async () => [(await container.fs.readFile('/data/39')).length, await container.fs.readFile('/data/other', 'utf8'), await Container.list()])).toEqual([100_039, 'of the fork, changed', ['copy']]);
  });
}

test('a fork while a program writes and the service worker dies is one moment', async ({ desk }) => {
  await desk.boot();
  // `b` is never older than `a`, and at most one ahead.
  const busy = "const fs = require('fs'); fs.writeFileSync('/a', '0'); fs.writeFileSync('/b', '0'); console.log('on'); for (let at = 1; ; at++) { fs.writeFileSync('/b', String(at)); fs.writeFileSync('/a', String(at)); if (at % 100 === 0) fs.fsyncSync(fs.openSync('/a')), fs.statSync('/tmp'); }";
  await desk.page.evaluate(async (busy) => {
    const child = await container.spawn('node', ['-e', busy]);
    await (child.stdout as ReadableStream).getReader().read();
  }, busy);
  for (let round = 0; round < 3; round += 1) {
    const forked = desk.page.evaluate(async (name) => {
      const fork = await container.fork(name);
      const [a, b] = [Number(await fork.fs.readFile('/a', 'utf8')), Number(await fork.fs.readFile('/b', 'utf8'))];
      await fork.teardown();
      return b - a;
    }, `fork-${round}`);
    await desk.kill();
    expect([0, 1]).toContain(await forked);
  }
});

test('what is in the way of a fork is named', async ({ desk }) => {
  await desk.boot();
  const fork = (name: string) => desk.page.evaluate((name) => container.fork(name).then(() => 'made', (error) => error.code), name);
  expect([await fork('main'), await fork('no/name')]).toEqual(['ERR_ALREADY_BOOTED', 'ERR_INVALID_ARG']);
  expect(await fork('one')).toBe('made');
  await desk.page.evaluate(async () => {
    const other = await Container.boot({ name: 'two' });
    await other.fs.writeFile('/file', 'x');
    await other.teardown({ keep: true });
  });
  expect([await fork('one'), await fork('two')]).toEqual(['ERR_ALREADY_BOOTED', 'ERR_FILES_EXIST']);
  await desk.page.evaluate(() => Container.forget('two'));
  expect(await fork('two')).toBe('made');
  await desk.page.evaluate(() => container.teardown());
  expect(await fork('three')).toBe('ERR_TORN_DOWN');
});
