//! The contents of one file: its length and where its chunks are. What no chunk holds is zeros.

use porthole_abi::Errno;
use rkyv::{Archive, Deserialize, Serialize};

use super::chunks::{CHUNK, ChunkId, Chunks};
use super::inode::BLOCK;

/// The longest file: 8 TiB, all but the written chunks of it a hole.
pub const LONGEST: u64 = 1 << 43;

#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Body {
    len: u64,
    /// Rising by index. A file without holes has chunk `i` at place `i`.
    slots: Vec<Slot>,
    /// In an image: the first of its chunks, which follow each other. 0: not in one.
    derived: ChunkId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub(super) struct Slot {
    pub index: u32,
    pub id: ChunkId,
}

impl Body {
    pub fn len(&self) -> u64 {
        self.len
    }

    /// In units of 512 bytes, holes left out.
    pub fn blocks(&self) -> u64 {
        if self.derived > 0 {
            return self.len.div_ceil(512);
        }
        let bytes = |slot: &Slot| (self.len.saturating_sub(u64::from(slot.index) * CHUNK as u64)).min(CHUNK as u64).div_ceil(BLOCK) * BLOCK;
        self.slots.iter().map(bytes).sum::<u64>() / 512
    }

    pub fn chunk_ids(&self) -> impl Iterator<Item = ChunkId> + '_ {
        self.slots.iter().map(|slot| slot.id)
    }

    /// Slots as a journal tells of them: index and chunk, rising by index.
    pub(super) fn from_slots(len: u64, slots: Vec<Slot>) -> Self {
        Self { len, slots, derived: 0 }
    }

    /// Contents in an image.
    pub(super) fn derived(len: u64, first: ChunkId) -> Self {
        Self { len, slots: Vec::new(), derived: first }
    }

    /// The first chunk of contents in an image.
    pub(super) fn first_derived(&self) -> Option<ChunkId> {
        (self.derived > 0).then_some(self.derived)
    }

    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Appends at most `len` bytes from `offset` to `out`.
    ///
    /// # Errors
    /// `EIO`: some of them are not in memory.
    pub fn read(&self, chunks: &Chunks, offset: u64, len: usize, out: &mut Vec<u8>) -> Result<(), Errno> {
        if !chunks.all_here() && self.ids_between(offset, len).filter(|id| !chunks.is_here(*id)).count() > 0 {
            return Err(Errno::EIO);
        }
        let end = self.len.min(offset.saturating_add(len as u64));
        out.reserve_exact(end.saturating_sub(offset) as usize);
        let mut offset = offset;
        while offset < end {
            let (index, at) = split(offset);
            let count = (CHUNK - at).min((end - offset) as usize);
            let filled = out.len() + count;
            let id = if self.derived > 0 { Some(self.derived + u64::from(index)) } else { self.find(index).ok().map(|place| self.slots[place].id) };
            if let Some(id) = id {
                let data = chunks.get(id)?;
                out.extend_from_slice(data.get(at..(at + count).min(data.len())).unwrap_or_default());
            }
            out.resize(filled, 0);
            offset += count as u64;
        }
        Ok(())
    }

    /// Which chunks that a read would look at are not in memory.
    pub(super) fn missing_to_read(&self, chunks: &Chunks, offset: u64, len: usize, missing: &mut Vec<ChunkId>) {
        self.ids_between(offset, len).for_each(|id| chunks.want(id, missing));
    }

    /// The chunks of a range.
    fn ids_between(&self, offset: u64, len: usize) -> impl Iterator<Item = ChunkId> + '_ {
        let end = self.len.min(offset.saturating_add(len as u64));
        let derived =
            if self.derived > 0 && offset < end { self.derived + offset / CHUNK as u64..self.derived + end.div_ceil(CHUNK as u64) } else { 0..0 };
        derived.chain(self.between(offset, len).map(|slot| slot.id))
    }

    /// The slots of a range.
    fn between(&self, offset: u64, len: usize) -> impl Iterator<Item = &Slot> {
        let end = self.len.min(offset.saturating_add(len as u64));
        let from = if offset < end { self.find(split(offset).0).unwrap_or_else(|place| place) } else { self.slots.len() };
        let last = split(end.saturating_sub(1)).0;
        self.slots.iter().skip(from).take_while(move |slot| slot.index <= last)
    }

    /// Which chunks that a write would change in part are not in memory.
    pub(super) fn missing_to_write(&self, chunks: &Chunks, offset: u64, len: usize, missing: &mut Vec<ChunkId>) {
        let mut written = 0;
        while written < len && offset.saturating_add(written as u64) < LONGEST {
            let (index, at) = split(offset + written as u64);
            let piece = (CHUNK - at).min(len - written);
            if let Ok(place) = self.find(index)
                && let Some(slot) = self.slots.get(place)
                && !chunks.is_replaced(slot.id, at, piece)
            {
                chunks.want(slot.id, missing);
            }
            written += piece;
        }
    }

    /// Which chunk that a new length would cut in two is not in memory.
    pub(super) fn missing_to_truncate(&self, chunks: &Chunks, len: u64, missing: &mut Vec<ChunkId>) {
        let (index, at) = split(len);
        if len < self.len
            && at > 0
            && let Ok(place) = self.find(index)
            && let Some(slot) = self.slots.get(place)
            && chunks.len(slot.id).is_some_and(|old| old as usize > at)
        {
            chunks.want(slot.id, missing);
        }
    }

    /// Writes at `offset`, and answers how much: less than all where there is no room for more.
    ///
    /// # Errors
    /// `ENOSPC`: no room at all; `EFBIG`: the file would be too long; `EIO`: what is there is not in memory.
    pub fn write(&mut self, chunks: &mut Chunks, offset: u64, data: &[u8]) -> Result<usize, Errno> {
        if data.is_empty() {
            return Ok(0);
        }
        let room = LONGEST.saturating_sub(offset).min(data.len() as u64) as usize;
        let data = data.get(..room).filter(|data| !data.is_empty()).ok_or(Errno::EFBIG)?;
        let mut written = 0;
        while written < data.len() {
            let (index, at) = split(offset + written as u64);
            let piece = &data[written..data.len().min(written + CHUNK - at)];
            let done = match self.find(index) {
                Ok(place) => chunks.write(self.slots[place].id, at, piece).map(|id| self.slots[place].id = id),
                Err(place) => chunks.create(at, piece).ok_or(Errno::ENOSPC).map(|id| {
                    if self.slots.is_empty() && data.len() <= CHUNK {
                        self.slots.reserve_exact(1);
                    }
                    self.slots.insert(place, Slot { index, id });
                }),
            };
            match done {
                Err(errno) if written == 0 => return Err(errno),
                Err(_) => break,
                Ok(()) => written += piece.len(),
            }
        }
        self.len = self.len.max(offset + written as u64);
        Ok(written)
    }

    /// # Errors
    /// `EFBIG`; `EIO`: what is to be cut in two is not in memory.
    pub fn truncate(&mut self, chunks: &mut Chunks, len: u64) -> Result<(), Errno> {
        if len > LONGEST {
            return Err(Errno::EFBIG);
        }
        if len < self.len {
            let (index, at) = split(len);
            let mut keep = self.find(index).unwrap_or_else(|place| place);
            if at > 0
                && let Some(slot) = self.slots.get_mut(keep)
                && slot.index == index
            {
                slot.id = chunks.cut(slot.id, at)?;
                keep += 1;
            }
            for slot in self.slots.drain(keep..) {
                chunks.release(slot.id);
            }
        }
        self.len = len;
        Ok(())
    }

    /// The same contents for another file.
    pub fn share(&self, chunks: &mut Chunks) -> Body {
        self.chunk_ids().for_each(|id| chunks.share(id));
        Body { len: self.len, slots: self.slots.clone(), derived: self.derived }
    }

    /// Gives all chunks up.
    pub fn clear(&mut self, chunks: &mut Chunks) {
        self.len = 0;
        std::mem::take(&mut self.slots).iter().for_each(|slot| chunks.release(slot.id));
    }

    /// The place of a chunk, or where it would be.
    fn find(&self, index: u32) -> Result<usize, usize> {
        match self.slots.get(index as usize) {
            Some(slot) if slot.index == index => Ok(index as usize),
            _ => self.slots.binary_search_by_key(&index, |slot| slot.index),
        }
    }
}

