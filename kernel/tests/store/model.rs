//! What a store must hold, told in the plainest way.

use std::collections::BTreeMap;
use std::rc::Rc;

use porthole_kernel::store::{Disk, Opened, Store};

use crate::dice::Dice;

/// A commit to be made, or made.
#[derive(Clone, Debug, Default)]
pub struct Change {
    pub transaction: Vec<u8>,
    pub chunks: Vec<(u64, Rc<Vec<u8>>)>,
    pub dropped: Vec<u64>,
}

impl Change {
    pub fn commit<D: Disk>(&self, store: &mut Store<D>, number: u64) -> Result<(), porthole_kernel::store::StoreError> {
        let chunks: Vec<(u64, &[u8])> = self.chunks.iter().map(|(id, bytes)| (*id, bytes.as_slice())).collect();
        store.commit(number, &self.transaction, &chunks, &self.dropped)
    }
}

/// After some commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub chunks: BTreeMap<u64, Rc<Vec<u8>>>,
    pub next_chunk: u64,
}

/// All commits from the first on, and the state after each.
#[derive(Clone, Debug)]
pub struct Model {
    pub changes: Vec<Change>,
    pub states: Vec<State>,
    /// Dropped by which commit, and not released.
    pub held: BTreeMap<u64, (u64, Rc<Vec<u8>>)>,
}

impl Model {
    pub fn new() -> Self {
        Self { changes: vec![], states: vec![State { next_chunk: 1, ..State::default() }], held: BTreeMap::new() }
    }

    pub fn last(&self) -> u64 {
        self.changes.len() as u64
    }

    pub fn state(&self) -> &State {
        self.states.last().unwrap()
    }

    pub fn push(&mut self, change: Change) {
        let mut state = self.state().clone();
        let number = self.last() + 1;
        for id in &change.dropped {
            let bytes = state.chunks.remove(id).unwrap();
            self.held.insert(*id, (number, bytes));
        }
        for (id, bytes) in &change.chunks {
            state.next_chunk = state.next_chunk.max(id + 1);
            state.chunks.insert(*id, bytes.clone());
        }
        self.changes.push(change);
        self.states.push(state);
    }

    pub fn release(&mut self, upto: u64) {
        self.held.retain(|_, (commit, _)| *commit > upto);
    }

    /// The rest never happened.
    pub fn cut(&mut self, last: u64) {
        self.changes.truncate(last as usize);
        self.states.truncate(last as usize + 1);
        self.held.clear();
    }

    /// Any change that makes sense now.
    pub fn imagine(&self, dice: &mut Dice) -> Change {
        let state = self.state();
        let count = [0, 0, 1, 1, 2, 5, 40][dice.below(7)];
        let chunks = (0..count)
            .map(|index| {
                let len = match dice.below(8) {
                    0 => 0,
                    1 => 64 << 10,
                    2 => dice.below(20_000),
                    _ => dice.below(2_000),
                };
                (state.next_chunk + index, Rc::new(noise(dice, len)))
            })
            .collect();
        let odds = [2, 10, 100][dice.below(3)];
        let dropped = if dice.one_in(2) { state.chunks.keys().copied().filter(|_| dice.one_in(odds)).collect() } else { vec![] };
        let len = if dice.one_in(20) { dice.below(30_000) } else { dice.below(300) };
        Change { transaction: noise(dice, len), chunks, dropped }
    }

    /// The bytes that a snapshot as of a commit would have: they tell the commit.
    pub fn snapshot(&self, upto: u64) -> Vec<u8> {
        let mut bytes = vec![];
        for change in self.changes.iter().take(upto as usize) {
            bytes.push(change.transaction.first().copied().unwrap_or_default());
            bytes.extend_from_slice(&(change.transaction.len() as u32).to_le_bytes());
        }
        bytes
    }

    /// That a store has just opened with what the first `opened.last_commit()` commits come to, and answers how many that are.
    pub fn compare<D: Disk>(&self, store: &Store<D>, opened: &Opened) -> u64 {
        let last = opened.last_commit();
        assert_eq!(store.last_commit(), last);
        match &opened.snapshot {
            Some(snapshot) => assert!(*snapshot == self.snapshot(opened.base), "the snapshot is as of commit {}", opened.base),
            None => assert_eq!(opened.base, 0),
        }
        for (transaction, change) in opened.transactions.iter().zip(&self.changes[opened.base as usize..]) {
            assert!(*transaction == change.transaction, "a transaction has changed");
        }
        let state = &self.states[last as usize];
        assert!(store.chunks().eq(state.chunks.keys().copied()), "chunks after commit {last}");
        for (id, bytes) in &state.chunks {
            assert!(store.chunk(*id).as_ref() == Ok(&**bytes), "chunk {id} after commit {last}: {:?}", store.chunk(*id).map(|bytes| bytes.len()));
        }
        last
    }

    /// That an open store has all chunks, the ones that were dropped and not released included.
    pub fn compare_now<D: Disk>(&self, store: &Store<D>) {
        assert_eq!(store.last_commit(), self.last());
        for (id, bytes) in self.state().chunks.iter().chain(self.held.iter().map(|(id, (_, bytes))| (id, bytes))) {
            assert!(store.chunk(*id).as_ref() == Ok(&**bytes), "chunk {id}: {:?}", store.chunk(*id).map(|bytes| bytes.len()));
        }
    }
}

pub fn noise(dice: &mut Dice, len: usize) -> Vec<u8> {
    let mut state = dice.below(usize::MAX >> 12) as u64 | 1;
    let mut bytes = vec![0; len];
    for piece in bytes.chunks_mut(8) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        piece.copy_from_slice(&state.to_le_bytes()[..piece.len()]);
    }
    bytes
}
