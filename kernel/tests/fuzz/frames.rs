//! Frames as bytes: cut, flipped, glued together, with lengths that lie, from processes that are there and that are not.

use porthole_abi::syscall::{Kind, TABLE};
use porthole_abi::wire::List;
use porthole_abi::{Call, Reply, frame};
use porthole_kernel::{Effect, Event};

use crate::dice::Dice;
use crate::host::Host;
use crate::seeds;

fn spawned(host: &mut Host) -> i32 {
    let call = Call::Spawn { file: b"node", argv: List(vec![b"node".to_vec()]), env: List(vec![]), cwd: b"", fds: List(vec![]), flags: 0 };
    i32::from_le_bytes(host.call(1, &call).unwrap().try_into().unwrap())
}

/// A frame that was damaged on its way.
fn damaged(dice: &mut Dice, host: &mut Host, pid: i32) -> Vec<u8> {
    let row = &TABLE[dice.below(TABLE.len())];
    let args = dice.arguments(row.args);
    let mut frame = host.frame(pid, row.number, &args);
    match dice.below(8) {
        0 => {}
        1 => frame = dice.bytes(64),
        2 => frame.extend(dice.bytes(8)),
        3 => {
            let again = frame.clone();
            frame.extend(again);
        }
        // Right on the outside.
        4 | 5 => {
            dice.damage(&mut frame);
            frame::finish(&mut frame);
        }
        6 if dice.one_in(20) => {
            frame.resize(frame::MAX_FRAME + dice.below(3), dice.below(256) as u8);
            frame::finish(&mut frame);
        }
        _ => dice.damage(&mut frame),
    }
    frame
}

fn storm(dice: &mut Dice) {
    let mut host = Host::new();
    let child = spawned(&mut host);
    for _ in 0..150 {
        let pid = [1, child, child, child, 0, -1, 77, i32::MAX, i32::MIN][dice.below(9)];
        let mut frame = damaged(dice, &mut host, pid);
        // The page itself does not end itself.
        if pid == 1 && frame.get(4..6) == Some(&2u16.to_le_bytes()) {
            frame[4] = 10;
        }
        host.event(Event::Frame { pid, frame });
        for effect in host.effects.drain(..) {
            if let Effect::Reply { frame, .. } | Effect::Notify { frame, .. } = &effect {
                assert!(Reply::get(frame).is_ok(), "{effect:?}");
            }
        }
    }
    host.skip_numbers(1);
    assert!(host.call(1, &Call::Getcwd {}).is_ok());
    host.is_replayed();
}

#[test]
fn frames_of_any_bytes() {
    seeds::run("frames_of_any_bytes", 150, storm);
}

#[test]
fn a_lying_count_reserves_no_memory() {
    let mut host = Host::new();
    crate::heap::forget();
    for row in TABLE.iter().filter(|row| row.args.iter().any(|(_, _, list)| *list)) {
        // As many items as there are bytes, each of them empty as far as it goes.
        let mut args = Vec::new();
        for (_, ty, list) in row.args {
            match (*ty, *list) {
                (_, true) => args.extend(((frame::MAX_FRAME - 200) as u32).to_le_bytes()),
                ("bytes", _) => args.extend(0u32.to_le_bytes()),
                ("u32" | "i32", _) => args.extend([0; 4]),
                _ => args.push(0),
            }
        }
        args.resize(frame::MAX_FRAME - 100, 0);
        let frame = host.frame(1, row.number, &args);
        host.event(Event::Frame { pid: 1, frame });
        assert!(matches!(host.effects.pop(), Some(Effect::Reply { .. })), "{} was not answered", row.name);
    }
    assert!(crate::heap::largest() <= 64 << 20, "{} bytes were asked for at once", crate::heap::largest());
}

#[test]
fn records_of_the_log_of_any_bytes() {
    seeds::run("records_of_the_log_of_any_bytes", 300, |dice| {
        let mut host = Host::new();
        let child = spawned(&mut host);
        for _ in 0..20 {
            let row = &TABLE[dice.below(TABLE.len())];
            if row.kind == Kind::Change {
                let args = dice.arguments(row.args);
                let frame = host.frame(child, row.number, &args);
                host.event(Event::Frame { pid: child, frame });
            }
        }
        let mut machine = porthole_kernel::Machine::new(porthole_kernel::Config::default());
        for record in &host.records {
            let mut record = record.clone();
            if dice.one_in(4) {
                dice.damage(&mut record);
            }
            // What it cannot be is told; what it can be is done.
            drop(machine.replay(&record, &mut Vec::new()));
        }
        let deep = [vec![0; 8], vec![17; 1 << 20]].concat();
        assert!(machine.replay(&deep, &mut Vec::new()).is_err());
    });
}
