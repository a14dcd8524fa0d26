//! States of a machine that were damaged where they were kept.

use porthole_abi::{Call, flags};
use porthole_kernel::Machine;
use porthole_kernel::checkpoint::{HEAD, seal};

use crate::dice::Dice;
use crate::host::{Host, state};
use crate::seeds;

/// A machine with something of each kind in it.
fn kept() -> Vec<u8> {
    let mut host = Host::new();
    let listener = crate::http_requests::listener(&mut host);
    for call in [
        Call::Pipe {},
        Call::Socketpair {},
        Call::Openpty { columns: 80, rows: 24 },
        Call::WriteFile { path: b"/tmp/f", data: &[7; 100_000], flags: flags::O_WRONLY | flags::O_CREAT, mode: 0o644 },
        Call::Symlink { target: b"f", path: b"/tmp/l" },
        Call::WatchPath { path: b"/tmp", recursive: 1 },
        Call::Watch { fd: listener, mask: flags::READABLE },
    ] {
        host.call(1, &call).unwrap();
    }
    let now = host.now;
    state(&mut host.machine, now)
}

#[test]
fn a_damaged_state_is_an_error() {
    let whole = kept();
    assert!(Machine::restore(&whole).is_ok());
    for len in (0..whole.len()).step_by(97) {
        assert!(Machine::restore(&whole[..len]).is_err(), "cut at {len}");
    }
    seeds::run("a_damaged_state_is_an_error", 2000, |dice: &mut Dice| {
        let mut state = whole.clone();
        dice.damage(&mut state);
        assert!(state == whole || Machine::restore(&state).is_err(), "damage went unnoticed");
        assert!(Machine::restore(&dice.bytes(300)).is_err());
    });
}

/// Below the checksum the archive itself is looked at: whatever it is, nothing is read that is not there.
#[test]
fn an_archive_of_any_bytes_does_no_harm() {
    let whole = kept();
    seeds::run("an_archive_of_any_bytes_does_no_harm", 1000, |dice: &mut Dice| {
        let mut archive = whole[HEAD..].to_vec();
        dice.damage(&mut archive);
        let mut state = vec![0; HEAD];
        state.extend(archive);
        seal(&mut state);
        drop(Machine::restore(&state));
    });
}
