'use strict';
// `node --test`, and what it prints.
const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const root = fs.mkdtempSync('/tmp/tested-');
fs.mkdirSync(path.join(root, 'test'));
fs.writeFileSync(path.join(root, 'test/first.js'), `
const { test, describe, it, before, mock } = require('node:test');
const assert = require('node:assert');
describe('sums', () => {
  let ready = false;
  before(() => { ready = true; });
  it('adds', () => assert.strictEqual(1 + 1, ready ? 2 : 3));
  it('is skipped', { skip: 'not now' }, () => {});
  it('is to do', { todo: true }, () => assert.fail('later'));
});
test('waits', async (t) => { await t.test('inside', () => new Promise((done) => setTimeout(done, 1))); });
test('mocks', () => { const f = mock.fn(() => 1); f(); assert.strictEqual(f.mock.callCount(), 1); });
`);
fs.writeFileSync(path.join(root, 'second.test.mjs'), `
import test from 'node:test';
import assert from 'node:assert/strict';
test('fails', () => assert.equal('a', 'b'));
`);
const run = (...args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--test', ...args], { cwd: root, encoding: 'utf8' });
  console.log(status, stderr);
  console.log(stdout.replaceAll(root, '/root').replace(/\d+(\.\d+)?(?= *ms)|(?<=duration_ms:? )[\d.]+/g, '0').replace(/^ +at .*\n/gm, '').replace(/stack: \|-\n(?: +.*\n)*?(?= +\.\.\.)/g, 'stack\n'));
};
run('--test-reporter=tap');
run('--test-reporter=dot', 'test/first.js');
run('--test-name-pattern=adds', '--test-reporter=spec', 'test/first.js');
