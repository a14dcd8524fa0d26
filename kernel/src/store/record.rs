//! A record of the journal.

use super::ChunkId;
use super::bytes::{checksum, u32_at, u64_at};
use super::table::Placed;

const MAGIC: [u8; 4] = *b"RCRD";
/// Magic, length and checksum.
const PREFIX: usize = 16;
/// From `sequence` to the counts.
const FIXED: usize = 36;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub sequence: u64,
    pub flushed: u64,
    pub first: u64,
    pub transactions: Vec<Vec<u8>>,
    pub placed: Vec<Placed>,
    pub dropped: Vec<ChunkId>,
}

/// What a record says, without owning the transactions.
pub struct Draft<'a> {
    pub sequence: u64,
    pub flushed: u64,
    pub first: u64,
    pub transactions: &'a [&'a [u8]],
    pub placed: &'a [Placed],
    pub dropped: &'a [ChunkId],
}

impl Draft<'_> {
    /// `None`: longer than a record can be.
    pub fn encode(&self, generation: u64) -> Option<Vec<u8>> {
        let texts: usize = self.transactions.iter().map(|bytes| 4 + bytes.len()).sum();
        let length = FIXED + self.placed.len() * Placed::SIZE + self.dropped.len() * 8 + texts;
        let length = length.next_multiple_of(8);
        let mut out = Vec::with_capacity(PREFIX + length);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&u32::try_from(length).ok()?.to_le_bytes());
        out.extend_from_slice(&[0; 8]);
        for number in [self.sequence, self.flushed, self.first] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        for count in [self.transactions.len(), self.placed.len(), self.dropped.len()] {
            out.extend_from_slice(&u32::try_from(count).ok()?.to_le_bytes());
        }
        for placed in self.placed {
            placed.encode(&mut out);
        }
        for id in self.dropped {
            out.extend_from_slice(&id.to_le_bytes());
        }
        for bytes in self.transactions {
            out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            out.extend_from_slice(bytes);
        }
        out.resize(PREFIX + length, 0);
        let sum = checksum(generation, out.get(PREFIX..)?);
        out.get_mut(8..PREFIX)?.copy_from_slice(&sum.to_le_bytes());
        Some(out)
    }
}

impl Record {
    /// The record that `bytes` begin with, and how many of them are its own. `None`: there is none that is whole.
    pub fn decode(bytes: &[u8], generation: u64) -> Option<(Record, usize)> {
        if !bytes.starts_with(&MAGIC) {
            return None;
        }
        let length = u32_at(bytes, 4)? as usize;
        let body = bytes.get(PREFIX..PREFIX.checked_add(length)?)?;
        if !length.is_multiple_of(8) || checksum(generation, body) != u64_at(bytes, 8)? {
            return None;
        }
        Some((Record::read(body)?, PREFIX + length))
    }

    fn read(body: &[u8]) -> Option<Record> {
        let (transactions, placed, dropped) = (u32_at(body, 24)?, u32_at(body, 28)? as usize, u32_at(body, 32)? as usize);
        let (entries, rest) = body.get(FIXED..)?.split_at_checked(placed.checked_mul(Placed::SIZE)?)?;
        let (numbers, mut rest) = rest.split_at_checked(dropped.checked_mul(8)?)?;
        let mut texts = vec![];
        for _ in 0..transactions {
            let (text, after) = rest.get(4..)?.split_at_checked(u32_at(rest, 0)? as usize)?;
            texts.push(text.to_vec());
            rest = after;
        }
        Some(Record {
            sequence: u64_at(body, 0)?,
            flushed: u64_at(body, 8)?,
            first: u64_at(body, 16)?,
            transactions: texts,
            placed: entries.chunks_exact(Placed::SIZE).map(Placed::decode).collect::<Option<_>>()?,
            dropped: numbers.chunks_exact(8).map(|number| u64_at(number, 0)).collect::<Option<_>>()?,
        })
    }

    /// The record again, for another journal.
    pub fn encode(&self, generation: u64, flushed: u64) -> Option<Vec<u8>> {
        let transactions: Vec<&[u8]> = self.transactions.iter().map(Vec::as_slice).collect();
        let (placed, dropped) = (&self.placed, &self.dropped);
        Draft { sequence: self.sequence, flushed, first: self.first, transactions: &transactions, placed, dropped }.encode(generation)
    }

    /// The last commit that the state after this record has, when it had `last` before.
    pub fn last_after(&self, last: u64) -> u64 {
        last + self.transactions.len() as u64
    }
}
