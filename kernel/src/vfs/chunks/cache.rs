//! Which chunks' bytes are in memory.
//!
//! Only what a commit has, and what is known to be safe where commits go, may be elsewhere. The rest follows the clock: in the order in which they came,
//! but whoever was asked for meanwhile gets another round. Nothing here is logged or archived, and no answer of the file system depends on it but
//! `EIO` from bytes that are elsewhere, which whoever calls rules out by asking first.

use std::cell::RefCell;
use std::collections::VecDeque;

use super::derived::Pieces;
use super::{CHUNK, ChunkId, Chunks, DERIVED};

/// So many bytes are brought beside what is asked for, and no more chunks than that.
const AHEAD: u64 = 256 << 10;
const AHEAD_CHUNKS: usize = 32;

/// So many bytes of committed chunks are kept in memory when nobody says otherwise.
pub const BUDGET: u64 = 16 << 20;

#[derive(Clone, Debug)]
pub(super) struct Cache {
    /// Committed chunks that are here, in the order in which they came, each with the commit that has it. Some may be gone since.
    order: VecDeque<(ChunkId, u64)>,
    /// Their bytes.
    pub bytes: u64,
    /// How many chunks of any kind are here.
    pub here: usize,
    budget: u64,
    /// Looked through in vain since anything came or became safe.
    settled: bool,
    /// What was safe then.
    durable: u64,
    /// What was asked for and is elsewhere. Also calls that change nothing must leave word of it.
    missed: RefCell<Vec<ChunkId>>,
    /// Chunks of images, in the same order and the same budget.
    pub pieces: Pieces,
}

impl Default for Cache {
    fn default() -> Self {
        Self {
            order: VecDeque::new(),
            bytes: 0,
            here: 0,
            budget: BUDGET,
            settled: true,
            durable: 0,
            missed: RefCell::default(),
            pieces: Pieces::default(),
        }
    }
}

/// No part of what the chunks are.
impl PartialEq for Cache {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Cache {}

impl Cache {
    /// A chunk that is here has been committed, or has come from where commits are (commit 0).
    pub fn add(&mut self, id: ChunkId, len: usize, commit: u64) {
        self.order.push_back((id, commit));
        self.bytes += len as u64;
        self.settled = false;
    }

    /// There may be something to let go again.
    pub fn unsettle(&mut self) {
        self.settled = false;
    }

    pub fn miss(&self, id: ChunkId) {
        // Asking is never nested.
        if let Ok(mut missed) = self.missed.try_borrow_mut() {
            missed.push(id);
        }
    }
}

/// What became of bytes that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    Here,
    /// No file has the chunk any more.
    Unknown,
    /// They are not as many as the chunk has.
    Wrong,
}

impl Chunks {
    /// Whether all bytes of all chunks are here.
    pub(crate) fn all_here(&self) -> bool {
        self.lazy == 0 && self.cache.here == self.stored.len()
    }

    /// Bytes of committed chunks that are here.
    pub(crate) fn cached(&self) -> u64 {
        self.cache.bytes
    }

    pub(crate) fn set_budget(&mut self, bytes: u64) {
        self.cache.budget = bytes;
        self.cache.settled = false;
    }

    /// What reads were refused for, since this was last asked.
    pub(crate) fn take_missed(&self) -> Vec<ChunkId> {
        self.cache.missed.try_borrow_mut().map_or_else(|_| Vec::new(), |mut missed| std::mem::take(&mut *missed))
    }

    /// Puts the chunk into `missing` if its bytes are elsewhere.
    pub(in crate::vfs) fn want(&self, id: ChunkId, missing: &mut Vec<ChunkId>) {
        if id >= DERIVED {
            if self.cache.derived(id).is_none() && !missing.contains(&id) {
                missing.push(id);
            }
            return;
        }
        let Some(chunk) = self.stored.get(&id) else { return };
        chunk.touched.set(true);
        if chunk.data.is_none() && !missing.contains(&id) {
            missing.push(id);
        }
    }

    /// Chunks that are elsewhere and will be wanted next: what was written together is read together, the parts of a file as well as the files of a tree.
    pub(crate) fn ahead(&self, id: ChunkId) -> Vec<ChunkId> {
        let mut room = AHEAD.min(self.cache.budget / 16);
        let mut ahead = Vec::new();
        for (&id, chunk) in self.stored.range(id + 1..).take(AHEAD_CHUNKS) {
            if room < u64::from(chunk.len) {
                break;
            }
            room -= u64::from(chunk.len);
            if chunk.data.is_none() {
                ahead.push(id);
            }
        }
        ahead
    }

    /// Takes bytes that were elsewhere.
    pub(crate) fn fill(&mut self, id: ChunkId, data: Vec<u8>) -> Filled {
        let Some(chunk) = self.stored.get_mut(&id) else { return Filled::Unknown };
        if data.len() > CHUNK || data.len() != chunk.len as usize {
            return Filled::Wrong;
        }
        if chunk.data.is_none() {
            self.cache.here += 1;
            self.cache.add(id, data.len(), 0);
            chunk.data = Some(data.into());
            chunk.touched.set(true);
        }
        Filled::Here
    }

