//! Sound answers, each cut at every place.

use super::*;
use crate::http::Reuse;

#[test]
fn content_length_and_a_connection_that_is_kept() {
    let bytes = b"HTTP/1.1 200 OK\r\nX-Powered-By: Express\r\nContent-Length: 5\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\nhello";
    let (pieces, exchange, _) = answer("GET", bytes, false);
    assert_eq!(pieces, [head(200, "OK", &[("x-powered-by", "Express"), ("content-length", "5")], true), body("hello"), Piece::End]);
    assert_eq!(exchange.reuse(), Some(Reuse { idle: Some(5000) }));
}

#[test]
fn chunked_with_extensions_and_trailers() {
    let bytes =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: CHUNKED\r\nTrailer: x\r\n\r\n5;a=\"b\"\r\nhello\r\n00A \r\n, world!\r\n\r\n0\r\nX: y\r\nZ: \r\n\r\n";
    let (pieces, exchange, _) = answer("GET", bytes, false);
    assert_eq!(pieces, [head(200, "OK", &[], true), body("hello, world!\r\n"), Piece::End]);
    assert_eq!(exchange.reuse(), Some(Reuse { idle: None }));
}

#[test]
fn a_body_to_the_close() {
    for bytes in [&b"HTTP/1.1 200 OK\r\n\r\nall of it"[..], b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nall of it"] {
        let (pieces, exchange, _) = answer("GET", bytes, true);
        assert_eq!(pieces, [head(200, "OK", &[], true), body("all of it"), Piece::End]);
        assert_eq!(exchange.reuse(), None);
    }
}

