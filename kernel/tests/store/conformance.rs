use porthole_kernel::store::{Memory, Store, StoreError};

use crate::dice::Dice;
use crate::disk::Simulated;
use crate::model::{Change, Model, noise};

#[test]
fn an_empty_disk_is_an_empty_store() {
    let (store, opened) = Store::open(Memory::default()).unwrap();
    assert_eq!((opened.last_commit(), opened.snapshot, store.chunk(1)), (0, None, Err(StoreError::NoChunk(1))));
    let (_, again) = Store::open(store.into_disk()).unwrap();
    assert_eq!(again.last_commit(), 0);
}

#[test]
fn commits_come_back_in_order_with_their_chunks() {
    let (mut store, _) = Store::open(Memory::default()).unwrap();
    store.commit(1, b"one", &[(1, b"first"), (2, b""), (3, &[7; 65_536])], &[]).unwrap();
    store.commit(2, b"", &[(4, b"fourth")], &[1]).unwrap();
    assert_eq!(store.chunk(1).unwrap(), b"first", "dropped, not released");
    assert_eq!((store.last_commit(), store.durable_commit()), (2, 0));
    assert_eq!(store.sync(), Ok(2));
    store.commit_all(3, &[b"three", b"four"], &[], &[4]).unwrap();
    let (store, opened) = Store::open(store.into_disk()).unwrap();
    assert_eq!(opened.transactions, [&b"one"[..], b"", b"three", b"four"]);
    assert_eq!((store.chunk(2).unwrap(), store.chunk(3).unwrap()), (vec![], vec![7; 65_536]));
    assert_eq!((store.chunk(1), store.chunk(4)), (Err(StoreError::NoChunk(1)), Err(StoreError::NoChunk(4))));
}

#[test]
fn a_snapshot_takes_the_place_of_commits() {
    let (mut store, _) = Store::open(Memory::default()).unwrap();
    store.commit(1, b"one", &[(1, b"a"), (2, b"b")], &[]).unwrap();
    store.commit(2, b"two", &[(3, b"c")], &[1]).unwrap();
    store.commit(3, b"three", &[(4, b"d")], &[2]).unwrap();
    store.snapshot(2, b"after two").unwrap();
    let (mut store, opened) = Store::open(store.into_disk()).unwrap();
    assert_eq!((opened.snapshot.as_deref(), opened.base, opened.last_commit()), (Some(&b"after two"[..]), 2, 3));
    assert_eq!(opened.transactions, [b"three"]);
    assert_eq!(store.chunks().collect::<Vec<_>>(), [3, 4]);
    store.commit(4, b"four", &[], &[]).unwrap();
    store.snapshot(4, b"after four").unwrap();
    store.snapshot(4, b"again").unwrap();
    let (store, opened) = Store::open(store.into_disk()).unwrap();
    assert_eq!((opened.snapshot.as_deref(), opened.base, opened.transactions.len()), (Some(&b"again"[..]), 4, 0));
    assert_eq!(store.chunk(4).unwrap(), b"d");
}

#[test]
fn what_contradicts_the_store_is_refused_and_changes_nothing() {
    let (mut store, _) = Store::open(Memory::default()).unwrap();
    store.commit(1, b"one", &[(1, b"a")], &[]).unwrap();
    let refused = |outcome: Result<(), StoreError>| assert!(matches!(outcome, Err(StoreError::Refused(_))), "{outcome:?}");
    refused(store.commit(1, b"", &[], &[]));
    refused(store.commit(3, b"", &[], &[]));
    refused(store.commit(2, b"", &[(1, b"b")], &[]));
    refused(store.commit(2, b"", &[(2, b"b"), (2, b"c")], &[]));
    refused(store.commit(2, b"", &[], &[9]));
    refused(store.commit(2, b"", &[], &[1, 1]));
    refused(store.commit_all(2, &[], &[], &[]));
    refused(store.snapshot(2, b""));
    store.commit(2, b"two", &[(2, b"b")], &[1]).unwrap();
    store.snapshot(2, b"two").unwrap();
    refused(store.snapshot(1, b""));
    assert_eq!(Store::open(store.into_disk()).unwrap().1.last_commit(), 2);
}

