import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from '../frame.mjs';

test('a frame comes out as it went in', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
  const { head, bytes: back } = decode(encode({ type: 'stdout', text: '☃' }, bytes));
  assert.deepEqual(head, { type: 'stdout', text: '☃' });
  assert.deepEqual(back, bytes);
  assert.equal(decode(encode({})).bytes.length, 0);
});

test('a frame inside a larger buffer', () => {
  const frame = encode({ a: 1 }, Uint8Array.of(9));
  const larger = new Uint8Array(frame.length + 7);
  larger.set(frame, 7);
  assert.deepEqual([...decode(larger.subarray(7)).bytes], [9]);
});
