// A program that misbehaves gets errors; the others do not notice.
import { expect, test } from './fixtures.js';

test('10,000 sockets', async ({ desk }) => {
  await desk.boot();
  await desk.mount('express');
  const { url } = await desk.serve(['node', 'server.js']);
  const greedy = `
    const net = require('net');
    let open = 0, refused = {};
    const server = net.createServer((s) => s.on('error', () => {})).listen(4000, async () => {
      for (let i = 0; i < 10000; i++) await new Promise((next) => {
        const socket = net.connect(4000);
        socket.on('connect', () => { open++; next(); });
        socket.on('error', (error) => { refused[error.code] = (refused[error.code] ?? 0) + 1; next(); });
      });
      console.log(JSON.stringify({ all: open + Object.values(refused).reduce((a, b) => a + b, 0), codes: Object.keys(refused) }));
      process.exit();
    });
    server.on('error', () => {});`;
  const ran = desk.run(['node', '-e', greedy]);
  await desk.preview(url);
  expect(await desk.inPreview(async () => (await fetch('/hello')).text(), null)).toBe('Hello from Express');
  const { code, stdout, stderr } = await ran;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const told = JSON.parse(stdout);
  expect(told.all).toBe(10_000);
  for (const name of told.codes) expect(['EMFILE', 'ENFILE', 'ECONNREFUSED']).toContain(name);
  expect(await desk.inPreview(async () => (await fetch('/hello')).text(), null)).toBe('Hello from Express');
});

test('a program that never yields is killed, and others run meanwhile', async ({ desk }) => {
  await desk.boot();
  const code = await desk.page.evaluate(async () => {
    const child = await container.spawn('node', ['-e', 'console.log("spinning"); for (;;);']);
    await child.stdout.getReader().read();
    child.kill('SIGKILL');
    return child.exit;
  });
  expect(code).toBe(137);
  expect((await desk.run(['node', '-p', '1'])).stdout).toBe('1\n');
});

test('recursion without end is a RangeError', async ({ desk }) => {
  await desk.boot();
  const { stdout } = await desk.run(['node', '-e', 'function f() { f(); } try { f(); } catch (error) { console.log(error.name); }']);
  expect(stdout).toBe('RangeError\n');
});

test('more memory than there is ends one program', async ({ desk }) => {
  await desk.boot();
  const { code } = await desk.run(['node', '-e', 'const all = []; for (;;) all.push(Buffer.alloc(16 << 20, 1));']);
  expect(code).not.toBe(0);
  expect((await desk.run(['node', '-p', '1'])).stdout).toBe('1\n');
});

test('errors at the door are clear', async ({ desk }) => {
  await desk.boot();
  const told = await desk.page.evaluate(async () => {
    const failed = async (work: () => Promise<unknown>): Promise<string> =>
      work().then(
        () => 'no error',
        (error) => `${error.code ?? error.name}: ${error.message}`,
      );
    return [
      await failed(() => container.spawn('no-such-command')),
      await failed(() => container.fs.readFile('/none')),
      await failed(() => container.mount({ '..': { file: { contents: 'x' } } })),
      await failed(() => container.spawn('node', ['-e', '0'], { cwd: '/none' })),
      await failed(() => Container.boot()),
      await failed(() => container.spawn('npm', ['install'])),
      await failed(() => container.spawn('')),
      await failed(() => container.mount(fetch('app.zip') as never)),
      await failed(() => container.mount([] as never)),
      await failed(async () => container.url(70_000)),
    ];
  });
  expect(told[0]).toMatch(/ENOENT.*no-such-command/);
  expect(told[1]).toMatch(/ENOENT.*\/none/);
  expect(told[2]).not.toBe('no error');
  expect(told[3]).toMatch(/ENOENT.*\/none/);
  expect(told[0]).not.toMatch(/there is no directory/);
  expect(told[3]).toMatch(/no directory \/none/);
  expect(told[4]).toMatch(/main/);
  expect(told[5]).toMatch(/ENOENT.*command not found: npm .*mount `node_modules`/);
  expect(told[6]).toMatch(/ERR_INVALID_ARG/);
  expect(told[7]).toMatch(/ERR_INVALID_ARG.*await it/);
  expect(told[8]).toMatch(/ERR_INVALID_ARG.*a list/);
  expect(told[9]).toMatch(/ERR_INVALID_ARG.*70000/);
});
