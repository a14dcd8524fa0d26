// Trees out of a container and in again, in the browser, over its own kernel and transport.
import { expect, test, type Desk } from './fixtures.js';

/** Makes a tree with a program of the container: 2,000 files, links of both kinds, bits, times, 20 MB in one piece. */
const furnish = `
  const fs = require('fs');
  process.umask(0);
  fs.mkdirSync('/tmp/tree/node_modules/.bin', { recursive: true });
  process.chdir('/tmp/tree');
  for (let at = 0; at < 2000; at++) {
    const folder = 'node_modules/p' + (at % 40);
    if (at < 40) fs.mkdirSync(folder);
    fs.writeFileSync(folder + '/f' + at + '.js', ('module.exports = ' + at + ';\\n').repeat(1 + at % 50), { mode: at % 7 ? 0o644 : 0o755 });
  }
  const big = Buffer.alloc(20_000_000);
  for (let at = 0, state = 1; at < big.length; at += 4) { state = Math.imul(state, 1103515245) + 12345 | 0; if (at % 65536 < 32768) big.writeInt32LE(state, at); }
  fs.writeFileSync('big', big);
  fs.writeFileSync('shared', 'x', { mode: 0o666 });
  fs.writeFileSync('secret', 'x', { mode: 0o600 });
  fs.writeFileSync('ümlaut', '');
  fs.symlinkSync('../p1/f1.js', 'node_modules/.bin/p1');
  fs.symlinkSync('nowhere', 'dangling');
  fs.linkSync('secret', 'zz');
  fs.mkdirSync('closed');
  fs.writeFileSync('closed/in', 'i');
  fs.utimesSync('big', 499162500, 499162500.125);
  fs.utimesSync('node_modules', 1, 0);
  fs.chmodSync('closed', 0o555);`;

/** Says all there is to say of a tree. */
const list = `
  const fs = require('fs'), path = require('path'), { createHash } = require('crypto');
  const times = process.argv[2] === 'times' ? (info) => info.mtimeNs : process.argv[2] === 'seconds' ? (info) => info.mtimeNs / 1000000000n : () => '';
  const first = new Map(), links = process.argv[3] === 'links';
  const below = (folder) => {
    for (const name of fs.readdirSync(folder).sort()) {
      const file = path.join(folder, name), info = fs.lstatSync(file, { bigint: true });
      const said = info.isSymbolicLink() ? fs.readlinkSync(file) : info.isFile() ? createHash('sha1').update(fs.readFileSync(file)).digest('hex') : '';
      const same = info.isFile() && first.get(info.ino);
      if (info.isFile() && !same) first.set(info.ino, file);
      console.log(file, info.mode.toString(8), String(times(info)), said, links && same ? '= ' + same : '');
      if (info.isDirectory()) below(file);
    }
  };
  process.chdir(process.argv[1]);
  below('.');`;

async function listed(desk: Desk, path: string, times: string, links: string): Promise<string> {
  const { stdout, stderr, code } = await desk.run(['node', '-e', list, path, times, links]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

test('a tree goes out and in again, in every format', async ({ desk }) => {
  test.slow();
  await desk.boot();
  const made = await desk.run(['node', '-e', furnish]);
  expect(made).toEqual({ code: 0, stdout: '', stderr: '' });
  expect((await listed(desk, '/tmp/tree', 'times', 'links')).split('\n').length).toBeGreaterThan(2050);
  for (const [format, times, links] of [['binary', 'times', 'links'], ['tar', 'times', 'links'], ['zip', 'seconds', ''], ['json', '', '']] as const) {
    const told = await desk.page.evaluate(async (format) => {
      const before = (await container.stats()).syscalls;
      const made = format === 'json' ? await container.export('/tmp/tree') : await container.export('/tmp/tree', { format });
      const calls = (await container.stats()).syscalls - before;
      await container.mount(made, { path: `/tmp/${format}` });
      const again = format === 'json' ? undefined : await container.export(`/tmp/${format}`, { format });
      return { calls, size: made instanceof Uint8Array ? made.length : 0, same: again === undefined || (again.length === (made as Uint8Array).length && again.every((byte, at) => byte === (made as Uint8Array)[at])) };
    }, format);
    expect(told.same, `${format}: the second time it is the same`).toBe(true);
    expect(told.calls, `${format}: not a call a file`).toBeLessThan(200);
    expect(await listed(desk, `/tmp/${format}`, times, links), format).toBe(await listed(desk, '/tmp/tree', times, links));
  }
});

test('a stream is the archive, and a part of a tree is a part', async ({ desk }) => {
  await desk.boot();
  const told = await desk.page.evaluate(async () => {
    const file = { file: { contents: 'x'.repeat(5000) } };
    await container.mount({ a: { directory: { b: file, 'c.map': file } }, node_modules: { directory: { p: file } } }, { path: '/app' });
    const options = { format: 'tar', excludes: ['node_modules', '*.map'] } as const;
    const whole = await container.export('/app', options);
    const streamed = new Uint8Array(await new Response(container.exportStream('/app', options)).arrayBuffer());
    // Packed by the browser, and mounted as it comes.
    const packed = new Response(container.exportStream('/app', options).pipeThrough(new CompressionStream('gzip') as never));
    await container.mount(packed, { path: '/gz' });
    return { same: whole.length === streamed.length && whole.every((byte, at) => byte === streamed[at]), found: await container.fs.readdir('/gz', { recursive: true }), text: await container.fs.readFile('/gz/a/b', 'utf8') };
  });
  expect(told).toEqual({ same: true, found: ['a', 'a/b'], text: 'x'.repeat(5000) });
});

test('what is refused is named, and leaves nothing', async ({ desk }) => {
  await desk.boot();
  const told = await desk.page.evaluate(async () => {
    const failed = async (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'no error',
        (error) => `${error.name} ${error.code}: ${error.message}`,
      );
    const tree = { good: { file: { contents: 'x' } }, l: { file: { symlink: '/etc/passwd' } } };
    await container.mount(tree, { path: '/src', links: 'any' });
    const outward = await container.export('/src', { format: 'zip' });
    const cut = (await container.export('/src', { format: 'tar' })).slice(0, 2000);
    const bomb = new Response(new Blob([new Uint8Array(70 << 20)]).stream().pipeThrough(new CompressionStream('gzip')));
    return {
      refused: [
        await failed(container.mount(tree, { path: '/x' })),
        await failed(container.mount(outward, { path: '/x' })),
        await failed(container.mount(cut, { path: '/x' })),
        await failed(container.mount(bomb, { path: '/x' })),
        await failed(container.export('/none')),
      ],
      left: await failed(container.fs.readdir('/x')),
    };
  });
  expect(told.refused[0]).toMatch(/PortholeError ERR_UNSAFE_ENTRY.*"l".*\/etc\/passwd/);
  expect(told.refused[1]).toMatch(/PortholeError ERR_UNSAFE_ENTRY.*"l"/);
  expect(told.refused[2]).toMatch(/PortholeError ERR_ARCHIVE/);
  expect(told.refused[3]).toMatch(/PortholeError ERR_LIMIT/);
  expect(told.refused[4]).toMatch(/SystemError|Error ENOENT.*\/none/);
  expect(told.left).toMatch(/ENOENT/);
});
