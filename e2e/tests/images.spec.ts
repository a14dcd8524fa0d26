// Archives and directories of web servers, mounted: read by a page and by programs, while the service worker dies.
import { createServer, type Server } from 'node:http';
import { createHash, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { zipSync } from 'fflate';
import { tarOf } from './tar.js';
import { expect, test, type Desk, type Transport } from './fixtures.js';

const noise = randomBytes(900_000);
const zeros = Buffer.alloc(700_000);
const digest = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

const files: Record<string, Uint8Array> = {
  'tree/noise.bin': noise,
  'tree/zeros.bin': zeros,
  'tree/node_modules/two/index.js': Buffer.from('module.exports = (number) => number * 2;\n'),
};

/** Prints what it sees of the tree at its first argument, over and over, with pauses in which the kernel may die. */
const READER = `
  const fs = require('fs'), { createHash } = require('crypto');
  const at = process.argv[1];
  const digest = (name) => {
    const hash = createHash('sha256'), piece = Buffer.alloc(50_000), fd = fs.openSync(at + '/' + name);
    for (let read; (read = fs.readSync(fd, piece)) > 0;) hash.update(piece.subarray(0, read));
    fs.closeSync(fd);
    return hash.digest('hex');
  };
  (async () => {
    for (let turn = 0; turn < 5; turn++) {
      console.log(digest('noise.bin'), digest('zeros.bin'), require(at + '/node_modules/two')(21));
      await new Promise((go) => setTimeout(go, 120));
    }
    try { fs.writeFileSync(at + '/new', ''); } catch (error) { console.log(error.code); }
  })();`;

const expected = [...Array<string>(5).fill(`${digest(noise)} ${digest(zeros)} 42`), 'EROFS'].join('\n');

/**
 * Runs the reader while the service worker is killed, and says how often that was. A process that waits by requests sends each call by one of its own, and
 * gives up when none comes through for long: it is left more time between two deaths.
 */
async function readWhileKilled(desk: Desk, at: string, transport: Transport): Promise<number> {
  const running = desk.run(['node', '-e', READER, at]);
  let ended = false;
  void running.then(() => (ended = true), () => (ended = true));
  let kills = 0;
  while (!ended) {
    await desk.page.waitForTimeout(transport === 'jspi' ? 100 : 600);
    await desk.kill();
    kills += 1;
  }
  expect(await running).toEqual({ code: 0, stdout: `${expected}\n`, stderr: '' });
  return kills;
}

const archives: Record<string, () => Uint8Array> = {
  zip: () => zipSync(files, { level: 6 }),
  tar: () => tarOf(files),
};

for (const transport of ['jspi', 'xhr'] as Transport[]) {
  for (const [kind, make] of Object.entries(archives)) {
    test(`a ${kind} archive is read where it lies, over ${transport}`, async ({ desk }) => {
      await desk.boot({ transport });
      const archive = Buffer.from(make()).toString('base64');
      const seen = await desk.page.evaluate(
        async ([kind, archive]) => {
          const { fs } = container;
          const ctl = `/web/container/${container.name}/ctl`;
          await fs.writeFile(`/tmp/a.${kind}`, Uint8Array.from(atob(archive), (letter) => letter.charCodeAt(0)));
          await fs.mkdir('/tmp/m');
          await fs.writeFile(ctl, `mount ${kind} /tmp/a.${kind} /tmp/m`);
          // What was mounted stays, whatever becomes of the file.
          await fs.writeFile(`/tmp/a.${kind}`, 'another');
          await fs.copyFile('/tmp/m/tree/node_modules/two/index.js', '/tmp/two.js');
          return {
            names: await fs.readdir('/tmp/m/tree'),
            size: (await fs.stat('/tmp/m/tree/zeros.bin')).size,
            copy: await fs.readFile('/tmp/two.js', 'utf8'),
            refused: await fs.rm('/tmp/m/tree/noise.bin').catch((error: { code: string }) => error.code),
            mounts: (await fs.readFile('/proc/mounts', 'utf8')).trim().split('\n').pop(),
          };
        },
        [kind, archive] as const,
      );
      expect(seen).toEqual({
        names: ['node_modules', 'noise.bin', 'zeros.bin'],
        size: zeros.length,
        copy: 'module.exports = (number) => number * 2;\n',
        refused: 'EROFS',
        mounts: `/tmp/a.${kind} /tmp/m ${kind} ro 0 0`,
      });
      expect(await readWhileKilled(desk, '/tmp/m/tree', transport)).toBeGreaterThan(2);
      const gone = await desk.page.evaluate(async () => {
        await container.fs.writeFile(`/web/container/${container.name}/ctl`, 'unmount /tmp/m');
        return container.fs.readdir('/tmp/m');
      });
      expect(gone).toEqual([]);
    });
  }
}

interface Served {
  server: Server;
  url: string;
  /** What was asked for: path, and range. */
  asked: string[];
  etag: string;
  ranges: boolean;
}

/** A web server of another origin, with an index. */
async function serveFiles(): Promise<Served> {
  const served: Served = { server: createServer(), url: '', asked: [], etag: '"one"', ranges: true };
  const index = ['porthole-index 1', ...Object.entries(files).map(([path, data]) => `${data.length} 1600000000 - ${path.slice('tree/'.length)}`)].join('\n');
  served.server.on('request', (request, response) => {
    const path = decodeURIComponent(request.url ?? '').replace('/files/', 'tree/');
    const head = { 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'ETag, Content-Range', 'Access-Control-Allow-Headers': '*' };
    if (request.method === 'OPTIONS') return response.writeHead(204, head).end();
    served.asked.push(`${path} ${request.headers.range ?? ''}`.trim());
    if (path === 'tree/porthole.index') return response.writeHead(200, head).end(index);
    const data = files[path];
    if (!data) return response.writeHead(404, head).end('nothing');
    const range = served.ranges ? /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') : null;
    if (!range) return response.writeHead(200, { ...head, ETag: served.etag }).end(data);
    const [from, to] = [Number(range[1]), Math.min(Number(range[2]), data.length - 1)];
    return response.writeHead(206, { ...head, ETag: served.etag, 'Content-Range': `bytes ${from}-${to}/${data.length}` }).end(data.subarray(from, to + 1));
  });
  await new Promise<void>((done) => served.server.listen(0, '127.0.0.1', done));
  served.url = `http://127.0.0.1:${(served.server.address() as AddressInfo).port}/files/`;
  return served;
}

for (const transport of ['jspi', 'xhr'] as Transport[]) {
  test(`a directory of a web server is read in pieces, over ${transport}`, async ({ desk }) => {
    const served = await serveFiles();
    try {
      await desk.boot({ transport });
      const names = await desk.page.evaluate(async (url) => {
        await container.fs.mkdir('/tmp/m');
        await container.fs.writeFile(`/web/container/${container.name}/ctl`, `mount http ${url} /tmp/m`);
        return container.fs.readdir('/tmp/m');
      }, served.url);
      expect(names).toEqual(['node_modules', 'noise.bin', 'zeros.bin']);
      expect(served.asked).toEqual(['tree/porthole.index']);
      expect(await readWhileKilled(desk, '/tmp/m', transport)).toBeGreaterThan(2);
      const pieces = served.asked.filter((line) => line.startsWith('tree/noise.bin'));
      expect(pieces.length).toBeGreaterThan(1);
      expect(pieces.every((line) => line.includes('bytes='))).toBe(true);
    } finally {
      served.server.closeAllConnections();
      served.server.close();
    }
  });
}

test('a web server that knows no ranges, changes, or goes away', async ({ desk }) => {
  const served = await serveFiles();
  served.ranges = false;
  try {
    await desk.boot();
    const read = (path: string): Promise<string | number> =>
      desk.page.evaluate((path) => container.fs.readFile(path).then((data) => data.length, (error: { code: string }) => error.code), path);
    const trouble = (): Promise<string> => desk.page.evaluate(() => container.fs.readFile(`/web/container/${container.name}/mounts`, 'utf8'));
    const ordered = (line: string): Promise<string> =>
      desk.page.evaluate(async (line) => {
        const ctl = `/web/container/${container.name}/ctl`;
        const code = await container.fs.writeFile(ctl, line).then(() => 'done', (error: { code: string }) => error.code);
        return `${code} ${await container.fs.readFile(ctl, 'utf8')}`;
      }, line);
    await desk.page.evaluate(() => container.fs.mkdir('/tmp/m'));
    expect(await ordered(`mount http ${served.url}none/ /tmp/m`)).toMatch(/^EIO mount: '.*none\/porthole\.index': the server answered 404 \(EIO\)/);
    expect(await ordered(`mount http ${served.url} /tmp/m`)).toMatch(/^done /);
    expect(await read('/tmp/m/noise.bin')).toBe(noise.length);
    // Another state of a file that was read already: told, and never mixed. What is in the cache of the kernel that dies is gone.
    served.etag = '"two"';
    await desk.kill();
    expect(await read('/tmp/m/noise.bin')).toBe('EIO');
    expect(await trouble()).toMatch(/noise\.bin' cannot be read: the file has changed on the server since it was first read/);
    served.server.closeAllConnections();
    served.server.close();
    expect(await read('/tmp/m/zeros.bin')).toBe('EIO');
    expect(await trouble()).toMatch(/zeros\.bin' cannot be read: the browser refused/);
  } finally {
    served.server.closeAllConnections();
    served.server.close();
  }
});
