//! What the supervisor keeps in its memory: the machine's state and what has happened since.

use crate::model::Tree;

#[derive(Default)]
pub struct Memory {
    /// The last checkpoint.
    pub state: Option<Vec<u8>>,
    /// Records since the checkpoint, each with the files as they are after it.
    pub log: Vec<(Vec<u8>, Tree)>,
    /// How many records were before those.
    pub begun: usize,
    /// The commit with which this life began.
    pub born: u64,
    /// The files as they were when the log began.
    first: Tree,
}

impl Memory {
    /// What the next life begins with.
    pub fn of(born: u64, records: usize, first: Tree) -> Self {
        Self { state: None, log: vec![], begun: records, born, first }
    }

    /// Whether there is nothing that could be replayed.
    pub fn is_empty(&self) -> bool {
        self.state.is_none() && self.log.is_empty()
    }

    pub fn append(&mut self, record: Vec<u8>, files: Tree) {
        self.log.push((record, files));
    }

    /// The files after the last record, and how many records of all lives that is.
    pub fn last(&self) -> (usize, &Tree) {
        (self.begun + self.log.len(), self.log.last().map_or(&self.first, |(_, files)| files))
    }

    /// The log begins anew.
    pub fn checkpoint(&mut self, state: Vec<u8>) {
        self.first = self.last().1.clone();
        self.begun += self.log.len();
        self.log.clear();
        self.state = Some(state);
    }
}
