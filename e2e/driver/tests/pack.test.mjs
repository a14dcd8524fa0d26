import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePack, encodePack } from '../pack.mjs';

const none = [0xff, 0xff, 0xff, 0xff];
/** Bytecode with a table of these entries: a name, or a number of the engine's own. */
const bytecode = (entries, body) => Uint8Array.from([28, ...none, entries.length, ...entries.flatMap((entry) => (typeof entry === 'number' ? [0xc0 | (entry & 0x3f), entry >> 6] : [1, entry.length << 1, ...Buffer.from(entry)])), ...body]);

test('a pack holds what was put in, in one order', () => {
  const modules = new Map([
    ['internal/url', bytecode(['href', 'search', 200], [1, 2, 3])],
    ['fs', bytecode([], [7])],
    ['ümlaut', bytecode(['search', 'only here', 'href', 200], [9])],
  ]);
  const pack = encodePack(modules);
  const back = decodePack(pack);
  assert.deepEqual([...back.keys()], ['fs', 'internal/url', 'ümlaut']);
  for (const [id, bytes] of modules) assert.deepEqual([...back.get(id)], [...bytes]);
  assert.deepEqual(encodePack(new Map([...modules].reverse())), pack);
});

test('a name that several modules have is there once', () => {
  const text = Buffer.from(encodePack(new Map(['a', 'b', 'c'].map((id) => [id, bytecode(['shared', `own${id}`], [])])))).toString('latin1');
  for (const name of ['shared', 'owna', 'ownb', 'ownc']) assert.equal(text.split(name).length, 2, name);
});

test('what no compiler of one build made is refused', () => {
  assert.throws(() => encodePack(new Map([['cut', bytecode(['name'], []).subarray(0, 9)]])), /cut: its table of names goes beyond its end/);
  assert.throws(() => encodePack(new Map([['a', bytecode([], [])], ['b', Uint8Array.of(29, ...none, 0)]])), /different engines/);
});

test('other files are refused', () => {
  assert.throws(() => decodePack(new Uint8Array(24)), /no library pack/);
});
