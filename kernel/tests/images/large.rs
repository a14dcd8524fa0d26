//! Members that do not fit into memory, and budgets.

use porthole_abi::flags::*;
use porthole_abi::{Errno, Syscalls};

use crate::build::{Entry, file, noise, tar, tar_entry, zip};
use crate::{cold, mount, slurp, with_archive};

const MIB: usize = 1 << 20;

/// Half of it shrinks, half does not.
fn mixed(len: usize) -> Vec<u8> {
    let mut data = noise(len, 3);
    data.chunks_mut(32 << 10).step_by(2).for_each(|piece| piece.fill(piece[0]));
    data
}

#[test]
fn what_is_inflated_stays_within_the_budget() {
    let data = mixed(6 * MIB);
    let world = with_archive(&zip(&[file("big", &data)]));
    let me = world.as_process(1);
    mount(&me, "zip", "/tmp/a", "/mnt").unwrap();
    world.machine.borrow_mut().set_cache(MIB as u64);
    let fd = me.open(b"/mnt/big", O_RDONLY, 0).unwrap().fd;
    let mut at = 0;
    while at < data.len() {
        let got = me.read(fd, 100_000, -1).unwrap().data;
        assert!(got == data[at..at + got.len()], "at {at}");
        at += got.len();
        assert!(world.machine.borrow().cached() <= MIB as u64, "{} bytes are kept", world.machine.borrow().cached());
    }
    // Backwards, where each step begins anew.
    for at in [5 * MIB, 3 * MIB, 17, MIB + 5] {
        assert!(me.pread(fd, 1000, at as i64).unwrap().data == data[at..at + 1000]);
    }
}

#[test]
fn members_longer_than_what_is_verified_first_are_verified_at_their_end() {
    for deflated in [true, false] {
        let data = mixed(17 * MIB + 100);
        let mut archive = zip(&[Entry { deflated, ..file("big", &data) }]);
        let good = with_archive(&archive);
        mount(&good.as_process(1), "zip", "/tmp/a", "/mnt").unwrap();
        cold(&good);
        assert!(slurp(&good.as_process(1), "/mnt/big", MIB as u32).unwrap() == data);
        // The checksum itself, in the directory.
        let at = archive.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
        archive[at + 16] ^= 1;
        let bad = with_archive(&archive);
        let me = bad.as_process(1);
        mount(&me, "zip", "/tmp/a", "/mnt").unwrap();
        let fd = me.open(b"/mnt/big", O_RDONLY, 0).unwrap().fd;
        assert!(me.pread(fd, 1000, 0).unwrap().data == data[..1000]);
        assert_eq!(slurp(&me, "/mnt/big", 64 << 10), Err(Errno::EIO));
        assert_eq!(me.pread(fd, 1000, 0).map(drop), Err(Errno::EIO), "now it is known");
    }
}

#[test]
fn several_who_read_at_once_all_come_to_the_end() {
    let data = mixed(2 * MIB);
    let names: Vec<String> = (0..9).map(|number| format!("f{number}")).collect();
    let entries: Vec<Entry<'_>> = names.iter().map(|name| file(name, &data)).collect();
    let world = with_archive(&zip(&entries));
    let me = world.as_process(1);
    mount(&me, "zip", "/tmp/a", "/mnt").unwrap();
    cold(&world);
    let fds: Vec<i32> = names.iter().map(|name| me.open(format!("/mnt/{name}").as_bytes(), O_RDONLY, 0).unwrap().fd).collect();
    for at in (0..data.len()).step_by(128 << 10) {
        for fd in &fds {
            assert!(me.pread(*fd, 128 << 10, at as i64).unwrap().data == data[at..at + (128 << 10)]);
        }
    }
}

#[test]
fn only_what_is_read_of_a_tar_archive_is_brought() {
    let data = noise(4 * MIB, 5);
    let world = with_archive(&tar(&[tar_entry("a", b'0', "", &data), tar_entry("b", b'0', "", b"last")]));
    let me = world.as_process(1);
    cold(&world);
    mount(&me, "tar", "/tmp/a", "/mnt").unwrap();
    world.machine.borrow_mut().set_cache(64 * MIB as u64);
    assert_eq!(me.read_file(b"/mnt/b", 100).unwrap().data, b"last");
    assert!(world.machine.borrow().cached() < MIB as u64, "{}", world.machine.borrow().cached());
    assert!(slurp(&me, "/mnt/a", 50_000).unwrap() == data);
}
