//! What keeps a machine's files: commits in a list, chunks by number.

use std::collections::BTreeMap;

use porthole_kernel::vfs::journal::{Commit, Files, JournalError};

#[derive(Clone, Default)]
pub struct Store {
    pub transactions: Vec<Vec<u8>>,
    pub chunks: BTreeMap<u64, Vec<u8>>,
    /// Chunks that are dropped, with the commit that did it: an older state may still need them.
    dropped: Vec<(u64, u64)>,
}

impl Store {
    pub fn last(&self) -> u64 {
        self.transactions.len() as u64
    }

    pub fn keep(&mut self, commit: &Commit) {
        assert_eq!(commit.number, self.last() + 1, "commits come without gaps");
        self.transactions.push(commit.transaction.clone());
        for (id, data) in &commit.chunks {
            assert!(self.chunks.insert(*id, data.to_vec()).is_none(), "chunk {id} was stored twice");
        }
        for id in &commit.dropped {
            assert!(self.chunks.contains_key(id), "chunk {id} was dropped and never stored");
            self.dropped.push((commit.number, *id));
        }
    }

    /// No state older than this commit will be asked for.
    pub fn release(&mut self, commit: u64) {
        self.dropped.retain(|(at, id)| {
            let goes = *at <= commit;
            assert!(!goes || self.chunks.remove(id).is_some(), "chunk {id} was dropped twice");
            !goes
        });
    }

    pub fn files(&self) -> Result<Files, JournalError> {
        self.transactions.iter().try_fold(Files::new(), |files, transaction| files.apply(transaction))
    }
}
