import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJob, readOptions, Usage } from '../options.mjs';

test('everything after -- is the guest’s', () => {
  const { job } = readOptions(['--cwd', '/app', '--', 'node', '--cwd', 'x', '--', 'y']);
  assert.deepEqual(job.command, ['node', '--cwd', 'x', '--', 'y']);
  assert.equal(job.cwd, '/app');
});

test('repeatable options keep their order', () => {
  const { job } = readOptions(['--mount', '/a:/one', '--mount', '/b:c:/two', '--env', 'A=1', '--env', 'B=x=y', '--env', 'C=', '--get', '3000/a?b=c', '--get', '80', '--', 'x']);
  assert.deepEqual(job.mount, [{ host: '/a', guest: '/one' }, { host: '/b:c', guest: '/two' }]);
  assert.deepEqual(job.env, { A: '1', B: 'x=y', C: '' });
  assert.deepEqual(job.get, [{ port: 3000, path: '/a?b=c' }, { port: 80, path: '/' }]);
});

test('folders of a batch are meant from where the batch lies', () => {
  const job = readJob({ command: ['node'], mount: ['app:/app'], out: ['/app/dist:out'] }, '/jobs');
  assert.deepEqual(job.mount, [{ host: '/jobs/app', guest: '/app' }]);
  assert.deepEqual(job.out, [{ guest: '/app/dist', host: '/jobs/out' }]);
});

for (const [name, line] of Object.entries({
  'no command': [],
  'an unknown option': ['--nonsense', '--', 'x'],
  'a transport that is none': ['--transport', 'sab', '--', 'x'],
  'chaos without Chromium': ['--browser', 'firefox', '--chaos', '5', '--', 'x'],
  'chaos every 0 calls': ['--chaos', '0', '--', 'x'],
  'a mount onto a relative path': ['--mount', 'a:b', '--', 'x'],
  'a variable without a value': ['--env', 'A', '--', 'x'],
  'a port that is none': ['--get', '70000/', '--', 'x'],
  'a command beside a batch': ['--batch', 'jobs', '--', 'x'],
})) {
  test(`${name} is refused`, () => assert.throws(() => readOptions(line), Usage));
}
