//! Cookies of scripts and of answers with anything in them: what a guest gets as `Cookie` is one line, and a jar has its bounds.

use porthole_abi::Call;
use porthole_kernel::Effect;
use porthole_kernel::event::{Event, HttpRequest};

use crate::dice::Dice;
use crate::host::Host;
use crate::http_requests::{accept, listener, read};
use crate::seeds;

const WORDS: [&[u8]; 28] = [
    b"a",
    b"b",
    b"=",
    b";",
    b"; ",
    b" ",
    b",",
    b"\"",
    b"\r\n",
    b"\n",
    b"\0",
    b"\xff",
    b"Path=",
    b"/",
    b"/x/y",
    b"Max-Age=",
    b"-1",
    b"0",
    b"99999999999999999999",
    b"Expires=",
    b"Wed, 21 Oct 2037 07:28:00 GMT",
    b"Thu, 01-Jan-70 00:00:00 GMT",
    b"99:99:99",
    b"HttpOnly",
    b"Secure",
    b"SameSite=",
    b"Domain=localhost",
    b"__Host-",
];

fn line(dice: &mut Dice) -> Vec<u8> {
    let mut line = dice.words(&WORDS, 14);
    if dice.one_in(30) {
        line = [b"long".to_vec(), dice.below(100).to_string().into_bytes(), b"=".to_vec(), vec![b'v'; 5000]].concat();
    } else if dice.one_in(4) {
        line = [b"n".to_vec(), dice.below(300).to_string().into_bytes(), b"=1; ".to_vec(), line].concat();
    }
    line
}

#[test]
fn cookies_of_any_bytes() {
    seeds::run("cookies_of_any_bytes", 200, |dice| {
        let mut host = Host::new();
        let listener = listener(&mut host);
        for id in 1..6 {
            for _ in 0..dice.below(120) {
                host.now += dice.below(50_000) as u64;
                let target = [b"/".to_vec(), dice.words(&WORDS, 3)].concat();
                let line = line(dice);
                host.event(Event::Cookie { port: 3000, target, line });
            }
            host.event(Event::Http(HttpRequest {
                id,
                port: 3000,
                method: b"GET".to_vec(),
                target: dice.pick(&[&b"/"[..], b"/x/y", b"/x/yz?q"]).to_vec(),
                headers: vec![],
                referrer: vec![],
                body: false,
            }));
            let fd = accept(&mut host, listener).unwrap();
            let request = read(&mut host, fd);
            let mut headers = [httparse::EMPTY_HEADER; 16];
            let mut parsed = httparse::Request::new(&mut headers);
            assert!(parsed.parse(&request).is_ok_and(|status| status.is_complete()), "{}", request.escape_ascii());
            for header in parsed.headers.iter() {
                assert!(["Host", "Connection", "Accept-Encoding", "Cookie"].contains(&header.name), "{}", request.escape_ascii());
            }
            let set: Vec<u8> = (0..dice.below(5)).flat_map(|_| [b"Set-Cookie: ".to_vec(), line(dice), b"\r\n".to_vec()].concat()).collect();
            let answer = [b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n".to_vec(), set, b"\r\n".to_vec()].concat();
            host.call(1, &Call::Write { fd, data: &answer, position: -1 }).unwrap();
            host.call(1, &Call::Close { fd }).unwrap();
            let ends = host.effects.iter().filter(|effect| matches!(effect, Effect::HttpEnd { .. } | Effect::HttpFail { .. })).count();
            assert_eq!(ends, 1);
            host.effects.clear();
        }
        host.is_replayed();
    });
}
