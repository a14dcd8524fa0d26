//! `watch_path`. The expectations are what Node 24 on Linux reports for the same steps through `fs.watch`.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::flags::*;
use porthole_abi::{Errno, Event, Syscalls};
use world::World;

const WRITE: u32 = O_WRONLY | O_CREAT | O_TRUNC;

/// All unread records as `rename name` and `change name`.
fn changes(me: &impl Syscalls, fd: i32) -> Vec<String> {
    let mut all = Vec::new();
    while let Ok(reply) = me.read(fd, 300, -1) {
        let mut rest = reply.data.as_slice();
        while let [kind, low, high, after @ ..] = rest {
            let (name, next) = after.split_at(usize::from(u16::from_le_bytes([*low, *high])));
            all.push(format!("{} {}", ["rename", "change"][usize::from(*kind)], String::from_utf8_lossy(name)));
            rest = next;
        }
    }
    all
}

#[test]
fn a_directory_a_file_and_a_subdirectory_hear_what_node_hears() {
    let world = World::new();
    let me = world.as_process(1);
    me.chdir(b"/tmp").unwrap();
    me.mkdir_all(b"w/s", 0o777).unwrap();
    me.write_file(b"w/f", b"1", WRITE, 0o666).unwrap();
    let (dir, file, sub) = (me.watch_path(b"w", 0).unwrap().fd, me.watch_path(b"w/f", 0).unwrap().fd, me.watch_path(b"w/s", 0).unwrap().fd);
    type Step<'a> = (&'a dyn Fn() -> bool, &'a [&'a str], &'a [&'a str], &'a [&'a str]);
    let steps: &[Step<'_>] = &[
        (&|| me.write_file(b"w/f", b"22", WRITE, 0).is_ok(), &["change f"], &["change f"], &[]),
        (&|| me.chmod(b"w/f", 0o600, 0).is_ok(), &["change f"], &["change f"], &[]),
        (&|| me.write_file(b"w/n", b"x", WRITE, 0o666).is_ok(), &["rename n", "change n"], &[], &[]),
        (&|| me.rename(b"w/n", b"w/f2", 0).is_ok(), &["rename n", "rename f2"], &[], &[]),
        (&|| me.rename(b"w/f", b"w/g", 0).is_ok(), &["rename f", "rename g"], &["rename f"], &[]),
        (&|| me.utimes(b"w/g", 1, 1, 0).is_ok(), &["change g"], &["change f"], &[]),
        (&|| me.link(b"w/g", b"w/h").is_ok(), &["rename h"], &["change f"], &[]),
        (&|| me.unlink(b"w/h").is_ok(), &["rename h"], &["change f"], &[]),
        (&|| me.unlink(b"w/g").is_ok(), &["rename g"], &["change f", "rename f"], &[]),
        (&|| me.mkdir(b"w/k", 0o777).is_ok(), &["rename k"], &[], &[]),
        (&|| me.chmod(b"w", 0o700, 0).is_ok(), &["rename w"], &[], &[]),
        (&|| me.write_file(b"w/s/q", b"", WRITE, 0o666).is_ok(), &[], &[], &["rename q"]),
        (&|| me.truncate(b"w/s/q", 5).is_ok(), &[], &[], &["change q"]),
        (&|| me.unlink(b"w/s/q").is_ok(), &[], &[], &["rename q"]),
        (&|| me.rmdir(b"w/s").is_ok(), &["rename s"], &[], &["rename s"]),
        (&|| me.symlink(b"a", b"w/l").is_ok(), &["rename l"], &[], &[]),
        (&|| me.copy_file(b"w/f2", b"w/c", 0).is_ok(), &["rename c", "change c"], &[], &[]),
        (&|| me.copy_file(b"w/f2", b"w/c", 0).is_ok(), &["change c"], &[], &[]),
    ];
    for (number, (step, of_dir, of_file, of_sub)) in steps.iter().enumerate() {
        assert!(step(), "step {number}");
        assert_eq!((changes(&me, dir), changes(&me, file), changes(&me, sub)), (strings(of_dir), strings(of_file), strings(of_sub)), "step {number}");
    }
}

fn strings(from: &[&str]) -> Vec<String> {
    from.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_recursive_watch_hears_of_all_below_by_its_path() {
    let world = World::new();
    let me = world.as_process(1);
    let fd = me.watch_path(b"/tmp", 1).unwrap().fd;
    me.mkdir(b"/tmp/a", 0o777).unwrap();
    me.mkdir(b"/tmp/a/b", 0o777).unwrap();
    me.write_file(b"/tmp/a/b/f", b"x", WRITE, 0o666).unwrap();
    assert_eq!(changes(&me, fd), ["rename a", "rename a/b", "rename a/b/f", "change a/b/f"]);
    me.rename(b"/tmp/a/b", b"/home/user/b", 0).unwrap();
    me.write_file(b"/home/user/b/f", b"y", WRITE, 0o666).unwrap();
    assert_eq!(changes(&me, fd), ["rename a/b"], "out of sight");
}

#[test]
fn a_change_through_a_descriptor_is_heard_under_the_files_name_of_now() {
    let world = World::new();
    let me = world.as_process(1);
    let file = me.open(b"/tmp/f", O_WRONLY | O_CREAT, 0o666).unwrap().fd;
    let fd = me.watch_path(b"/tmp", 0).unwrap().fd;
    me.rename(b"/tmp/f", b"/tmp/g", 0).unwrap();
    me.write(file, b"x", -1).unwrap();
    me.write(file, b"x", -1).unwrap();
    assert_eq!(changes(&me, fd), ["rename f", "rename g", "change g"], "the same twice in a row is said once");
    me.unlink(b"/tmp/g").unwrap();
    me.write(file, b"x", -1).unwrap();
    assert_eq!(changes(&me, fd), ["rename g"]);
}

#[test]
fn a_watch_becomes_ready_and_is_read_in_whole_records() {
    let world = World::new();
    let me = world.as_process(1);
    let fd = me.watch_path(b"/tmp", 0).unwrap().fd;
    assert_eq!(me.read(fd, 100, -1), Err(Errno::EAGAIN));
    me.watch(fd, READABLE).unwrap();
    let child = world.as_process(world.spawn(&[]));
    child.mkdir(b"/tmp/abc", 0o777).unwrap();
    child.mkdir(b"/tmp/def", 0o777).unwrap();
    assert_eq!(world.heard(1), [Event::Ready { fd, mask: READABLE }]);
    assert_eq!(me.read(fd, 5, -1), Err(Errno::EINVAL), "too short for the next record");
    assert_eq!(me.read(fd, 11, -1).unwrap().data, b"\x00\x03\x00abc");
    assert_eq!(me.read(fd, 12, -1).unwrap().data, b"\x00\x03\x00def");
    me.close(fd).unwrap();
    child.mkdir(b"/tmp/ghi", 0o777).unwrap();
    assert_eq!(me.watch_path(b"/nowhere", 0), Err(Errno::ENOENT));
}
