//! A container whose process 1 is at the other end of two pipes: frames in at stdin, frames out at stdout. For tests of the client without a browser:
//! `cargo run -p porthole-kernel --example stdio`.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::HashMap;
use std::io::{Read, Write, stdin, stdout};
use std::time::{SystemTime, UNIX_EPOCH};

use porthole_abi::frame::MAX_FRAME;
use porthole_kernel::{Config, Effect, Event, Machine};

struct Host<W> {
    machine: Machine,
    output: W,
    /// The disk: the machine waits for one that does not say what it has kept, and drops contents from memory once they are there.
    chunks: HashMap<u64, Vec<u8>>,
}

impl<W: Write> Host<W> {
    fn handle(&mut self, event: Event) {
        let mut out = Vec::new();
        self.machine.handle(now(), event, &mut out);
        self.carry_out(out);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Reply { pid: 1, frame } | Effect::Notify { pid: 1, frame } => self.output.write_all(&frame).unwrap(),
                Effect::Commit(commit) => {
                    self.chunks.extend(commit.chunks.into_iter().map(|(id, data)| (id, data.to_vec())));
                    commit.dropped.iter().for_each(|id| drop(self.chunks.remove(id)));
                    self.handle(Event::Durable { commit: commit.number, failed: false });
                }
                Effect::Load { chunks } => {
                    for id in chunks {
                        let mut out = Vec::new();
                        self.machine.loaded(now(), id, self.chunks.get(&id).cloned(), &mut out);
                        self.carry_out(out);
                    }
                }
                _ => {}
            }
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}

fn main() {
    let mut input = stdin().lock();
    let mut host = Host { machine: Machine::new(Config::default()), output: stdout().lock(), chunks: HashMap::new() };
    host.handle(Event::Boot { seed: 1 });
    let mut length = [0; 4];
    while input.read_exact(&mut length).is_ok() {
        let size = u32::from_le_bytes(length) as usize;
        assert!(size <= MAX_FRAME, "a frame of {size} bytes");
        let mut frame = length.to_vec();
        frame.resize(4 + size, 0);
        input.read_exact(&mut frame[4..]).unwrap();
        host.handle(Event::Frame { pid: 1, frame });
        // The machine's own commits come by a timer, and here is none.
        host.handle(Event::Commit);
        host.output.flush().unwrap();
    }
}
