// Servers over TLS are pages' addresses as all others are.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test, type Transport } from './fixtures.js';

const root = resolve(import.meta.dirname, '../..');
const program = readFileSync(`${root}/e2e/tests/programs/secure.cjs`, 'utf8');
const certificates = readFileSync(`${root}/node-shims/tests/node/certificates.json`, 'utf8');

for (const transport of ['jspi', 'xhr'] as Transport[]) {
  test(`https and http2 servers over ${transport}`, async ({ desk }) => {
    await desk.boot({ transport });
    const said = await desk.page.evaluate(
      async ([program, certificates]) => {
        await container.mount({ 'main.cjs': { file: { contents: program } }, 'certificates.json': { file: { contents: certificates } } }, { path: '/app' });
        const opened = new Promise<void>((found) => container.on('server-ready', (port) => port === 3000 && found()));
        const child = await container.spawn('node', ['main.cjs'], { cwd: '/app' });
        let said = '';
        const first = new Promise<string>((told) => void child.output.pipeTo(new WritableStream({ write: (text) => ((said += text), said.includes('\n') && told(said)) })));
        await opened;
        return first;
      },
      [program, certificates] as const,
    );
    const tls = { version: '1.1', encrypted: true, authorized: false, alpnProtocol: false, servername: 'localhost', protocol: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' };
    expect(JSON.parse(said)).toEqual({ ...tls, url: '/own' });

    const preview = await desk.preview('/~/main/3000/');
    await expect(preview.locator('h1')).toHaveText('Home');
    const seen = await desk.inPreview(async () => {
      const text = async (path: string, init?: RequestInit): Promise<string> => (await fetch(path, init)).text();
      return {
        plain: JSON.parse(await text('/x')),
        redirected: JSON.parse(await text('/redirect')),
        big: (await text('/big')).length,
        echo: (await text('/echo', { method: 'POST', body: 'y'.repeat(500_000) })).length,
        many: await Promise.all(Array.from({ length: 20 }, async (_, index) => JSON.parse(await text(`/${index}`)).url)),
      };
    }, null);
    expect(seen.plain).toEqual({ ...tls, url: '/x', alpnProtocol: 'http/1.1' });
    expect(seen.redirected).toEqual({ ...tls, url: '/about', alpnProtocol: 'http/1.1' });
    expect({ big: seen.big, echo: seen.echo, many: seen.many }).toEqual({ big: 3_000_000, echo: 500_000, many: Array.from({ length: 20 }, (_, index) => `/${index}`) });

    await preview.locator('a').click();
    await expect.poll(() => desk.inPreview(() => location.pathname, null)).toBe('/~/main/3001/about');

    // A page has no certificate to show.
    const refused = await desk.page.evaluate(async () => (await fetch('/~/main/3002/')).status);
    expect(refused).toBe(502);
  });
}
