// What every store must do, whatever it keeps files in. A store in memory is asked everything but what survives an opening.
import { type Bench, check, commit, equal, noise, numbers, same, transaction, until } from './bench.ts';

export const checks: Record<string, (bench: Bench) => Promise<void>> = {
  'is empty at first': async (bench) => {
    equal(bench.store.files(), { snapshot: null, transactions: [], lastCommit: 0 }, 'files');
    equal(await bench.chunk(1), null, 'chunk 1');
  },

  'has a commit at once, and says when it is safe': async (bench) => {
    bench.store.commit(commit(1, [[1, 10], [2, 65_536]]));
    await bench.expectChunk(1, 1, 10);
    await bench.expectChunk(2, 2, 65_536);
    await bench.safe(1);
    await bench.expectChunk(2, 2, 65_536);
    equal([bench.told.failedUpTo, bench.told.troubles], [0, []], 'complaints');
  },

  'takes many commits, and says less': async (bench) => {
    for (let number = 1; number <= 500; number += 1) bench.store.commit(commit(number, [[number, 100]]));
    await bench.safe(500);
    check(bench.told.calls <= 500, `${bench.told.calls} reports`);
    for (const id of [1, 250, 500]) await bench.expectChunk(id, id, 100);
  },

  'keeps what was dropped until it is released': async (bench) => {
    bench.store.commit(commit(1, [[1, 1000], [2, 1000], [3, 1000]]));
    bench.store.commit(commit(2, [[4, 1000]], [1]));
    bench.store.commit(commit(3, [], [2, 4]));
    await bench.safe(3);
    for (const id of [1, 2, 3, 4]) await bench.expectChunk(id, id, 1000);
    bench.store.release(2);
    for (const id of [2, 3, 4]) await bench.expectChunk(id, id, 1000);
    bench.store.release(3);
    await bench.expectChunk(3, 3, 1000);
  },

  'does as a model does': async (bench) => {
    const inMemory = bench.kind === 'memory';
    let seed = 7;
    const below = (bound: number) => {
      seed = (seed * 1103515245 + 12345) >>> 0;
      return (seed >>> 8) % bound;
    };
    let live = new Map<number, number>();
    let [number, next, released, snapshot] = [0, 1, 0, 0];
    for (let round = 0; round < 300; round += 1) {
      const added: [number, number][] = Array.from({ length: below(6) }, () => [next++, 1 + below(below(4) === 0 ? 65_536 : 3_000)]);
      const dropped = [...live.keys()].filter(() => below(12) === 0);
      bench.store.commit(commit((number += 1), added, dropped, below(2_000)));
      for (const [id, length] of added) live.set(id, length);
      for (const id of dropped) live.delete(id);
      if (below(20) === 0) bench.store.snapshot((snapshot = number), noise(number, 5_000).buffer);
      if (below(8) === 0) bench.store.release((released = number));
      if (below(10) === 0) for (const [id, length] of live) if (below(5) === 0) await bench.expectChunk(id, id, length);
      if (below(40) === 0 && !inMemory) {
        await bench.reopen();
        const files = bench.store.files();
        equal(files.lastCommit, number, 'last commit');
        equal(numbers(files.transactions), Array.from({ length: number - snapshot }, (_, at) => snapshot + 1 + at), 'transactions');
        check(snapshot === 0 ? files.snapshot === null : files.snapshot !== null && same(new Uint8Array(files.snapshot), noise(snapshot, 5_000)), `the snapshot of commit ${snapshot}`);
      }
    }
    check(released > 0, 'something was released');
    for (const [id, length] of live) await bench.expectChunk(id, id, length);
  },
};

