// The public client's files: what node:fs/promises does, through the kernel.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from './fixtures.js';

test('files and directories', async ({ desk }) => {
  await desk.boot();
  const seen = await desk.page.evaluate(async () => {
    const { fs } = container;
    await fs.writeFile('a.txt', 'one');
    await fs.appendFile('/home/user/a.txt', ' two');
    await fs.mkdir('deep/er', { recursive: true });
    await fs.writeFile('deep/er/b.bin', new Uint8Array([0, 255]), { mode: 0o600 });
    await fs.symlink('a.txt', 'link');
    await fs.link('a.txt', 'hard');
    await fs.chmod('a.txt', 0o755);
    await fs.utimes('a.txt', new Date(1e12), 1e9);
    await fs.cp('deep', 'copy', { recursive: true });
    await fs.copyFile('a.txt', 'c.txt');
    await fs.rename('c.txt', 'd.txt');
    await fs.truncate('d.txt', 3);
    const stat = await fs.stat('link');
    const made = await fs.mkdtemp('/tmp/x-');
    const all = await fs.readdir('.', { recursive: true });
    const kinds = (await fs.readdir('.', { withFileTypes: true })).map((entry) => [entry.name, entry.isDirectory(), entry.isSymbolicLink()]);
    await fs.rm('deep', { recursive: true });
    await fs.rm('deep', { recursive: true, force: true });
    return {
      text: await fs.readFile('link', 'utf8'),
      cut: await fs.readFile('d.txt', { encoding: 'utf8' }),
      bytes: [...(await fs.readFile('copy/er/b.bin'))],
      link: await fs.readlink('link'),
      real: await fs.realpath('link'),
      isLink: (await fs.lstat('link')).isSymbolicLink(),
      stat: [stat.isFile(), stat.size, stat.mode & 0o777, stat.nlink, stat.mtimeMs, stat.mtime.toISOString()],
      made: /^\/tmp\/x-.{6}$/.test(made),
      all: all.sort(),
      kinds: kinds.sort(),
      left: (await fs.readdir('.')).sort(),
    };
  });
  expect(seen).toEqual({
    text: 'one two',
    cut: 'one',
    bytes: [0, 255],
    link: 'a.txt',
    real: '/home/user/a.txt',
    isLink: true,
    stat: [true, 7, 0o755, 2, 1e12, '2001-09-09T01:46:40.000Z'],
    made: true,
    all: ['a.txt', 'copy', 'copy/er', 'copy/er/b.bin', 'd.txt', 'deep', 'deep/er', 'deep/er/b.bin', 'hard', 'link'],
    kinds: [['a.txt', false, false], ['copy', true, false], ['d.txt', false, false], ['deep', true, false], ['hard', false, false], ['link', false, true]],
    left: ['a.txt', 'copy', 'd.txt', 'hard', 'link'],
  });
});

test('refusals are Node’s', async ({ desk }) => {
  await desk.boot();
  const told = await desk.page.evaluate(async () => {
    const { fs } = container;
    const failed = async (work: Promise<unknown>) => work.then(() => 'no error', ({ message, code, errno, syscall, path }) => ({ message, code, errno, syscall, path }));
    await fs.mkdir('full/of', { recursive: true });
    return [
      await failed(fs.readFile('/none')),
      await failed(fs.rmdir('full')),
      await failed(fs.mkdir('full')),
      await failed(fs.readdir('/none')),
      await failed(fs.rename('/none', '/other')),
      await failed(fs.access('/none')),
    ];
  });
  expect(told).toEqual([
    { message: "ENOENT: no such file or directory, open '/none'", code: 'ENOENT', errno: -2, syscall: 'open', path: '/none' },
    { message: "ENOTEMPTY: directory not empty, rmdir 'full'", code: 'ENOTEMPTY', errno: -39, syscall: 'rmdir', path: 'full' },
    { message: "EEXIST: file already exists, mkdir 'full'", code: 'EEXIST', errno: -17, syscall: 'mkdir', path: 'full' },
    { message: "ENOENT: no such file or directory, scandir '/none'", code: 'ENOENT', errno: -2, syscall: 'scandir', path: '/none' },
    { message: "ENOENT: no such file or directory, rename '/none' -> '/other'", code: 'ENOENT', errno: -2, syscall: 'rename', path: '/none' },
    { message: "ENOENT: no such file or directory, access '/none'", code: 'ENOENT', errno: -2, syscall: 'access', path: '/none' },
  ]);
});

test('a file of 20 MB', async ({ desk }) => {
  await desk.boot();
  const [length, same] = await desk.page.evaluate(async () => {
    const data = new Uint8Array(20_000_000).map((_, at) => at * 7 + (at >> 8));
    await container.fs.writeFile('/tmp/big', data);
    const read = await container.fs.readFile('/tmp/big');
    return [read.length, read.every((byte, at) => byte === data[at])];
  });
  expect([length, same]).toEqual([20_000_000, true]);
});

