//! A journal's reader and what it makes of a file system that random calls changed, and of transactions that nobody wrote.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "differential/plan.rs"]
#[allow(dead_code, reason = "what dies is another test's affair")]
mod plan;
#[path = "world/store.rs"]
mod store;

use porthole_abi::Errno;
use porthole_abi::flags::{O_APPEND, S_IFDIR, S_IFLNK, S_IFMT, S_IFREG};
use porthole_kernel::vfs::journal::{Files, JournalError};
use porthole_kernel::vfs::{Caller, Limits, Vfs};

use plan::{Plan, SLOTS, Step};
use store::Store;

const LIMITS: Limits = Limits { bytes: 8 << 20, inodes: 500 };

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// A file system with files held open, as processes hold them.
struct Life {
    vfs: Vfs,
    slots: [Option<(u64, u32)>; SLOTS],
    now: i64,
}

impl Life {
    fn of(vfs: Vfs) -> Self {
        Self { vfs, slots: [None; SLOTS], now: 1_700_000_000_000_000_000 }
    }

    fn take(&mut self, step: &Step) -> Result<(), Errno> {
        self.now += 1;
        let who = Caller { uid: 0, gid: 5, ..Caller::kernel(self.now) };
        let Self { vfs, slots, .. } = self;
        let held = |slot: &usize| slots[*slot].ok_or(Errno::EBADF);
        match step {
            Step::Open { slot, path, flags, mode } => {
                let ino = vfs.open(&who, path, *flags, *mode)?.ino;
                if let Some((old, _)) = slots[*slot].replace((ino, *flags)) {
                    vfs.release(old);
                }
            }
            Step::Close { slot } => {
                let (ino, _) = slots[*slot].take().ok_or(Errno::EBADF)?;
                vfs.release(ino);
            }
            Step::Read { slot, len, position } => drop(vfs.read_of(held(slot)?.0, (*position).max(0) as u64, *len as usize)?),
            Step::Write { slot, data, position } => {
                let (ino, flags) = held(slot)?;
                let at = (flags & O_APPEND == 0 && *position >= 0).then_some(*position as u64);
                vfs.write_of(&who, ino, at, data)?;
            }
            Step::Ftruncate { slot, len } => vfs.truncate_of(&who, held(slot)?.0, *len)?,
            Step::Fchmod { slot, mode } => vfs.chmod_of(&who, held(slot)?.0, *mode)?,
            Step::Mkdir { path, mode } => vfs.mkdir(&who, path, *mode)?,
            Step::Rmdir { path } => vfs.rmdir(&who, path)?,
            Step::Unlink { path } => vfs.unlink(&who, path)?,
            Step::Rename { from, to, replace } => vfs.rename(&who, from, to, *replace)?,
            Step::Link { from, to } => vfs.link(&who, from, to)?,
            Step::Symlink { target, path } => vfs.symlink(&who, target, path)?,
            Step::Chmod { path, mode } => vfs.chmod(&who, path, *mode, true)?,
            Step::Utimes { path, atime, mtime, follow } => vfs.utimes(&who, path, *atime, *mtime, *follow)?,
            Step::Truncate { path, len } => vfs.truncate(&who, path, *len)?,
            // For want of whole-file calls in the plan.
            Step::Realpath { path } => vfs.copy_file(&who, path, b"/a", true)?,
            Step::Readlink { path } => vfs.remove_tree(&who, path)?,
            _ => {}
        }
        Ok(())
    }