    /// Forgets what the order still says of chunks that are gone, where that is most of it.
    pub(super) fn tidy(&mut self) {
        let Cache { order, here, pieces, .. } = &mut self.cache;
        if order.len() > 2 * (*here + pieces.len()) + 64 {
            let stored = &self.stored;
            order.retain(|(id, _)| stored.contains_key(id) || pieces.has(*id));
        }
    }

    /// Lets bytes go until the rest fits the budget. Spared are what `keep` names and what commits after `durable` have.
    pub(crate) fn evict(&mut self, durable: u64, keep: &dyn Fn(ChunkId) -> bool) {
        if self.cache.settled && self.cache.durable == durable {
            return;
        }
        (self.cache.settled, self.cache.durable) = (true, durable);
        // Twice around: the first may find all of them touched.
        let mut turns = self.cache.order.len() * 2;
        while self.cache.bytes > self.cache.budget && turns > 0 {
            turns -= 1;
            let Some((id, commit)) = self.cache.order.pop_front() else { return };
            if id >= DERIVED {
                let Some((len, stays)) = self.cache.pieces.turn(id) else { continue };
                if keep(id) || stays {
                    self.cache.order.push_back((id, 0));
                } else {
                    self.cache.pieces.remove(id);
                    self.cache.bytes -= len;
                }
                continue;
            }
            let Some(chunk) = self.stored.get_mut(&id).filter(|chunk| chunk.data.is_some()) else { continue };
            if commit > durable || keep(id) || chunk.touched.take() {
                self.cache.order.push_back((id, commit));
                continue;
            }
            chunk.data = None;
            self.cache.here -= 1;
            self.cache.bytes -= u64::from(chunk.len);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use porthole_abi::Errno;

    fn chunks(count: u8, budget: u64) -> Chunks {
        let mut chunks = Chunks::new(u64::MAX);
        chunks.set_budget(budget);
        (0..count).for_each(|byte| assert!(chunks.create(0, &[byte; 10]).is_some()));
        chunks
    }

    fn here(chunks: &Chunks) -> Vec<ChunkId> {
        chunks.stored.iter().filter(|(_, chunk)| chunk.data.is_some()).map(|(&id, _)| id).collect()
    }

    #[test]
    fn what_is_not_safe_elsewhere_stays() {
        let mut chunks = chunks(3, 0);
        chunks.evict(9, &|_| false);
        assert_eq!(here(&chunks), [1, 2, 3], "no commit has them");
        chunks.commit(5);
        chunks.evict(4, &|_| false);
        assert_eq!((here(&chunks), chunks.cached()), (vec![1, 2, 3], 30), "the commit is not safe yet");
        chunks.evict(5, &|id| id == 2);
        assert_eq!((here(&chunks), chunks.cached(), chunks.all_here()), (vec![2], 10, false));
        assert_eq!((chunks.bytes(), chunks.get(1)), (30, Err(Errno::EIO)));
        assert_eq!((chunks.take_missed(), chunks.take_missed()), (vec![1], vec![]));
    }

    #[test]
    fn who_is_asked_for_stays_longer() {
        let mut chunks = chunks(4, 20);
        chunks.commit(1);
        let mut missing = Vec::new();
        chunks.want(1, &mut missing);
        chunks.evict(1, &|_| false);
        assert_eq!((here(&chunks), missing), (vec![1, 4], vec![]));
    }

    #[test]
    fn neighbours_come_along() {
        let mut chunks = chunks(60, 1600);
        chunks.commit(1);
        chunks.set_budget(0);
        chunks.evict(1, &|_| false);
        chunks.set_budget(1600);
        chunks.fill(4, vec![3; 10]);
        assert_eq!(chunks.ahead(2), [3, 5, 6, 7, 8, 9, 10, 11, 12], "a sixteenth of the budget, with what is here");
        chunks.set_budget(BUDGET);
        assert_eq!(chunks.ahead(10).len(), AHEAD_CHUNKS);
    }

    #[test]
    fn bytes_come_back_or_are_refused() {
        let mut chunks = chunks(2, 0);
        chunks.commit(1);
        chunks.evict(1, &|_| false);
        let mut missing = Vec::new();
        chunks.want(2, &mut missing);
        chunks.want(2, &mut missing);
        assert_eq!(missing, [2]);
        assert_eq!(chunks.fill(2, vec![1; 9]), Filled::Wrong);
        assert_eq!(chunks.fill(7, vec![1; 10]), Filled::Unknown);
        assert_eq!(chunks.fill(2, vec![1; 10]), Filled::Here);
        assert_eq!((chunks.get(2), chunks.cached()), (Ok(&[1; 10][..]), 10));
        assert_eq!(chunks.write(1, 3, b"x"), Err(Errno::EIO), "the rest of it is elsewhere");
        assert_eq!(chunks.cut(1, 3), Err(Errno::EIO));
        assert_eq!(chunks.write(1, 0, b"all of it is replaced"), Ok(3));
        assert_eq!(chunks.write(2, 3, b"x"), Ok(4));
        chunks.release(3);
        chunks.release(4);
        assert_eq!((chunks.bytes(), chunks.cached(), chunks.all_here()), (0, 0, true));
        chunks.evict(1, &|_| false);
        assert!(chunks.cache.order.is_empty() || chunks.cached() == 0);
    }
}
