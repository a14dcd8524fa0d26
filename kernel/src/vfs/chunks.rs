//! The contents of files, in numbered chunks.
//!
//! A chunk's number stands for its content *as of the last commit*: whoever stored chunk 7 then may keep it, because a chunk that changes afterwards
//! gets a new number. So a commit sends the numbers from [`Chunks::commit`] and nothing else. Two files may share a chunk (`copy_file`); the one
//! that writes gets a chunk of its own.
//!
//! What is known of a chunk is always here; its bytes may be elsewhere ([`cache`]). Chunks that no commit has yet are always here whole.

mod cache;
mod derived;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use porthole_abi::Errno;
use rkyv::with::Skip;
use rkyv::{Archive, Deserialize, Serialize};

use cache::Cache;
pub use cache::{BUDGET, Filled};
pub(super) use derived::Origin;

/// Numbers from here on are of chunks that nobody stores (`super::image`).
pub const DERIVED: ChunkId = 1 << 52;

/// Names a chunk's content. Never used twice.
pub type ChunkId = u64;

/// Bytes of a file in one chunk. A chunk may hold fewer: what is missing at its end reads as zeros.
pub const CHUNK: usize = 64 << 10;

/// A chunk's bytes. Shared, so that a commit on its way out costs no copy.
pub type Data = Arc<Vec<u8>>;

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Chunks {
    stored: BTreeMap<ChunkId, Chunk>,
    /// Bytes of all chunks, here or elsewhere.
    bytes: u64,
    /// Not more than this.
    limit: u64,
    next: ChunkId,
    /// Chunks below this number are in a commit.
    frozen: ChunkId,
    /// How many images there are, whose chunks may be missing at any time.
    lazy: u32,
    /// Which of those are gone since. Empty in an archive, which is made after a commit.
    #[rkyv(with = Skip)]
    dropped: Vec<ChunkId>,
    /// Bytes of chunks that are in no commit.
    #[rkyv(with = Skip)]
    fresh: u64,
    #[rkyv(with = Skip)]
    cache: Cache,
}

#[derive(Clone, Debug, Archive, Serialize, Deserialize)]
struct Chunk {
    /// 1 to [`CHUNK`].
    len: u32,
    /// How many files have it.
    files: u32,
    #[rkyv(with = Skip)]
    data: Option<Data>,
    /// Asked for since the cache last looked.
    #[rkyv(with = Skip)]
    touched: Cell<bool>,
}

/// Whether its bytes are here is no part of what a chunk is.
impl PartialEq for Chunk {
    fn eq(&self, other: &Self) -> bool {
        (self.len, self.files) == (other.len, other.files)
    }
}

impl Eq for Chunk {}

/// What has happened to chunks since the commit before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    pub new: Vec<ChunkId>,
    pub dropped: Vec<ChunkId>,
}

impl Chunks {
    pub(super) fn new(limit: u64) -> Self {
        Self { stored: BTreeMap::new(), bytes: 0, limit, next: 1, frozen: 1, lazy: 0, dropped: Vec::new(), fresh: 0, cache: Cache::default() }
    }

    /// Committed chunks as a journal tells of them: number, bytes, and how many files have each. What no file has is dropped with the next commit.
    pub(super) fn from_journal(known: impl Iterator<Item = (ChunkId, u32, u32)>, next: ChunkId, limit: u64) -> Self {
        let mut chunks = Self { next, frozen: next, ..Self::new(limit) };
        for (id, len, files) in known {
            if files == 0 {
                chunks.dropped.push(id);
            } else {
                chunks.bytes += u64::from(len);
                chunks.stored.insert(id, Chunk { len, files, data: None, touched: Cell::new(false) });
            }
        }
        chunks
    }

    /// Bytes that all chunks take together.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes of chunks that are in no commit.
    pub fn fresh(&self) -> u64 {
        self.fresh
    }

    pub(super) fn set_limit(&mut self, limit: u64) {
        self.limit = limit;
    }

    /// The number that the next chunk will have.
    pub(super) fn next(&self) -> ChunkId {
        self.next
    }

    /// How many bytes a chunk has.
    pub(super) fn len(&self, id: ChunkId) -> Option<u32> {
        self.stored.get(&id).map(|chunk| chunk.len)
    }

    /// The chunks that commits have, with their lengths.
    pub(super) fn committed(&self) -> impl Iterator<Item = (ChunkId, u32)> {
        self.stored.range(..self.frozen).map(|(&id, chunk)| (id, chunk.len))
    }

    /// Whether there is something for a commit to say.
    pub(super) fn has_changed(&self) -> bool {
        // No chunk is empty.
        self.fresh > 0 || !self.dropped.is_empty()
    }

