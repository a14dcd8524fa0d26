//! Requests of the browser with anything in them: what the guest reads is one request that says no more than was asked.

use porthole_abi::address::INET;
use porthole_abi::wire::{Reader, Wire};
use porthole_abi::{Address, Call, Errno};
use porthole_kernel::Effect;
use porthole_kernel::event::{Event, Header, HttpRequest};

use crate::dice::Dice;
use crate::host::Host;
use crate::seeds;

const PORT: u16 = 3000;

/// What headers and targets are made of, much of it not allowed.
const WORDS: [&[u8]; 24] = [
    b"a",
    b"x-header",
    b": ",
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b" ",
    b"\t",
    b"/",
    b"?x=1",
    b"%0d%0a",
    b"x-injected: 1",
    b"GET / HTTP/1.1\r\n\r\n",
    b"\xff",
    b"cookie",
    b"content-length",
    b"transfer-encoding",
    b"chunked",
    b"x-porthole-cookie",
    b"5",
    b"18446744073709551616",
    b"\x7f",
    b",",
];

pub fn listener(host: &mut Host) -> i32 {
    let payload = host.call(1, &Call::Listen { address: Address { family: INET, host: b"127.0.0.1".to_vec(), port: PORT }, backlog: 50 }).unwrap();
    i32::get(&mut Reader::new(&payload)).unwrap()
}

pub fn accept(host: &mut Host, listener: i32) -> Option<i32> {
    match host.call(1, &Call::Accept { fd: listener }) {
        Ok(payload) => Some(i32::get(&mut Reader::new(&payload)).unwrap()),
        Err(errno) => {
            assert_eq!(errno, Errno::EAGAIN);
            None
        }
    }
}

/// All that there is to read.
pub fn read(host: &mut Host, fd: i32) -> Vec<u8> {
    let mut all = Vec::new();
    while let Ok(payload) = host.call(1, &Call::Read { fd, len: 1 << 20, position: -1 }) {
        let data = Vec::get(&mut Reader::new(&payload)).unwrap();
        if data.is_empty() {
            break;
        }
        all.extend(data);
    }
    all
}

fn request(dice: &mut Dice, id: u64) -> HttpRequest {
    let tame = dice.one_in(2);
    let text = |dice: &mut Dice, usual: &[u8]| if tame || dice.one_in(3) { usual.to_vec() } else { dice.words(&WORDS, 5) };
    let method = text(dice, b"GET");
    let method = if dice.one_in(3) { dice.pick(&[&b"POST"[..], b"HEAD", b"CONNECT", b"PUT", b"TRACE", b"get", b""]).to_vec() } else { method };
    HttpRequest {
        id,
        port: if dice.one_in(10) { dice.below(1 << 16) as u16 } else { PORT },
        method,
        target: [b"/".to_vec(), text(dice, b"x")].concat(),
        headers: (0..dice.below(5)).map(|_| Header { name: text(dice, b"x-header"), value: text(dice, b"value") }).collect(),
        referrer: text(dice, b"http://localhost:3000/from"),
        body: dice.one_in(3),
    }
}

/// The guest's side of one request: its head is one, and has nothing that was not asked for.
fn is_honest(request: &HttpRequest, bytes: &[u8]) {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut parsed = httparse::Request::new(&mut headers);
    let Ok(httparse::Status::Complete(end)) = parsed.parse(bytes) else { panic!("not a request: {}", bytes.escape_ascii()) };
    assert_eq!(parsed.method.unwrap().as_bytes(), request.method);
    assert_eq!(parsed.path.unwrap().as_bytes(), request.target);
    let own = ["host", "connection", "accept-encoding", "origin", "referer", "cookie", "content-length", "transfer-encoding"];
    for header in parsed.headers.iter() {
        let name = header.name.to_ascii_lowercase();
        let asked = request
            .headers
            .iter()
            .any(|asked| asked.name.eq_ignore_ascii_case(name.as_bytes()) && asked.value.trim_ascii() == header.value.trim_ascii());
        assert!(asked || own.contains(&&*name), "nobody asked for {name}: {}", bytes.escape_ascii());
    }
    // Nothing that could be taken for a second request follows a head without a body.
    assert!(request.body || bytes.len() == end, "{}", bytes.escape_ascii());
}

#[test]
fn requests_of_any_bytes() {
    seeds::run("requests_of_any_bytes", 300, |dice| {
        let mut host = Host::new();
        let listener = listener(&mut host);
        for id in 1..12 {
            let request = request(dice, id);
            host.event(Event::Http(request.clone()));
            let failed = host.effects.iter().any(|effect| matches!(effect, Effect::HttpFail { id: failed, .. } if *failed == id));
            if let Some(fd) = accept(&mut host, listener) {
                assert!(!failed);
                is_honest(&request, &read(&mut host, fd));
                for _ in 0..dice.below(4) {
                    let event = match dice.below(4) {
                        0 => Event::HttpPull { id, bytes: [0, 1, u32::MAX][dice.below(3)] },
                        1 => Event::HttpAbort { id: id + dice.below(2) as u64 },
                        _ => Event::HttpBody { id, data: dice.bytes(200), last: dice.one_in(3) },
                    };
                    host.event(event);
                }
                read(&mut host, fd);
                // So that the next one gets a connection of its own.
                host.call(1, &Call::Close { fd }).unwrap();
            } else {
                assert!(failed, "neither answered nor failed: {request:?}");
            }
            host.effects.clear();
        }
        host.is_replayed();
    });
}
