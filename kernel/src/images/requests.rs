//! What has been asked of other hosts and has not come, and what has come and waits for a call.

use crate::map::Map;
use crate::vfs::chunks::{ChunkId, DERIVED};
use crate::vfs::image::Piece;

/// Numbers from here on stand for indexes, where chunks are waited for.
const INDEXES: ChunkId = DERIVED * 2;
/// Indexes that have come and that nobody has mounted yet.
const INDEXES_MAX: usize = 8;

#[derive(Clone, Debug)]
pub enum What {
    Piece(Piece),
    /// The index with this number, at this address.
    Index(ChunkId, Vec<u8>),
}

/// An index, or why there is none, in words.
pub type Index = Result<Vec<u8>, Vec<u8>>;

#[derive(Debug, Default)]
pub struct Requests {
    last: u64,
    pub open: Map<u64, What>,
    /// By number: the address, and what came.
    indexes: Map<ChunkId, (Vec<u8>, Index)>,
    /// By file: the chunk behind the last that was asked for, and how many those were.
    runs: Map<ChunkId, (ChunkId, u64)>,
}

impl Requests {
    pub fn is_index(id: ChunkId) -> bool {
        id >= INDEXES
    }

    /// A number for a new request.
    pub fn begin(&mut self, what: What) -> u64 {
        self.last += 1;
        self.open.insert(self.last, what);
        self.last
    }

    /// The number that stands for the index at an address.
    pub fn index_at(url: &[u8]) -> ChunkId {
        INDEXES + (twox_hash::XxHash64::oneshot(0, url) >> 12)
    }

    /// An index has come, or is known not to.
    pub fn put_index(&mut self, id: ChunkId, url: Vec<u8>, index: Index) {
        if self.indexes.len() >= INDEXES_MAX {
            self.indexes.pop_first();
        }
        self.indexes.insert(id, (url, index));
    }

    /// What has come, to be used once: whoever mounts again asks again.
    pub fn take_index(&mut self, id: ChunkId) -> Option<(Vec<u8>, Index)> {
        self.indexes.remove(&id)
    }

    /// How many chunks are worth asking for, of `most` from `id` on: `first` at least, and more each time that somebody reads on.
    pub fn run(&mut self, file: ChunkId, id: ChunkId, most: u64, first: u64) -> u64 {
        let count = match self.runs.get(&file) {
            Some((next, count)) if *next == id => (count * 2).max(first),
            _ => first,
        };
        let count = count.min(most);
        // What is forgotten begins small again.
        if self.runs.len() >= 256 {
            self.runs.clear();
        }
        self.runs.insert(file, (id + count, count));
        count
    }
}
