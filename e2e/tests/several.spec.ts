// More than one of everything: ports, tabs, visits.
import { Desk, expect, test } from './fixtures.js';

test('two ports at once', async ({ desk }) => {
  await desk.boot();
  await desk.mount('express');
  const one = await desk.serve(['node', 'server.js'], { PORT: '3001' });
  const other = await desk.serve(['node', 'server.js'], { PORT: '3002' });
  for (const { port, url } of [one, other]) {
    await desk.preview(url);
    const headers = await desk.inPreview(async () => (await fetch('/headers')).json(), null);
    expect(headers.host).toBe(`localhost:${port}`);
  }
});

test('a port that is taken is an error in the program that asks for it', async ({ desk }) => {
  await desk.boot();
  await desk.mount('express');
  await desk.serve(['node', 'server.js']);
  const second = await desk.run(['node', 'server.js'], { cwd: '/app' });
  expect(second.code).toBe(1);
  expect(second.stderr).toContain('EADDRINUSE');
});

test('a port with no listener says so', async ({ desk }) => {
  await desk.boot();
  const answer = await desk.page.evaluate(async () => {
    const response = await fetch(container.url(4999));
    return { status: response.status, text: await response.text() };
  });
  expect(answer.status).toBe(502);
  expect(answer.text).toContain('4999');
});

test('two tabs have a container each', async ({ desk, context, site }) => {
  await desk.boot();
  await desk.mount('express');
  const first = await desk.serve(['node', 'server.js']);
  const other = new Desk(await context.newPage(), site.origin);
  await other.boot();
  await other.mount('express');
  const second = await other.serve(['node', 'server.js']);
  expect(second.url).not.toBe(first.url);
  await other.preview(second.url);
  expect(await other.inPreview(async () => (await fetch('/hello')).text(), null)).toBe('Hello from Express');
  await other.page.close();
  await expect.poll(() => desk.page.evaluate(async (url) => (await fetch(url)).status, second.url)).toBe(503);
  await desk.preview(first.url);
  expect(await desk.inPreview(async () => (await fetch('/hello')).text(), null)).toBe('Hello from Express');
});

test('a preview opens in a tab of its own', async ({ desk, context }) => {
  await desk.boot();
  await desk.mount('express');
  const { url } = await desk.serve(['node', 'server.js']);
  const tab = await context.newPage();
  await tab.goto(new URL(url, desk.origin).href);
  await tab.click('#about');
  await expect(tab.locator('h1')).toHaveText('About');
});

test('a hard reload boots again', async ({ desk }) => {
  await desk.boot();
  await desk.mount('express');
  await desk.serve(['node', 'server.js']);
  const session = await desk.page.context().newCDPSession(desk.page);
  await session.send('Page.reload', { ignoreCache: true });
  await desk.page.waitForFunction(() => 'Container' in globalThis);
  await desk.page.evaluate(async () => {
    globalThis.container = await Container.boot();
  });
  await desk.mount('express');
  const { url } = await desk.serve(['node', 'server.js']);
  await desk.preview(url);
  expect(await desk.inPreview(async () => (await fetch('/hello')).text(), null)).toBe('Hello from Express');
});
