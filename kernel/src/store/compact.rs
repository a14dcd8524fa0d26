//! How full the store is, and how it gets smaller.

use super::disk::Disk;
use super::table::{Extent, Placed};
use super::{ChunkId, Store, StoreError};

/// A heap below this is not worth the work, in bytes.
const SMALL: u64 = 1 << 20;

/// Figures of a store, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Of all files.
    pub total: u64,
    pub journal: u64,
    pub heap: u64,
    /// Parts of the heap: chunks, those that were dropped and not yet released, the snapshot with its table, gaps between them, and what is free behind all.
    pub chunks: u64,
    pub dropped: u64,
    pub snapshot: u64,
    pub gaps: u64,
    pub ready: u64,
    /// How many chunks.
    pub count: u64,
}

impl<D: Disk> Store<D> {
    pub fn usage(&self) -> Usage {
        let (journal, heap) = (self.journal.size, self.heap.size);
        Usage {
            total: journal + heap,
            journal,
            heap,
            chunks: self.table.live.values().map(|extent| extent.len).sum(),
            dropped: self.table.held.values().map(|held| held.extent.len).sum(),
            snapshot: self.snapshot.map_or(0, |extent| extent.len),
            gaps: self.heap.gap_bytes(),
            ready: heap.saturating_sub(self.heap.end()),
            count: self.table.live.len() as u64,
        }
    }

    /// Whether the heap is mostly gaps.
    pub fn wants_compaction(&self) -> bool {
        self.heap.end() > SMALL && self.heap.gap_bytes() > self.heap.end() / 2
    }

    /// Moves chunks from the heap's end into gaps, `budget` bytes at most, and syncs. Whether any was moved.
    ///
    /// # Errors
    /// As [`Store::commit`] and [`Store::sync`].
    pub fn compact(&mut self, budget: u64) -> Result<bool, StoreError> {
        self.sync()?;
        let mut last: Vec<(ChunkId, Extent)> =
            self.table.live.iter().map(|(&id, &extent)| (id, extent)).filter(|(_, extent)| extent.len > 0).collect();
        last.sort_unstable_by_key(|(_, extent)| std::cmp::Reverse(extent.offset));
        let mut moved = vec![];
        let mut left = budget;
        for (id, extent) in last {
            if extent.len > left {
                break;
            }
            let Some(offset) = self.heap.allocate_below(extent.len, extent.offset) else { continue };
            let to = Extent { offset, ..extent };
            let written = match extent.read(&self.disk, id) {
                // What is damaged is left where it is.
                Ok(None) => {
                    self.heap.free(offset, extent.len);
                    continue;
                }
                Ok(Some(bytes)) => self.write_heap(offset, &bytes),
                Err(error) => Err(error),
            };
            moved.push(Placed { id, extent: to });
            if let Err(error) = written {
                self.give_back(&moved);
                return Err(error.into());
            }
            left -= extent.len;
        }
        if moved.is_empty() {
            return Ok(false);
        }
        let sequence = self.journal.next_record;
        if let Err(error) = self.append(self.last + 1, &[], &moved, &[]) {
            self.give_back(&moved);
            return Err(error);
        }
        for placed in moved {
            if let Some(former) = self.table.live.insert(placed.id, placed.extent) {
                self.heap.leave(former, sequence);
            }
        }
        self.sync()?;
        Ok(true)
    }
}
