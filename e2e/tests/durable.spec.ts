// Files outlive the tab, the browser and whatever dies in between.
import { chromium } from '@playwright/test';
import { type BrowserName, profile, start } from './browsers.js';
import { Desk, expect, test } from './fixtures.js';
import { serve } from './site.js';

type Storage = 'opfs' | 'idb';

async function write(desk: Desk, path: string, text: string): Promise<void> {
  await desk.page.evaluate(([path, text]) => container.fs.writeFile(path, text), [path, text] as const);
}

const read = (desk: Desk, path: string): Promise<string> => desk.page.evaluate((path) => container.fs.readFile(path, 'utf8').catch((error) => error.code), path);
const names = (desk: Desk): Promise<string[]> => desk.page.evaluate(() => Container.list());
const storageOf = (desk: Desk): Promise<string> => desk.page.evaluate(() => container.storage);

for (const storage of ['opfs', 'idb'] as Storage[]) {
  test(`a program’s fsynced files are there when the page is loaded anew, over ${storage}`, async ({ desk }) => {
    await desk.boot({ storage });
    expect(await storageOf(desk)).toBe(storage);
    const program = "const fs = require('fs'); fs.mkdirSync('/data/deep', { recursive: true }); fs.writeFileSync('/data/deep/file', 'x'.repeat(200000)); fs.fsyncSync(fs.openSync('/data/deep/file')); console.log('safe')";
    expect(await desk.run(['node', '-e', program])).toMatchObject({ code: 0, stdout: 'safe\n' });
    await desk.boot({ storage });
    expect(await desk.page.evaluate(() => container.name)).toBe('main');
    expect((await read(desk, '/data/deep/file')).length).toBe(200_000);
    // What a program does to them afterwards lasts as well.
    expect(await desk.run(['node', '-e', "const fs = require('fs'); fs.appendFileSync('/data/deep/file', 'y'); fs.fsyncSync(fs.openSync('/data/deep/file'))"])).toMatchObject({ code: 0 });
    await desk.boot({ storage });
    expect((await read(desk, '/data/deep/file')).slice(-2)).toBe('xy');
  });

  test(`kills of the service worker and loading anew in the middle of work, over ${storage}`, async ({ desk }) => {
    // Appends that are safe when the number is printed; each start goes on where the last one stopped, and checks what is there.
    const program = `
      const fs = require('fs');
      const lines = fs.existsSync('/log') ? fs.readFileSync('/log', 'utf8').split('\\n').slice(0, -1) : [];
      lines.forEach((line, at) => { if (line !== 'line ' + at) { console.log('wrong', at, line); process.exit(1); } });
      const fd = fs.openSync('/log', 'a');
      for (let at = lines.length; at < lines.length + 40; at++) {
        fs.writeSync(fd, 'line ' + at + '\\n');
        fs.writeFileSync('/new', String(at));
        fs.renameSync('/new', '/last');
        if (at % 4 === 0) fs.fsyncSync(fd);
      }
      fs.fsyncSync(fd);
      console.log(lines.length + 40, fs.readFileSync('/last', 'utf8'));`;
    for (let life = 1; life <= 3; life++) {
      await desk.boot({ storage });
      const running = desk.run(['node', '-e', program]);
      let over = false;
      void running.finally(() => (over = true)).catch(() => undefined);
      while (!over) {
        await desk.page.waitForTimeout(150);
        if (!over) await desk.kill();
      }
      expect(await running).toEqual({ code: 0, stderr: '', stdout: `${life * 40} ${life * 40 - 1}\n` });
    }
  });
}

test('a closed page leaves its files to the next one', async ({ desk, context, site }) => {
  await desk.boot();
  expect(await storageOf(desk)).toBe('opfs');
  await desk.mount('express');
  await write(desk, '/home/user/kept', 'kept');
  await desk.page.waitForTimeout(500);
  await desk.page.close();
  const other = new Desk(await context.newPage(), site.origin);
  await other.boot();
  expect(await other.page.evaluate(() => container.name)).toBe('main');
  expect(await read(other, '/home/user/kept')).toBe('kept');
  const { url } = await other.serve(['node', 'server.js']);
  await other.preview(url);
  expect(await other.inPreview(async () => (await fetch('/hello')).text(), null)).toBe('Hello from Express');
});

