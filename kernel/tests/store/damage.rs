//! Bits that flip at rest, and files that were never a store.

use porthole_kernel::store::{Disk, File, Memory, Store, StoreError};

use crate::dice::Dice;
use crate::disk::Simulated;
use crate::model::{Model, noise};

/// A store that was closed in order.
fn healthy(seed: u64, snapshot: bool) -> (Simulated, Model) {
    let mut dice = Dice::new(seed);
    let disk = Simulated::default();
    let (mut store, _) = Store::open(disk.clone()).unwrap();
    let mut model = Model::new();
    for round in 0..20 {
        let change = model.imagine(&mut dice);
        change.commit(&mut store, model.last() + 1).unwrap();
        model.push(change);
        if snapshot && round == 8 {
            store.snapshot(model.last(), &model.snapshot(model.last())).unwrap();
        }
        if dice.one_in(4) {
            store.sync().unwrap();
        }
    }
    store.sync().unwrap();
    (disk, model)
}

/// Offset and length of each record, by the format's description.
fn records(journal: &[u8]) -> Vec<(u64, u64)> {
    let mut found = vec![];
    let mut at = 1024;
    while journal.get(at..at + 4) == Some(b"RCRD") {
        let len = 16 + u64::from(u32::from_le_bytes(journal[at + 4..at + 8].try_into().unwrap()));
        found.push((at as u64, len));
        at += len as usize;
    }
    found
}

#[test]
fn a_damaged_record_is_named_and_what_came_before_is_salvaged() {
    for seed in 0..300 {
        let mut dice = Dice::new(seed);
        let (disk, model) = healthy(seed, seed % 2 == 0);
        let file = if seed % 2 == 0 { File::JournalB } else { File::JournalA };
        let all = records(&disk.bytes(file));
        let hit = dice.below(all.len());
        let (offset, len) = all[hit];
        disk.flip(file, offset * 8 + dice.below(len as usize * 8) as u64);
        let first = if seed % 2 == 0 { 10 } else { 1 };
        let error = Store::open(disk.clone()).map(drop).unwrap_err();
        assert_eq!(error, StoreError::Corrupt { file, record: first + hit as u64, offset }, "seed {seed}");
        assert!(error.to_string().contains(&format!("record {} at offset {offset} of {}", first + hit as u64, file.name())));

        let (mut store, opened) = Store::salvage(disk.clone()).unwrap();
        let left_out = opened.left_out.clone().unwrap();
        assert_eq!((left_out.record, left_out.offset, left_out.records), (first + hit as u64, offset, (all.len() - hit - 1) as u64));
        let last = opened.last_commit();
        assert_eq!(last, first - 1 + hit as u64);
        // Nothing was released, so nothing was written over.
        assert_eq!((left_out.chunks.len(), model.compare(&store, &opened)), (0, last));
        store.commit(last + 1, b"after", &[], &[]).unwrap();
        store.sync().unwrap();
        let (_, opened) = Store::open(disk).unwrap();
        assert_eq!((opened.last_commit(), opened.left_out), (last + 1, None));
    }
}

#[test]
fn a_salvaged_state_names_the_chunks_that_are_gone() {
    let (mut store, _) = Store::open(Memory::default()).unwrap();
    store.commit(1, b"", &[(1, &[1; 1000]), (2, &[2; 1000])], &[]).unwrap();
    store.commit(2, b"", &[], &[1]).unwrap();
    store.sync().unwrap();
    store.release(2);
    store.commit(3, b"", &[(3, &[3; 1000])], &[]).unwrap();
    store.sync().unwrap();
    let mut disk = store.into_disk();
    let second = records(disk.file(File::JournalA))[1].0 as usize;
    disk.file(File::JournalA)[second + 20] ^= 1;
    let (store, opened) = Store::salvage(disk).unwrap();
    assert_eq!((opened.last_commit(), opened.left_out.unwrap().chunks), (1, vec![1]));
    assert_eq!(store.chunk(2).unwrap(), [2; 1000]);
    assert!(matches!(store.chunk(1), Err(StoreError::BadChunk { id: 1, .. })));
}

#[test]
fn a_damaged_head_is_survived() {
    for bit in (0..88 * 8).step_by(5) {
        for slot in [0, 512] {
            let (disk, model) = healthy(bit, true);
            disk.flip(File::JournalB, slot * 8 + bit);
            let (store, opened) = Store::open(disk).unwrap();
            assert_eq!(model.compare(&store, &opened), model.last());
        }
    }
    let (disk, _) = healthy(1, true);
    disk.flip(File::JournalB, 3);
    disk.flip(File::JournalB, 512 * 8 + 3);
    assert_eq!(Store::open(disk).map(drop), Err(StoreError::NoHead), "and not taken for an empty store");
}