    /// Asks for what is missing, as the machine does, then makes the call.
    fn take_and_load(&mut self, step: &Step, store: &Store) {
        let held = |slot: &usize| self.slots[*slot].map_or(0, |(ino, _)| ino);
        let missing = match step {
            Step::Read { slot, len, position } => self.vfs.missing_to_read(held(slot), (*position).max(0) as u64, *len as usize),
            Step::Write { slot, data, position } => {
                let append = self.slots[*slot].is_some_and(|(_, flags)| flags & O_APPEND != 0) || *position < 0;
                self.vfs.missing_to_write(held(slot), (!append).then_some(*position as u64), data.len())
            }
            Step::Ftruncate { slot, len } => self.vfs.missing_to_truncate(held(slot), *len),
            Step::Truncate { path, len } => self.vfs.missing_to_truncate_path(&Caller::kernel(0), path, *len),
            _ => vec![],
        };
        for id in missing {
            self.vfs.fill(id, store.chunks[&id].clone());
        }
        let _answer = self.take(step);
        assert!(self.vfs.take_missed().is_empty(), "{step:?} needed what nobody had asked for");
    }

    fn commit(&mut self, store: &mut Store) {
        if let Some(commit) = self.vfs.commit() {
            store.keep(&commit);
        }
    }
}

/// All that must last, in one list: paths, attributes, contents.
fn durable(vfs: &mut Vfs, store: &Store) -> Vec<String> {
    let who = Caller::kernel(0);
    let mut out = vec![format!("{} bytes", vfs.bytes())];
    let mut dirs = vec![b"/".to_vec()];
    while let Some(dir) = dirs.pop() {
        out.push(format!("{:?}", vfs.stat(&who, &dir, true).unwrap()));
        for entry in vfs.readdir(&who, &dir, 0, usize::MAX).unwrap() {
            let path = [dir.as_slice(), b"/", &entry.name].concat();
            let stat = vfs.stat(&who, &path, false).unwrap();
            let content = match stat.mode & S_IFMT {
                S_IFDIR => {
                    dirs.push(path.clone());
                    vec![]
                }
                S_IFLNK => vfs.readlink(&who, &path).unwrap().to_vec(),
                S_IFREG => {
                    for id in vfs.missing_to_read(stat.ino, 0, usize::MAX) {
                        vfs.fill(id, store.chunks[&id].clone());
                    }
                    vfs.read_of(stat.ino, 0, usize::MAX).unwrap()
                }
                _ => vec![],
            };
            let sum = content.iter().fold(0u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(*byte)));
            out.push(format!("{:?} {stat:?} {} {sum:x}", String::from_utf8_lossy(&path[..path.len().min(99)]), content.len()));
        }
    }
    out
}

/// A life of random calls; the journal that it left, and a snapshot of the middle of it.
fn live(seed: u64) -> (Life, Store, Option<(u64, Vec<u8>)>) {
    let (mut plan, mut dice) = (Plan::new(seed), Dice(seed));
    let mut life = Life::of(Vfs::new(1, LIMITS));
    let (mut store, mut snapshot) = (Store::default(), None);
    if seed.is_multiple_of(3) {
        life.vfs.set_budget(0);
    }
    for _ in 0..300 {
        life.take_and_load(&plan.step(), &store);
        if dice.below(12) == 0 {
            life.commit(&mut store);
            life.vfs.evict(store.last(), &|_| false);
            if dice.below(8) == 0 {
                snapshot = life.vfs.snapshot().map(|bytes| (store.last(), bytes));
            }
        }
    }
    life.commit(&mut store);
    (life, store, snapshot)
}

