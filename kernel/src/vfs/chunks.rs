//! The contents of files, in numbered chunks.
//!
//! A chunk's number stands for its content *as of the last checkpoint*: whoever stored chunk 7 then may keep it, because a chunk that changes afterwards
//! gets a new number. So a checkpoint sends the numbers from [`Chunks::checkpoint`] and nothing else. Two files may share a chunk (`copy_file`); the one
//! that writes gets a chunk of its own.

use std::collections::BTreeMap;

use rkyv::with::Skip;
use rkyv::{Archive, Deserialize, Serialize};

/// Names a chunk's content. Never used twice.
pub type ChunkId = u64;

/// Bytes of a file in one chunk. A chunk may hold fewer: what is missing at its end reads as zeros.
pub const CHUNK: usize = 64 << 10;

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Chunks {
    #[rkyv(with = Skip)]
    stored: BTreeMap<ChunkId, Chunk>,
    /// Bytes in `stored`.
    #[rkyv(with = Skip)]
    bytes: u64,
    /// Not more than this.
    limit: u64,
    next: ChunkId,
    /// Chunks below this number are in a checkpoint.
    frozen: ChunkId,
    /// Which of those are gone since.
    #[rkyv(with = Skip)]
    dropped: Vec<ChunkId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Chunk {
    data: Vec<u8>,
    /// How many files have it.
    files: u32,
}

/// What has happened to chunks since the checkpoint before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    pub new: Vec<ChunkId>,
    pub dropped: Vec<ChunkId>,
}

impl Chunks {
    pub(super) fn new(limit: u64) -> Self {
        Self { stored: BTreeMap::new(), bytes: 0, limit, next: 1, frozen: 1, dropped: Vec::new() }
    }

    /// Bytes that all chunks take together.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// A chunk's bytes; empty for a number that is not there.
    pub fn get(&self, id: ChunkId) -> &[u8] {
        self.stored.get(&id).map_or(&[], |chunk| &chunk.data)
    }

    /// Freezes all chunks and says which are new and which are gone since this was last called.
    pub fn checkpoint(&mut self) -> Delta {
        let new = self.stored.range(self.frozen..).map(|(&id, _)| id).collect();
        self.frozen = self.next;
        Delta { new, dropped: std::mem::take(&mut self.dropped) }
    }

    /// Another file has the chunk.
    pub(super) fn share(&mut self, id: ChunkId) {
        if let Some(chunk) = self.stored.get_mut(&id) {
            chunk.files += 1;
        }
    }

    /// A file gives the chunk up.
    pub(super) fn release(&mut self, id: ChunkId) {
        let Some(chunk) = self.stored.get_mut(&id) else { return };
        chunk.files -= 1;
        if chunk.files == 0 {
            self.bytes -= chunk.data.len() as u64;
            self.stored.remove(&id);
            if id < self.frozen {
                self.dropped.push(id);
            }
        }
    }

    /// A new chunk with `data` at `at`. `None`: no room.
    pub(super) fn create(&mut self, at: usize, data: &[u8]) -> Option<ChunkId> {
        debug_assert!(at + data.len() <= CHUNK);
        self.room((at + data.len()) as u64)?;
        let mut bytes = Vec::with_capacity(at + data.len());
        bytes.resize(at, 0);
        bytes.extend_from_slice(data);
        Some(self.insert(bytes))
    }

    /// Writes into a chunk, and answers the number that it has from now on. `None`: no room, nothing changed.
    pub(super) fn write(&mut self, id: ChunkId, at: usize, data: &[u8]) -> Option<ChunkId> {
        debug_assert!(at + data.len() <= CHUNK);
        let old = self.stored.get(&id)?;
        let copied = if old.files > 1 { old.data.len() } else { 0 };
        let grown = (at + data.len()).saturating_sub(old.data.len());
        self.room((copied + grown) as u64)?;
        let id = self.own(id);
        let chunk = self.stored.get_mut(&id)?;
        let end = at + data.len();
        if chunk.data.len() < end {
            if chunk.data.capacity() < end {
                // Doubling, but never past the chunk's end, which a vector by itself would overshoot.
                let capacity = end.max((chunk.data.capacity() * 2).min(CHUNK));
                chunk.data.reserve_exact(capacity - chunk.data.len());
            }
            chunk.data.resize(end, 0);
        }
        chunk.data[at..end].copy_from_slice(data);
        self.bytes += grown as u64;
        Some(id)
    }

