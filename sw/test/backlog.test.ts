import assert from "node:assert/strict";
import { test } from "node:test";
import { Backlog } from "../src/supervisor/store/backlog.ts";

const bytes = (...values: number[]): ArrayBuffer => Uint8Array.from(values).buffer;
const commit = (number: number, chunks: number[], dropped: number[]) => ({ number, transaction: bytes(number), chunks: chunks.map((id): [number, ArrayBuffer] => [id, bytes(id)]), dropped });

test("what came and went while it waited is not written, and can be had until it is released", () => {
  const backlog = new Backlog();
  backlog.add(commit(4, [10, 11], [1]));
  backlog.add(commit(5, [12], [10]));
  backlog.add(commit(6, [], [12, 2]));
  const batch = backlog.batch();
  assert.deepEqual(batch, { first: 4, last: 6, transactions: [bytes(4), bytes(5), bytes(6)], chunks: [[11, bytes(11)]], dropped: [1, 2] });
  assert.deepEqual([10, 11, 12, 1].map((id) => backlog.chunk(id)), [bytes(10), bytes(11), bytes(12), undefined]);
  if (batch !== undefined) backlog.written(batch);
  assert.equal(backlog.isEmpty, true);
  assert.deepEqual([10, 11, 12].map((id) => backlog.chunk(id)), [bytes(10), undefined, bytes(12)]);
  backlog.release(5);
  assert.deepEqual([10, 12].map((id) => backlog.chunk(id)), [undefined, bytes(12)]);
  backlog.release(6);
  assert.equal(backlog.chunk(12), undefined);
});

test("a part of it is written, and the rest waits", () => {
  const backlog = new Backlog();
  backlog.add(commit(1, [10], []));
  backlog.add(commit(2, [11], [10]));
  const first = backlog.batch(1);
  assert.deepEqual([first?.last, first?.chunks], [1, [[10, bytes(10)]]]);
  if (first !== undefined) backlog.written(first);
  assert.deepEqual([backlog.chunk(10), backlog.chunk(11), backlog.bytes], [undefined, bytes(11), 1]);
  // The chunk is stored by now: it is dropped there.
  assert.deepEqual(backlog.batch(), { first: 2, last: 2, transactions: [bytes(2)], chunks: [[11, bytes(11)]], dropped: [10] });
});