#[test]
fn another_life_has_the_same_files() {
    let mut snapshots = 0;
    for seed in 0..300 {
        let (mut life, mut store, snapshot) = live(seed);
        let mut risen = store.files().unwrap().finish(LIMITS).unwrap();
        if let Some((number, bytes)) = snapshot {
            snapshots += 1;
            let after = &store.transactions[number as usize..];
            let files = after.iter().try_fold(Files::new().apply(&bytes).unwrap(), |files, transaction| files.apply(transaction)).unwrap();
            assert_eq!(files.finish(LIMITS).unwrap(), risen, "seed {seed}: from a snapshot");
        }
        for (ino, _) in std::mem::take(&mut life.slots).into_iter().flatten() {
            life.vfs.release(ino);
        }
        let expected = durable(&mut life.vfs, &store);
        assert_eq!(durable(&mut risen, &store), expected, "seed {seed}");
        // What was unlinked and open goes out of the store with the first commit, and then nothing is there that no file has.
        let mut risen = Life::of(risen);
        risen.commit(&mut store);
        store.release(u64::MAX);
        let stored: u64 = store.chunks.values().map(|chunk| chunk.len() as u64).sum();
        assert_eq!(stored, risen.vfs.bytes(), "seed {seed}");
        // The other life goes on, and a third one after it.
        let mut plan = Plan::new(seed + 1000);
        (0..100).for_each(|_| risen.take_and_load(&plan.step(), &store));
        risen.commit(&mut store);
        for (ino, _) in std::mem::take(&mut risen.slots).into_iter().flatten() {
            risen.vfs.release(ino);
        }
        let mut third = store.files().unwrap().finish(LIMITS).unwrap();
        assert_eq!(durable(&mut third, &store), durable(&mut risen.vfs, &store), "seed {seed}: the third life");
    }
    assert!(snapshots > 100, "{snapshots}");
}

/// Whatever is read, what comes out of it works, or an error says why not.
#[test]
fn a_journal_that_nobody_wrote_is_refused_or_harmless() {
    let (mut accepted, mut refused) = (0, std::collections::BTreeMap::<String, usize>::new());
    for seed in 0..120 {
        let (_, store, snapshot) = live(seed);
        let mut dice = Dice(seed ^ 0xabcdef);
        let mut sources = store.transactions.clone();
        sources.extend(snapshot.map(|(_, bytes)| bytes));
        for _ in 0..30 {
            let mut transactions = store.transactions.clone();
            let at = dice.below(transactions.len());
            let mut bytes = sources[dice.below(sources.len())].clone();
            match dice.below(6) {
                0 => bytes.truncate(dice.below(bytes.len())),
                1 => bytes.extend((0..1 + dice.below(9)).map(|_| 0)),
                2 => bytes = (0..dice.below(200)).map(|at| if at < 2 { 1 - at as u8 } else { dice.below(256) as u8 }).collect(),
                // As it is, where it does not belong.
                3 => {}
                _ => {
                    bytes = transactions[at].clone();
                    for _ in 0..1 + dice.below(3) {
                        let at = dice.below(bytes.len());
                        bytes[at] ^= 1 << dice.below(8);
                    }
                }
            }
            transactions[at] = bytes;
            let files = transactions.iter().try_fold(Files::new(), |files, transaction| files.apply(transaction));
            match files.and_then(|files| files.finish(LIMITS)) {
                Ok(vfs) => {
                    accepted += 1;
                    harmless(vfs, seed);
                }
                Err(error) => {
                    let kind = match error {
                        JournalError::Version(_) => "version".into(),
                        JournalError::Malformed { .. } => "malformed".into(),
                        JournalError::Inconsistent { what, .. } => what.chars().filter(|it| !it.is_ascii_digit()).collect(),
                    };
                    *refused.entry(kind).or_default() += 1;
                }
            }
        }
    }
    println!("{accepted} accepted; refused: {refused:#?}");
    // A flipped bit of a time or an owner is as good as what was there.
    assert!(accepted > 300 && refused["malformed"] > 300 && refused.len() > 8, "{accepted} {refused:?}");
}

/// Goes on with it as if nothing were.
fn harmless(vfs: Vfs, seed: u64) {
    let mut life = Life::of(vfs);
    let mut plan = Plan::new(seed + 5000);
    for _ in 0..150 {
        let _answer = life.take(&plan.step());
        life.vfs.take_missed();
    }
    let _commit = life.vfs.commit();
    let again = life.vfs.snapshot().map(|bytes| Files::new().apply(&bytes).unwrap().finish(LIMITS).unwrap());
    let again = Life::of(again.unwrap());
    assert_eq!(again.vfs.committed(), life.vfs.committed());
}
