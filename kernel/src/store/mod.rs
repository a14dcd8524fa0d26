//! A container's durable store: a journal of commits and a heap of chunks, over a few files that can be read, written, cut and flushed.
//!
//! What this module does *not* know: files and folders. Transactions and snapshots are opaque bytes, chunks are numbers with bytes. It has no clock,
//! no randomness and no browser: the medium is a [`Disk`].
//!
//! Promises, which `tests/store` holds it to under a disk that loses, tears and reorders whatever was not flushed:
//! - What is open after a crash is the state after some whole number of commits, and never fewer than [`Store::sync`] had confirmed.
//! - Every chunk of that state reads as it was written, or its checksum says that the medium has damaged it.
//! - A commit that fails (the disk is full) changes nothing: what was there stays readable, and commits that come later work when there is room.
//!
//! # Files
//! `journal-a` and `journal-b` are used in turn: a new one begins with each snapshot, and the one before is emptied when the new one is durable. `heap`
//! holds chunks and the snapshot in extents of exact length. All numbers are little-endian; all checksums are XXH64.
//!
//! ## Journal
//! Two head slots at 0 and 512, records from 1024 on. Both slots say the same but for `mark` and `flushed`; they are written in turn, so that a torn
//! write leaves the other. The slot with the higher mark counts; between two journals the higher generation.
//!
//! | head slot | size | |
//! | --- | --- | --- |
//! | magic | 8 | `PORTHOLE` |
//! | version | 4 | 1 |
//! | unused | 4 | 0 |
//! | generation | 8 | counts snapshots of this store |
//! | mark | 8 | counts writings of this journal's head |
//! | first record | 8 | sequence number of the journal's first record |
//! | base | 8 | the last commit that the snapshot includes; 0: there is none |
//! | snapshot | 24 | its offset in the heap, length (0: no snapshot) and checksum, 8 bytes each |
//! | flushed | 8 | the journal is durable up to this offset, and so is the heap as of then |
//! | checksum | 8 | of all of the above, seed 0 |
//!
//! | record | size | |
//! | --- | --- | --- |
//! | magic | 4 | `RCRD` |
//! | length | 4 | bytes from `sequence` to the end, a multiple of 8 |
//! | checksum | 8 | of those bytes, seed: the generation |
//! | sequence | 8 | one more than the record's before, over all journals |
//! | flushed | 8 | as in the head, when the record was written |
//! | first commit | 8 | number of the first transaction's commit |
//! | transactions | 4 | how many; none in a record that only moves chunks |
//! | placed | 4 | how many chunks follow |
//! | dropped | 4 | how many after those |
//! | each placed | 28 | number 8, offset 8, length 4, checksum 8 (seed: the number). New, or moved if the number is known |
//! | each dropped | 8 | number |
//! | each transaction | 4 + n | length, bytes |
//! | zeros | 0–7 | |
//!
//! After the last record there may be zeros: room that is taken in advance, so that dropping files works on a full disk.
//!
//! A record that is not whole is a torn tail when it begins at or after every `flushed` that is known, and is cut. Before that it is damage, and an
//! error that tells its number and place ([`StoreError::Corrupt`]); [`Store::salvage`] goes on without it and what follows it. Chunks of records behind
//! `flushed` are verified when the store opens: the record may have reached the disk before its chunks.
//!
//! ## Heap
//! A chunk is its bytes. A snapshot is the table of chunks as of its commit (count 4, then entries as in a record), then the snapshot's own bytes. An extent
//! whose chunk was dropped is used again when the drop is durable and [`Store::release`] has said that nobody will ask for it.

mod bytes;
mod commit;
mod compact;
mod disk;
mod error;
mod head;
mod heap;
mod journal;
mod open;
mod record;
mod snapshot;
mod table;

pub use compact::Usage;
pub use disk::{Disk, DiskError, File, Memory};
pub use error::StoreError;
pub use open::{LeftOut, Opened};

use heap::Heap;
use journal::Journal;
use table::{Extent, Table};

/// Names a chunk. Never used twice in a store.
pub type ChunkId = u64;

/// An open store. One owner at a time: nothing guards its files.
#[derive(Debug)]
pub struct Store<D> {
    disk: D,
    journal: Journal,
    heap: Heap,
    table: Table,
    /// Where the snapshot is.
    snapshot: Option<Extent>,
    /// The last commit, and the last that is durable.
    last: u64,
    durable: u64,
    /// Bytes behind the heap's end that are kept ready.
    reserve: u64,
    /// A flush has failed, or a switch of journals: what is on the disk is no longer known. All that writes answers this until the store is opened anew.
    broken: Option<StoreError>,
}

impl<D: Disk> Store<D> {
    pub fn last_commit(&self) -> u64 {
        self.last
    }

    /// The last commit that no crash can take away.
    pub fn durable_commit(&self) -> u64 {
        self.durable
    }

    /// A chunk's bytes, also of one that was dropped and not yet released.
    ///
    /// # Errors
    /// [`StoreError::NoChunk`]; [`StoreError::BadChunk`] when it does not read as it was written; what the disk says.
    pub fn chunk(&self, id: ChunkId) -> Result<Vec<u8>, StoreError> {
        let extent = self.table.find(id).ok_or(StoreError::NoChunk(id))?;
        extent.read(&self.disk, id)?.ok_or(StoreError::BadChunk { id, offset: extent.offset })
    }

    /// The numbers of all chunks that are not dropped, in order.
    pub fn chunks(&self) -> impl Iterator<Item = ChunkId> {
        self.table.live.keys().copied()
    }

    /// Gives the medium back. What was not synced may be lost.
    pub fn into_disk(self) -> D {
        self.disk
    }

    fn sound(&self) -> Result<(), StoreError> {
        self.broken.clone().map_or(Ok(()), Err)
    }

    /// From now on nothing is written until the store is opened anew.
    fn fail<T>(&mut self, error: impl Into<StoreError>) -> Result<T, StoreError> {
        let error = error.into();
        self.broken = Some(error.clone());
        Err(error)
    }
}
