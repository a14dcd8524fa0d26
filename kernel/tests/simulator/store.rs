//! What outlives the tab: commits in order and chunks by number, some of them not written yet.

use std::collections::BTreeMap;

use porthole_kernel::vfs::journal::{Commit, Files};

use crate::model::Tree;

#[derive(Default)]
pub struct Store {
    commits: Vec<Kept>,
    chunks: BTreeMap<u64, Vec<u8>>,
    /// Commits up to this one are written.
    durable: u64,
    /// No kernel is made from a state older than this commit.
    released: u64,
    /// Commits up to this one were said not to be safe.
    failed: u64,
}

struct Kept {
    transaction: Vec<u8>,
    new: Vec<u64>,
    dropped: Vec<u64>,
    /// The files then, and how many records had been logged.
    tree: Tree,
    records: usize,
}

impl Store {
    pub fn last(&self) -> u64 {
        self.commits.len() as u64
    }

    pub fn keep(&mut self, commit: &Commit, (records, tree): (usize, &Tree)) {
        assert_eq!(commit.number, self.last() + 1, "commits come without gaps");
        for (id, data) in &commit.chunks {
            assert!(self.chunks.insert(*id, data.to_vec()).is_none(), "chunk {id} was stored twice");
        }
        assert!(commit.dropped.iter().all(|id| self.chunks.contains_key(id)), "a chunk was dropped and never stored");
        let new = commit.chunks.iter().map(|(id, _)| *id).collect();
        self.commits.push(Kept { transaction: commit.transaction.clone(), new, dropped: commit.dropped.clone(), tree: tree.clone(), records });
    }

    pub fn chunk(&self, id: u64) -> Vec<u8> {
        self.chunks.get(&id).unwrap_or_else(|| panic!("chunk {id} is asked for and not there")).clone()
    }

    /// A chunk that may have been dropped since it was asked for: nobody may need it then (`Host::predict` sees to that).
    pub fn late_chunk(&self, id: u64) -> Option<Vec<u8>> {
        self.chunks.get(&id).cloned()
    }

    pub fn is_flushed(&self) -> bool {
        self.durable == self.last()
    }

    pub fn flush(&mut self) {
        self.durable = self.last();
        self.sweep();
    }

    pub fn fail(&mut self) {
        self.failed = self.last();
    }

    pub fn has_failed(&self) -> bool {
        self.failed > self.durable
    }

    pub fn durable(&self) -> u64 {
        self.durable
    }

    /// No state older than this commit will be asked for.
    pub fn release(&mut self, commit: u64) {
        self.released = commit;
        self.sweep();
    }

    /// What no file has is removed once that is written, and once no kernel can ask for it.
    fn sweep(&mut self) {
        for commit in &mut self.commits[..self.durable.min(self.released) as usize] {
            for id in std::mem::take(&mut commit.dropped) {
                assert!(self.chunks.remove(&id).is_some(), "chunk {id} was dropped twice");
            }
        }
    }

    /// Whether all that had happened before so many records is written.
    pub fn is_safe(&self, records: usize) -> bool {
        // A commit that was made after it, or one before it after which nothing was to be committed.
        let before = self.commits.iter().filter(|commit| commit.records <= records).count() as u64;
        let durable = self.commits[..self.durable as usize].last();
        durable.is_some_and(|commit| commit.records >= records) || self.durable >= before
    }

    /// The tab dies: of commits that are not written the first `spared` are, by chance. Answers the files as they were then.
    pub fn crash(&mut self, spared: u64) -> Tree {
        let last = self.durable + spared;
        for commit in self.commits.drain(last as usize..) {
            commit.new.iter().for_each(|id| drop(self.chunks.remove(id)));
        }
        (self.durable, self.failed) = (last, 0);
        self.release(last);
        self.commits.last().map(|commit| commit.tree.clone()).unwrap_or_default()
    }

    /// The files after a commit, as a journal.
    pub fn files(&self, commit: u64) -> Files {
        let transactions = self.commits[..commit as usize].iter();
        transactions.fold(Files::new(), |files, commit| files.apply(&commit.transaction).unwrap())
    }
}
