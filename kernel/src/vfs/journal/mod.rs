//! The file system as it is written down: a transaction for each commit, and snapshots.
//!
//! It is *physical*: what inodes and names are after the commit, whatever calls made them so. So any later kernel can read it, and what it says does not
//! change when calls do. It knows nothing of processes: a file without a name that is only held open is written as gone.
//!
//! The encoding is the abi's ([`porthole_abi::wire`]: little-endian integers; byte strings and lists behind a `u32` count):
//!
//! ```text
//! version:u8 = 1
//! whole:u8            1: a snapshot, nothing before it counts; 0: what has changed since the commit before
//! number:u64          the commit's, from 1 without gaps
//! next:u64            the number that the next new chunk will have
//! chunks:  [id:u64 len:u32]            chunks that are new
//! dropped: [id:u64]                    chunks that are no more
//! gone:    [ino:u64]                   files that are no more; their slots may be used again, under the next use count
//! inodes:  [ino:u64 kind:u8 mode:u32 uid:u32 gid:u32 atime:i64 mtime:i64 ctime:i64 birthtime:i64 home:u64 rest]
//! names:   [dir:u64 ino:u64 name:bytes]  ino 0: the name is gone
//! ```
//!
//! `kind` and `rest` of an inode: 1 a directory, `name:bytes` (its own, in the directory `home`; empty for the root); 2 a file, `len:u64 slots:[index:u32
//! chunk:u64]`; 3 a symbolic link, `target:bytes`; 4 a device, `major:u32 minor:u32`; 5 a named pipe; 6 a socket. Link counts and which files share a
//! chunk follow from the rest. Names of a directory that is gone are gone with it.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::Files;

use super::chunks::{ChunkId, Data};

/// The encoding's version: its first byte.
pub const VERSION: u8 = 1;

/// What a commit hands out to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// From 1 without gaps.
    pub number: u64,
    pub transaction: Vec<u8>,
    /// Contents that are new.
    pub chunks: Vec<(ChunkId, Data)>,
    /// Contents that no file has any more.
    pub dropped: Vec<ChunkId>,
}

/// Why a journal cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalError {
    /// Written by another kernel, in another encoding.
    Version(u8),
    /// The transaction after this commit ends early, or does not say what it should.
    Malformed { after: u64 },
    /// The transaction of this commit contradicts itself or what came before it.
    Inconsistent { commit: u64, what: String },
}

impl std::fmt::Display for JournalError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            JournalError::Version(version) => write!(f, "the files' journal is in encoding {version}, this kernel reads {VERSION}"),
            JournalError::Malformed { after } => write!(f, "the files' journal is malformed after commit {after}"),
            JournalError::Inconsistent { commit, what } => write!(f, "commit {commit} of the files' journal makes no sense: {what}"),
        }
    }
}

impl std::error::Error for JournalError {}

const DIRECTORY: u8 = 1;
const FILE: u8 = 2;
const LINK: u8 = 3;
const DEVICE: u8 = 4;
const FIFO: u8 = 5;
const SOCKET: u8 = 6;