/** What stores must do that outlive their worker. */
export const durableChecks: Record<string, (bench: Bench) => Promise<void>> = {
  'has everything when it is opened again': async (bench) => {
    bench.store.commit(commit(1, [[1, 65_536], [2, 1]]));
    bench.store.commit(commit(2, [[3, 5_000]], [2]));
    await bench.reopen();
    const files = bench.store.files();
    equal([files.lastCommit, numbers(files.transactions), files.snapshot], [2, [1, 2], null], 'files');
    await bench.expectChunk(1, 1, 65_536);
    await bench.expectChunk(3, 3, 5_000);
    equal(await bench.chunk(2), null, 'what was dropped');
    bench.store.commit(commit(3, [[4, 10]]));
    await bench.safe(3);
    await bench.reopen();
    equal(bench.store.files().lastCommit, 3, 'last commit');
    await bench.expectChunk(4, 4, 10);
  },

  'takes 16 MB in one commit': async (bench) => {
    bench.store.commit(commit(1, Array.from({ length: 256 }, (_, at) => [at + 1, 65_536])));
    await bench.reopen();
    for (const id of [1, 100, 256]) await bench.expectChunk(id, id, 65_536);
  },

  'has a snapshot in place of commits': async (bench) => {
    bench.store.commit(commit(1, [[1, 100], [2, 100]]));
    bench.store.commit(commit(2, [], [1]));
    bench.store.snapshot(2, noise(99, 50_000).buffer);
    bench.store.commit(commit(3, [[3, 100]]));
    await bench.safe(3);
    await bench.reopen();
    const files = bench.store.files();
    equal([files.lastCommit, numbers(files.transactions)], [3, [3]], 'files');
    check(files.snapshot !== null && same(new Uint8Array(files.snapshot), noise(99, 50_000)), 'the snapshot');
    await bench.expectChunk(2, 2, 100);
    await bench.expectChunk(3, 3, 100);
    equal(await bench.chunk(1), null, 'what was dropped');
  },

  'asks for a snapshot when transactions have grown': async (bench) => {
    for (let number = 1; number <= 12; number += 1) bench.store.commit(commit(number, [], [], 500_000));
    await until(() => bench.told.snapshotsWanted > 0, 'a snapshot is wanted');
    bench.store.snapshot(12, transaction(12));
    bench.store.commit(commit(13));
    await bench.safe(13);
    equal(bench.told.snapshotsWanted, 1, 'snapshots wanted');
    await bench.reopen();
    equal(numbers(bench.store.files().transactions), [13], 'transactions');
  },

  'tells how much files may take': async (bench) => {
    await until(() => bench.told.quotas.length > 0, 'a quota is told');
    const [quota = 0] = bench.told.quotas;
    const estimate = await navigator.storage.estimate();
    check(quota > 0 && quota < (estimate.quota ?? 0), `${quota} of ${estimate.quota}`);
  },

  'gives room back': async (bench) => {
    for (let round = 0; round < 12; round += 1) {
      const ids = Array.from({ length: 50 }, (_, at) => round * 50 + at + 1);
      bench.store.commit(commit(round + 1, ids.map((id) => [id, 20_000]), round > 0 ? ids.map((id) => id - 50) : []));
      await bench.safe(round + 1);
      bench.store.release(round + 1);
    }
    const { chunkBytes, transactionBytes } = bench.store.sizes;
    // 12 million were written. A store may keep some room ready.
    check(chunkBytes + transactionBytes < 11_000_000, `${chunkBytes} + ${transactionBytes} bytes for one million`);
  },

  'is taken over when its worker dies in the middle': async (bench) => {
    await bench.store.close();
    for (let life = 0; life < 4; life += 1) {
      const victim = new Worker(`${location.pathname}?victim=${bench.kind}`);
      const safe = await new Promise<number>((done, fail) => {
        victim.onerror = (event) => fail(new Error(event.message));
        // It goes on writing until it is ended.
        victim.onmessage = ({ data }) => data >= (life + 1) * 40 && done(data);
      });
      victim.terminate();
      await bench.open();
      const { lastCommit, transactions } = bench.store.files();
      check(lastCommit >= safe, `${safe} was safe, ${lastCommit} is there`);
      equal(numbers(transactions), Array.from({ length: lastCommit }, (_, at) => at + 1), 'transactions');
      for (let id = Math.max(1, lastCommit - 9); id <= lastCommit; id += 1) await bench.expectChunk(id, id, 3_000);
      await bench.store.close();
    }
    await bench.open();
  },
};
