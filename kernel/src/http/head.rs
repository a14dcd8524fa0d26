//! The head of an answer.

use super::quote::quote;
use super::{MAX_HEAD, MAX_HEADERS};
use crate::event::Header;

/// What the browser is told before the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub status: u16,
    /// May be empty.
    pub reason: Vec<u8>,
    /// Lower-case names, in the server's order.
    pub headers: Vec<Header>,
    /// Whether a body follows, which may still turn out empty.
    pub body: bool,
}

/// A head as it was sent, 1xx included.
pub struct Parsed {
    pub status: u16,
    pub reason: Vec<u8>,
    /// 0 or 1, of HTTP/1.
    pub minor: u8,
    pub headers: Vec<Header>,
}

/// Collects bytes until the empty line, so that a head is parsed once however it is cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub struct Collector {
    bytes: Vec<u8>,
}

impl Collector {
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes bytes up to the end of the head; gives how many, and the head if it is complete.
    ///
    /// # Errors
    /// Names what is wrong with the head.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(usize, Option<Parsed>), String> {
        for (index, &byte) in bytes.iter().enumerate() {
            // Empty lines before the status line are passed over (RFC 9112, 2.2).
            if self.bytes.is_empty() && matches!(byte, b'\r' | b'\n') {
                continue;
            }
            self.bytes.push(byte);
            // What is not HTTP at all is told at once: a server of another protocol may never send an empty line.
            if self.bytes.len() <= MAGIC.len() && !MAGIC.starts_with(&self.bytes) {
                self.bytes.extend_from_slice(&bytes[index + 1..bytes.len().min(index + 80)]);
                return Err(format!("the answer does not begin with `HTTP/1.`: {}", quote(first_line(&self.bytes))));
            }
            if self.bytes.len() > MAX_HEAD {
                return Err(format!("the answer's head has more than {MAX_HEAD} bytes"));
            }
            if byte == b'\n' && (self.bytes.ends_with(b"\n\r\n") || self.bytes.ends_with(b"\n\n")) {
                let head = parse(&self.bytes)?;
                self.bytes.clear();
                return Ok((index + 1, Some(head)));
            }
        }
        Ok((bytes.len(), None))
    }
}

const MAGIC: &[u8] = b"HTTP/1.";

fn parse(bytes: &[u8]) -> Result<Parsed, String> {
    let mut headers = vec![httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut response = httparse::Response::new(&mut headers);
    let mut config = httparse::ParserConfig::default();
    config.allow_obsolete_multiline_headers_in_responses(true);
    match config.parse_response(&mut response, bytes) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Err("the answer's head ends in the middle of a line".into()),
        Err(error) => return Err(wrong(error, bytes)),
    }
    let (Some(minor), Some(status)) = (response.version, response.code) else {
        return Err(format!("the answer has no status: {}", quote(first_line(bytes))));
    };
    if !(100..600).contains(&status) {
        return Err(format!("the answer's status is {status}: a browser takes 200 to 599"));
    }
    let headers =
        response.headers.iter().map(|header| Header { name: header.name.to_ascii_lowercase().into_bytes(), value: unfold(header.value) }).collect();
    Ok(Parsed { status, reason: reason(bytes), minor, headers })
}

/// After the status. httparse gives none when it has bytes beyond ASCII, which RFC 9112 allows.
fn reason(bytes: &[u8]) -> Vec<u8> {
    first_line(bytes).splitn(3, |byte| *byte == b' ').nth(2).unwrap_or_default().trim_ascii().to_vec()
}

fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii_end()
}

/// A value over several lines becomes one (RFC 9112, 5.2).
fn unfold(value: &[u8]) -> Vec<u8> {
    let mut lines = value.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut whole = lines.next().unwrap_or_default().to_vec();
    for line in lines {
        if !line.is_empty() {
            whole.push(b' ');
            whole.extend_from_slice(line);
        }
    }
    whole
}

fn wrong(error: httparse::Error, bytes: &[u8]) -> String {
    use httparse::Error;
    match error {
        Error::TooManyHeaders => format!("the answer has more than {MAX_HEADERS} headers"),
        Error::HeaderName | Error::HeaderValue => {
            let line = bytes.split(|byte| *byte == b'\n').skip(1).map(<[u8]>::trim_ascii_end).find(|line| !line.is_empty() && !sound(line));
            format!("the answer has a malformed header: {}", quote(line.unwrap_or_default()))
        }
        Error::NewLine | Error::Status | Error::Token | Error::Version => {
            format!("the answer's status line is malformed: {}", quote(first_line(bytes)))
        }
    }
}

/// Whether a header line looks right, to find the one that does not.
fn sound(line: &[u8]) -> bool {
    if matches!(line.first(), Some(b' ' | b'\t')) {
        return http::HeaderValue::from_bytes(line).is_ok();
    }
    let mut halves = line.splitn(2, |byte| *byte == b':');
    let name = halves.next().unwrap_or_default();
    halves.next().is_some_and(|value| super::name::name(name).is_some() && http::HeaderValue::from_bytes(value.trim_ascii()).is_ok())
}
