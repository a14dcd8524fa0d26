//! The switch to a new journal, which begins with a snapshot.

use super::bytes::checksum;
use super::disk::{Disk, File};
use super::head::{END, Head};
use super::journal::Journal;
use super::open::{apply, load};
use super::record::Record;
use super::table::{Extent, Table};
use super::{Store, StoreError};

/// A journal below this is no reason for a snapshot, in bytes.
const JOURNAL: u64 = 4 << 20;

impl<D: Disk> Store<D> {
    /// Whether a snapshot would make the store smaller, and its next opening quicker.
    pub fn wants_snapshot(&self) -> bool {
        let journal = self.journal.tail - END;
        // Twice the snapshot: so each byte of it is paid for by two of commits.
        let long = journal > JOURNAL.max(self.snapshot.map_or(0, |extent| 2 * extent.len));
        // It lies where the heap could end, and would go elsewhere.
        let in_the_way = self
            .snapshot
            .is_some_and(|extent| extent.end() == self.heap.end() && self.wants_compaction() && self.heap.has_gap(extent.len + extent.len / 8));
        long || in_the_way
    }

    /// Replaces all commits up to `upto` by a snapshot of the state after them. Everything is durable when this returns.
    ///
    /// # Errors
    /// [`StoreError::NoSpace`] and what the disk says: the old journal goes on. [`StoreError::Refused`] when `upto` is no commit that the journal has.
    pub fn snapshot(&mut self, upto: u64, bytes: &[u8]) -> Result<(), StoreError> {
        self.sound()?;
        self.sync()?;
        let (table, later) = self.state_at(upto)?;
        let mut whole = table.encode();
        whole.extend_from_slice(bytes);
        let len = whole.len() as u64;
        let offset = self.heap.allocate(&[len]).first().copied().unwrap_or_default();
        let extent = Extent { offset, len, sum: checksum(0, &whole) };
        if let Err(error) = self.write_heap(offset, &whole) {
            self.heap.free(offset, len);
            return Err(error.into());
        }
        self.heap.written = false;
        if let Err(error) = self.disk.flush(File::Heap) {
            return self.fail(error);
        }
        let first_record = self.journal.next_record - later.len() as u64;
        let head = Head { generation: self.journal.head.generation + 1, mark: 0, first_record, base: upto, snapshot: Some(extent), flushed: 0 };
        let file = self.journal.other();
        match Journal::begin(&mut self.disk, file, head, &later) {
            Ok(journal) => {
                let former = std::mem::replace(&mut self.journal, journal);
                // A journal of an older generation is not read; it would only hide that this one is damaged.
                let _ = self.disk.truncate(former.file, 0).and_then(|()| self.disk.flush(former.file));
            }
            Err(error) => {
                self.heap.free(offset, len);
                // A head that may be there must go before the old journal may go on.
                if self.disk.truncate(file, 0).and_then(|()| self.disk.flush(file)).is_err() {
                    return self.fail(error);
                }
                return Err(error.into());
            }
        }
        if let Some(former) = self.snapshot.replace(extent) {
            self.heap.free(former.offset, former.len);
        }
        self.free_durable();
        self.shrink(false);
        Ok(())
    }

    /// Where chunks lay as of a commit, and the records after it. All is synced.
    fn state_at(&self, upto: u64) -> Result<(Table, Vec<Record>), StoreError> {
        if upto == self.last {
            return Ok((self.table.clone(), vec![]));
        }
        let refused =
            || StoreError::Refused(format!("a snapshot as of commit {upto}: the journal has commits {} to {}", self.journal.head.base, self.last));
        let loaded = load(&self.disk)?.ok_or(StoreError::NoHead)?;
        let mut table = loaded.table;
        let mut last = loaded.head.base;
        let mut records = loaded.scan.records.into_iter().map(|(_, record)| record);
        while last < upto {
            let record = records.next().ok_or_else(refused)?;
            apply(&mut table, &record)?;
            last = record.last_after(last);
        }
        if last != upto { Err(refused()) } else { Ok((table, records.collect())) }
    }
}
