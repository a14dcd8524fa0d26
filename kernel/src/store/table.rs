//! Which chunk lies where.

use std::collections::BTreeMap;

use super::ChunkId;
use super::bytes::{checksum, read, u32_at, u64_at};
use super::disk::{Disk, DiskError, File};

/// A place in the heap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    pub offset: u64,
    pub len: u64,
    pub sum: u64,
}

impl Extent {
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(self.len)
    }

    /// The bytes, if their checksum is right.
    pub fn read(&self, disk: &impl Disk, seed: u64) -> Result<Option<Vec<u8>>, DiskError> {
        let bytes = read(disk, File::Heap, self.offset, self.len)?;
        Ok(bytes.filter(|bytes| bytes.len() as u64 == self.len && checksum(seed, bytes) == self.sum))
    }
}

/// A chunk and its place, as records and snapshots have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    pub id: ChunkId,
    pub extent: Extent,
}

impl Placed {
    pub const SIZE: usize = 28;

    pub fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.id.to_le_bytes());
        out.extend_from_slice(&self.extent.offset.to_le_bytes());
        out.extend_from_slice(&(self.extent.len as u32).to_le_bytes());
        out.extend_from_slice(&self.extent.sum.to_le_bytes());
    }

    /// `entry` is of [`Placed::SIZE`].
    pub fn decode(entry: &[u8]) -> Option<Placed> {
        let extent = Extent { offset: u64_at(entry, 8)?, len: u64::from(u32_at(entry, 16)?), sum: u64_at(entry, 20)? };
        Some(Placed { id: u64_at(entry, 0)?, extent })
    }
}

/// Where a chunk lay until a commit dropped it, and the record of that commit.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    pub extent: Extent,
    pub record: u64,
    pub commit: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Table {
    pub live: BTreeMap<ChunkId, Extent>,
    /// Dropped, but perhaps still needed.
    pub held: BTreeMap<ChunkId, Held>,
}

impl Table {
    pub fn find(&self, id: ChunkId) -> Option<Extent> {
        self.live.get(&id).copied().or_else(|| self.held.get(&id).map(|held| held.extent))
    }

    /// The table as a snapshot has it.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(4 + self.live.len() * Placed::SIZE);
        out.extend_from_slice(&(self.live.len() as u32).to_le_bytes());
        for (&id, &extent) in &self.live {
            Placed { id, extent }.encode(&mut out);
        }
        out
    }

    /// The table that a snapshot begins with, and what follows it.
    pub fn decode(bytes: &[u8]) -> Option<(Table, &[u8])> {
        let count = u32_at(bytes, 0)? as usize;
        let (entries, rest) = bytes.get(4..)?.split_at_checked(count.checked_mul(Placed::SIZE)?)?;
        let live: Option<BTreeMap<_, _>> =
            entries.chunks_exact(Placed::SIZE).map(|entry| Placed::decode(entry).map(|placed| (placed.id, placed.extent))).collect();
        Some((Table { live: live?, held: BTreeMap::new() }, rest))
    }
}