    /// A chunk's bytes.
    ///
    /// # Errors
    /// `EIO`: they are elsewhere, which is remembered until [`Chunks::take_missed`]; or there is no such chunk.
    pub(super) fn get(&self, id: ChunkId) -> Result<&[u8], Errno> {
        let chunk = self.stored.get(&id);
        if let Some(Chunk { data: Some(data), touched, .. }) = chunk {
            touched.set(true);
            return Ok(data);
        }
        if let Some(data) = self.cache.derived(id) {
            return Ok(data);
        }
        self.cache.miss(id);
        Err(Errno::EIO)
    }

    /// Whether a commit has the chunk, so that its content will not change under this number.
    pub(super) fn is_frozen(&self, id: ChunkId) -> bool {
        id < self.frozen
    }

    /// Whether a chunk's bytes are here. If not, that is remembered as it is by [`Chunks::get`].
    pub(super) fn is_here(&self, id: ChunkId) -> bool {
        let here = self.stored.get(&id).is_some_and(|chunk| chunk.data.is_some()) || self.cache.derived(id).is_some();
        if !here {
            self.cache.miss(id);
        }
        here
    }

    /// A chunk's bytes to share, if they are here.
    pub(super) fn data(&self, id: ChunkId) -> Option<Data> {
        self.stored.get(&id)?.data.clone()
    }

