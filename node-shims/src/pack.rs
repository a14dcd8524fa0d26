//! The file that holds the library's modules as bytecode. `e2e/driver/pack.mjs` writes it and says what is where.
//!
//! A process reads the head, and of the rest only what is asked for: most programs need a third of the library.

use std::ops::Range;

const HEAD: usize = 20;
const ROW: usize = 24;
/// A checksum that QuickJS takes for "there is none".
const NO_CHECKSUM: [u8; 4] = [0xff; 4];

/// The pack, behind a function that copies a part of it (offset, where to) and does nothing where there is no such part.
pub struct Pack<F> {
    copy: F,
    head: Vec<u8>,
    /// Where in the head each shared name lies, and the end of the last.
    names: Vec<usize>,
}

impl<F: Fn(usize, &mut [u8])> Pack<F> {
    /// # Errors
    /// Says what is wrong with the file.
    pub fn open(length: usize, copy: F) -> Result<Self, &'static str> {
        if length == 0 {
            return Err("the build made none");
        }
        let mut start = [0; 8];
        copy(0, &mut start);
        if !start.starts_with(b"PHL2") {
            return Err("it does not begin as a pack");
        }
        let cut = "it ends too early";
        let head_length = number(&start, 4).filter(|end| (HEAD..=length).contains(end)).ok_or(cut)?;
        let mut head = vec![0; head_length];
        copy(0, &mut head);
        let mut pack = Self { copy, head, names: Vec::new() };
        let (modules, names) = (pack.count(), number(&pack.head, 16).ok_or(cut)?);
        let mut table = Reader { bytes: &pack.head, at: HEAD + modules.saturating_mul(ROW) };
        let mut places = vec![table.at];
        for _ in 0..names {
            table.entry().ok_or(cut)?;
            places.push(table.at);
        }
        pack.names = places;
        for row in 0..modules {
            for field in [0, 8, 16] {
                let part = pack.part(row, field).ok_or(cut)?;
                if part.start > part.end || part.end > length {
                    return Err(cut);
                }
            }
        }
        Ok(pack)
    }

    /// A module's bytecode, as the compiler gave it but for the checksum.
    pub fn module(&self, id: &str) -> Option<Vec<u8>> {
        let row = self.find(id)?;
        let body = self.part(row, 16)?;
        // Known here, and in another pack.
        if body.is_empty() {
            return None;
        }
        let names = self.read(self.part(row, 8)?);
        let mut table = Reader { bytes: &names, at: 0 };
        let count = table.number()?;
        // About eight bytes a name.
        let mut bytes = Vec::with_capacity(16 + 2 * names.len() + 8 * count + body.len());
        bytes.push(*self.head.get(8)?);
        bytes.extend_from_slice(&NO_CHECKSUM);
        bytes.extend_from_slice(names.get(..table.at)?);
        for _ in 0..count {
            let reference = table.number()?;
            bytes.extend_from_slice(match reference {
                0 => table.entry()?,
                _ => self.head.get(*self.names.get(reference - 1)?..*self.names.get(reference)?)?,
            });
        }
        let start = bytes.len();
        bytes.resize(start + body.len(), 0);
        (self.copy)(body.start, bytes.get_mut(start..)?);
        Some(bytes)
    }

    /// Whether there is such a module, here or in another pack.
    #[cfg(target_arch = "wasm32")]
    pub fn knows(&self, id: &str) -> bool {
        self.find(id).is_some()
    }

    pub fn ids(&self) -> impl Iterator<Item = &str> {
        (0..self.count()).filter_map(|row| str::from_utf8(self.id(row)?).ok())
    }

    fn count(&self) -> usize {
        number(&self.head, 12).unwrap_or(0)
    }

    /// The row of a module. They are in the order of their ids.
    fn find(&self, id: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.count());
        while low < high {
            let middle = low.midpoint(high);
            match self.id(middle)?.cmp(id.as_bytes()) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn id(&self, row: usize) -> Option<&[u8]> {
        self.head.get(self.part(row, 0)?)
    }

    fn part(&self, row: usize, field: usize) -> Option<Range<usize>> {
        let at = HEAD + row * ROW + field;
        let start = number(&self.head, at)?;
        Some(start..start.checked_add(number(&self.head, at + 4)?)?)
    }

    fn read(&self, part: Range<usize>) -> Vec<u8> {
        let mut bytes = vec![0; part.len()];
        (self.copy)(part.start, &mut bytes);
        bytes
    }
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(four.try_into().ok()?) as usize)
}

/// Reads QuickJS's table of atoms.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self) -> Option<usize> {
        let mut value = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            value |= (usize::from(byte) & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A name that the engine knows by a number of its own, or a string: its kind, its length (shifted, the lowest bit: two bytes a character) and its characters.
    fn entry(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        match self.byte()? {
            known if known & 0x80 != 0 => {
                if known & 0x40 != 0 {
                    self.number()?;
                }
            }
            _ => {
                let length = self.number()?;
                self.at = self.at.checked_add((length >> 1) << (length & 1))?;
            }
        }
        self.bytes.get(start..self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two modules, `a` and `b/c`, that share one name.
    fn file() -> Vec<u8> {
        let shared = [1, 6, b'k', b'e', b'y'];
        let (ids, names, bodies) = ("ab/c", [&[1, 1][..], &[3, 0, 1, 2, b'x', 1, 0, 0xc1, 3]], [&b"one"[..], b"three"]);
        let head = HEAD + 2 * ROW + shared.len() + ids.len();
        let mut bytes = b"PHL2".to_vec();
        let mut put = |number: usize| bytes.extend_from_slice(&u32::try_from(number).unwrap().to_le_bytes());
        [head, 28, 2, 1].into_iter().for_each(&mut put);
        let first = [(head - 4, 1), (head, 2), (head + 11, 3)];
        let second = [(head - 3, 3), (head + 2, 9), (head + 14, 5)];
        for (offset, length) in first.into_iter().chain(second) {
            put(offset);
            put(length);
        }
        [&shared, ids.as_bytes(), names[0], names[1], bodies[0], bodies[1]].into_iter().for_each(|part| bytes.extend_from_slice(part));
        bytes
    }

    fn open(bytes: &[u8]) -> Result<Pack<impl Fn(usize, &mut [u8])>, &'static str> {
        Pack::open(bytes.len(), |offset, to: &mut [u8]| {
            if let Some(part) = bytes.get(offset..offset + to.len()) {
                to.copy_from_slice(part);
            }
        })
    }

    #[test]
    fn modules_are_put_together_again() {
        let bytes = file();
        let pack = open(&bytes).unwrap();
        assert_eq!(pack.ids().collect::<Vec<_>>(), ["a", "b/c"]);
        assert_eq!(pack.module("a").unwrap(), b"\x1c\xff\xff\xff\xff\x01\x01\x06keyone");
        assert_eq!(pack.module("b/c").unwrap(), b"\x1c\xff\xff\xff\xff\x03\x01\x02x\x01\x06key\xc1\x03three");
        assert_eq!(pack.module("b"), None);
    }

    #[test]
    fn files_that_are_cut_or_other_ones_are_refused() {
        let bytes = file();
        assert_eq!(open(&[]).err(), Some("the build made none"));
        assert_eq!(open(b"PHL1\0\0\0\0").err(), Some("it does not begin as a pack"));
        for end in 8..bytes.len() {
            assert_eq!(open(&bytes[..end]).err(), Some("it ends too early"), "{end}");
        }
    }
}
