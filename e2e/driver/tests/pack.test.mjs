import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePack, encodePack } from '../pack.mjs';

test('a pack holds what was put in, in one order', () => {
  const modules = new Map([['internal/url', Uint8Array.of(1, 2, 3)], ['fs', new Uint8Array()], ['ümlaut', Uint8Array.of(9)]]);
  const pack = encodePack(modules);
  const back = decodePack(pack);
  assert.deepEqual([...back.keys()], ['fs', 'internal/url', 'ümlaut']);
  for (const [id, bytes] of modules) assert.deepEqual([...back.get(id)], [...bytes]);
  assert.deepEqual(encodePack(new Map([...modules].reverse())), pack);
});

test('other files are refused', () => {
  assert.throws(() => decodePack(new Uint8Array(16)), /no library pack/);
});
