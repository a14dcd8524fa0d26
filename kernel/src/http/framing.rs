//! Where an answer's body ends (RFC 9112, 6.3), and whether the connection outlives it.

use super::chunked::Chunked;
use super::quote::quote;
use crate::event::Header;

/// How the rest of an answer is to be read.
#[derive(Clone, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub enum Body {
    None,
    Exactly {
        left: u64,
    },
    Chunked(Chunked),
    /// Until the server closes.
    ToClose,
}

/// What a head says about its own connection and body. Header names are lower-case.
///
/// # Errors
/// Framing that two readers could understand differently.
pub fn body(to_head: bool, status: u16, minor: u8, headers: &[Header]) -> Result<(Body, bool), String> {
    let mut persistent = minor == 1;
    for token in tokens(headers, b"connection") {
        if token.eq_ignore_ascii_case(b"close") {
            persistent = false;
            break;
        }
        persistent |= token.eq_ignore_ascii_case(b"keep-alive");
    }
    if to_head || status < 200 || matches!(status, 204 | 304) {
        return Ok((Body::None, persistent));
    }

    let codings: Vec<&[u8]> = tokens(headers, b"transfer-encoding").collect();
    let lengths: Vec<&[u8]> = tokens(headers, b"content-length").collect();
    if let Some((last, others)) = codings.split_last() {
        if let Some(other) = others.first().or(if last.eq_ignore_ascii_case(b"chunked") { None } else { Some(last) }) {
            return Err(format!("the answer's Transfer-Encoding {} is not understood: only `chunked` is", quote(other)));
        }
        // Both framings at once, or chunks from a server that does not know them: read the chunks, but trust the connection no further.
        return Ok((Body::Chunked(Chunked::default()), persistent && lengths.is_empty() && minor == 1));
    }
    let Some(first) = lengths.first() else { return Ok((Body::ToClose, false)) };
    let left = length(first).ok_or_else(|| format!("the answer's Content-Length {} is not a number", quote(first)))?;
    if let Some(other) = lengths.iter().find(|other| length(other) != Some(left)) {
        return Err(format!("the answer has two Content-Lengths: {} and {}", quote(first), quote(other)));
    }
    Ok((if left == 0 { Body::None } else { Body::Exactly { left } }, persistent))
}

/// The seconds of `Keep-Alive: timeout=5`.
pub fn idle_seconds(headers: &[Header]) -> Option<u64> {
    tokens(headers, b"keep-alive").find_map(|token| {
        let (name, value) = token.split_at_checked(8)?;
        if name.eq_ignore_ascii_case(b"timeout=") { length(value) } else { None }
    })
}

/// A number written with digits only (no sign, no space).
pub fn length(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 18 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The items of a comma-separated header, over all its lines.
pub fn tokens<'h>(headers: &'h [Header], name: &'h [u8]) -> impl Iterator<Item = &'h [u8]> {
    headers
        .iter()
        .filter(move |header| header.name == name)
        .flat_map(|header| header.value.split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|token| !token.is_empty())
}
