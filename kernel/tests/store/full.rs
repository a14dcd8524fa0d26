//! A disk that is full.

use porthole_kernel::store::{Store, StoreError};

use crate::dice::Dice;
use crate::disk::Simulated;
use crate::model::{Change, Model, noise};

/// Some of everything, in an order that does not change. `false`: the disk was full at least once, and what had failed was done again.
fn work(disk: &Simulated, store: &mut Store<Simulated>, model: &mut Model) -> bool {
    let mut dice = Dice::new(4);
    let mut smooth = true;
    // What fails and cannot be left undone is done again: there is room then.
    let mut attempt =
        |store: &mut Store<Simulated>, model: &Model, again: bool, act: &mut dyn FnMut(&mut Store<Simulated>) -> Result<(), StoreError>| {
            if let Err(error) = act(store) {
                assert_eq!(error, StoreError::NoSpace);
                smooth = false;
                model.compare_now(store);
                let (after_crash, opened) = Store::open(copy(disk)).unwrap();
                assert!(model.compare(&after_crash, &opened) == model.last());
                if again {
                    act(store).unwrap();
                }
            }
        };
    for round in 0..30 {
        let change = model.imagine(&mut dice);
        let number = model.last() + 1;
        attempt(store, model, true, &mut |store| change.commit(store, number));
        model.push(change);
        let last = model.last();
        match round % 6 {
            1 => attempt(store, model, false, &mut |store| store.sync().map(drop)),
            3 => {
                store.release(last);
                model.release(last);
            }
            4 => attempt(store, model, false, &mut |store| store.snapshot(last, &model.snapshot(last))),
            5 => attempt(store, model, false, &mut |store| store.compact(100_000).map(drop)),
            _ => {}
        }
    }
    smooth
}

fn copy(disk: &Simulated) -> Simulated {
    let other = Simulated::default();
    for file in porthole_kernel::store::File::ALL {
        other.put(file, disk.bytes(file));
    }
    other
}

#[test]
fn no_space_at_any_write_changes_nothing() {
    let mut met = 0;
    for write in 1.. {
        let disk = Simulated::default();
        disk.set_no_space_at(Some(write));
        let (mut store, _) = match Store::open(disk.clone()) {
            Err(StoreError::NoSpace) => {
                met += 1;
                Store::open(disk.clone()).unwrap()
            }
            other => other.unwrap(),
        };
        let mut model = Model::new();
        let smooth = work(&disk, &mut store, &mut model);
        model.compare_now(&store);
        store.sync().unwrap();
        let mut dice = Dice::new(write);
        disk.crash(&mut dice);
        let (store, opened) = Store::open(disk.clone()).unwrap();
        assert_eq!(model.compare(&store, &opened), model.last(), "write {write}");
        met += u64::from(!smooth);
        disk.set_no_space_at(None);
        if smooth && write > 300 {
            break;
        }
    }
    assert!(met > 50, "only {met} writes were refused");
}

#[test]
fn files_can_be_dropped_when_nothing_more_fits() {
    let disk = Simulated::default();
    let (mut store, _) = Store::open(disk.clone()).unwrap();
    let mut model = Model::new();
    let mut dice = Dice::new(5);
    disk.set_capacity(Some(600_000));
    loop {
        let id = model.state().next_chunk;
        let change = Change { transaction: noise(&mut dice, 50), chunks: vec![(id, noise(&mut dice, 10_000).into())], dropped: vec![] };
        match change.commit(&mut store, model.last() + 1) {
            Ok(()) => model.push(change),
            Err(error) => {
                assert_eq!(error, StoreError::NoSpace);
                break;
            }
        }
    }
    // Names alone need room too, and may not take what dropping needs.
    while let change = (Change { transaction: noise(&mut dice, 2_000), ..Change::default() })
        && change.commit(&mut store, model.last() + 1).is_ok()
    {
        model.push(change);
    }
    store.sync().unwrap();
    model.compare_now(&store);
    assert!(disk.used() <= 600_000 && model.state().chunks.len() > 20);

    let change = Change { transaction: noise(&mut dice, 500), chunks: vec![], dropped: model.state().chunks.keys().copied().skip(5).collect() };
    change.commit(&mut store, model.last() + 1).unwrap();
    model.push(change);
    store.release(model.last());
    model.release(model.last());
    for _ in 0..10 {
        let change =
            Change { transaction: noise(&mut dice, 50), chunks: vec![(model.state().next_chunk, noise(&mut dice, 10_000).into())], dropped: vec![] };
        change.commit(&mut store, model.last() + 1).unwrap();
        model.push(change);
    }
    store.snapshot(model.last(), &model.snapshot(model.last())).unwrap();
    let (store, opened) = Store::open(store.into_disk()).unwrap();
    assert_eq!(model.compare(&store, &opened), model.last());
}