test('a second tab has files of its own, and keeps them when it is loaded anew', async ({ desk, context, site }) => {
  await desk.boot();
  await write(desk, '/home/user/file', 'first');
  const other = new Desk(await context.newPage(), site.origin);
  await other.boot();
  await write(other, '/home/user/file', 'second');
  await other.page.waitForTimeout(300);
  expect(await other.page.evaluate(() => container.name)).toBe('main-2');
  await desk.page.close();
  await other.boot();
  expect([await other.page.evaluate(() => container.name), await read(other, '/home/user/file')]).toEqual(['main-2', 'second']);
  // A tab that comes later takes over what the first left.
  const third = new Desk(await context.newPage(), site.origin);
  await third.boot();
  expect([await third.page.evaluate(() => container.name), await read(third, '/home/user/file')]).toEqual(['main', 'first']);
});

test('teardown forgets, or keeps; list and forget', async ({ desk }) => {
  await desk.boot();
  const boot = (options: object) => desk.page.evaluate(async (options) => void (globalThis.container = await Container.boot(options)), options);
  await write(desk, '/home/user/file', 'one');
  expect(await desk.page.evaluate(() => Container.forget('main').catch((error) => error.code))).toBe('ERR_FILES_IN_USE');
  // At once: what is kept is what was there.
  await desk.page.evaluate(() => container.teardown({ keep: true }));
  await boot({});
  expect(await read(desk, '/home/user/file')).toBe('one');
  await desk.page.evaluate(() => container.teardown());
  await boot({});
  expect(await read(desk, '/home/user/file')).toBe('ENOENT');
  await desk.page.evaluate(() => container.teardown({ keep: true }));
  await boot({ name: 'other', storage: 'idb' });
  await desk.page.evaluate(() => container.teardown({ keep: true }));
  expect(await names(desk)).toEqual(['main', 'other']);
  await desk.page.evaluate(() => Container.forget('other'));
  await desk.page.evaluate(() => Container.forget('main'));
  expect(await names(desk)).toEqual([]);
  await boot({ storage: 'memory' });
  await write(desk, '/home/user/file', 'gone');
  await desk.page.evaluate(() => container.teardown({ keep: true }));
  expect(await names(desk)).toEqual([]);
});

test('damaged files are an error that names the place, and can be salvaged', async ({ desk }) => {
  await desk.boot();
  for (const name of ['one', 'two', 'three']) {
    await write(desk, `/home/user/${name}`, name);
    await desk.page.waitForTimeout(200);
  }
  await desk.page.evaluate(() => container.teardown({ keep: true }));
  // The name of the second file, in the journal.
  await desk.page.evaluate(async () => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('porthole');
    const file = await (await (await root.getDirectoryHandle(encodeURIComponent('/'))).getDirectoryHandle('main')).getFileHandle('journal-a');
    const bytes = new Uint8Array(await (await file.getFile()).arrayBuffer());
    const at = new TextDecoder('latin1').decode(bytes).indexOf('two');
    if (at < 0) throw new Error('the journal has no such name');
    bytes[at] ^= 1;
    const writable = await file.createWritable();
    await writable.write(bytes);
    await writable.close();
  });
  const refused = await desk.page.evaluate(() => Container.boot().catch((error) => [error.code, error.message]));
  expect(refused).toEqual(['ERR_FILES_DAMAGED', expect.stringMatching(/record \d+ at offset \d+ of journal-a .*salvage: true.*Container\.forget/)]);
  const salvaged = await desk.page.evaluate(async () => {
    const container = await Container.boot({ salvage: true });
    const heard: string[] = [];
    container.on('error', ({ message, fatal }) => void heard.push(`${fatal} ${message}`));
    await new Promise((done) => setTimeout(done, 100));
    const files = (await container.fs.readdir('/home/user')).sort();
    await container.fs.writeFile('/home/user/four', 'four');
    await container.teardown({ keep: true });
    const again = await Container.boot();
    return { heard, files, later: (await again.fs.readdir('/home/user')).sort() };
  });
  expect(salvaged.files).toEqual(['one']);
  expect(salvaged.later).toEqual(['four', 'one']);
});

