//! What the durable store costs, on memory: `cargo run --release -p porthole-kernel --example store`.

use std::time::Instant;

use porthole_kernel::store::{Memory, Store, StoreError};

const CHUNKS: u64 = 20_000;
const BYTES: usize = 3 << 10;

fn main() -> Result<(), StoreError> {
    let (mut store, _) = Store::open(Memory::default())?;
    let data = vec![7; BYTES];
    let began = Instant::now();
    for commit in 0..CHUNKS / 300 + 1 {
        let chunks: Vec<(u64, &[u8])> = (commit * 300..((commit + 1) * 300).min(CHUNKS)).map(|id| (id, data.as_slice())).collect();
        store.commit(commit + 1, &[0; 40_000], &chunks, &[])?;
        store.sync()?;
    }
    let commits = store.last_commit();
    println!("{commits} commits of 300 chunks of {BYTES} bytes: {:.2} ms each", began.elapsed().as_secs_f64() * 1e3 / commits as f64);

    let (mut store, opened) = time("opened with all of them in the journal", || Store::open(store.into_disk()))?;
    time("snapshot of 3 MB", || store.snapshot(opened.last_commit(), &vec![1; 3 << 20]))?;
    let (mut store, _) = time("opened with a snapshot", || Store::open(store.into_disk()))?;

    let ids: Vec<u64> = store.chunks().collect();
    time("all chunks read", || ids.iter().try_for_each(|&id| store.chunk(id).map(drop)))?;
    let dropped: Vec<u64> = ids.into_iter().filter(|id| id % 4 != 0).collect();
    store.commit(commits + 1, b"", &[], &dropped)?;
    store.release(commits + 1);
    store.sync()?;
    let before = store.usage();
    let mut steps = 0;
    time("compacted", || {
        while store.wants_compaction() && store.compact(1 << 20)? {
            steps += 1;
        }
        Ok(())
    })?;
    if store.wants_snapshot() {
        // It lies at the heap's end.
        store.snapshot(store.last_commit(), &vec![1; 3 << 20])?;
    }
    println!("in {steps} steps: {} MB of heap before, {} MB after", before.heap >> 20, store.usage().heap >> 20);
    Ok(())
}

fn time<T>(what: &str, work: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    let began = Instant::now();
    let outcome = work()?;
    println!("{what}: {:.2} ms", began.elapsed().as_secs_f64() * 1e3);
    Ok(outcome)
}