#[test]
fn commits_that_failed_can_be_made_together_later() {
    let disk = Simulated::default();
    let (mut store, _) = Store::open(disk.clone()).unwrap();
    store.commit(1, b"one", &[(1, &[1; 50_000])], &[]).unwrap();
    disk.set_capacity(Some(disk.used() + 10_000));
    assert_eq!(store.commit(2, b"two", &[(2, &[2; 50_000]), (3, &[3; 100])], &[]), Err(StoreError::NoSpace));
    // The next one drops chunk 2 again: what remains fits.
    store.commit_all(2, &[b"two", b"three"], &[(3, &[3; 100])], &[1]).unwrap();
    store.sync().unwrap();
    let (store, opened) = Store::open(store.into_disk()).unwrap();
    assert_eq!((opened.transactions.len(), store.chunk(3).unwrap()), (3, vec![3; 100]));
}

#[test]
fn what_is_reserved_is_there_when_nothing_else_is() {
    let disk = Simulated::default();
    let (mut store, _) = Store::open(disk.clone()).unwrap();
    store.commit(1, b"one", &[(1, &[1; 50_000])], &[]).unwrap();
    store.sync().unwrap();
    assert_eq!(store.reserve(300_000), Ok(true));
    disk.set_capacity(Some(disk.used()));
    assert_eq!(store.commit(2, b"two", &[(2, &[2; 200_000])], &[]), Ok(()));
    assert_eq!(store.sync(), Ok(2));
    assert_eq!((store.reserve(300_000), store.usage().ready), (Ok(false), 100_000), "but not twice");
    disk.set_capacity(None);
    assert_eq!(store.reserve(300_000), Ok(true));
    // What is reserved is not cut off as if it were too much.
    store.commit(3, b"three", &[], &[2]).unwrap();
    store.release(3);
    store.sync().unwrap();
    assert_eq!(store.usage().ready, 500_000);
    let (store, opened) = Store::open(store.into_disk()).unwrap();
    assert_eq!((opened.last_commit(), store.chunk(1).unwrap().len()), (3, 50_000));
}

#[test]
fn how_much_the_disk_would_give_can_be_asked() {
    let disk = Simulated::default();
    let (mut store, _) = Store::open(disk.clone()).unwrap();
    store.commit(1, b"one", &[(1, &[1; 50_000])], &[]).unwrap();
    store.sync().unwrap();
    let used = disk.used();
    assert_eq!((store.probe(64 << 20), disk.used()), (Ok(64 << 20), used), "and is given back");
    for room in [0, 1 << 20, 5_000_000, 63 << 20] {
        disk.set_capacity(Some(used + room));
        let found = store.probe(64 << 20).unwrap();
        assert!(found <= room && found + (1 << 20) >= room, "{found} of {room}");
        store.reserve(room / 2).unwrap();
        assert!(store.probe(64 << 20).unwrap() >= room / 2);
        disk.set_capacity(None);
    }
    assert_eq!(store.chunk(1).unwrap().len(), 50_000);
}
