//! Commits: chunks into the heap, a record into the journal, and both made durable.

use std::collections::{BTreeMap, BTreeSet};

use super::bytes::checksum;
use super::disk::{Disk, DiskError, File};
use super::record::Draft;
use super::table::{Extent, Held, Placed};
use super::{ChunkId, Store, StoreError};

/// No more than this is put together for one write, beyond a chunk that is longer itself.
const WRITE: usize = 4 << 20;

impl<D: Disk> Store<D> {
    /// Writes a commit: its number must be the next. It is durable when [`Store::sync`] says so.
    ///
    /// # Errors
    /// [`StoreError::NoSpace`] and what the disk says, and [`StoreError::Refused`] when the numbers do not fit. Nothing has changed then, and the same commit
    /// may be tried again, by itself or together with later ones.
    pub fn commit(&mut self, number: u64, transaction: &[u8], chunks: &[(ChunkId, &[u8])], dropped: &[ChunkId]) -> Result<(), StoreError> {
        self.commit_all(number, &[transaction], chunks, dropped)
    }

    /// Writes several commits, of which all become durable or none. What came and went between them belongs into neither list.
    ///
    /// # Errors
    /// As [`Store::commit`].
    pub fn commit_all(&mut self, first: u64, transactions: &[&[u8]], chunks: &[(ChunkId, &[u8])], dropped: &[ChunkId]) -> Result<(), StoreError> {
        self.sound()?;
        self.check(first, transactions, chunks, dropped)?;
        match self.try_commit(first, transactions, chunks, dropped) {
            Err(StoreError::NoSpace) if self.make_room()? => self.try_commit(first, transactions, chunks, dropped),
            outcome => outcome,
        }
    }

    /// Makes all commits durable and answers the last one's number.
    ///
    /// # Errors
    /// What the disk says. It is then not known what is durable, and the store takes nothing more until it is opened anew.
    pub fn sync(&mut self) -> Result<u64, StoreError> {
        self.sound()?;
        if self.journal.tail > self.journal.head.flushed {
            if let Err(error) = self.flush() {
                return self.fail(error);
            }
            self.durable = self.last;
            self.heap.durable(self.journal.next_record - 1);
            self.shrink(false);
        }
        Ok(self.durable)
    }

    /// Nobody asks any more for what commits up to `upto` have dropped: its places may be used again as soon as the drop is durable.
    pub fn release(&mut self, upto: u64) {
        let (released, held) = std::mem::take(&mut self.table.held).into_iter().partition(|(_, held)| held.commit <= upto);
        self.table.held = held;
        for held in BTreeMap::into_values(released) {
            self.heap.leave(held.extent, held.record);
        }
        self.free_durable();
    }

    pub(super) fn free_durable(&mut self) {
        if self.journal.tail == self.journal.head.flushed {
            self.heap.durable(self.journal.next_record - 1);
        }
    }

    fn flush(&mut self) -> Result<(), DiskError> {
        if std::mem::take(&mut self.heap.written) {
            self.disk.flush(File::Heap)?;
        }
        self.journal.flush(&mut self.disk)
    }

    fn check(&self, first: u64, transactions: &[&[u8]], chunks: &[(ChunkId, &[u8])], dropped: &[ChunkId]) -> Result<(), StoreError> {
        let refuse = |why: String| Err(StoreError::Refused(why));
        if first != self.last + 1 || transactions.is_empty() {
            return refuse(format!("commit {first} does not follow commit {}", self.last));
        }
        let mut seen = BTreeSet::new();
        for (id, bytes) in chunks {
            if !seen.insert(id) || self.table.find(*id).is_some() {
                return refuse(format!("chunk {id} is stored already"));
            }
            if u32::try_from(bytes.len()).is_err() {
                return refuse(format!("chunk {id} is too long"));
            }
        }
        for id in dropped {
            if !self.table.live.contains_key(id) || !seen.insert(id) {
                return refuse(format!("chunk {id} cannot be dropped: it is not stored"));
            }
        }
        Ok(())
    }

    fn try_commit(&mut self, first: u64, transactions: &[&[u8]], chunks: &[(ChunkId, &[u8])], dropped: &[ChunkId]) -> Result<(), StoreError> {
        let placed = self.place(chunks)?;
        let record = self.journal.next_record;
        if let Err(error) = self.append(first, transactions, &placed, dropped) {
            self.give_back(&placed);
            return Err(error);
        }
        for placed in placed {
            self.table.live.insert(placed.id, placed.extent);
        }
        self.last += transactions.len() as u64;
        for id in dropped {
            if let Some(extent) = self.table.live.remove(id) {
                self.table.held.insert(*id, Held { extent, record, commit: self.last });
            }
        }
        Ok(())
    }

