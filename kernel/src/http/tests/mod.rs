//! Answers and requests as they stand on the wire.

mod answers;
mod broken;
mod chunks;
mod jar;
mod requests;

use super::{Exchange, Head, Jar, Piece};
use crate::event::{Header, HttpRequest};

const NOW: u64 = 1_700_000_000_000;

fn request(method: &str, target: &str) -> HttpRequest {
    HttpRequest { id: 1, port: 3000, method: method.into(), target: target.into(), headers: Vec::new(), referrer: Vec::new(), body: false }
}

fn header(name: &str, value: impl AsRef<[u8]>) -> Header {
    Header { name: name.into(), value: value.as_ref().to_vec() }
}

/// The pieces that an answer comes to when it arrives in the given cuts and the server then closes, if `close`.
fn pieces(method: &str, cuts: &[&[u8]], close: bool) -> (Vec<Piece>, Exchange, Jar) {
    let mut jar = Jar::default();
    let mut exchange = Exchange::new(&request(method, "/folder/page?q"), &mut jar, NOW, &mut Vec::new()).unwrap();
    let mut pieces = Vec::new();
    for cut in cuts {
        exchange.feed(cut, &mut jar, NOW, &mut pieces);
    }
    if close {
        exchange.closed(true, &mut pieces);
    }
    (joined(pieces), exchange, jar)
}

/// Body pieces that follow each other made one: where they are cut means nothing.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut whole: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (whole.last_mut(), piece) {
            (Some(Piece::Body(before)), Piece::Body(more)) => before.extend_from_slice(&more),
            (_, piece) => whole.push(piece),
        }
    }
    whole
}

/// The same, after checking that it comes out alike however the bytes are cut.
fn answer(method: &str, bytes: &[u8], close: bool) -> (Vec<Piece>, Exchange, Jar) {
    let whole = pieces(method, &[bytes], close);
    for at in 0..=bytes.len() {
        let (first, second) = bytes.split_at(at);
        assert_eq!(pieces(method, &[first, second], close), whole, "cut at {at}");
    }
    let single: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(pieces(method, &single, close), whole, "byte by byte");
    let mut random = Random(bytes.len() as u64 + 1);
    for _ in 0..50 {
        let (mut rest, mut cuts) = (bytes, Vec::new());
        while !rest.is_empty() {
            let (cut, after) = rest.split_at(random.below(9).min(rest.len()));
            cuts.push(cut);
            rest = after;
        }
        assert_eq!(pieces(method, &cuts, close), whole, "{cuts:?}");
    }
    whole
}

fn head(status: u16, reason: &str, headers: &[(&str, &str)], body: bool) -> Piece {
    let headers = headers.iter().map(|(name, value)| header(name, value)).collect();
    Piece::Head(Head { status, reason: reason.into(), headers, body })
}

fn body(text: &str) -> Piece {
    Piece::Body(text.into())
}

/// xorshift: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 11) as usize % end
    }
}