#[test]
fn a_damaged_chunk_is_an_error_and_the_others_are_not() {
    for seed in 0..100 {
        let mut dice = Dice::new(seed);
        let (disk, model) = healthy(seed, false);
        let heap = disk.bytes(File::Heap);
        let Some((id, bytes)) = model.state().chunks.iter().filter(|(_, bytes)| bytes.len() > 16).nth(dice.below(20)) else { continue };
        let at = heap.windows(16).position(|window| window == &bytes[..16]).unwrap();
        disk.flip(File::Heap, (at + dice.below(bytes.len())) as u64 * 8 + 3);
        let (store, opened) = Store::open(disk).unwrap();
        assert_eq!(opened.last_commit(), model.last());
        for (other, bytes) in &model.state().chunks {
            match store.chunk(*other) {
                Ok(read) => assert!(other != id && read == **bytes),
                Err(error) => assert_eq!(error, StoreError::BadChunk { id: *id, offset: at as u64 }),
            }
        }
    }
}

#[test]
fn a_damaged_snapshot_is_told() {
    let (mut store, _) = Store::open(Memory::default()).unwrap();
    store.commit(1, b"one", &[(1, b"a")], &[]).unwrap();
    store.snapshot(1, &[5; 100]).unwrap();
    let mut disk = store.into_disk();
    let at = disk.file(File::Heap).iter().position(|&byte| byte == 5).unwrap();
    disk.file(File::Heap)[at + 50] = 6;
    assert!(matches!(Store::open(disk.clone()).map(drop), Err(StoreError::BadSnapshot { .. })));
    assert!(matches!(Store::salvage(disk).map(drop), Err(StoreError::BadSnapshot { .. })));
}

#[test]
fn another_layout_is_not_guessed_at() {
    let (store, _) = Store::open(Memory::default()).unwrap();
    let mut disk = store.into_disk();
    for slot in [0, 512] {
        disk.file(File::JournalA)[slot + 8] = 2;
    }
    assert_eq!(Store::open(disk).map(drop), Err(StoreError::Version(2)));
}

#[test]
fn noise_never_panics() {
    for seed in 0..3_000u64 {
        let mut dice = Dice::new(seed);
        let disk = if seed % 3 == 0 {
            let disk = Simulated::default();
            for file in File::ALL {
                let len = dice.below(4_000);
                disk.put(file, noise(&mut dice, len));
            }
            disk
        } else {
            let (disk, _) = healthy(seed % 7, seed % 2 == 0);
            for _ in 0..1 + dice.below(30) {
                let file = File::ALL[dice.below(3)];
                let mut bytes = disk.bytes(file);
                if bytes.is_empty() {
                    continue;
                }
                let near = bytes.len().min(3_000);
                let at = if dice.one_in(2) { dice.below(near) } else { dice.below(bytes.len()) };
                match dice.below(4) {
                    0 => bytes.truncate(at),
                    1 => bytes[at] = dice.below(256) as u8,
                    2 => bytes.drain(at..(at + 8).min(bytes.len())).for_each(drop),
                    _ => drop(bytes.splice(at..at, [0; 8])),
                }
                disk.put(file, bytes);
            }
            disk
        };
        for open in [Store::open, Store::salvage] {
            if let Ok((mut store, opened)) = open(disk.clone()) {
                for id in store.chunks().collect::<Vec<_>>() {
                    let _ = store.chunk(id);
                }
                store.commit(opened.last_commit() + 1, b"more", &[(1 << 40, b"chunk")], &[]).unwrap();
                store.sync().unwrap();
                let (store, again) = Store::open(store.into_disk()).unwrap();
                assert_eq!((again.last_commit(), store.chunk(1 << 40).unwrap()), (opened.last_commit() + 1, b"chunk".to_vec()));
                break;
            }
        }
        assert!(disk.size(File::Heap).is_ok());
    }
}

/// A checksum that is right does not make a record true: these are forged.
#[test]
fn forged_places_are_an_error() {
    let (mut store, _) = Store::open(Memory::default()).unwrap();
    store.commit(1, b"", &[(1, &[1; 64]), (2, &[2; 64])], &[]).unwrap();
    store.sync().unwrap();
    let mut disk = store.into_disk();
    let (at, len) = records(disk.file(File::JournalA))[0];
    let journal = disk.file(File::JournalA);
    // Chunk 2's offset, in the second entry.
    let (at, len) = (at as usize, len as usize);
    journal[at + 16 + 36 + 28 + 8] = 10;
    let sum = twox_hash::XxHash64::oneshot(1, &journal[at + 16..at + len]);
    journal[at + 8..at + 16].copy_from_slice(&sum.to_le_bytes());
    let error = Store::open(disk).map(drop).unwrap_err();
    assert!(matches!(error, StoreError::Inconsistent(_)), "{error}");
}
