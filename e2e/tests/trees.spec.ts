// The system as files, and snapshots, from a page and from a program.
import { expect, test } from './fixtures.js';

test('the page and its programs see the system as files', async ({ desk }) => {
  await desk.boot({ name: 'trees' });
  const seen = await desk.page.evaluate(async () => {
    const { fs } = container;
    await fs.writeFile(
      'look.js',
      `const fs = require('fs');
       console.log(fs.readFileSync('/proc/self/cmdline', 'utf8').split('\\0')[1], fs.readlinkSync('/task/self') === String(process.pid));
       console.log(fs.readdirSync('/web/container').join(), fs.existsSync('/task/999'));
       process.chdir('/task/self');
       console.log(fs.readFileSync('status', 'utf8').trim(), process.cwd() === '/task/' + process.pid);
       require('http').createServer(() => {}).listen(3000, () => {
         console.log(fs.readFileSync('/web/sw/routes', 'utf8').replaceAll(String(process.pid), 'PID').trim());
         process.exit(4);
       });`,
    );
    const program = await container.spawn('node', ['look.js']);
    let printed = '';
    await program.output.pipeTo(new WritableStream({ write: (text) => void (printed += text) }));
    const code = await program.exit;
    const page = (await fs.readFile('/task/self/type', 'utf8')).trim();
    const uptime = /^\d+\.\d\d /.test(await fs.readFile('/proc/uptime', 'utf8'));
    return { printed: printed.trim().split('\n'), code, page, uptime, mount: await fs.realpath(`/web/container/${container.name}/mount`) };
  });
  expect(seen).toEqual({
    printed: ['look.js true', 'trees false', 'running true', '~/trees/3000/ 3000 PID node'],
    code: 4,
    page: 'page',
    uptime: true,
    mount: '/home/user',
  });
});

test('a program is started by files alone', async ({ desk }) => {
  await desk.boot();
  const seen = await desk.page.evaluate(async () => {
    const { fs } = container;
    const task = `/task/${(await fs.readFile('/task/new', 'utf8')).trim()}`;
    await fs.writeFile(`${task}/cmd`, `node -e "process.stdin.on('data', (text) => console.log(String(text).toUpperCase(), process.env.GREETING, process.cwd()))"`);
    await fs.writeFile(`${task}/env`, 'GREETING=hello\nPATH=/usr/bin\n');
    await fs.writeFile(`${task}/cwd`, '/tmp');
    await fs.writeFile(`${task}/stdio/0`, 'typed');
    await fs.writeFile(`${task}/ctl`, 'close 0\nstart\n');
    let status = '';
    while (status !== 'exited') {
      await new Promise((resolve) => setTimeout(resolve, 20));
      status = (await fs.readFile(`${task}/status`, 'utf8')).trim();
    }
    const code = (await fs.readFile(`${task}/exitcode`, 'utf8')).trim();
    const printed = await fs.readFile(`${task}/stdio/1`, 'utf8');
    await fs.writeFile(`${task}/ctl`, 'remove');
    const refused = await fs.writeFile('/task/self/ctl', 'fly').catch((error: { code: string }) => error.code);
    return { printed, code, gone: await fs.stat(task).catch((error: { code: string }) => error.code), refused, words: await fs.readFile('/task/self/ctl', 'utf8') };
  });
  expect(seen.printed).toBe('TYPED hello /tmp\n');
  expect([seen.code, seen.gone, seen.refused]).toEqual(['0', 'ENOENT', 'EINVAL']);
  expect(seen.words).toMatch(/^fly: no such verb here; there are start, kill/);
});

test('snapshots are taken, read, put back and removed', async ({ desk }) => {
  await desk.boot({ name: 'kept' });
  const first = await desk.page.evaluate(async () => {
    const { fs } = container;
    await fs.mkdir('app/deep', { recursive: true });
    await fs.writeFile('app/deep/a', 'then');
    const before = await fs.readdir('/', { recursive: false });
    await container.snapshot('it was good');
    await fs.writeFile('app/deep/a', 'now');
    await fs.rm('/etc', { recursive: true });
    const again = await container.snapshot('it was good').catch((error: { code: string; message: string }) => `${error.code} ${error.message}`);
    return { before, again, names: await container.snapshots(), kept: await fs.readFile('/web/container/kept/snapshots/it was good/home/user/app/deep/a', 'utf8') };
  });
  expect(first.again).toBe("ERR_REFUSED snapshot: there is a snapshot 'it was good' already: remove it first, or take another name (EEXIST)");
  expect([first.names, first.kept]).toEqual([['it was good'], 'then']);
  const second = await desk.page.evaluate(async () => {
    const { fs } = container;
    await container.restore('it was good');
    const [text, root] = [await fs.readFile('app/deep/a', 'utf8'), await fs.readdir('/')];
    await container.removeSnapshot('it was good');
    return { text, root, names: await container.snapshots(), none: await container.restore('it was good').catch((error: { message: string }) => error.message) };
  });
  expect(second).toEqual({ text: 'then', root: first.before, names: [], none: "restore: there is no snapshot 'it was good' (ENOENT)" });
});

test('directories are mounted by orders', async ({ desk }) => {
  await desk.boot();
  const seen = await desk.page.evaluate(async () => {
    const { fs } = container;
    const ctl = `/web/container/${container.name}/ctl`;
    await fs.mkdir('/tmp/a/b', { recursive: true });
    await fs.mkdir('/tmp/m', { recursive: true });
    await fs.writeFile('/tmp/a/f', 'below');
    await fs.writeFile(ctl, 'mount overlay /tmp/a /tmp/m');
    await fs.writeFile('/tmp/m/f', 'above');
    const both = [await fs.readFile('/tmp/a/f', 'utf8'), await fs.readFile('/tmp/m/f', 'utf8')];
    await fs.writeFile(ctl, 'unmount /tmp/m\nbind /tmp/a /tmp/m ro');
    const refused = await fs.writeFile('/tmp/m/f', '').catch((error: { code: string }) => error.code);
    const mounts = (await fs.readFile('/proc/mounts', 'utf8')).trim().split('\n').at(-1);
    await fs.writeFile(ctl, 'unmount /tmp/m');
    return { both, refused, mounts, left: await fs.readdir('/tmp/m') };
  });
  expect(seen).toEqual({ both: ['below', 'above'], refused: 'EROFS', mounts: '/tmp/a /tmp/m bind ro 0 0', left: [] });
});