#[test]
fn http_1_0_keeps_the_connection_only_when_it_says_so() {
    assert_eq!(answer("GET", b"HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx", false).1.reuse(), None);
    assert!(answer("GET", b"HTTP/1.0 200 OK\r\ncontent-length: 1\r\nconnection: Keep-Alive\r\n\r\nx", false).1.reuse().is_some());
    assert_eq!(answer("GET", b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\nconnection: x, Close\r\n\r\nx", false).1.reuse(), None);
}

#[test]
fn messages_that_never_have_a_body() {
    for (method, status, headers) in [
        ("HEAD", "200 OK", "content-length: 500\r\n"),
        ("HEAD", "200 OK", "transfer-encoding: chunked\r\n"),
        ("GET", "204 No Content", ""),
        ("GET", "204 No Content", "content-length: 3\r\n"),
        ("GET", "304 Not Modified", "content-length: 3\r\n"),
        ("GET", "200 OK", "content-length: 0\r\n"),
    ] {
        let (pieces, exchange, _) = answer(method, format!("HTTP/1.1 {status}\r\n{headers}\r\n").as_bytes(), false);
        assert!(matches!(&pieces[..], [Piece::Head(Head { body: false, .. }), Piece::End]), "{method} {status} {headers:?}: {pieces:?}");
        assert!(exchange.reuse().is_some());
    }
}

#[test]
fn a_205_is_read_to_its_end_and_not_shown() {
    let (pieces, exchange, _) = answer("GET", b"HTTP/1.1 205 Reset Content\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", false);
    assert_eq!(pieces, [head(205, "Reset Content", &[], false), Piece::End]);
    assert!(exchange.reuse().is_some());
}

#[test]
fn informational_heads_are_passed_over() {
    let bytes =
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nSet-Cookie: no=1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let (pieces, _, mut jar) = answer("POST", bytes, false);
    assert_eq!(pieces, [head(200, "OK", &[("content-length", "2")], true), body("ok"), Piece::End]);
    assert_eq!(jar.header(b"/folder/", NOW), None);
}

#[test]
fn a_head_without_reason_with_folded_lines_and_bare_line_feeds() {
    let bytes = b"\r\n\r\nHTTP/1.1 404\nX-Fold: one,\r\n  two\r\n\tthree \r\nX-Empty:\r\nX-Latin: \xe4\r\nContent-Length: 0\n\n";
    let (pieces, _, _) = answer("GET", bytes, false);
    let [Piece::Head(head), Piece::End] = &pieces[..] else { panic!("{pieces:?}") };
    assert_eq!((head.status, &head.reason[..]), (404, &b""[..]));
    assert_eq!(head.headers, [header("x-fold", "one, two three"), header("x-empty", ""), header("x-latin", b"\xe4"), header("content-length", "0")]);
}

#[test]
fn a_reason_beyond_ascii_is_kept() {
    let (pieces, _, _) = answer("GET", "HTTP/1.1 200 Schön gut\r\ncontent-length: 0\r\n\r\n".as_bytes(), false);
    assert_eq!(pieces[0], head(200, "Schön gut", &[("content-length", "0")], false));
}

#[test]
fn headers_that_do_not_pass() {
    let bytes = b"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: timeout=1\r\nUpgrade: h2c\r\nProxy-Authenticate: x\r\n\
        X-Frame-Options: DENY\r\nStrict-Transport-Security: max-age=9\r\nClear-Site-Data: \"*\"\r\nService-Worker-Allowed: /\r\nX-Porthole-Cookie: forged=1\r\n\
        ETag: \"a\"\r\nContent-Length: 0\r\n\r\n";
    let (pieces, _, _) = answer("GET", bytes, false);
    assert_eq!(pieces[0], head(200, "OK", &[("etag", "\"a\""), ("content-length", "0")], false));
}

#[test]
fn cookies_go_into_the_jar_and_scripts_hear_of_theirs() {
    let bytes =
        b"HTTP/1.1 302 Found\r\nSet-Cookie: sid=secret; HttpOnly; Path=/\r\nset-cookie: theme=dark; Max-Age=10\r\nLocation: /\r\nContent-Length: 0\r\n\r\n";
    let (pieces, _, mut jar) = answer("GET", bytes, false);
    let told = format!("theme=dark; Path=/folder; Expires={}", NOW + 10_000);
    assert_eq!(pieces[0], head(302, "Found", &[("location", "/"), ("content-length", "0"), ("x-porthole-cookie", &told)], false));
    assert_eq!(jar.header(b"/folder/x", NOW), Some(b"theme=dark; sid=secret".to_vec()));
    let (pieces, _, _) = answer("GET", b"HTTP/1.1 200 OK\r\nContent-Type: Text/HTML; charset=utf-8\r\nContent-Length: 0\r\n\r\n", false);
    assert_eq!(
        pieces[0],
        head(200, "OK", &[("content-type", "Text/HTML; charset=utf-8"), ("content-length", "0"), ("x-porthole-cookie", "")], false),
        "a page without cookies is told that it has none"
    );
}

#[test]
fn repeated_equal_lengths_are_one() {
    let (pieces, _, _) = answer("GET", b"HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\ncontent-length: 2\r\n\r\nok", false);
    assert_eq!(pieces[1..], [body("ok"), Piece::End]);
}

#[test]
fn chunks_beat_a_length_but_spoil_the_connection() {
    let (pieces, exchange, _) =
        answer("GET", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", false);
    assert_eq!(pieces[1..], [body("x"), Piece::End]);
    assert_eq!(exchange.reuse(), None);
}

#[test]
fn bytes_after_the_end_spoil_the_connection() {
    let (pieces, exchange, _) = answer("GET", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n", false);
    assert_eq!(pieces[1..], [body("ok"), Piece::End]);
    assert_eq!(exchange.reuse(), None);
}

#[test]
fn an_answer_before_the_request_was_sent_does_not_keep_the_connection() {
    let (mut jar, mut pieces, mut out) = (Jar::default(), Vec::new(), Vec::new());
    let mut upload = request("POST", "/");
    upload.body = true;
    let mut exchange = Exchange::new(&upload, &mut jar, NOW, &mut out).unwrap();
    exchange.feed(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n", &mut jar, NOW, &mut pieces);
    assert!(exchange.finished());
    assert_eq!(exchange.reuse(), None);
    exchange.upload(b"", true, &mut out).unwrap();
    assert!(exchange.reuse().is_some());
}

#[test]
fn an_exchange_survives_a_checkpoint_at_every_byte() {
    let bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nSet-Cookie: a=b\r\n\r\n5\r\nhello\r\n0\r\nX: y\r\n\r\n";
    let whole = pieces("GET", &[bytes], false);
    for at in 0..bytes.len() {
        let (mut jar, mut seen) = (Jar::default(), Vec::new());
        let mut exchange = Exchange::new(&request("GET", "/folder/page?q"), &mut jar, NOW, &mut Vec::new()).unwrap();
        exchange.feed(&bytes[..at], &mut jar, NOW, &mut seen);
        let kept = rkyv::to_bytes::<rkyv::rancor::Error>(&(exchange, jar)).unwrap();
        let (mut exchange, mut jar) = rkyv::from_bytes::<(Exchange, Jar), rkyv::rancor::Error>(&kept).unwrap();
        exchange.feed(&bytes[at..], &mut jar, NOW, &mut seen);
        assert_eq!((joined(seen), exchange, jar), whole, "checkpoint at {at}");
    }
}
