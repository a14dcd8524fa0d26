//! What can be wrong with a store, in words.

use super::ChunkId;
use super::disk::{DiskError, File};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The disk is full. Nothing has changed.
    NoSpace,
    /// The medium failed, in its own words.
    Disk(String),
    /// Bytes that were durable have changed at rest. `record` counts from 1 over the store's life.
    Corrupt {
        file: File,
        record: u64,
        offset: u64,
    },
    /// The snapshot does not read as it was written, and without it no commit means anything.
    BadSnapshot {
        offset: u64,
    },
    /// There are files, and no head that can be read.
    NoHead,
    /// Written in another layout.
    Version(u32),
    /// Chunks or snapshots that lie where they cannot: written by a faulty program, for their checksums are right.
    Inconsistent(String),
    NoChunk(ChunkId),
    /// The chunk does not read as it was written. Others are not concerned.
    BadChunk {
        id: ChunkId,
        offset: u64,
    },
    /// What was asked for contradicts what is stored.
    Refused(String),
}

impl From<DiskError> for StoreError {
    fn from(error: DiskError) -> Self {
        match error {
            DiskError::NoSpace => StoreError::NoSpace,
            DiskError::Failed(why) => StoreError::Disk(why),
        }
    }
}

impl std::fmt::Display for StoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            StoreError::NoSpace => write!(f, "no space is left"),
            StoreError::Disk(why) => write!(f, "the disk failed: {why}"),
            StoreError::Corrupt { file, record, offset } => {
                write!(f, "record {record} at offset {offset} of {} is damaged; what came before it can be salvaged", file.name())
            }
            StoreError::BadSnapshot { offset } => write!(f, "the snapshot at offset {offset} of the heap is damaged; without it nothing can be read"),
            StoreError::NoHead => write!(f, "neither journal has a head that can be read: this is no store, or it is damaged"),
            StoreError::Version(version) => write!(f, "the store has layout {version}; this program reads {}", super::head::VERSION),
            StoreError::Inconsistent(what) => write!(f, "the store contradicts itself: {what}"),
            StoreError::NoChunk(id) => write!(f, "there is no chunk {id}"),
            StoreError::BadChunk { id, offset } => write!(f, "chunk {id} at offset {offset} of the heap is damaged"),
            StoreError::Refused(why) => write!(f, "{why}"),
        }
    }
}

impl std::error::Error for StoreError {}