/// The chunk's index and the place in it.
fn split(offset: u64) -> (u32, usize) {
    ((offset / CHUNK as u64) as u32, (offset % CHUNK as u64) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(body: &Body, chunks: &Chunks) -> Vec<u8> {
        let mut out = Vec::new();
        body.read(chunks, 0, usize::MAX, &mut out).unwrap();
        out
    }

    #[test]
    fn it_is_what_a_vector_is() {
        let mut chunks = Chunks::new(u64::MAX);
        let (mut body, mut model) = (Body::default(), Vec::<u8>::new());
        let mut state = 7u64;
        let mut random = move |below: usize| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 33) as usize % below
        };
        for step in 0..400u64 {
            let at = random(5 * CHUNK);
            if random(4) == 0 {
                body.truncate(&mut chunks, at as u64).unwrap();
                model.resize(at, 0);
            } else {
                let data = vec![step as u8 | 1; 1 + random(2 * CHUNK)];
                assert_eq!(body.write(&mut chunks, at as u64, &data), Ok(data.len()));
                model.resize(model.len().max(at + data.len()), 0);
                model[at..at + data.len()].copy_from_slice(&data);
            }
            if random(20) == 0 {
                chunks.commit(step);
            }
            assert!(all(&body, &chunks) == model, "step {step}");
        }
        body.clear(&mut chunks);
        assert_eq!(chunks.bytes(), 0);
    }

    #[test]
    fn a_hole_takes_no_room() {
        let mut chunks = Chunks::new(10);
        let mut body = Body::default();
        body.truncate(&mut chunks, LONGEST).unwrap();
        assert_eq!((body.len(), body.blocks()), (LONGEST, 0));
        assert_eq!(body.write(&mut chunks, 1 << 40, b"x"), Ok(1));
        assert_eq!(body.blocks(), 128, "as Linux: a chunk is the smallest part");
        assert_eq!(body.write(&mut chunks, LONGEST - 1, b"xy"), Err(Errno::ENOSPC), "65536 bytes of a chunk before it");
        assert_eq!(body.write(&mut chunks, LONGEST, b"x"), Err(Errno::EFBIG));
        assert_eq!(body.truncate(&mut chunks, LONGEST + 1), Err(Errno::EFBIG));
    }
}