test('files are full before the browser refuses, and room comes back', async ({ site }, { project }) => {
  // Not a private context, as all others are: Chromium enforces no quota there.
  const home = profile();
  const context = await chromium.launchPersistentContext(home.folder, project.use.launchOptions);
  const desk = new Desk(await context.newPage(), site.origin);
  const session = await context.newCDPSession(desk.page);
  await session.send('Storage.overrideQuotaForOrigin', { origin: desk.origin, quotaSize: 70_000_000 });
  await desk.boot();
  const hear = () => desk.page.evaluate(() => {
    const heard: string[] = [];
    container.on('error', ({ message }) => void heard.push(message));
    return Object.assign(globalThis, { heard }).heard;
  });
  await hear();
  const program = `
    const fs = require('fs');
    const piece = Buffer.alloc(1 << 20, 7);
    const fill = () => { let count = 0; try { for (; count < 200; count++) fs.writeFileSync('/fill-' + count, piece); } catch (error) { return [count, error.code]; } return [count, 'no end']; };
    const [count, code] = fill();
    fs.rmSync('/fill-' + count, { force: true });
    fs.fsyncSync(fs.openSync('/'));
    for (let at = 0; at < count; at++) fs.rmSync('/fill-' + at);
    fs.fsyncSync(fs.openSync('/'));
    fs.writeFileSync('/after', piece);
    fs.fsyncSync(fs.openSync('/after'));
    console.log(count > 5 && count < 60, code);`;
  expect(await desk.run(['node', '-e', program])).toEqual({ code: 0, stderr: '', stdout: 'true ENOSPC\n' });
  expect(await desk.page.evaluate(() => (globalThis as unknown as { heard: string[] }).heard)).toEqual([]);
  await desk.boot();
  expect(await desk.page.evaluate(async () => (await container.fs.readFile('/after')).length)).toBe(1 << 20);
  await context.close();
  home.remove();
});

interface Report {
  error?: string;
  name: string;
  storage: string;
  last: number;
  rounds: number[];
}

/** Kills the browser in the middle of work, starts it again with the same profile, and asks what is there. */
async function killAndReturn(browser: BrowserName, storage?: Storage): Promise<void> {
  const site = await serve();
  const home = profile();
  const visit = async (query: string): Promise<Report> => {
    const reported = new Promise<Report>((done) => site.onReport((report) => done(report as Report)));
    const window = start(browser, home, `${site.origin}/durable.html?${query}${storage ? `&storage=${storage}` : ''}`);
    try {
      return await reported;
    } finally {
      await window.kill();
    }
  };
  try {
    const before = await visit('do=write');
    expect(before).toEqual({ name: 'main', storage: storage ?? 'opfs', last: expect.any(Number) });
    const after = await visit('do=check');
    expect(after).toMatchObject({ name: 'main', storage: storage ?? 'opfs', text: 'A', link: 'a.txt', mode: 0o600, big: true, stored: ['main'] });
    // Fifty rounds without a gap, none of them older than what was safe.
    expect(after.rounds).toEqual(Array.from({ length: 50 }, (_, at) => (after.rounds[0] ?? 0) + at));
    expect(after.rounds.at(-1)).toBeGreaterThanOrEqual(before.last);
  } finally {
    site.close();
    home.remove();
  }
}

test('chromium is killed and started again', () => killAndReturn('chromium'));
test('chromium is killed and started again, over idb', () => killAndReturn('chromium', 'idb'));
test('firefox is killed and started again', () => killAndReturn('firefox'));
