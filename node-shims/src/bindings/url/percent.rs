//! Percent-encoding and the URL Standard's sets of what is encoded.

/// Each set holds the one it is built on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    Control,
    Fragment,
    Query,
    SpecialQuery,
    Path,
    Userinfo,
}

impl Set {
    pub fn contains(self, c: char) -> bool {
        if !(' '..='~').contains(&c) {
            return true;
        }
        let query = matches!(c, ' ' | '"' | '#' | '<' | '>');
        let path = query || matches!(c, '?' | '^' | '`' | '{' | '}');
        match self {
            Self::Control => false,
            Self::Fragment => matches!(c, ' ' | '"' | '<' | '>' | '`'),
            Self::Query => query,
            Self::SpecialQuery => query || c == '\'',
            Self::Path => path,
            Self::Userinfo => path || matches!(c, '/' | ':' | ';' | '=' | '@' | '[' | '\\' | ']' | '|'),
        }
    }
}

pub fn push(out: &mut String, c: char, set: Set) {
    if !set.contains(c) {
        out.push(c);
        return;
    }
    let mut utf8 = [0; 4];
    for byte in c.encode_utf8(&mut utf8).bytes() {
        out.push('%');
        out.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
        out.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
    }
}

pub fn encode(text: &str, set: Set) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push(&mut out, c, set));
    out
}

pub fn decode(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digit = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        if bytes[at] == b'%'
            && let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2))
        {
            out.push((high << 4 | low) as u8);
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}
