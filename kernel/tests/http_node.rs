//! The bridge against servers of the real Node, over TCP. Uses `node` of the path, or the one that `PORTHOLE_NODE` names.

#![allow(clippy::unwrap_used)] // All of this is a test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use porthole_kernel::event::{Header, HttpRequest};
use porthole_kernel::http::{Exchange, Head, Jar, Piece};

const NOW: u64 = 1_700_000_000_000;

/// One server for all tests; it ends with its standard input, so with this process.
fn port() -> u16 {
    static SERVER: OnceLock<(Child, u16)> = OnceLock::new();
    let start = || {
        let node = std::env::var_os("PORTHOLE_NODE").unwrap_or_else(|| "node".into());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/http_node.cjs");
        let mut child = Command::new(node).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("node must be on the path");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().unwrap();
        (child, port)
    };
    SERVER.get_or_init(start).1
}

fn request(method: &str, target: &str) -> HttpRequest {
    HttpRequest { id: 1, port: 3000, method: method.into(), target: target.into(), headers: Vec::new(), referrer: Vec::new(), body: false }
}

struct Answer {
    head: Option<Head>,
    body: Vec<u8>,
    failure: Option<String>,
    reusable: bool,
}

fn exchange(socket: &mut TcpStream, request: &HttpRequest, body: &[&[u8]], jar: &mut Jar, read: usize) -> Answer {
    let mut out = Vec::new();
    let mut exchange = Exchange::new(request, jar, NOW, &mut out).unwrap();
    for (index, piece) in body.iter().enumerate() {
        exchange.upload(piece, index + 1 == body.len(), &mut out).unwrap();
    }
    socket.write_all(&out).unwrap();
    let (mut pieces, mut buffer) = (Vec::new(), vec![0; read]);
    while !exchange.finished() {
        match socket.read(&mut buffer) {
            Ok(0) => exchange.closed(true, &mut pieces),
            Ok(count) => exchange.feed(&buffer[..count], jar, NOW, &mut pieces),
            Err(_) => exchange.closed(false, &mut pieces),
        }
    }
    let mut answer = Answer { head: None, body: Vec::new(), failure: None, reusable: exchange.reuse().is_some() };
    for piece in pieces {
        match piece {
            Piece::Head(head) => assert!(answer.head.replace(head).is_none(), "two heads"),
            Piece::Body(data) => answer.body.extend_from_slice(&data),
            Piece::End => {}
            Piece::Fail(reason) => answer.failure = Some(reason),
        }
    }
    answer
}

fn get(target: &str) -> Answer {
    let mut socket = TcpStream::connect(("127.0.0.1", port())).unwrap();
    exchange(&mut socket, &request("GET", target), &[], &mut Jar::default(), 8192)
}

#[test]
fn one_connection_carries_answers_of_every_kind() {
    let mut jar = Jar::default();
    for read in [1, 7, 65536] {
        let mut socket = TcpStream::connect(("127.0.0.1", port())).unwrap();
        let chunks: String = (0..50).map(|i| format!("{i} ").repeat(i + 1)).collect();
        for (method, target, status, body) in [
            ("GET", "/hello", 200, "hello"),
            ("HEAD", "/hello", 200, ""),
            ("GET", "/chunks", 200, chunks.as_str()),
            ("HEAD", "/chunks", 200, ""),
            ("GET", "/slow", 200, "onetwo"),
            ("GET", "/empty", 204, ""),
            ("GET", "/unchanged", 304, ""),
            ("GET", "/hints", 200, "hinted"),
            ("GET", "/many", 200, ""),
            ("DELETE", "/missing", 404, "nothing here"),
            ("GET", "/hello?last", 200, "hello"),
        ] {
            let answer = exchange(&mut socket, &request(method, target), &[], &mut jar, read);
            assert_eq!(answer.failure, None, "{method} {target}");
            assert_eq!((answer.head.unwrap().status, String::from_utf8(answer.body).unwrap().as_str()), (status, body), "{method} {target}");
            assert!(answer.reusable, "{method} {target}");
        }
    }
    assert_eq!(jar.header(b"/", NOW), Some(b"a=1; b=2".to_vec()));
}

#[test]
fn node_reads_what_was_sent() {
    let mut socket = TcpStream::connect(("127.0.0.1", port())).unwrap();
    let mut jar = Jar::default();
    jar.set(b"k=v", b"/", NOW);
    for (length, pieces) in [(None, &[&b"hel"[..], b"", b"lo \xff"][..]), (Some("7"), &[b"hello \xff"]), (Some("0"), &[b""])] {
        let mut sent = request("POST", "/echo?x=%20");
        sent.body = true;
        sent.referrer = b"http://localhost:3000/form".to_vec();
        sent.headers = vec![Header { name: b"x-mine".to_vec(), value: b"1".to_vec() }];
        sent.headers.extend(length.map(|length| Header { name: b"content-length".to_vec(), value: length.into() }));
        let answer = exchange(&mut socket, &sent, pieces, &mut jar, 8192);
        let text = String::from_utf8(answer.body).unwrap();
        let body = if length == Some("0") { "" } else { "hello ÿ" };
        let framing = length.map_or("\"Transfer-Encoding\",\"chunked\"".into(), |length| format!("\"Content-Length\",\"{length}\""));
        assert_eq!(
            text,
            format!(
                "{{\"method\":\"POST\",\"url\":\"/echo?x=%20\",\"raw\":[\"Host\",\"localhost:3000\",\"Connection\",\"keep-alive\",\"x-mine\",\"1\",\
                 \"Accept-Encoding\",\"identity\",\"Origin\",\"http://localhost:3000\",\"Referer\",\"http://localhost:3000/form\",\"Cookie\",\"k=v\",\
                 {framing}],\"body\":\"{body}\"}}"
            )
        );
        assert!(answer.reusable);
    }
}

#[test]
fn a_body_to_the_close() {
    let answer = get("/close");
    let head = answer.head.unwrap();
    assert_eq!(
        (head.status, &head.reason[..], &answer.body[..], answer.failure, answer.reusable),
        (200, &b"Sehr gut"[..], &b"until the close"[..], None, false)
    );
}

#[test]
fn encoded_content_passes_as_it_is() {
    let answer = get("/gzip");
    assert!(answer.head.unwrap().headers.iter().any(|header| header.name == b"content-encoding" && header.value == b"gzip"));
    assert_eq!(&answer.body[..2], b"\x1f\x8b");
}

#[test]
fn three_megabytes() {
    assert_eq!(get("/big").body, vec![b'x'; 3_000_000]);
}

#[test]
fn a_server_that_gives_up() {
    let answer = get("/broken");
    assert_eq!(answer.body, b"half");
    assert!(answer.failure.unwrap().ends_with("96 bytes before the end that Content-Length told"));
    let answer = get("/nothing");
    assert!(answer.head.is_none() && answer.failure.unwrap().ends_with("without an answer"));
}
