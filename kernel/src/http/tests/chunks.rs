//! The chunked decoder against bodies that were encoded here.

use super::Random;
use crate::http::chunked::Chunked;

/// Some body, its encoding, and what follows on the connection.
fn encoded(random: &mut Random) -> (Vec<u8>, Vec<u8>) {
    let (mut plain, mut wire) = (Vec::new(), Vec::new());
    for _ in 0..random.below(6) {
        let data: Vec<u8> = (0..1 + random.below(40)).map(|_| random.next() as u8).collect();
        let zeros = "0".repeat(random.below(3));
        let extension = ["", ";x", " ; name=\"va\tlue\"", "  "][random.below(4)];
        let size = if random.below(2) == 0 { format!("{:x}", data.len()) } else { format!("{:X}", data.len()) };
        wire.extend_from_slice(format!("{zeros}{size}{extension}\r\n").as_bytes());
        wire.extend_from_slice(&data);
        wire.extend_from_slice(b"\r\n");
        plain.extend_from_slice(&data);
    }
    wire.extend_from_slice(["0\r\n\r\n", "000;x\r\n\r\n", "0\r\nTrailer: value\r\nB:\r\n\r\n"][random.below(3)].as_bytes());
    (plain, wire)
}

#[test]
fn what_was_encoded_comes_back_however_it_is_cut() {
    let mut random = Random(42);
    for _ in 0..3_000 {
        let (plain, wire) = encoded(&mut random);
        let mut all = wire.clone();
        all.extend_from_slice(b"HTTP/1.1 200");
        let (mut chunked, mut body, mut at, mut ended) = (Chunked::default(), Vec::new(), 0, false);
        while !ended {
            let end = (at + 1 + random.below(17)).min(all.len());
            let (used, end_of_body) = chunked.decode(&all[at..end], &mut body).unwrap();
            assert!(end_of_body || used == end - at);
            at += used;
            ended = end_of_body;
        }
        assert_eq!((body, at), (plain, wire.len()));
    }
}

#[test]
fn no_prefix_is_taken_for_the_whole() {
    let mut random = Random(43);
    for _ in 0..200 {
        let (_, wire) = encoded(&mut random);
        for end in 0..wire.len() {
            assert!(!Chunked::default().decode(&wire[..end], &mut Vec::new()).unwrap().1);
        }
    }
}

#[test]
fn what_is_not_the_coding_is_refused() {
    for (wire, expected) in [
        (&b"\r\n"[..], "`\\r` where a chunk's size should be"),
        (b"-1\r\n", "`-` where a chunk's size should be"),
        (b"0x5\r\n", "`x` in a chunk's size"),
        (b"5\nhello", "`\\n` in a chunk's size"),
        (b"5;\nhello", "a line feed alone after a chunk's size"),
        (b"5\rhello", "a carriage return followed by `h`"),
        (b"2\r\nabc", "`c` where a chunk should end"),
        (b"2\r\nab\n", "`\\n` where a chunk should end"),
        (b"11112222333344445\r\n", "a chunk's size of more than 64 bits"),
        (b"0\r\n\n", "a line feed alone among the trailers"),
        (b"0\r\nA: b\n\r\n", "a line feed alone among the trailers"),
    ] {
        assert_eq!(Chunked::default().decode(wire, &mut Vec::new()), Err(format!("the answer's chunked body is broken: {expected}")), "{wire:?}");
    }
    let endless = [b"1;".to_vec(), vec![b'x'; 20_000]].concat();
    assert!(Chunked::default().decode(&endless, &mut Vec::new()).unwrap_err().contains("more than 16384 bytes"));
    let trailers = [b"0\r\n".to_vec(), b"A: b\r\n".repeat(20_000)].concat();
    assert!(Chunked::default().decode(&trailers, &mut Vec::new()).unwrap_err().contains("more than 65536 bytes"));
}
