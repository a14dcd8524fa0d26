//! Answers that make no sense: each fails with words that name what is wrong.

use super::*;
use crate::http::{MAX_HEAD, MAX_HEADERS};

/// The text that an answer fails with, however it is cut.
fn failure(bytes: &[u8]) -> String {
    let (pieces, exchange, _) = answer("GET", bytes, true);
    assert!(exchange.finished());
    assert_eq!(exchange.reuse(), None);
    match pieces.last() {
        Some(Piece::Fail(reason)) => reason.clone(),
        _ => panic!("no failure: {pieces:?}"),
    }
}

#[test]
fn heads() {
    for (bytes, expected) in [
        (&b"HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n"[..], "the answer has a malformed header: `Bad Name: x`"),
        (b"HTTP/1.1 200 OK\r\nA: 1\r\nX-Space : x\r\n\r\n", "the answer has a malformed header: `X-Space : x`"),
        (b"HTTP/1.1 200 OK\r\nNoColon\r\n\r\n", "the answer has a malformed header: `NoColon`"),
        (b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "the answer has a malformed header: `X: a\\x00b`"),
        (b"HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n", "the answer has a malformed header: `X: a\\rSet-Cookie: b`"),
        (b"HTTP/1.1 20 OK\r\n\r\n", "the answer's status line is malformed: `HTTP/1.1 20 OK`"),
        (b"HTTP/1.5 200 OK\r\n\r\n", "the answer's status line is malformed: `HTTP/1.5 200 OK`"),
        (b"HTTP/1.1 999 Far Out\r\n\r\n", "the answer's status is 999: a browser takes 200 to 599"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00", "the server switched to `websocket`, which was not asked for"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "the answer's Content-Length `-1` is not a number"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", "the answer has two Content-Lengths: `1` and `2`"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            "the answer's Transfer-Encoding `gzip` is not understood: only `chunked` is",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "the answer's Transfer-Encoding `gzip` is not understood: only `chunked` is"),
        (b"", "the server closed the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\nX: ", "the server closed the connection in the middle of the answer's head"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", "the server closed the connection 3 bytes before the end that Content-Length told"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "the server closed the connection in the middle of the answer's body",
        ),
    ] {
        assert_eq!(failure(bytes), expected);
    }
}

#[test]
fn another_protocol_is_told_at_its_first_bytes() {
    let (pieces, _, _) = pieces("GET", &[b"SSH-2.0-OpenSSH_9.2\r\n"], false);
    assert_eq!(pieces, [Piece::Fail("the answer does not begin with `HTTP/1.`: `SSH-2.0-OpenSSH_9.2`".into())]);
}

#[test]
fn what_came_before_the_failure_is_passed_on() {
    let (pieces, _, _) = answer("GET", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nzz", false);
    assert_eq!(pieces[1..], [body("ab"), Piece::Fail("the answer's chunked body is broken: `z` where a chunk's size should be".into())]);
}

#[test]
fn a_reset_is_not_the_end_of_a_body_to_the_close() {
    let (mut jar, mut seen) = (Jar::default(), Vec::new());
    let mut exchange = Exchange::new(&request("GET", "/"), &mut jar, NOW, &mut Vec::new()).unwrap();
    exchange.feed(b"HTTP/1.1 200 OK\r\n\r\nab", &mut jar, NOW, &mut seen);
    exchange.closed(false, &mut seen);
    assert_eq!(seen.last(), Some(&Piece::Fail("the server reset the connection in the middle of the answer's body".into())));
    exchange.closed(true, &mut seen);
    assert_eq!(seen.len(), 3, "nothing after a failure");
}

#[test]
fn bounds_of_a_head() {
    let long = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'a'; MAX_HEAD], b"\r\n\r\n".to_vec()].concat();
    assert_eq!(pieces("GET", &[&long], false).0, [Piece::Fail(format!("the answer's head has more than {MAX_HEAD} bytes"))]);
    let many = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"X: a\r\n".repeat(MAX_HEADERS + 1), b"\r\n".to_vec()].concat();
    assert_eq!(pieces("GET", &[&many], false).0, [Piece::Fail(format!("the answer has more than {MAX_HEADERS} headers"))]);
    let just = [b"HTTP/1.1 204 OK\r\n".to_vec(), b"X: a\r\n".repeat(MAX_HEADERS), b"\r\n".to_vec()].concat();
    assert_eq!(pieces("GET", &[&just], false).0.len(), 2);
}

#[test]
fn any_bytes_at_all_end_in_order() {
    let mut random = Random(7);
    let words: [&[u8]; 14] = [
        b"HTTP/1.1 ",
        b"200",
        b" OK",
        b"\r\n",
        b"\r\n\r\n",
        b"content-length: 3",
        b"transfer-encoding: chunked",
        b"3\r\nabc\r\n",
        b"0",
        b"\0",
        b":",
        b" ",
        b"\xff",
        b"100",
    ];
    for _ in 0..20_000 {
        let mut bytes = b"HTTP/1.1 200".to_vec();
        for _ in 0..random.below(12) {
            bytes.extend_from_slice(words[random.below(words.len())]);
        }
        let (pieces, exchange, _) = pieces("GET", &[&bytes], true);
        assert!(exchange.finished());
        let heads = pieces.iter().filter(|piece| matches!(piece, Piece::Head(_))).count();
        let ends = pieces.iter().filter(|piece| matches!(piece, Piece::End | Piece::Fail(_))).count();
        assert!(heads <= 1 && ends == 1 && matches!(pieces.last(), Some(Piece::End | Piece::Fail(_))), "{pieces:?}");
    }
}
