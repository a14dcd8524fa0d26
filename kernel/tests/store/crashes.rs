//! Random commits over a machine that stops at any moment.

use porthole_kernel::store::{Store, StoreError};

use crate::dice::Dice;
use crate::disk::Simulated;
use crate::model::{Change, Model};
use crate::seeds;

/// What the test runs.
const SEEDS: u64 = 1_000;

const LIVES: usize = 12;
/// Seeds that once found what thousands had not: a switch of journals that failed, with the new head and its removal both on their way to the disk.
const RARE: [u64; 1] = [2_657];

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    commits: u64,
    crashes: u64,
    /// Crashes that took commits away, and left commits that nobody had confirmed.
    lost: u64,
    kept: u64,
    during_snapshot: u64,
    during_compaction: u64,
    during_opening: u64,
    snapshots: u64,
    compactions: u64,
    full: u64,
}

struct Run {
    dice: Dice,
    disk: Simulated,
    model: Model,
    /// What was confirmed as durable.
    confirmed: u64,
    /// May be on the disk although nobody was told: the commit during which the machine stopped.
    underway: Option<Change>,
    tally: Tally,
}

impl Run {
    fn life(&mut self, mut store: Store<Simulated>) {
        let steps = 1 + self.dice.below(60);
        if self.dice.one_in(8) {
            let room = self.dice.below(200_000) as u64;
            self.disk.set_capacity(Some(self.disk.used() + room));
        }
        let hit = self.dice.one_in(4).then(|| 1 + self.dice.below(60) as u64);
        self.disk.set_no_space_at(hit);
        let crash_after = self.dice.below(2 + steps * 4) as u64;
        self.disk.light_fuse(1 + crash_after);
        for _ in 0..steps {
            self.step(&mut store);
            if self.disk.dead() {
                break;
            }
        }
        self.disk.set_capacity(None);
        self.disk.set_no_space_at(None);
    }

    fn step(&mut self, store: &mut Store<Simulated>) {
        match self.dice.below(20) {
            0..=11 => self.commit(store),
            12..=14 => {
                if let Ok(durable) = store.sync() {
                    assert_eq!(durable, self.model.last());
                    self.confirmed = durable;
                }
            }
            15 => {
                let upto = self.model.last() - self.dice.below(1 + self.model.last().min(3) as usize) as u64;
                store.release(upto);
                self.model.release(upto);
            }
            16 if self.dice.one_in(3) => {
                let bytes = self.dice.below(100_000) as u64;
                let asked = if self.dice.one_in(2) { store.reserve(bytes).map(drop) } else { store.probe(bytes).map(drop) };
                if let Err(error) = asked {
                    self.excuse(&error);
                }
            }
            16 => self.snapshot(store),
            17 => {
                let outcome = store.compact(1 + self.dice.below(200_000) as u64);
                self.tally.during_compaction += u64::from(self.disk.dead());
                match outcome {
                    Ok(moved) => {
                        self.tally.compactions += u64::from(moved);
                        self.confirmed = self.model.last();
                    }
                    Err(error) => self.excuse(&error),
                }
            }
            _ => {
                let id = self.dice.below(self.model.state().next_chunk as usize) as u64;
                if let Some(bytes) = self.model.state().chunks.get(&id)
                    && let Ok(read) = store.chunk(id)
                {
                    assert!(read == **bytes, "chunk {id}");
                }
            }
        }
        if !self.disk.dead() && self.dice.one_in(10) {
            self.disk.look(|| self.model.compare_now(store));
        }
    }

    fn commit(&mut self, store: &mut Store<Simulated>) {
        let change = self.model.imagine(&mut self.dice);
        match change.commit(store, self.model.last() + 1) {
            Ok(()) => {
                self.tally.commits += 1;
                self.model.push(change);
            }
            Err(error) => {
                self.excuse(&error);
                if self.disk.dead() {
                    self.underway = Some(change);
                }
            }
        }
        self.confirmed = self.confirmed.max(store.durable_commit());
    }

    fn snapshot(&mut self, store: &mut Store<Simulated>) {
        let upto = self.model.last() - self.dice.below(1 + self.model.last().min(3) as usize) as u64;
        let outcome = store.snapshot(upto, &self.model.snapshot(upto));
        self.tally.during_snapshot += u64::from(self.disk.dead());
        match outcome {
            Ok(()) => {
                self.tally.snapshots += 1;
                self.confirmed = self.model.last();
            }
            // Older than the snapshot before.
            Err(StoreError::Refused(_)) if !self.disk.dead() => {}
            Err(error) => self.excuse(&error),
        }
    }

    fn excuse(&mut self, error: &StoreError) {
        let full = *error == StoreError::NoSpace;
        self.tally.full += u64::from(full);
        assert!(full || self.disk.dead(), "{error}");
    }

    /// Starts again, perhaps dying while it does.
    fn rebirth(&mut self) -> Store<Simulated> {
        loop {
            self.tally.crashes += 1;
            if self.dice.one_in(4) {
                self.disk.kill();
            } else {
                self.disk.crash(&mut self.dice);
            }
            if self.dice.one_in(4) {
                self.disk.light_fuse(1 + self.dice.below(12) as u64);
            }
            match Store::open(self.disk.clone()) {
                Ok((store, opened)) => {
                    self.disk.light_fuse(u64::MAX);
                    let mut model = self.model.clone();
                    if let Some(change) = self.underway.take() {
                        model.push(change);
                    }
                    let last = model.compare(&store, &opened);
                    assert!(last >= self.confirmed, "{} was confirmed, {last} is there", self.confirmed);
                    self.tally.lost += u64::from(last < self.model.last());
                    self.tally.kept += u64::from(last > self.confirmed);
                    model.cut(last);
                    self.model = model;
                    // Opening has made it so.
                    self.confirmed = last;
                    return store;
                }
                Err(error) => {
                    assert!(self.disk.dead(), "after a crash the store does not open: {error}");
                    self.tally.during_opening += 1;
                }
            }
        }
    }
}

fn run(seed: u64) -> Tally {
    let mut run =
        Run { dice: Dice::new(seed), disk: Simulated::default(), model: Model::new(), confirmed: 0, underway: None, tally: Tally::default() };
    for _ in 0..LIVES {
        let store = run.rebirth();
        run.life(store);
    }
    run.rebirth();
    run.tally
}

#[test]
fn crashes_lose_nothing_that_was_confirmed() {
    let seeds::Ran { tally: mut all, enough } = seeds::run("store crashes", SEEDS, run, Tally::add);
    for seed in RARE {
        all.add(run(seed));
    }
    eprintln!("{all:?}");
    // A simulator that finds nothing because it does nothing is worse than none.
    let rare = [all.lost, all.kept, all.during_snapshot, all.during_compaction, all.during_opening, all.snapshots, all.compactions, all.full];
    assert!(!enough || rare.iter().all(|&count| count > all.crashes / 1_000), "{all:?}");
}

impl Tally {
    fn add(&mut self, other: Tally) {
        let Tally { commits, crashes, lost, kept, during_snapshot, during_compaction, during_opening, snapshots, compactions, full } = other;
        self.commits += commits;
        self.crashes += crashes;
        self.lost += lost;
        self.kept += kept;
        self.during_snapshot += during_snapshot;
        self.during_compaction += during_compaction;
        self.during_opening += during_opening;
        self.snapshots += snapshots;
        self.compactions += compactions;
        self.full += full;
    }
}
