// Coming to a container, and what is said when there can be none.
import { expect, subfolder, test } from './fixtures.js';

const attempt = async (options: object): Promise<string> => {
  try {
    await Container.boot(options);
    return 'booted';
  } catch (error) {
    return `${(error as { code?: string }).code}: ${(error as Error).message}`;
  }
};

test('a first visit, and a later one', async ({ desk }) => {
  await desk.boot();
  expect(await desk.page.evaluate(() => [container.name, container.workdir, container.url(3000)])).toEqual(['main', '/home/user', `${desk.origin}/~/main/3000/`]);
  expect(await desk.page.evaluate(() => container.fs.readdir('/'))).toContain('tmp');
  await desk.boot();
  expect(await desk.page.evaluate(() => container.fs.readdir('.'))).toEqual([]);
});

test('a site in a subfolder', async ({ desk }) => {
  await desk.boot({ base: subfolder });
  expect(await desk.page.evaluate(() => container.url(3000))).toBe(`${desk.origin}${subfolder}~/main/3000/`);
  const status = await desk.page.evaluate(async () => (await fetch(container.url(3000))).status);
  expect(status, 'a port without listener').toBe(502);
});

test('names: one a page, the next free one in another tab, free again after teardown', async ({ desk, context }) => {
  await desk.boot();
  expect(await desk.page.evaluate(attempt, {})).toMatch(/^ERR_ALREADY_BOOTED: .*"main"/);
  expect(await desk.page.evaluate(attempt, { name: 'a/b' })).toMatch(/^ERR_INVALID_ARG: .*a\/b/);
  const other = await context.newPage();
  await other.goto(`${desk.origin}/blank.html`);
  await other.waitForFunction(() => 'Container' in globalThis);
  expect(await other.evaluate(async () => (globalThis.container = await Container.boot()).name)).toBe('main-2');
  await desk.page.evaluate(() => container.teardown());
  const after = await desk.page.evaluate(async () => {
    const refused = await container.fs.stat('/').catch((error) => error.code);
    return [refused, (await Container.boot()).name];
  });
  expect(after).toEqual(['ERR_TORN_DOWN', 'main']);
});

test('transports: one a page, and only known ones', async ({ desk }) => {
  await desk.boot({ transport: 'xhr' });
  expect(await desk.page.evaluate(async () => (await container.stats()).transport)).toBe('xhr');
  expect(await desk.page.evaluate(attempt, { name: 'other', transport: 'jspi' })).toMatch(/^ERR_INVALID_ARG: .*xhr/);
});

test('what stands in the way is named', async ({ desk, browser }) => {
  await desk.page.goto(`${desk.origin}/blank.html`);
  await desk.page.waitForFunction(() => 'Container' in globalThis);
  expect(await desk.page.evaluate(attempt, { workerBase: '/not/here/' })).toMatch(/^ERR_SCRIPT: .*\/not\/here\//);
  expect(await desk.page.evaluate(attempt, { workerBase: 'https://elsewhere.test/' })).toMatch(/^ERR_SCRIPT: .*elsewhere\.test/);
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(`${desk.origin}/blank.html`);
  await page.waitForFunction(() => 'Container' in globalThis);
  expect(await page.evaluate(attempt, {})).toMatch(/^ERR_NO_SERVICE_WORKER: /);
  await context.close();
});

test('missing and mistyped files of the distribution are named', async ({ desk }) => {
  const faults: [string, { status: number; contentType: string; body: string }, RegExp][] = [
    ['**/sw.js', { status: 200, contentType: 'text/plain', body: '0' }, /^ERR_SCRIPT: .*text\/plain/],
    ['**/sw.js', { status: 404, contentType: 'text/plain', body: '' }, /^ERR_SCRIPT: .*sw\.js answered 404/],
    ['**/supervisor.js*', { status: 404, contentType: 'text/plain', body: '' }, /^ERR_SCRIPT: .*supervisor\.js/],
  ];
  for (const [address, answer, told] of faults) {
    await desk.page.context().route(address, (route) => route.fulfill(answer));
    await desk.page.goto(`${desk.origin}/blank.html`);
    await desk.page.waitForFunction(() => 'Container' in globalThis);
    expect(await desk.page.evaluate(attempt, {}), address).toMatch(told);
    await desk.page.context().unroute(address);
  }
});

test('the script tag alone: mount, run, preview', async ({ desk }) => {
  await desk.page.goto(`${desk.origin}/tag.html`);
  await expect(desk.page.frameLocator('#frame').locator('h1')).toHaveText('Home', { timeout: 40_000 });
  await expect(desk.page.locator('#output')).toContainText('3000');
  expect(await desk.page.evaluate(() => typeof globalThis.Porthole.Container.boot)).toBe('function');
});

test('the kernel’s own addresses are the site’s, not a preview’s', async ({ desk }) => {
  await desk.boot();
  await desk.mount('express');
  const { url } = await desk.serve(['node', 'server.js']);
  await desk.preview(url);
  const statuses = await desk.inPreview(async (origin) => {
    const get = async (path: string) => (await fetch(`${origin}/~k/${path}`)).status;
    const call = (await fetch(`${origin}/~k/call/main/2/guess`, { method: 'POST', body: new Uint8Array(20) })).status;
    return [await get('stats'), await get('hello'), await get('heartbeat'), call];
  }, desk.origin);
  expect(statuses).toEqual([403, 403, 403, 410]);
  expect(await desk.page.evaluate(async () => (await fetch('/~k/hello')).status)).toBe(200);
});

test('what programs need daily does not come late', async ({ desk, site }) => {
  await desk.boot();
  const daily = `
    const http = require('http');
    for (const name of ['https', 'crypto', 'child_process', 'worker_threads', 'readline', 'stream/web', 'zlib', 'assert', 'url']) require(name);
    require('crypto').createHash('sha256').update('x').digest('hex');
    const server = http.createServer((request, response) => response.end('x')).listen(3000, async () => {
      console.log(await (await fetch('http://localhost:3000/')).text());
      process.exit();
    });`;
  const late = () => site.requests.filter((path) => /\/(later\.js|node-rest\.|asymmetric\.|typescript\.)/.test(path)).map((path) => path.replace(/\.[0-9a-f]{16}/, ''));
  const before = late().length;
  expect(await desk.run(['node', '-e', daily])).toEqual({ code: 0, stdout: 'x\n', stderr: '' });
  expect(late().slice(before)).toEqual([]);
  expect((await desk.run(['node', '-e', 'require("node:repl"); require("crypto").generateKeyPairSync("ed25519")'])).code).toBe(0);
  expect(late().slice(before)).toEqual(['/later.js', '/node-rest.bin', '/asymmetric.wasm']);
  const typed = 'let x: string = "typed"; console.log(x)';
  expect(await desk.run(['node', '-e', typed])).toEqual({ code: 0, stdout: 'typed\n', stderr: '' });
  expect(late().slice(before)).toContain('/typescript.wasm');
});
