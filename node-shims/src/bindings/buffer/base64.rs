//! Base64 as Node's buffers read and write it, and the forgiving decoder of `atob`.

pub const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Both alphabets in one: a buffer reads either. 255 marks a character outside.
static VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut table = [255; 256];
    let mut i = 0;
    while i < 64 {
        table[STANDARD[i] as usize] = i as u8;
        table[URL[i] as usize] = i as u8;
        i += 1;
    }
    table
}

pub fn encode(bytes: &[u8], alphabet: &[u8; 64], padded: bool) -> String {
    let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
    let digit = |n: u32| alphabet[(n & 63) as usize];
    let mut groups = bytes.chunks_exact(3);
    for g in &mut groups {
        let n = u32::from(g[0]) << 16 | u32::from(g[1]) << 8 | u32::from(g[2]);
        text.extend([digit(n >> 18), digit(n >> 12), digit(n >> 6), digit(n)]);
    }
    match *groups.remainder() {
        [a] => {
            let n = u32::from(a) << 16;
            text.extend([digit(n >> 18), digit(n >> 12)]);
            if padded {
                text.extend(*b"==");
            }
        }
        [a, b] => {
            let n = u32::from(a) << 16 | u32::from(b) << 8;
            text.extend([digit(n >> 18), digit(n >> 12), digit(n >> 6)]);
            if padded {
                text.push(b'=');
            }
        }
        _ => {}
    }
    // Only ASCII was pushed.
    String::from_utf8(text).unwrap_or_default()
}

/// Decodes into `target` and returns the bytes written. Characters outside the alphabets are skipped; the first `=` ends
/// the text.
pub fn decode_lenient(text: &[u8], target: &mut [u8]) -> usize {
    let (mut at, mut written) = (0, 0);
    let (mut bits, mut count) = (0u32, 0u32);
    while at < text.len() && written < target.len() {
        let value = VALUES[usize::from(text[at])];
        at += 1;
        if value == 255 {
            if text[at - 1] == b'=' {
                break;
            }
            continue;
        }
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            target[written] = (bits >> count) as u8;
            written += 1;
        }
    }
    written
}

/// What `atob` can find wrong; the numbers are those that the library expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtobError {
    SingleCharacter = -1,
    InvalidCharacter = -2,
}

/// The forgiving-base64 decoder of the Infra standard.
pub fn decode_forgiving(text: &[u8]) -> Result<Vec<u8>, AtobError> {
    let mut digits: Vec<u8> = text.iter().copied().filter(|c| !matches!(c, b' ' | b'\t' | b'\n' | 0x0C | b'\r')).collect();
    let all = digits.len();
    while all - digits.len() < 2 && digits.last() == Some(&b'=') {
        digits.pop();
    }
    if digits.iter().any(|&c| VALUES[usize::from(c)] == 255 || c == b'-' || c == b'_') {
        return Err(AtobError::InvalidCharacter);
    }
    if digits.len() % 4 == 1 {
        return Err(AtobError::SingleCharacter);
    }
    if all != digits.len() && !all.is_multiple_of(4) {
        return Err(AtobError::InvalidCharacter);
    }
    let mut out = vec![0; digits.len() * 3 / 4];
    let len = decode_lenient(&digits, &mut out);
    out.truncate(len);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodes_and_decodes_every_remainder() {
        for len in 0..70usize {
            let bytes: Vec<u8> = (0..len).map(|i| (i * 37 + 11) as u8).collect();
            for alphabet in [STANDARD, URL] {
                let text = encode(&bytes, alphabet, true);
                let mut out = vec![0; len];
                assert_eq!(decode_lenient(text.as_bytes(), &mut out), len);
                assert_eq!(out, bytes);
            }
        }
        assert_eq!(encode(b"a", STANDARD, true), "YQ==");
        assert_eq!(encode(&[0xfb, 0xff], URL, false), "-_8");
    }

    #[test]
    fn atob_refuses_what_node_refuses() {
        assert_eq!(decode_forgiving(b" Y Q = = "), Ok(b"a".to_vec()));
        assert_eq!(decode_forgiving(b"YR=="), Ok(b"a".to_vec()));
        assert_eq!(decode_forgiving(b"YQ="), Err(AtobError::InvalidCharacter));
        assert_eq!(decode_forgiving(b"a"), Err(AtobError::SingleCharacter));
        assert_eq!(decode_forgiving(b"abcde"), Err(AtobError::SingleCharacter));
        assert_eq!(decode_forgiving(b"YQ==a"), Err(AtobError::InvalidCharacter));
    }
}
