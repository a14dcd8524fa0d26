// An unmodified Express app in an iframe: whatever a browser does with a site, it does with a port.
import { createHash } from 'node:crypto';
import { expect, subfolder, test, type Transport } from './fixtures.js';

const cases: { transport: Transport; base: string }[] = [
  { transport: 'jspi', base: '/' },
  { transport: 'xhr', base: '/' },
  { transport: 'jspi', base: subfolder },
];

for (const { transport, base } of cases) {
  test.describe(`express over ${transport} at ${base}`, () => {
    test.beforeEach(async ({ desk }) => {
      await desk.boot({ transport, base });
      await desk.mount('express');
      const { port, url } = await desk.serve(['node', 'server.js']);
      expect(port).toBe(3000);
      expect(new URL(url, desk.origin).pathname).toBe(`${base}~/main/3000/`);
      await desk.preview(url);
    });

    test('links, pictures and absolute paths', async ({ desk }) => {
      const preview = desk.page.frameLocator('iframe');
      await expect(preview.locator('h1')).toHaveText('Home');
      await expect.poll(() => preview.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(8);
      await preview.locator('#about').click();
      await expect(preview.locator('h1')).toHaveText('About');
      await expect(preview.locator('#url')).toHaveText('/about');
      expect(await desk.inPreview(() => location.pathname, null)).toBe(`${base}~/main/3000/about`);
      expect(await desk.inPreview(async () => (await fetch('/hello')).text(), null)).toBe('Hello from Express');
    });

    test('relative paths and styles', async ({ desk }) => {
      const preview = desk.page.frameLocator('iframe');
      await preview.locator('#relative').click();
      await expect(preview.locator('h1')).toHaveCSS('color', 'rgb(1, 2, 3)');
    });

    test('a form is posted and redirected', async ({ desk }) => {
      const preview = desk.page.frameLocator('iframe');
      await desk.inPreview(() => void (location.href = '/form'), null);
      await preview.locator('#send').click();
      await expect(preview.locator('#name')).toHaveText('Ada & Bob');
    });

    test('redirects, headers and JSON', async ({ desk }) => {
      const result = await desk.inPreview(async () => {
        const text = async (path: string): Promise<string> => (await fetch(path)).text();
        const post = await fetch('/json', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"a":[1,2,"ü"]}' });
        return {
          relative: await text('/redirect'),
          absolute: await text('/redirect-absolute'),
          headers: JSON.parse(await text('/headers')),
          json: await post.json(),
          empty: (await fetch('/no-content')).status,
          missing: (await fetch('/missing')).status,
          error: (await fetch('/error')).status,
          head: (await fetch('/hello', { method: 'HEAD' })).headers.get('content-length'),
        };
      }, null);
      expect(result).toMatchObject({ relative: 'Hello from Express', absolute: 'Hello from Express', json: { got: { a: [1, 2, 'ü'] } }, empty: 204, missing: 404, error: 500, head: '18' });
      expect(result.headers.host).toBe('localhost:3000');
      expect(result.headers.referer).toMatch(/^http:\/\/localhost:3000\//);
    });

    test('cookies stay in the jar of the port', async ({ desk }) => {
      const jars = await desk.inPreview(async () => {
        const visit = async (): Promise<Record<string, string>> => (await fetch('/cookie')).json();
        return [await visit(), await visit(), await visit()];
      }, null);
      expect(jars.map((jar) => jar.visits)).toEqual([undefined, '1', '2']);
      expect(jars[2].secret).toBe('x');
      expect(await desk.page.evaluate(() => document.cookie)).toBe('');
      await desk.preview(`${base}~/main/3000/cookie-page`);
      await expect.poll(() => desk.inPreview(() => document.title, null)).toBe('jar:visits=3');
    });

    test('an upload of 20 MB arrives whole', async ({ desk }) => {
      const size = 20 << 20;
      const answer = await desk.inPreview(async (bytes) => {
        const body = new Uint8Array(bytes);
        for (let at = 0; at < bytes; at++) body[at] = (at * 31 + (at >> 12)) & 255;
        return (await fetch('/upload', { method: 'POST', body })).json();
      }, size);
      const body = new Uint8Array(size);
      for (let at = 0; at < size; at++) body[at] = (at * 31 + (at >> 12)) & 255;
      expect(answer).toEqual({ bytes: size, sha256: createHash('sha256').update(body).digest('hex') });
    });

    test('a download of 4 MB and a range', async ({ desk }) => {
      const result = await desk.inPreview(async () => {
        const big = new Uint8Array(await (await fetch('/big')).arrayBuffer());
        const range = await fetch('/range', { headers: { Range: 'bytes=2-5' } });
        return { size: big.length, right: big.every((byte, at) => byte === 'porthole'.charCodeAt(at % 8)), status: range.status, part: await range.text() };
      }, null);
      expect(result).toEqual({ size: 4 << 20, right: true, status: 206, part: '2\n3\n'.slice(0, 4) });
    });

    test('an answer is streamed as it is written', async ({ desk }) => {
      const pieces = await desk.inPreview(async () => {
        const reader = (await fetch('/stream')).body?.pipeThrough(new TextDecoderStream()).getReader();
        const found: string[] = [];
        for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) found.push(next.value);
        return found;
      }, null);
      expect(pieces.join('')).toBe('chunk 0\nchunk 1\nchunk 2\nchunk 3\nchunk 4\n');
      expect(pieces.length).toBeGreaterThan(2);
    });

    test('server-sent events, and the server hears the end', async ({ desk }) => {
      const ticks = await desk.inPreview(
        () =>
          new Promise<string[]>((done, fail) => {
            const source = new EventSource('/events');
            const found: string[] = [];
            source.onmessage = ({ data }) => {
              found.push(data);
              if (found.length < 4) return;
              source.close();
              done(found);
            };
            source.onerror = () => fail(new Error('the stream failed'));
          }),
        null,
      );
      expect(ticks).toEqual(['tick 0', 'tick 1', 'tick 2', 'tick 3']);
      await expect.poll(() => desk.inPreview(async () => (await fetch('/aborted')).json(), null)).toContain('events');
    });

    test('an aborted request closes the response', async ({ desk }) => {
      await desk.inPreview(async () => {
        const abort = new AbortController();
        const response = await fetch('/endless', { signal: abort.signal });
        await response.body?.getReader().read();
        abort.abort();
      }, null);
      await expect.poll(() => desk.inPreview(async () => (await fetch('/aborted')).json(), null)).toContain('endless');
    });

    test('the page around it is not the guest’s', async ({ desk, site }) => {
      const asked = site.requests.length;
      expect(await desk.inPreview(async () => (await fetch('/not-of-the-host.txt')).status, null)).toBe(404);
      expect(site.requests.slice(asked)).not.toContain('/not-of-the-host.txt');
      expect(await desk.page.evaluate(async () => (await fetch('/also-not.txt')).status)).toBe(404);
      expect(site.requests.slice(asked)).toContain('/also-not.txt');
    });
  });
}
