//! Hosts, after the URL Standard (url.spec.whatwg.org, section 3): domains, addresses and opaque hosts, serialized at once.

use super::domain;
use super::percent::{self, Set};

/// The serialization of the host that `input` names; `None` when it names none.
pub fn parse(input: &str, special: bool) -> Option<String> {
    if let Some(rest) = input.strip_prefix('[') {
        let address = ipv6(rest.strip_suffix(']')?)?;
        return Some(format!("[{}]", serialize_ipv6(&address)));
    }
    if !special {
        if input.chars().any(is_forbidden) {
            return None;
        }
        return Some(percent::encode(input, Set::Control));
    }
    // Most hosts are plain already.
    let plain = !input.is_empty() && input.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'0'..=b'9' | b'.' | b'-'));
    let ascii = if plain && !input.contains("xn--") {
        input.to_owned()
    } else {
        domain::to_ascii(&String::from_utf8_lossy(&percent::decode(input)))?
    };
    if ascii.chars().any(|c| is_forbidden(c) || c <= '\u{1F}' || matches!(c, '%' | '\u{7F}')) {
        return None;
    }
    if ends_in_number(&ascii) {
        let address = ipv4(&ascii)?;
        return Some(address.to_be_bytes().map(|b| b.to_string()).join("."));
    }
    Some(ascii)
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '\0' | '\t' | '\n' | '\r' | ' ' | '#' | '/' | ':' | '<' | '>' | '?' | '@' | '[' | '\\' | ']' | '^' | '|')
}

fn ends_in_number(host: &str) -> bool {
    let mut parts = host.rsplit('.');
    let mut last = parts.next().unwrap_or_default();
    if last.is_empty() {
        match parts.next() {
            Some(part) => last = part,
            None => return false,
        }
    }
    (!last.is_empty() && last.bytes().all(|b| b.is_ascii_digit())) || number(last).is_some()
}

/// A part of an address in decimal, octal (`0…`) or hexadecimal (`0x…`).
fn number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.as_bytes() {
        [] => return None,
        [b'0', b'x' | b'X', ..] => (&part[2..], 16),
        [b'0', _, ..] => (&part[1..], 8),
        _ => (part, 10),
    };
    if digits.is_empty() {
        return Some(0);
    }
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    Some(u64::from_str_radix(digits, radix).unwrap_or(u64::MAX))
}

fn ipv4(host: &str) -> Option<u32> {
    let mut parts: Vec<&str> = host.split('.').collect();
    if parts.len() > 1 && parts.last() == Some(&"") {
        parts.pop();
    }
    if parts.len() > 4 {
        return None;
    }
    let numbers: Vec<u64> = parts.into_iter().map(number).collect::<Option<_>>()?;
    let (last, front) = numbers.split_last()?;
    if front.iter().any(|n| *n > 255) || *last >= 256u64.pow(5 - numbers.len() as u32) {
        return None;
    }
    let mut address = *last;
    for (n, index) in front.iter().zip(0u32..) {
        address += n * 256u64.pow(3 - index);
    }
    u32::try_from(address).ok()
}

fn ipv6(input: &str) -> Option<[u16; 8]> {
    let c: Vec<char> = input.chars().collect();
    let mut address = [0u16; 8];
    let (mut piece, mut compress, mut at) = (0usize, None, 0usize);
    if c.first() == Some(&':') {
        if c.get(1) != Some(&':') {
            return None;
        }
        at = 2;
        piece = 1;
        compress = Some(1);
    }
    while at < c.len() {
        if piece == 8 {
            return None;
        }
        if c[at] == ':' {
            if compress.is_some() {
                return None;
            }
            at += 1;
            piece += 1;
            compress = Some(piece);
            continue;
        }
        let (mut value, mut length) = (0u16, 0);
        while let Some(digit) = c.get(at).and_then(|d| d.to_digit(16)).filter(|_| length < 4) {
            value = value << 4 | digit as u16;
            at += 1;
            length += 1;
        }
        match c.get(at) {
            Some('.') => {
                if length == 0 || piece > 6 {
                    return None;
                }
                at -= length;
                let mut seen = 0;
                while at < c.len() {
                    if seen > 0 {
                        if c[at] != '.' || seen >= 4 {
                            return None;
                        }
                        at += 1;
                    }
                    let mut part: Option<u16> = None;
                    while let Some(digit) = c.get(at).and_then(|d| d.to_digit(10)) {
                        part = match part {
                            None => Some(digit as u16),
                            Some(0) => return None,
                            Some(n) => Some(n * 10 + digit as u16),
                        };
                        if part > Some(255) {
                            return None;
                        }
                        at += 1;
                    }
                    address[piece] = address[piece] << 8 | part?;
                    seen += 1;
                    if seen == 2 || seen == 4 {
                        piece += 1;
                    }
                }
                if seen != 4 {
                    return None;
                }
                break;
            }
            Some(':') => {
                at += 1;
                if at == c.len() {
                    return None;
                }
            }
            Some(_) => return None,
            None => {}
        }
        address[piece] = value;
        piece += 1;
    }
    match compress {
        Some(from) => address[from..].rotate_right(8 - piece),
        None if piece != 8 => return None,
        None => {}
    }
    Some(address)
}

/// The first longest run of two zeros or more is written `::`.
fn serialize_ipv6(address: &[u16; 8]) -> String {
    let (mut best, mut best_len, mut at) = (8, 1, 0);
    while at < 8 {
        let len = address[at..].iter().take_while(|p| **p == 0).count();
        if len > best_len {
            (best, best_len) = (at, len);
        }
        at += len.max(1);
    }
    let mut out = String::new();
    let mut at = 0;
    while at < 8 {
        if at == best {
            out.push_str(if at == 0 { "::" } else { ":" });
            at += best_len;
            continue;
        }
        out.push_str(&format!("{:x}", address[at]));
        at += 1;
        if at < 8 {
            out.push(':');
        }
    }
    out
}