    /// Makes everything from `len` on zero, and answers the number that the chunk has from now on.
    pub(super) fn cut(&mut self, id: ChunkId, len: usize) -> ChunkId {
        if self.get(id).len() <= len {
            return id;
        }
        let shared = self.stored.get(&id).is_some_and(|chunk| chunk.files > 1);
        if shared {
            // No room is asked for: this is how one makes room.
            let head = self.get(id)[..len].to_vec();
            self.release(id);
            return self.insert(head);
        }
        let id = self.own(id);
        if let Some(chunk) = self.stored.get_mut(&id) {
            self.bytes -= (chunk.data.len() - len) as u64;
            chunk.data.truncate(len);
            chunk.data.shrink_to(len);
        }
        id
    }

    /// The number of a chunk with this content that one file has and no checkpoint.
    fn own(&mut self, id: ChunkId) -> ChunkId {
        match self.stored.get_mut(&id) {
            Some(chunk) if chunk.files > 1 => {
                chunk.files -= 1;
                let data = chunk.data.clone();
                self.insert(data)
            }
            Some(_) if id < self.frozen => match self.stored.remove(&id) {
                Some(chunk) => {
                    self.dropped.push(id);
                    self.bytes -= chunk.data.len() as u64;
                    self.insert(chunk.data)
                }
                None => id,
            },
            _ => id,
        }
    }

    fn insert(&mut self, data: Vec<u8>) -> ChunkId {
        let id = self.next;
        self.next += 1;
        self.bytes += data.len() as u64;
        self.stored.insert(id, Chunk { data, files: 1 });
        id
    }

    fn room(&self, more: u64) -> Option<()> {
        (more == 0 || self.bytes + more <= self.limit).then_some(())
    }

    /// Puts a stored chunk back for one more file; `load` gives its bytes the first time. `false`: there are none, or too many.
    pub(super) fn restore(&mut self, id: ChunkId, load: &mut dyn FnMut(ChunkId) -> Option<Vec<u8>>) -> bool {
        if let Some(chunk) = self.stored.get_mut(&id) {
            chunk.files += 1;
            return true;
        }
        let Some(data) = load(id).filter(|data| data.len() <= CHUNK) else { return false };
        self.bytes += data.len() as u64;
        self.stored.insert(id, Chunk { data, files: 1 });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_keeps_its_number_until_a_checkpoint_has_it() {
        let mut chunks = Chunks::new(1 << 20);
        let one = chunks.create(0, b"abc").unwrap();
        assert_eq!(chunks.write(one, 3, b"def"), Some(one));
        assert_eq!(chunks.checkpoint(), Delta { new: vec![one], dropped: vec![] });
        assert_eq!(chunks.checkpoint(), Delta::default());
        let two = chunks.write(one, 0, b"X").unwrap();
        assert_ne!(two, one);
        assert_eq!(chunks.get(two), b"Xbcdef");
        assert_eq!(chunks.checkpoint(), Delta { new: vec![two], dropped: vec![one] });
        chunks.release(two);
        assert_eq!((chunks.checkpoint(), chunks.bytes()), (Delta { new: vec![], dropped: vec![two] }, 0));
    }

    #[test]
    fn a_chunk_that_came_and_went_between_checkpoints_is_in_neither_list() {
        let mut chunks = Chunks::new(1 << 20);
        let id = chunks.create(10, b"abc").unwrap();
        assert_eq!(chunks.get(id), b"\0\0\0\0\0\0\0\0\0\0abc");
        chunks.release(id);
        assert_eq!(chunks.checkpoint(), Delta::default());
    }

    #[test]
    fn whoever_writes_to_a_shared_chunk_gets_one_of_its_own() {
        let mut chunks = Chunks::new(10);
        let one = chunks.create(0, b"abcd").unwrap();
        chunks.share(one);
        assert_eq!(chunks.bytes(), 4);
        assert_eq!(chunks.write(one, 6, b"x"), None, "four copied and three new do not fit beside four");
        let two = chunks.write(one, 4, b"x").unwrap();
        assert_eq!((chunks.get(one), chunks.get(two), chunks.bytes()), (&b"abcd"[..], &b"abcdx"[..], 9));
        assert_eq!(chunks.write(one, 0, b"A"), Some(one), "no longer shared");
        chunks.share(two);
        let three = chunks.cut(two, 2);
        assert_eq!((chunks.get(two), chunks.get(three)), (&b"abcdx"[..], &b"ab"[..]));
    }
}
