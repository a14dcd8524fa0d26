//! What a call costs inside the machine, natively: `cargo run --release -p porthole-kernel --example calls`.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::time::Instant;

use porthole_abi::{Call, Reply, Request, frame};
use porthole_kernel::{Config, Effect, Event, Machine};

fn main() {
    let mut machine = Machine::new(Config::default());
    let mut out = Vec::new();
    machine.handle(0, Event::Boot { seed: 1 }, &mut out);
    let mut seq = 0;
    let mut call = |machine: &mut Machine, call: &Call<'_>| {
        seq += 1;
        let mut bytes = Vec::new();
        Request::begin(call.number(), seq, seq - 1, 0, &mut bytes);
        call.put(&mut bytes);
        frame::finish(&mut bytes);
        out.clear();
        machine.handle(1, Event::Frame { pid: 1, frame: bytes }, &mut out);
        match out.iter().find(|effect| matches!(effect, Effect::Reply { .. })) {
            Some(Effect::Reply { frame, .. }) if Reply::get(frame).is_ok_and(|reply| reply.result.is_ok()) => {}
            other => panic!("{call:?} answered {other:?}"),
        }
    };
    call(&mut machine, &Call::Pipe {});
    let mut measure = |name: &str, rounds: u32, calls: &[Call<'_>]| {
        let begin = Instant::now();
        for _ in 0..rounds {
            calls.iter().for_each(|it| call(&mut machine, it));
        }
        println!("{name:32} {:7.2} µs a call", begin.elapsed().as_secs_f64() * 1e6 / f64::from(rounds * calls.len() as u32));
    };
    measure("getcwd", 200_000, &[Call::Getcwd {}]);
    measure("stat", 200_000, &[Call::Stat { path: b"/usr/local/bin/node", flags: 0 }]);
    let data = [7; 16];
    measure("pipe of 16 bytes", 200_000, &[Call::Write { fd: 1, data: &data, position: -1 }, Call::Read { fd: 0, len: 16, position: -1 }]);
    let data = vec![7; 65_536];
    measure("pipe of 64 KiB", 10_000, &[Call::Write { fd: 1, data: &data, position: -1 }, Call::Read { fd: 0, len: 65_536, position: -1 }]);
    call(&mut machine, &Call::Watch { fd: 0, mask: 0 });
    let begin = Instant::now();
    let size = machine.checkpoint(1, &mut Vec::new()).state.len();
    println!("{:32} {:7.2} µs, {size} bytes", "checkpoint of an empty container", begin.elapsed().as_secs_f64() * 1e6);
}
