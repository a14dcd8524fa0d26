// The door for scripts, seen from outside: a process of its own over the built dist/.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../root.mjs';

let place;
before(async () => {
  place = await mkdtemp(path.join(os.tmpdir(), 'porthole-exec-'));
});
after(() => rm(place, { recursive: true }));

/** Runs exec and answers what it printed and how it ended. */
function exec(args, stdin = '') {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'e2e/driver/exec.mjs'), ...args], { cwd: place });
    const result = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (result.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (result.stderr += text));
    child.once('error', reject).once('close', (code) => resolve({ code, ...result }));
    child.stdin.end(stdin);
  });
}

test('stdout and stderr stay apart, the exit code is the guest’s', async () => {
  const program = 'console.log("out", process.env.WORD, process.cwd()); console.error("err"); process.exitCode = 7';
  const result = await exec(['--env', 'WORD=a=b', '--cwd', '/tmp', '--', 'node', '-e', program]);
  assert.deepEqual(result, { code: 7, stdout: 'out a=b /tmp\n', stderr: 'err\n' });
});

test('stdin is passed through', async () => {
  const text = 'line ☃\n'.repeat(20_000);
  const result = await exec(['--', 'node', '-e', 'process.stdin.pipe(process.stdout)'], text);
  assert.deepEqual(result, { code: 0, stdout: text, stderr: '' });
});

for (const transport of ['jspi', 'xhr']) {
  test(`a mounted server answers over ${transport}, and is ended`, async () => {
    const app = path.join(place, `app-${transport}`);
    await mkdir(app);
    const text = `require('node:http').createServer((q, r) => { r.setHeader('X-Url', q.url); r.statusCode = 418; r.end('teapot') }).listen(3000)`;
    await writeFile(path.join(app, 'server.js'), text);
    const { code, stdout } = await exec(['--transport', transport, '--mount', `${app}:/app`, '--cwd', '/app', '--get', '3000/a?b=c', '--', 'node', 'server.js']);
    assert.equal(code, 0);
    assert.match(stdout, /^HTTP\/1\.1 418 I'm a Teapot\n/i);
    assert.match(stdout, /^x-url: \/a\?b=c$/m);
    assert.ok(stdout.endsWith('\n\nteapot\n'));
  });
}

test('a tree comes out as the guest made it', async () => {
  const app = path.join(place, 'tree');
  await mkdir(path.join(app, 'inner'), { recursive: true });
  await writeFile(path.join(app, 'inner/old'), 'old', { mode: 0o640 });
  await symlink('inner/old', path.join(app, 'link'));
  const program = 'const fs = require("fs"); fs.writeFileSync("new", "new"); fs.chmodSync("new", 0o755); fs.appendFileSync("inner/old", "er")';
  const { code, stderr } = await exec(['--mount', `${app}:/app`, '--cwd', '/app', '--out', `/app:${place}/out`, '--', 'node', '-e', program]);
  assert.deepEqual([code, stderr], [0, '']);
  assert.equal(await readFile(path.join(place, 'out/inner/old'), 'utf8'), 'older');
  assert.equal((await lstat(path.join(place, 'out/inner/old'))).mode & 0o777, 0o640);
  assert.equal((await lstat(path.join(place, 'out/new'))).mode & 0o777, 0o755);
  assert.equal(await readlink(path.join(place, 'out/link')), 'inner/old');
});

test('a batch runs in one browser, a line of JSON a job', async () => {
  const jobs = [
    { id: 'a', command: ['node', '-p', '6*7'] },
    { command: ['node', '-e', 'setInterval(() => {}, 1000)'], timeout: 3 },
    { command: ['no-such-command'] },
    { command: ['node', '-e', 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)'] },
    { command: ['node', '-'], stdin: 'console.log("from stdin")' },
  ];
  await writeFile(path.join(place, 'jobs.jsonl'), jobs.map((job) => JSON.stringify(job)).join('\n'));
  const { code, stdout } = await exec(['--batch', 'jobs.jsonl']);
  const results = stdout.trimEnd().split('\n').map((line) => JSON.parse(line));
  assert.deepEqual(results.map(({ id }) => id), ['a', 2, 3, 4, 5]);
  assert.deepEqual(results.map((result) => result.code), [0, 124, 127, 143, 0]);
  assert.equal(results[0].stdout, '42\n');
  assert.ok(results[0].boot_ms > 0 && results[0].exit_ms > 0 && results[0].syscalls > 0);
  assert.equal(results[1].timed_out, true);
  assert.match(results[2].error, /no-such-command/);
  assert.equal(results[4].stdout, 'from stdin\n');
  assert.equal(code, 1);
});

test('a guest does not notice that the kernel is stopped again and again', async () => {
  const program = `const fs = require("fs"); const nobody = new Int32Array(new SharedArrayBuffer(4)); let sum = 0;
    for (let n = 0; n < 300; n++) { fs.writeFileSync("/tmp/f", String(n)); sum += +fs.readFileSync("/tmp/f"); Atomics.wait(nobody, 0, 0, 3); } console.log(sum)`;
  const { code, stdout } = await exec(['--chaos', '50', '--json', '--', 'node', '-e', program]);
  const result = JSON.parse(stdout);
  assert.equal(result.stdout, '44850\n');
  assert.equal(code, 0);
  assert.ok(result.rebirths > 0, 'the kernel was never stopped');
});

test('a request whose kernel is stopped under it is asked again', async () => {
  // It takes a second, so that the stops come while it is under way. What is done once for all requests goes on whether or not one of them is lost, as the loading of modules does.
  const program = `const fs = require("fs"); fs.writeFileSync("/tmp/f", "x");
    const read = async () => { for (let n = 0; n < 200; n++) { await (await fs.promises.open("/tmp/f")).close(); await new Promise((later) => setTimeout(later, 5)); } return "whole"; };
    let once;
    require("http").createServer(async (request, response) => response.end(await (once ??= read()))).listen(3000)`;
  const { code, stdout } = await exec(['--chaos', '50', '--json', '--get', '3000/a', '--get', '3000/b', '--', 'node', '-e', program]);
  const result = JSON.parse(stdout);
  assert.deepEqual(result.get.map(({ status, body }) => [status, body]), [[200, 'whole'], [200, 'whole']]);
  assert.equal(code, 0);
  assert.ok(result.rebirths > 0, 'the kernel was never stopped');
});

test('what cannot be run is told', async () => {
  assert.equal((await exec(['--', 'no-such-command'])).code, 127);
  const lost = await exec(['--cwd', '/none', '--', 'node', '-e', '0']);
  assert.equal(lost.code, 127);
  assert.match(lost.stderr, /no directory \/none/);
  const { code, stderr } = await exec(['--mount', '/no/such/folder:/app', '--', 'node', '-e', '0']);
  assert.equal(code, 125);
  assert.match(stderr, /no such folder/);
  assert.equal((await exec(['--transport', 'sab', '--', 'node'])).code, 2);
});