    /// Freezes all chunks for the commit with this number, and says which are new and which are gone since the one before.
    pub(super) fn commit(&mut self, commit: u64) -> Delta {
        let mut new = Vec::new();
        for (&id, chunk) in self.stored.range_mut(self.frozen..) {
            new.push(id);
            if let Some(data) = &mut chunk.data {
                // No room for growth is kept in what has stopped growing.
                if let Some(data) = Arc::get_mut(data) {
                    data.shrink_to_fit();
                }
                self.cache.add(id, data.len(), commit);
            }
        }
        self.frozen = self.next;
        self.fresh = 0;
        self.tidy();
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
            self.remove(id);
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

    /// Whether writing `len` bytes at `at` keeps nothing of what the chunk holds now.
    pub(super) fn is_replaced(&self, id: ChunkId, at: usize, len: usize) -> bool {
        at == 0 && self.len(id).is_none_or(|old| len >= old as usize)
    }

    /// Writes into a chunk, and answers the number that it has from now on. On an error nothing has changed.
    ///
    /// # Errors
    /// `ENOSPC`: no room; `EIO`: what it holds is elsewhere, and not all of it would be replaced.
    pub(super) fn write(&mut self, id: ChunkId, at: usize, data: &[u8]) -> Result<ChunkId, Errno> {
        debug_assert!(at + data.len() <= CHUNK);
        let old = self.stored.get(&id).ok_or(Errno::EIO)?;
        let end = at + data.len();
        let copied = if old.files > 1 { old.len } else { 0 };
        let grown = end.saturating_sub(old.len as usize);
        self.room(u64::from(copied) + grown as u64).ok_or(Errno::ENOSPC)?;
        if self.is_replaced(id, at, data.len()) && (old.files > 1 || id < self.frozen) {
            self.release(id);
            return Ok(self.insert(data.to_vec()));
        }
        let id = self.own(id)?;
        let chunk = self.stored.get_mut(&id).ok_or(Errno::EIO)?;
        let bytes = Arc::make_mut(chunk.data.as_mut().ok_or(Errno::EIO)?);
        if bytes.len() < end {
            if bytes.capacity() < end {
                // Doubling, but never past the chunk's end, which a vector by itself would overshoot.
                let capacity = end.max((bytes.capacity() * 2).min(CHUNK));
                bytes.reserve_exact(capacity - bytes.len());
            }
            bytes.resize(end, 0);
            chunk.len = end as u32;
        }
        bytes[at..end].copy_from_slice(data);
        self.bytes += grown as u64;
        self.fresh += grown as u64;
        Ok(id)
    }

    /// Makes everything from `len` on zero, and answers the number that the chunk has from now on.
    ///
    /// # Errors
    /// `EIO`: what it holds is elsewhere, and some of it is to stay.
    pub(super) fn cut(&mut self, id: ChunkId, len: usize) -> Result<ChunkId, Errno> {
        let chunk = self.stored.get(&id).ok_or(Errno::EIO)?;
        if chunk.len as usize <= len {
            return Ok(id);
        }
        if chunk.files > 1 {
            // No room is asked for: this is how one makes room.
            let head = self.get(id)?.get(..len).unwrap_or_default().to_vec();
            self.release(id);
            return Ok(self.insert(head));
        }
        let id = self.own(id)?;
        if let Some(chunk) = self.stored.get_mut(&id)
            && let Some(data) = &mut chunk.data
        {
            let less = (data.len() - len) as u64;
            let data = Arc::make_mut(data);
            data.truncate(len);
            data.shrink_to(len);
            chunk.len = len as u32;
            self.bytes -= less;
            self.fresh = self.fresh.saturating_sub(less);
        }
        Ok(id)
    }

    /// The number of a chunk with this content that one file has and no commit.
    fn own(&mut self, id: ChunkId) -> Result<ChunkId, Errno> {
        let chunk = self.stored.get_mut(&id).ok_or(Errno::EIO)?;
        if chunk.files > 1 {
            let data = self.get(id)?.to_vec();
            self.release(id);
            return Ok(self.insert(data));
        }
        if id >= self.frozen {
            return Ok(id);
        }
        self.get(id)?;
        let data = self.remove(id).ok_or(Errno::EIO)?;
        Ok(self.insert(Arc::unwrap_or_clone(data)))
    }

    fn insert(&mut self, data: Vec<u8>) -> ChunkId {
        let id = self.next;
        self.next += 1;
        let len = data.len() as u32;
        self.bytes += u64::from(len);
        self.fresh += u64::from(len);
        self.cache.here += 1;
        self.stored.insert(id, Chunk { len, files: 1, data: Some(Arc::new(data)), touched: Cell::new(false) });
        id
    }

    fn remove(&mut self, id: ChunkId) -> Option<Data> {
        let chunk = self.stored.remove(&id)?;
        self.bytes -= u64::from(chunk.len);
        if chunk.data.is_some() {
            self.cache.here -= 1;
        }
        if id < self.frozen {
            self.dropped.push(id);
            if chunk.data.is_some() {
                self.cache.bytes -= u64::from(chunk.len);
            }
        } else {
            self.fresh -= u64::from(chunk.len);
        }
        chunk.data
    }

    fn room(&self, more: u64) -> Option<()> {
        (more == 0 || self.bytes + more <= self.limit).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_keeps_its_number_until_a_commit_has_it() {
        let mut chunks = Chunks::new(1 << 20);
        let one = chunks.create(0, b"abc").unwrap();
        assert_eq!(chunks.write(one, 3, b"def"), Ok(one));
        assert_eq!(chunks.fresh(), 6);
        assert_eq!(chunks.commit(1), Delta { new: vec![one], dropped: vec![] });
        assert_eq!((chunks.commit(2), chunks.fresh()), (Delta::default(), 0));
        let two = chunks.write(one, 0, b"X").unwrap();
        assert_ne!(two, one);
        assert_eq!((chunks.get(two), chunks.fresh()), (Ok(&b"Xbcdef"[..]), 6));
        assert_eq!(chunks.commit(3), Delta { new: vec![two], dropped: vec![one] });
        let three = chunks.write(two, 0, b"replaced").unwrap();
        assert_eq!((chunks.get(three), chunks.bytes()), (Ok(&b"replaced"[..]), 8));
        chunks.release(three);
        assert_eq!((chunks.commit(4), chunks.bytes()), (Delta { new: vec![], dropped: vec![two] }, 0));
    }

    #[test]
    fn a_chunk_that_came_and_went_between_commits_is_in_neither_list() {
        let mut chunks = Chunks::new(1 << 20);
        let id = chunks.create(10, b"abc").unwrap();
        assert_eq!(chunks.get(id), Ok(&b"\0\0\0\0\0\0\0\0\0\0abc"[..]));
        chunks.release(id);
        assert_eq!(chunks.commit(1), Delta::default());
    }

    #[test]
    fn whoever_writes_to_a_shared_chunk_gets_one_of_its_own() {
        let mut chunks = Chunks::new(10);
        let one = chunks.create(0, b"abcd").unwrap();
        chunks.share(one);
        assert_eq!(chunks.bytes(), 4);
        assert_eq!(chunks.write(one, 6, b"x"), Err(Errno::ENOSPC), "four copied and three new do not fit beside four");
        let two = chunks.write(one, 4, b"x").unwrap();
        assert_eq!((chunks.get(one), chunks.get(two), chunks.bytes()), (Ok(&b"abcd"[..]), Ok(&b"abcdx"[..]), 9));
        assert_eq!(chunks.write(one, 0, b"A"), Ok(one), "no longer shared");
        chunks.share(two);
        let three = chunks.cut(two, 2).unwrap();
        assert_eq!((chunks.get(two), chunks.get(three)), (Ok(&b"abcdx"[..]), Ok(&b"ab"[..])));
    }
}
