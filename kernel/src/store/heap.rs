//! Which parts of the heap are in use, and which may be written.

use std::collections::{BTreeMap, VecDeque};

use super::table::Extent;

/// Many chunks at once are not strewn over gaps smaller than this, so that they are written in few pieces.
const RUN: u64 = 64 << 10;

#[derive(Clone, Debug, Default)]
pub struct Heap {
    /// Gaps below `end`: offset and length. No two touch, none touches `end`.
    gaps: BTreeMap<u64, u64>,
    /// Nothing is in use from here on.
    end: u64,
    /// Of the file.
    pub size: u64,
    /// In use until the record is durable that left them.
    leaving: VecDeque<(u64, Extent)>,
    /// Whether something was written since the last flush.
    pub written: bool,
}

impl Heap {
    /// A heap in which these extents are in use. `Err`: two of them overlap.
    pub fn of(mut extents: Vec<Extent>, size: u64) -> Result<Heap, String> {
        extents.retain(|extent| extent.len > 0);
        extents.sort_unstable_by_key(|extent| extent.offset);
        let mut heap = Heap { size, ..Heap::default() };
        for extent in extents {
            if extent.offset < heap.end || extent.offset.checked_add(extent.len).is_none() {
                return Err(format!("two extents of the heap overlap at offset {}", extent.offset));
            }
            if extent.offset > heap.end {
                heap.gaps.insert(heap.end, extent.offset - heap.end);
            }
            heap.end = extent.end();
        }
        Ok(heap)
    }

    pub fn end(&self) -> u64 {
        self.end
    }

    /// Bytes in gaps.
    pub fn gap_bytes(&self) -> u64 {
        self.gaps.values().sum()
    }

    pub fn has_gap(&self, len: u64) -> bool {
        self.gaps.values().any(|&gap| gap >= len)
    }

    /// Places for extents of these lengths: the first gaps that take enough of them, in order, then the end.
    pub fn allocate(&mut self, lens: &[u64]) -> Vec<u64> {
        let mut places = Vec::with_capacity(lens.len());
        let mut lens = lens.iter().copied().peekable();
        let mut left: u64 = lens.clone().sum();
        let mut taken = vec![];
        for (&offset, &gap) in &self.gaps {
            let Some(&next) = lens.peek() else { break };
            if gap < next.max(left.min(RUN)) {
                continue;
            }
            let mut used = 0;
            while let Some(len) = lens.next_if(|len| used + len <= gap) {
                places.push(offset + used);
                used += len;
            }
            left -= used;
            taken.push((offset, gap, used));
        }
        for (offset, gap, used) in taken {
            self.take(offset, gap, used);
        }
        for len in lens {
            places.push(self.end);
            self.end += len;
        }
        places
    }

    /// A place in a gap that ends at or before `limit`.
    pub fn allocate_below(&mut self, len: u64, limit: u64) -> Option<u64> {
        let (&offset, &gap) = self.gaps.range(..limit).find(|&(&offset, &gap)| gap >= len && offset + len <= limit)?;
        self.take(offset, gap, len);
        Some(offset)
    }

    fn take(&mut self, offset: u64, gap: u64, used: u64) {
        self.gaps.remove(&offset);
        if used < gap {
            self.gaps.insert(offset + used, gap - used);
        }
    }

    /// Gives an extent back that nothing refers to.
    pub fn free(&mut self, mut offset: u64, mut len: u64) {
        if len == 0 {
            return;
        }
        if let Some((&before, &gap)) = self.gaps.range(..offset).next_back()
            && before + gap == offset
        {
            self.gaps.remove(&before);
            (offset, len) = (before, gap + len);
        }
        if let Some(gap) = self.gaps.remove(&(offset + len)) {
            len += gap;
        }
        if offset + len == self.end {
            self.end = offset;
        } else {
            self.gaps.insert(offset, len);
        }
    }

    /// Gives an extent back when the record is durable that left it. Records come in any order.
    pub fn leave(&mut self, extent: Extent, record: u64) {
        self.leaving.push_back((record, extent));
    }

    /// Everything up to this record is durable.
    pub fn durable(&mut self, record: u64) {
        for _ in 0..self.leaving.len() {
            match self.leaving.pop_front() {
                Some((left_by, extent)) if left_by <= record => self.free(extent.offset, extent.len),
                Some(later) => self.leaving.push_back(later),
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(offset: u64, len: u64) -> Extent {
        Extent { offset, len, sum: 0 }
    }

    #[test]
    fn gaps_are_found_filled_and_joined() {
        let mut heap = Heap::of(vec![extent(30, 10), extent(0, 10), extent(60, 40)], 100).unwrap();
        assert_eq!((heap.end(), heap.gap_bytes()), (100, 40));
        assert_eq!(heap.allocate(&[15]), [10], "the first that is large enough");
        assert_eq!(heap.allocate(&[15]), [40]);
        assert_eq!(heap.allocate(&[7]), [100], "else the end");
        heap.free(60, 40);
        assert_eq!(heap.allocate_below(45, 99), None);
        assert_eq!(heap.allocate_below(45, 107), Some(55), "joined with the five bytes before");
        heap.free(100, 7);
        assert_eq!(heap.end(), 100);
        heap.free(55, 45);
        assert_eq!(heap.end(), 55);
        assert!(Heap::of(vec![extent(0, 10), extent(9, 1)], 10).is_err());
    }

    #[test]
    fn many_at_once_lie_together() {
        let mut heap = Heap::of(vec![extent(10, 10), extent(10 + RUN * 2, 10)], 0).unwrap();
        let places = heap.allocate(&[3 << 10; 100]);
        let runs = 1 + places.windows(2).filter(|pair| pair[1] != pair[0] + (3 << 10)).count();
        assert_eq!((places[0], runs), (20, 2), "the large gap, then the end, and not the small one");
    }

    #[test]
    fn what_leaves_is_free_when_that_is_durable() {
        let mut heap = Heap::of(vec![extent(0, 10), extent(10, 10)], 20).unwrap();
        heap.leave(extent(0, 10), 7);
        heap.leave(extent(10, 10), 5);
        heap.durable(6);
        assert_eq!((heap.end(), heap.gap_bytes()), (10, 0));
        heap.durable(7);
        assert_eq!(heap.end(), 0);
    }
}
