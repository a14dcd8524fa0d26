// Other frameworks, unmodified, over both transports.
import { expect, test, type Transport } from './fixtures.js';

for (const transport of ['jspi', 'xhr'] as Transport[]) {
  for (const framework of ['koa', 'fastify', 'connect', 'polka']) {
    test(`${framework} over ${transport}`, async ({ desk }) => {
      await desk.boot({ transport });
      await desk.mount(framework);
      const { url } = await desk.serve(['node', 'server.js']);
      await desk.preview(url);
      expect(await desk.inPreview(async () => (await fetch('/')).json(), null)).toEqual({ framework, path: '/' });
      if (framework === 'polka') expect(await desk.inPreview(async () => (await fetch('/file.txt')).text(), null)).toBe('served by sirv\n');
    });
  }
}
