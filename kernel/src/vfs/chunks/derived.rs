//! Chunks of images that are in memory. Nothing of them is stored or archived: they are made again when they are gone.

use std::cell::Cell;
use std::collections::BTreeMap;

use super::cache::Cache;
use super::{ChunkId, Chunks};

#[derive(Clone, Debug)]
struct Piece {
    data: Vec<u8>,
    /// Asked for since the cache last looked.
    touched: Cell<bool>,
    origin: Origin,
}

/// Where a chunk's bytes are from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Chunks of an archive: they can be made again at any time.
    Archive,
    /// Another host, and nobody knows what it will say next time.
    Outside,
    /// Another host, and the log has them.
    Logged,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Pieces {
    here: BTreeMap<ChunkId, Piece>,
    /// What is from outside and not in the log counts as missing.
    logged_only: Cell<bool>,
    /// A log is being replayed, which has everything only once.
    replaying: bool,
}

impl Pieces {
    pub fn len(&self) -> usize {
        self.here.len()
    }

    pub fn has(&self, id: ChunkId) -> bool {
        self.here.contains_key(&id)
    }

    /// Its length, and whether it stays for another round.
    pub fn turn(&self, id: ChunkId) -> Option<(u64, bool)> {
        let piece = self.here.get(&id)?;
        Some((piece.data.len() as u64, piece.touched.take() || (self.replaying && piece.origin == Origin::Logged)))
    }

    pub fn remove(&mut self, id: ChunkId) {
        self.here.remove(&id);
    }
}

impl Cache {
    pub(super) fn derived(&self, id: ChunkId) -> Option<&[u8]> {
        let piece = self.pieces.here.get(&id)?;
        if piece.origin == Origin::Outside && self.pieces.logged_only.get() {
            return None;
        }
        piece.touched.set(true);
        Some(&piece.data)
    }
}

impl Chunks {
    /// How many images there are.
    pub(in crate::vfs) fn set_lazy(&mut self, images: usize) {
        self.lazy = images as u32;
    }

    /// Takes a chunk of an image.
    pub(in crate::vfs) fn put_derived(&mut self, id: ChunkId, data: Vec<u8>, origin: Origin) {
        let len = data.len();
        match self.cache.pieces.here.insert(id, Piece { data, touched: Cell::new(true), origin }) {
            Some(old) => self.cache.bytes = self.cache.bytes + len as u64 - old.data.len() as u64,
            None => self.cache.add(id, len, 0),
        }
    }

    /// An image is gone: its chunks are from `from` up to before `to`.
    pub(in crate::vfs) fn forget_derived(&mut self, from: ChunkId, to: ChunkId) {
        let cache = &mut self.cache;
        cache.pieces.here.retain(|id, piece| {
            let gone = (from..to).contains(id);
            if gone {
                cache.bytes -= piece.data.len() as u64;
            }
            !gone
        });
        self.tidy();
    }

    /// The bytes of a chunk that came from outside and is not in the log.
    pub(in crate::vfs) fn unlogged(&self, id: ChunkId) -> Option<&[u8]> {
        self.cache.pieces.here.get(&id).filter(|piece| piece.origin == Origin::Outside).map(|piece| piece.data.as_slice())
    }

    pub(in crate::vfs) fn count_unlogged(&self, count: bool) {
        self.cache.pieces.logged_only.set(count);
    }

    /// The log begins anew: it has nothing of what came from outside.
    pub(in crate::vfs) fn log_is_new(&mut self) {
        for piece in self.cache.pieces.here.values_mut().filter(|piece| piece.origin == Origin::Logged) {
            piece.origin = Origin::Outside;
        }
    }

    pub(in crate::vfs) fn set_replaying(&mut self, replaying: bool) {
        self.cache.pieces.replaying = replaying;
        if !replaying {
            self.cache.unsettle();
        }
    }
}
