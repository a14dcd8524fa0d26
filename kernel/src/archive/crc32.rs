//! CRC-32 as zip has it (ISO 3309, reflected, polynomial 0xEDB88320).

use rkyv::{Archive, Deserialize, Serialize};

const TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut at = 0;
    while at < 256 {
        let mut value = at as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 0 { value >> 1 } else { value >> 1 ^ 0xedb8_8320 };
            bit += 1;
        }
        table[at] = value;
        at += 1;
    }
    table
}

/// A checksum that grows with what it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Crc32(u32);

impl Default for Crc32 {
    fn default() -> Self {
        Crc32(!0)
    }
}

impl Crc32 {
    pub fn add(&mut self, data: &[u8]) {
        self.0 = data.iter().fold(self.0, |crc, byte| TABLE[usize::from(crc as u8 ^ byte)] ^ crc >> 8);
    }

    pub fn value(self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_known_one() {
        let mut crc = Crc32::default();
        crc.add(b"12345");
        crc.add(b"6789");
        assert_eq!(crc.value(), 0xcbf4_3926);
    }
}
