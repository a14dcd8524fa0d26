//! Answers of guests with anything in them: the browser gets a head, pieces of a body and an end, or a failure in words; the same however the bytes were cut.

use porthole_abi::Call;
use porthole_kernel::Effect;
use porthole_kernel::event::{Event, Header, HttpRequest};

use crate::dice::Dice;
use crate::host::Host;
use crate::http_requests::{accept, listener, read};
use crate::seeds;

const ANSWERS: [&[u8]; 10] = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3;x=\"y\"\r\nyou\r\n0\r\nX-Trailer: 1\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\nuntil the end",
    b"HTTP/1.1 204 No Content\r\nSet-Cookie: a=b; Path=/; Max-Age=100; SameSite=Lax\r\n\r\n",
    b"HTTP/1.1 302 Found\r\nLocation: /x\r\nSet-Cookie: c=d; Expires=Wed, 21 Oct 2037 07:28:00 GMT\r\nContent-Length: 0\r\nKeep-Alive: timeout=5\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\nConnection: close, x-hop\r\nX-Hop: 1\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00",
    b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nx",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nx",
];

const WORDS: [&[u8]; 20] = [
    b"HTTP/1.1 200 OK\r\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"Content-Length: ",
    b"Transfer-Encoding: chunked",
    b"0",
    b"5",
    b"ffffffffffffffff",
    b"-1",
    b",",
    b";",
    b":",
    b" ",
    b"Set-Cookie: ",
    b"a=b",
    b"\0",
    b"\xff",
    b"hello",
    b"x-porthole-cookie: a=b",
];

fn answer(dice: &mut Dice) -> Vec<u8> {
    let mut bytes = match dice.below(5) {
        0 => dice.words(&WORDS, 12),
        1 => [dice.pick(&ANSWERS), dice.pick(&ANSWERS)].concat(),
        _ => dice.pick(&ANSWERS).to_vec(),
    };
    if dice.one_in(40) {
        // A head that never ends.
        bytes = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-Long: y\r\n".repeat(1 + dice.below(8000))].concat();
    }
    if !dice.one_in(4) {
        dice.damage(&mut bytes);
    }
    bytes
}

/// What the browser sees of one answer.
#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    head: Option<(u16, Vec<Header>)>,
    body: Vec<u8>,
    end: Option<Result<(), String>>,
}

fn seen(method: &[u8], pieces: &[&[u8]], reset: bool) -> Seen {
    let mut host = Host::new();
    let listener = listener(&mut host);
    host.event(Event::Http(HttpRequest {
        id: 1,
        port: 3000,
        method: method.to_vec(),
        target: b"/".to_vec(),
        headers: vec![],
        referrer: vec![],
        body: false,
    }));
    let fd = accept(&mut host, listener).unwrap();
    // What has not been read when a socket closes is what makes a reset of it.
    if !reset {
        read(&mut host, fd);
    }
    for piece in pieces {
        let _refused = host.call(1, &Call::Write { fd, data: piece, position: -1 });
        host.event(Event::HttpPull { id: 1, bytes: 1 << 20 });
    }
    host.call(1, &Call::Close { fd }).unwrap();
    let mut seen = Seen::default();
    for effect in std::mem::take(&mut host.effects) {
        match effect {
            Effect::HttpHead { status, headers, .. } => {
                assert!(seen.head.is_none() && seen.end.is_none(), "a second head");
                assert!((200..600).contains(&status), "a browser takes no {status}");
                for Header { name, value } in &headers {
                    assert!(name.iter().all(|byte| byte.is_ascii_graphic()) && !name.is_empty(), "{name:?}");
                    assert!(!value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)), "{value:?}");
                    let own = name.eq_ignore_ascii_case(b"x-porthole-cookie") && value.starts_with(b"x-porthole");
                    assert!(!own && !name.eq_ignore_ascii_case(b"set-cookie"), "{name:?}");
                }
                seen.head = Some((status, headers));
            }
            Effect::HttpBody { data, .. } => {
                assert!(seen.head.is_some() && seen.end.is_none(), "a body without a head");
                seen.body.extend(data);
            }
            Effect::HttpEnd { .. } => {
                assert!(seen.end.is_none(), "two ends");
                seen.end = Some(Ok(()));
            }
            Effect::HttpFail { reason, .. } => {
                assert!(seen.end.is_none(), "two ends");
                assert!(!reason.is_empty() && reason.len() < 1000, "{reason}");
                // What is quoted is as much as had come.
                seen.end = Some(Err(reason.split('`').next().unwrap_or_default().to_owned()));
            }
            _ => {}
        }
    }
    assert!(seen.end.is_some(), "the browser waits for ever: {seen:?}");
    host.is_replayed();
    seen
}

#[test]
fn answers_of_any_bytes_in_any_pieces() {
    seeds::run("answers_of_any_bytes_in_any_pieces", 400, |dice| {
        let bytes = answer(dice);
        let method = dice.pick(&[&b"GET"[..], b"GET", b"HEAD", b"POST"]);
        let whole = seen(method, &[&bytes], false);
        let pieces = dice.cut(&bytes);
        let mut cut = seen(method, &pieces, false);
        // A failure that is found out in the middle of a piece may come before what else was in it.
        if whole.end.as_ref().is_some_and(Result::is_err) && cut.end == whole.end && cut.body.starts_with(&whole.body) {
            cut.body.clone_from(&whole.body);
        }
        assert_eq!(cut, whole, "{}", bytes.escape_ascii());
        seen(method, &pieces, true);
    });
}
