//! The file that holds the library's modules as bytecode. All numbers are u32, little-endian; offsets count from the start of the file.
//!
//! ```text
//! "PHL1" | count | count × { offset | length | length of the id | id } | bytes of the modules
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

pub struct Pack {
    bytes: Vec<u8>,
    modules: BTreeMap<String, Range<usize>>,
}

impl Pack {
    /// # Errors
    /// Says what is wrong with the file.
    pub fn read(bytes: Vec<u8>) -> Result<Self, &'static str> {
        if bytes.is_empty() {
            return Err("the build made none");
        }
        if bytes.get(..4) != Some(b"PHL1") {
            return Err("it does not begin as a pack");
        }
        let cut = "it ends too early";
        let number = |at: usize| bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(|four| u32::from_le_bytes(four) as usize);
        let mut modules = BTreeMap::new();
        let mut at = 8;
        for _ in 0..number(4).ok_or(cut)? {
            let (offset, length, id_length) = (number(at).ok_or(cut)?, number(at + 4).ok_or(cut)?, number(at + 8).ok_or(cut)?);
            let id = bytes.get(at + 12..at + 12 + id_length).ok_or(cut)?;
            let id = std::str::from_utf8(id).map_err(|_| "the name of a module is not text")?;
            bytes.get(offset..offset.saturating_add(length)).ok_or(cut)?;
            modules.insert(id.to_owned(), offset..offset + length);
            at += 12 + id_length;
        }
        Ok(Self { bytes, modules })
    }

    pub fn module(&self, id: &str) -> Option<&[u8]> {
        self.bytes.get(self.modules.get(id)?.clone())
    }

    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().map(String::as_str)
    }
}
