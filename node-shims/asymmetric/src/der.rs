//! DER (X.690) as keys and certificates use it: tags below 31, definite lengths.

pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const NULL: u8 = 0x05;
pub const OID: u8 = 0x06;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// Reads one element after the other.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element: its tag and its contents.
    pub fn any(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, contents, _) = self.whole()?;
        Some((tag, contents))
    }

    /// The next element: its tag, its contents, and all of it.
    pub fn whole(&mut self) -> Option<(u8, &'a [u8], &'a [u8])> {
        let all = self.rest;
        let (&tag, mut rest) = all.split_first()?;
        let (&first, tail) = rest.split_first()?;
        rest = tail;
        let mut length = usize::from(first);
        if first & 0x80 != 0 {
            let (bytes, tail) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if bytes.len() > 4 || bytes.is_empty() {
                return None;
            }
            length = bytes.iter().fold(0, |length, &byte| length << 8 | usize::from(byte));
            rest = tail;
        }
        let (contents, tail) = rest.split_at_checked(length)?;
        self.rest = tail;
        Some((tag, contents, all.get(..all.len() - tail.len())?))
    }

    pub fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.any().filter(|(found, _)| *found == tag).map(|(_, contents)| contents)
    }

    /// The next element if it has this tag.
    pub fn maybe(&mut self, tag: u8) -> Option<&'a [u8]> {
        (self.peek() == Some(tag)).then(|| self.expect(tag)).flatten()
    }

    pub fn sequence(&mut self) -> Option<Reader<'a>> {
        self.expect(SEQUENCE).map(Reader::new)
    }

    /// A number that is not below 0, without leading zeros.
    pub fn uint(&mut self) -> Option<&'a [u8]> {
        self.expect(INTEGER).map(trim)
    }

    pub fn small(&mut self) -> Option<u32> {
        let bytes = self.uint()?;
        (bytes.len() <= 4).then(|| bytes.iter().fold(0, |number, &byte| number << 8 | u32::from(byte)))
    }

    pub fn oid(&mut self) -> Option<String> {
        self.expect(OID).and_then(dotted)
    }

    /// A bit string of whole bytes.
    pub fn bits(&mut self) -> Option<&'a [u8]> {
        self.expect(BIT_STRING)?.split_first().filter(|(unused, _)| **unused == 0).map(|(_, bytes)| bytes)
    }
}

/// Without leading zeros.
pub fn trim(bytes: &[u8]) -> &[u8] {
    let start = bytes.iter().position(|&byte| byte != 0).unwrap_or(bytes.len());
    bytes.get(start..).unwrap_or_default()
}

/// An object identifier as people write it.
pub fn dotted(bytes: &[u8]) -> Option<String> {
    let mut numbers = Vec::new();
    let mut number = 0u64;
    for &byte in bytes {
        number = number.checked_mul(128)? + u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            numbers.push(std::mem::take(&mut number));
        }
    }
    let first = *numbers.first()?;
    let (one, two) = if first < 80 { (first / 40, first % 40) } else { (2, first - 80) };
    let rest = numbers.get(1..)?.iter().map(|number| format!(".{number}"));
    Some(format!("{one}.{two}{}", rest.collect::<String>()))
}

pub fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = contents.len();
    if length < 0x80 {
        out.push(length as u8);
    } else {
        let bytes = (length as u32).to_be_bytes();
        let bytes = trim(&bytes);
        out.push(0x80 | bytes.len() as u8);
        out.extend_from_slice(bytes);
    }
    out.extend_from_slice(contents);
    out
}

pub fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(SEQUENCE, &parts.concat())
}

pub fn uint(bytes: &[u8]) -> Vec<u8> {
    let bytes = trim(bytes);
    let mut contents = Vec::with_capacity(bytes.len() + 1);
    if bytes.first().is_none_or(|first| first & 0x80 != 0) {
        contents.push(0);
    }
    contents.extend_from_slice(bytes);
    element(INTEGER, &contents)
}

pub fn small(number: u32) -> Vec<u8> {
    uint(&number.to_be_bytes())
}

pub fn octets(bytes: &[u8]) -> Vec<u8> {
    element(OCTET_STRING, bytes)
}

pub fn bits(bytes: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[0], bytes].concat())
}

pub fn null() -> Vec<u8> {
    element(NULL, &[])
}

/// An element that is told by its place: constructed.
pub fn context(number: u8, contents: &[u8]) -> Vec<u8> {
    element(0xa0 | number, contents)
}

pub fn oid(dotted: &str) -> Vec<u8> {
    let numbers: Vec<u64> = dotted.split('.').filter_map(|number| number.parse().ok()).collect();
    let mut contents = Vec::new();
    let mut put = |number: u64| {
        let mut shift = 63;
        while shift > 0 && number >> shift == 0 {
            shift -= 7;
        }
        while shift > 0 {
            contents.push(0x80 | (number >> shift) as u8);
            shift -= 7;
        }
        contents.push((number & 0x7f) as u8);
    };
    if let [one, two, rest @ ..] = &numbers[..] {
        put(one * 40 + two);
        rest.iter().for_each(|number| put(*number));
    }
    element(OID, &contents)
}