test('watching', async ({ desk }) => {
  await desk.boot();
  const seen = await desk.page.evaluate(async () => {
    const { fs } = container;
    const heard: string[] = [];
    let settle = () => {};
    const removed = new Promise<void>((done) => (settle = done));
    await fs.mkdir('w/below', { recursive: true });
    const watcher = fs.watch('w', { recursive: true }, (type, name) => {
      heard.push(`${type} ${name}`);
      if (heard.length > 2 && type === 'rename' && name === 'below/x') settle();
    });
    // The first call after `watch` is answered after it.
    await fs.stat('w');
    await fs.writeFile('w/below/x', '1');
    await fs.appendFile('w/below/x', '2');
    await fs.rm('w/below/x');
    await removed;
    watcher.close();
    await fs.writeFile('w/after', '');
    const changes = [];
    const abort = new AbortController();
    const iterated = fs.watch('w', { signal: abort.signal });
    await fs.stat('w');
    await fs.rm('w/after');
    for await (const event of iterated) {
      changes.push(event);
      abort.abort();
    }
    return { first: heard[0], last: heard.at(-1), changed: heard.includes('change below/x'), changes };
  });
  expect(seen).toEqual({ first: 'rename below/x', last: 'rename below/x', changed: true, changes: [{ eventType: 'rename', filename: 'after' }] });
});

test('mounting a tree', async ({ desk }) => {
  await desk.boot();
  const seen = await desk.page.evaluate(async () => {
    await container.mount(
      {
        'run.sh': { file: { contents: '#!/bin/sh\n', mode: 0o755 } },
        src: { directory: { 'x.js': { file: { contents: 'x' } }, empty: { directory: {} }, one: { file: { symlink: 'x.js' } }, other: { symlink: { target: '../run.sh' } } } },
        large: { file: { contents: new Uint8Array(3_000_000).fill(7) } },
      },
      { path: '/app' },
    );
    const { fs } = container;
    const large = await fs.readFile('/app/large');
    return [(await fs.readdir('/app', { recursive: true })).sort(), (await fs.stat('/app/run.sh')).mode & 0o777, await fs.readlink('/app/src/one'), await fs.readFile('/app/src/other', 'utf8'), large.length, large.every((byte) => byte === 7)];
  });
  expect(seen).toEqual([['large', 'run.sh', 'src', 'src/empty', 'src/one', 'src/other', 'src/x.js'], 0o755, 'x.js', '#!/bin/sh\n', 3_000_000, true]);
});

/** A ustar header and its body. */
function tarEntry(name: string, body: string, { mode = 0o644, type = '0', target = '', prefix = '' } = {}): Buffer {
  const head = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) => head.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at);
  head.write(name, 0);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(Buffer.byteLength(body), 124, 12);
  octal(1e9, 136, 12);
  head.write('        ', 148);
  head.write(type, 156);
  head.write(target, 157);
  head.write('ustar\x0000', 257);
  head.write(prefix, 345);
  head.write(`${head.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([head, Buffer.from(body), Buffer.alloc((512 - (Buffer.byteLength(body) % 512)) % 512)]);
}

test('mounting archives: tar.gz with long names, zip with links and modes', async ({ desk }) => {
  const long = `${'deep/'.repeat(30)}name`;
  const record = ` path=${long}\n`;
  const pax = `${record.length + 3}${record}`;
  const tar = gzipSync(
    Buffer.concat([
      tarEntry('dir/', '', { type: '5', mode: 0o750 }),
      tarEntry('dir/run', 'run', { mode: 0o755 }),
      tarEntry('link', '', { type: '2', target: 'dir/run' }),
      tarEntry('hard', '', { type: '1', target: 'dir/run' }),
      tarEntry('split', 'p', { prefix: 'pre/fix' }),
      tarEntry('PaxHeader', pax, { type: 'x' }),
      tarEntry('cut', 'long'),
      tarEntry('././@LongLink', `${long}.gnu\0`, { type: 'L' }),
      tarEntry('cut', 'gnu'),
      Buffer.alloc(1024),
    ]),
  );
  await desk.boot();
  const seen = await desk.page.evaluate(
    async ([archive, long]) => {
      const { fs } = container;
      await container.mount(Uint8Array.from(atob(archive), (letter) => letter.charCodeAt(0)), { path: '/t' });
      const text = (path: string) => fs.readFile(`/t/${path}`, 'utf8');
      return [(await fs.stat('/t/dir')).mode & 0o777, (await fs.stat('/t/dir/run')).mode & 0o777, (await fs.stat('/t/dir/run')).mtimeMs, await fs.readlink('/t/link'), await text('hard'), await text('pre/fix/split'), await text(long), await text(`${long}.gnu`)];
    },
    [tar.toString('base64'), long],
  );
  expect(seen).toEqual([0o750, 0o755, 1e12, 'dir/run', 'run', 'p', 'long', 'gnu']);

  await desk.mount('express');
  const served = await desk.page.evaluate(async () => {
    const bytes = new Uint8Array(await container.fs.readFile('/app/node_modules/express/package.json'));
    return [await container.fs.readFile('/app/server.js', 'utf8'), bytes.length > 0] as const;
  });
  const { readFileSync } = await import('node:fs');
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  expect(hash(served[0])).toBe(hash(readFileSync(`${import.meta.dirname}/../apps/express/server.js`, 'utf8')));

  const refused = await desk.page.evaluate(async () => {
    const failed = (what: Uint8Array | Response) => container.mount(what).then(() => 'no error', (error) => `${error.code}: ${error.message}`);
    const zip = new Uint8Array(await (await fetch('apps/express.zip')).arrayBuffer());
    return [await failed(new Uint8Array(10)), await failed(zip.slice(0, zip.length / 2)), await failed(await fetch('nothing.zip'))];
  });
  expect(refused[0]).toMatch(/^ERR_ARCHIVE: .*neither zip nor tar/);
  expect(refused[1]).toMatch(/^ERR_ARCHIVE: .*cut off/);
  expect(refused[2]).toMatch(/^ERR_ARCHIVE: .*nothing\.zip answered 404/);
});
