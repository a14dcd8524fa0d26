// What a store over access handles must do beyond that: damaged files, and a disk that is full.
import { folderOf } from '../../sw/src/supervisor/store/place.ts';
import { type Bench, check, commit, equal, numbers, until } from './bench.ts';

export const opfsChecks: Record<string, (bench: Bench) => Promise<void>> = {
  'names a damaged record, and can be salvaged': async (bench) => {
    for (let number = 1; number <= 3; number += 1) {
      bench.store.commit(commit(number, [[number, 100]]));
      await bench.safe(number);
    }
    await bench.store.close();
    const offset = await flip(bench, 'journal-a', 'commit 2 ');
    const error = await bench.open().then(() => undefined, (error: Error) => error);
    equal(error?.name, 'Corrupt', 'error');
    check(/record 2 at offset \d+ of journal-a/.test(error?.message ?? ''), `${error?.message} (the byte was at ${offset})`);
    await bench.open(true);
    const files = bench.store.files();
    equal([files.lastCommit, numbers(files.transactions)], [1, [1]], 'what was salvaged');
    check(/record 2 .* 1 whole records/.test(bench.told.troubles.join()), bench.told.troubles.join());
    await bench.expectChunk(1, 1, 100);
    await bench.reopen();
    equal([bench.store.files().lastCommit, bench.told.troubles], [1, []], 'afterwards');
  },

  'has no bytes for a damaged chunk, and all others': async (bench) => {
    bench.store.commit({ ...commit(1, [[1, 100]]), chunks: [[1, new TextEncoder().encode('the first chunk').buffer], [2, new TextEncoder().encode('the second chunk').buffer]] });
    await bench.store.close();
    await flip(bench, 'heap', 'the second');
    await bench.open();
    equal(await bench.chunk(2), null, 'chunk 2');
    equal(new TextDecoder().decode((await bench.chunk(1)) ?? undefined), 'the first chunk', 'chunk 1');
  },

  'loses nothing on a full disk, and goes on when there is room': async (bench) => {
    const lift = limit(600_000);
    try {
      bench.store.commit(commit(1, [[1, 50_000]]));
      await bench.safe(1);
      await until(() => bench.told.quotas.some((bytes) => bytes < 600_000), 'a small quota is told');
      bench.store.commit(commit(2, Array.from({ length: 20 }, (_, at) => [10 + at, 50_000])));
      await until(() => bench.told.failedUpTo === 2, 'commit 2 is told to have failed');
      bench.store.commit(commit(3, [[40, 1_000]]));
      bench.store.commit(commit(4, [[41, 1_000]], [40]));
      for (const [id, length] of [[10, 50_000], [29, 50_000], [40, 1_000], [41, 1_000], [1, 50_000]] as const) await bench.expectChunk(id, id, length);
      equal([bench.told.durableUpTo, bench.told.troubles.length], [1, 1], 'safe, and complaints');
      check(/no more room/.test(bench.told.troubles.join()), bench.told.troubles.join());
      // What is dropped makes room for what waits: it need not be written at all.
      bench.store.commit(commit(5, [], Array.from({ length: 18 }, (_, at) => 10 + at)));
      await bench.safe(5);
      bench.store.release(5);
      bench.store.commit(commit(6, Array.from({ length: 20 }, (_, at) => [50 + at, 50_000])));
      await until(() => bench.told.failedUpTo === 6, 'commit 6 is told to have failed');
    } finally {
      lift();
    }
    await bench.safe(6);
    equal(bench.told.troubles.length, 2, 'complaints');
    await bench.reopen();
    equal(bench.store.files().lastCommit, 6, 'last commit');
    for (const [id, length] of [[28, 50_000], [29, 50_000], [41, 1_000], [60, 50_000]] as const) await bench.expectChunk(id, id, length);
  },

  'says when files cannot be saved any more': async (bench) => {
    bench.store.commit(commit(1, [[1, 100]]));
    await bench.safe(1);
    const flush = FileSystemSyncAccessHandle.prototype.flush;
    FileSystemSyncAccessHandle.prototype.flush = () => {
      throw new DOMException('the cable is out', 'InvalidStateError');
    };
    try {
      bench.store.commit(commit(2, [[2, 100]]));
      await until(() => bench.told.failedUpTo === 2, 'commit 2 is told to have failed');
      bench.store.commit(commit(3, [[3, 100]]));
      equal([bench.told.failedUpTo, bench.told.durableUpTo, bench.told.troubles.length], [3, 1, 1], 'reports');
      check(/the cable is out/.test(bench.told.troubles.join()), bench.told.troubles.join());
      for (const id of [1, 2, 3]) await bench.expectChunk(id, id, 100);
    } finally {
      FileSystemSyncAccessHandle.prototype.flush = flush;
    }
    await bench.reopen();
    check(bench.store.files().lastCommit >= 1, 'what was safe is there');
  },
};

/** Changes the first byte of a text in a file. */
async function flip(bench: Bench, file: string, text: string): Promise<number> {
  const handle = await (await (await folderOf(bench.place, false)).getFileHandle(file)).createSyncAccessHandle();
  try {
    const bytes = new Uint8Array(handle.getSize());
    handle.read(bytes, { at: 0 });
    const at = new TextDecoder('latin1').decode(bytes).indexOf(text);
    check(at > 0, `${file} has no "${text}"`);
    handle.write(Uint8Array.of((bytes[at] ?? 0) ^ 1), { at });
    return at;
  } finally {
    handle.close();
  }
}

/** No file may grow beyond this from now on, as when the browser gives no more. Answers what ends that. */
function limit(bytes: number): () => void {
  const { write, truncate } = FileSystemSyncAccessHandle.prototype;
  const refuse = (end: number, handle: FileSystemSyncAccessHandle) => {
    if (end > bytes && end > handle.getSize()) throw new DOMException('no more', 'QuotaExceededError');
  };
  FileSystemSyncAccessHandle.prototype.write = function (data: AllowSharedBufferSource, options?: FileSystemReadWriteOptions) {
    refuse((options?.at ?? 0) + data.byteLength, this);
    return write.call(this, data, options);
  };
  FileSystemSyncAccessHandle.prototype.truncate = function (size: number) {
    refuse(size, this);
    truncate.call(this, size);
  };
  return () => Object.assign(FileSystemSyncAccessHandle.prototype, { write, truncate });
}
