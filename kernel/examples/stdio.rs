//! A container whose process 1 is at the other end of two pipes: frames in at stdin, frames out at stdout. For tests of the client without a browser:
//! `cargo run -p porthole-kernel --example stdio`.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::{Read, Write, stdin, stdout};
use std::time::{SystemTime, UNIX_EPOCH};

use porthole_abi::frame::MAX_FRAME;
use porthole_kernel::{Config, Effect, Event, Machine};

fn main() {
    let mut machine = Machine::new(Config::default());
    let (mut input, mut output) = (stdin().lock(), stdout().lock());
    let mut handle = |event: Event| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
        let mut out = Vec::new();
        machine.handle(now, event, &mut out);
        for effect in out {
            if let Effect::Reply { pid: 1, frame } | Effect::Notify { pid: 1, frame } = effect {
                output.write_all(&frame).unwrap();
            }
        }
        output.flush().unwrap();
    };
    handle(Event::Boot { seed: 1 });
    let mut length = [0; 4];
    while input.read_exact(&mut length).is_ok() {
        let size = u32::from_le_bytes(length) as usize;
        assert!(size <= MAX_FRAME, "a frame of {size} bytes");
        let mut frame = length.to_vec();
        frame.resize(4 + size, 0);
        input.read_exact(&mut frame[4..]).unwrap();
        handle(Event::Frame { pid: 1, frame });
    }
}
