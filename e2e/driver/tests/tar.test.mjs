import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, link, lstat, mkdir, mkdtemp, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pack, unpack } from '../tar.mjs';

test('what tar unpacks is what was packed', async (t) => {
  const place = await mkdtemp(path.join(os.tmpdir(), 'porthole-tar-'));
  t.after(() => rm(place, { recursive: true }));
  const source = path.join(place, 'source');
  const long = `${'a'.repeat(90)}/${'b'.repeat(90)}/${'c'.repeat(120)}`;
  const fits = `${'d'.repeat(60)}/${'e'.repeat(60)}`;
  const files = { 'plain.txt': 'hello\n', 'empty': '', 'block': 'x'.repeat(512), 'ümlaut ☃': 'utf-8', [long]: 'long', [fits]: 'split' };
  for (const [name, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(source, name)), { recursive: true });
    await writeFile(path.join(source, name), text);
  }
  await chmod(path.join(source, 'plain.txt'), 0o751);
  await mkdir(path.join(source, 'empty folder'));
  await symlink('plain.txt', path.join(source, 'link'));
  await symlink(`../${'f'.repeat(150)}`, path.join(source, 'dangling'));

  const holds = async (target) => {
    for (const [name, text] of Object.entries(files)) assert.equal(await readFile(path.join(target, name), 'utf8'), text, name);
    assert.equal((await lstat(path.join(target, 'plain.txt'))).mode & 0o777, 0o751);
    assert.ok((await lstat(path.join(target, 'empty folder'))).isDirectory());
    assert.equal(await readlink(path.join(target, 'link')), 'plain.txt');
    assert.equal(await readlink(path.join(target, 'dangling')), `../${'f'.repeat(150)}`);
  };
  const target = path.join(place, 'target');
  await mkdir(target);
  await writeFile(path.join(place, 'a.tar'), await pack(source));
  execFileSync('tar', ['-xf', path.join(place, 'a.tar'), '-C', target]);
  await holds(target);

  const ours = path.join(place, 'ours');
  await unpack(await pack(source), ours);
  await unpack(await pack(source), ours);
  await holds(ours);
  await link(path.join(source, 'plain.txt'), path.join(source, 'zz'));
  await unpack(execFileSync('tar', ['--format', 'posix', '-cf', '-', '.'], { cwd: source }), ours);
  await holds(ours);
  assert.equal((await lstat(path.join(ours, 'zz'))).nlink, 2);
});

test('no name leads outside', async (t) => {
  const place = await mkdtemp(path.join(os.tmpdir(), 'porthole-tar-'));
  t.after(() => rm(place, { recursive: true }));
  await writeFile(path.join(place, 'up'), 'x');
  await mkdir(path.join(place, 'in'));
  const archive = execFileSync('tar', ['-P', '-cf', '-', '../up'], { cwd: path.join(place, 'in') });
  await assert.rejects(unpack(archive, path.join(place, 'target')), /leads outside the folder: \.\.\/up/);
});