    /// Writes chunks to free places, neighbours together.
    fn place(&mut self, chunks: &[(ChunkId, &[u8])]) -> Result<Vec<Placed>, StoreError> {
        let lens: Vec<u64> = chunks.iter().map(|(_, bytes)| bytes.len() as u64).collect();
        let offsets = self.heap.allocate(&lens);
        let placed: Vec<Placed> = chunks
            .iter()
            .zip(offsets)
            .map(|(&(id, bytes), offset)| Placed { id, extent: Extent { offset, len: bytes.len() as u64, sum: checksum(id, bytes) } })
            .collect();
        let mut run: Vec<u8> = vec![];
        let mut start = 0;
        let mut outcome = Ok(());
        for (placed, (_, bytes)) in placed.iter().zip(chunks) {
            if start + run.len() as u64 != placed.extent.offset || run.len() + bytes.len() > WRITE {
                outcome = outcome.and_then(|()| self.write_heap(start, &run));
                run.clear();
                start = placed.extent.offset;
            }
            run.extend_from_slice(bytes);
        }
        if let Err(error) = outcome.and_then(|()| self.write_heap(start, &run)) {
            self.give_back(&placed);
            return Err(error.into());
        }
        Ok(placed)
    }

    pub(super) fn write_heap(&mut self, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.heap.written = true;
        // Even a write that fails may have made the file longer.
        let written = self.disk.write_at(File::Heap, offset, bytes);
        self.heap.size = self.heap.size.max(offset + bytes.len() as u64);
        written
    }

    pub(super) fn append(&mut self, first: u64, transactions: &[&[u8]], placed: &[Placed], dropped: &[ChunkId]) -> Result<(), StoreError> {
        let Self { journal, disk, .. } = self;
        let draft = Draft { sequence: journal.next_record, flushed: journal.head.flushed, first, transactions, placed, dropped };
        let record = draft.encode(journal.head.generation).ok_or_else(|| StoreError::Refused(format!("commit {first} is too long")))?;
        Ok(journal.append(disk, &record, !dropped.is_empty())?)
    }

    pub(super) fn give_back(&mut self, placed: &[Placed]) {
        for placed in placed {
            self.heap.free(placed.extent.offset, placed.extent.len);
        }
    }

    /// The disk is full: lets go of all that is not in use. Whether that was anything.
    fn make_room(&mut self) -> Result<bool, StoreError> {
        let before = (self.heap.size, self.heap.gap_bytes());
        self.sync()?;
        self.shrink(true);
        Ok((self.heap.size, self.heap.gap_bytes()) != before)
    }

    /// Keeps `bytes` of the heap ready behind its end from now on, so that what is committed next does fit. Whether there is so much room; the rest of it, if
    /// not, is told by [`Store::usage`].
    ///
    /// # Errors
    /// What the disk says, except that it is full.
    pub fn reserve(&mut self, bytes: u64) -> Result<bool, StoreError> {
        self.reserve = bytes;
        let end = self.heap.end();
        // Half of it may be used up before it is asked for again.
        if self.heap.size >= end + bytes / 2 {
            return Ok(true);
        }
        match self.disk.truncate(File::Heap, end + bytes) {
            Ok(()) => self.heap.size = end + bytes,
            Err(DiskError::NoSpace) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    }

    /// How many bytes the disk would give the heap behind its end, `most` at most, to a mebibyte or so: found out by taking them, and giving them back.
    ///
    /// # Errors
    /// What the disk says, except that it is full.
    pub fn probe(&mut self, most: u64) -> Result<u64, StoreError> {
        let end = self.heap.end();
        let (mut given, mut refused) = (self.heap.size.saturating_sub(end).min(most), most + 1);
        let mut wanted = most;
        while wanted > given {
            match self.disk.truncate(File::Heap, end + wanted) {
                Ok(()) => (given, self.heap.size) = (wanted, end + wanted),
                Err(DiskError::NoSpace) => refused = wanted,
                Err(error) => return Err(error.into()),
            }
            if refused - given <= 1 << 20 {
                break;
            }
            wanted = given + (refused - given) / 2;
        }
        self.shrink(false);
        Ok(given)
    }

    /// Cuts off what is free at the heap's end, if that is much, or in any case.
    pub(super) fn shrink(&mut self, anyway: bool) {
        let end = if anyway { self.heap.end() } else { self.heap.end() + self.reserve };
        let free = self.heap.size.saturating_sub(end);
        let much = free >= 1 << 20 && free >= self.heap.size / 4;
        // A failure costs room, nothing else.
        if (anyway && free > 0 || much) && self.disk.truncate(File::Heap, end).is_ok() {
            self.heap.size = end;
        }
    }
}
