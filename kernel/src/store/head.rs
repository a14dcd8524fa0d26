//! The head of a journal.

use super::bytes::{checksum, u32_at, u64_at};
use super::table::Extent;

pub const VERSION: u32 = 1;
/// Where the two slots are: each in a sector of its own, which a disk writes whole or not at all.
pub const SLOTS: [u64; 2] = [0, 512];
/// Where records begin.
pub const END: u64 = 1024;

const MAGIC: [u8; 8] = *b"PORTHOLE";
const SIZE: usize = 88;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub generation: u64,
    pub mark: u64,
    pub first_record: u64,
    pub base: u64,
    pub snapshot: Option<Extent>,
    pub flushed: u64,
}

/// What two slots hold.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    Head(Head),
    /// None that can be read.
    Nothing,
    /// One of another layout.
    Version(u32),
}

impl Head {
    pub fn encode(&self) -> Vec<u8> {
        let none = Extent { offset: 0, len: 0, sum: 0 };
        let snapshot = self.snapshot.unwrap_or(none);
        let mut out = Vec::with_capacity(SIZE);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&0u32.to_le_bytes());
        for number in [self.generation, self.mark, self.first_record, self.base, snapshot.offset, snapshot.len, snapshot.sum, self.flushed] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&checksum(0, &out).to_le_bytes());
        out
    }

    /// `bytes` is the beginning of a journal.
    pub fn find(bytes: &[u8]) -> Found {
        let slots = SLOTS.map(|at| bytes.get(at as usize..).unwrap_or_default());
        if let Some(head) = slots.iter().filter_map(|slot| Head::decode(slot)).max_by_key(|head| head.mark) {
            return Found::Head(head);
        }
        let version = slots.iter().filter(|slot| slot.starts_with(&MAGIC)).find_map(|slot| u32_at(slot, 8)).filter(|&version| version != VERSION);
        version.map_or(Found::Nothing, Found::Version)
    }

    fn decode(slot: &[u8]) -> Option<Head> {
        let (body, sum) = (slot.get(..SIZE - 8)?, u64_at(slot, SIZE - 8)?);
        if !body.starts_with(&MAGIC) || u32_at(body, 8)? != VERSION || checksum(0, body) != sum {
            return None;
        }
        let number = |index: usize| u64_at(body, 16 + 8 * index);
        let snapshot = Extent { offset: number(4)?, len: number(5)?, sum: number(6)? };
        Some(Head {
            generation: number(0)?,
            mark: number(1)?,
            first_record: number(2)?,
            base: number(3)?,
            snapshot: (snapshot.len > 0).then_some(snapshot),
            flushed: number(7)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(mark: u64) -> Head {
        Head { generation: 3, mark, first_record: 40, base: 7, snapshot: Some(Extent { offset: 1, len: 2, sum: 3 }), flushed: 4096 }
    }

    fn file(first: &[u8], second: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; END as usize];
        bytes[..first.len()].copy_from_slice(first);
        bytes[512..512 + second.len()].copy_from_slice(second);
        bytes
    }

    #[test]
    fn the_higher_mark_counts_and_a_damaged_slot_does_not() {
        let (one, two) = (head(1).encode(), head(2).encode());
        assert_eq!(Head::find(&file(&one, &two)), Found::Head(head(2)));
        assert_eq!(Head::find(&file(&two, &one)), Found::Head(head(2)));
        for bit in 0..two.len() * 8 {
            let mut damaged = two.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Head::find(&file(&one, &damaged)), Found::Head(head(1)), "bit {bit}");
        }
        assert_eq!(Head::find(&one), Found::Head(head(1)));
        assert_eq!(Head::find(&[]), Found::Nothing);
    }

    #[test]
    fn another_layout_is_named() {
        let mut other = head(1).encode();
        other[8] = 9;
        assert_eq!(Head::find(&file(&other, &[])), Found::Version(9));
        assert_eq!(Head::find(&file(&other, &head(1).encode())), Found::Head(head(1)));
    }
}