#[test]
fn places_of_released_chunks_are_used_again() {
    let mut dice = Dice::new(1);
    let (mut store, _) = Store::open(Memory::default()).unwrap();
    let mut model = Model::new();
    for number in 1..=200u64 {
        let chunks = vec![(number, noise(&mut dice, 30_000).into())];
        let dropped = if number > 3 { vec![number - 3] } else { vec![] };
        let change = Change { transaction: vec![1; 20], chunks, dropped };
        change.commit(&mut store, number).unwrap();
        model.push(change);
        if number % 5 == 0 {
            model.compare_now(&store);
            store.release(number);
            model.release(number);
            store.sync().unwrap();
        }
    }
    assert!(store.usage().heap < 30_000 * 20, "{:?}", store.usage());
}

#[test]
fn a_mostly_empty_heap_is_compacted_and_cut() {
    let mut dice = Dice::new(2);
    let (mut store, _) = Store::open(Memory::default()).unwrap();
    let mut model = Model::new();
    let change = Change { transaction: vec![], chunks: (1..=400).map(|id| (id, noise(&mut dice, 20_000).into())).collect(), dropped: vec![] };
    change.commit(&mut store, 1).unwrap();
    model.push(change);
    store.snapshot(1, &model.snapshot(1)).unwrap();
    let change = Change { dropped: (1..=400).filter(|id| id % 8 != 0).collect(), ..Change::default() };
    change.commit(&mut store, 2).unwrap();
    model.push(change);
    store.release(2);
    model.release(2);
    store.sync().unwrap();
    assert!(store.wants_compaction() && store.wants_snapshot());
    while store.wants_compaction() && store.compact(256 << 10).unwrap() {
        model.compare_now(&store);
    }
    store.snapshot(2, &model.snapshot(2)).unwrap();
    while store.wants_compaction() && store.compact(256 << 10).unwrap() {}
    let usage = store.usage();
    assert!(usage.heap < usage.chunks * 3 && !store.wants_snapshot(), "{usage:?}");
    let (store, opened) = Store::open(store.into_disk()).unwrap();
    assert_eq!(model.compare(&store, &opened), 2);
}

#[test]
fn a_commit_of_many_chunks_is_few_writes() {
    let mut dice = Dice::new(3);
    let disk = Simulated::default();
    let (mut store, _) = Store::open(disk.clone()).unwrap();
    for round in 0..4u64 {
        let before = disk.tally();
        let chunks = (1..=300).map(|index| (round * 300 + index, noise(&mut dice, 3_000).into())).collect();
        let dropped = if round > 0 { (1..=300).filter(|index| index % 2 == 0).map(|index| (round - 1) * 300 + index).collect() } else { vec![] };
        Change { transaction: vec![0; 30_000], chunks, dropped }.commit(&mut store, round + 1).unwrap();
        store.release(round + 1);
        store.sync().unwrap();
        let after = disk.tally();
        assert!(after.writes - before.writes <= 5, "{} writes", after.writes - before.writes);
        assert_eq!(after.flushes - before.flushes, 2);
    }
}

#[test]
fn nothing_new_is_no_flush() {
    let disk = Simulated::default();
    let (mut store, _) = Store::open(disk.clone()).unwrap();
    store.commit(1, b"", &[], &[]).unwrap();
    store.sync().unwrap();
    let before = disk.tally();
    assert_eq!(store.sync(), Ok(1));
    assert_eq!(disk.tally().flushes, before.flushes);
    let (_, opened) = Store::open(store.into_disk()).unwrap();
    let after = disk.tally();
    // That the other journal is empty is made sure of.
    assert_eq!((opened.last_commit(), after.flushes, after.writes), (1, before.flushes + 1, before.writes), "nor is opening what is in order");
}
