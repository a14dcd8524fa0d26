//! `cachedData` of scripts: their bytecode, with what it was made of.
//!
//! 8 bytes each, little-endian: a hash of the engine's format and the text, one of the name that is in the bytecode, one of the bytecode; then the
//! bytecode, which may be empty.

use crate::bytecode::FORMAT;

/// What a program keeps.
pub fn write(code: &[u8], text: &str, name: &str) -> Vec<u8> {
    let mut data = Vec::with_capacity(code.len() + 24);
    data.extend_from_slice(&hash(&[FORMAT.as_bytes(), text.as_bytes()]).to_le_bytes());
    data.extend_from_slice(&hash(&[name.as_bytes()]).to_le_bytes());
    data.extend_from_slice(&hash(&[code]).to_le_bytes());
    data.extend_from_slice(code);
    data
}

/// The bytecode in `data`, empty where it was made under another name; `None` where it is damaged, of another text, or of another engine.
pub fn read<'a>(data: &'a [u8], text: &str, name: &str) -> Option<&'a [u8]> {
    let (made_of, rest) = data.split_first_chunk::<8>()?;
    let (named, rest) = rest.split_first_chunk::<8>()?;
    let (whole, code) = rest.split_first_chunk::<8>()?;
    if u64::from_le_bytes(*made_of) != hash(&[FORMAT.as_bytes(), text.as_bytes()]) || u64::from_le_bytes(*whole) != hash(&[code]) {
        return None;
    }
    Some(if u64::from_le_bytes(*named) == hash(&[name.as_bytes()]) { code } else { &[] })
}

/// FNV-1a, each part ended by its length.
fn hash(parts: &[&[u8]]) -> u64 {
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    let mut add = |byte: u8| state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for part in parts {
        part.iter().copied().for_each(&mut add);
        (part.len() as u64).to_le_bytes().into_iter().for_each(&mut add);
    }
    state
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_text_or_a_damaged_byte_is_refused() {
        let data = write(b"code", "text", "name");
        assert_eq!(read(&data, "text", "name"), Some(&b"code"[..]));
        assert_eq!(read(&data, "text", "other"), Some(&b""[..]));
        assert_eq!(read(&data, "texts", "name"), None);
        for index in (0..8).chain(16..data.len()) {
            let mut damaged = data.clone();
            damaged[index] ^= 1;
            assert_eq!(read(&damaged, "text", "name"), None);
        }
        assert_eq!(read(&data[..23], "text", "name"), None);
    }
}
