//! Archives, indexes and answers of servers that nobody should have written.

use porthole_abi::{Call, flags};
use porthole_kernel::archive::{Format, Scan, Step, index};
use porthole_kernel::vfs::image::{Answer, Seed, plant};
use porthole_kernel::{Effect, Event};

use crate::dice::Dice;
use crate::host::Host;
use crate::seeds;

#[path = "../images/build.rs"]
mod build;

/// Names as good ones and as bad ones are made of.
const NAMES: &[&[u8]] = &[b"a", b"b/", b"/", b"..", b".", b"\0", b"d/e", b"\xff", b"a/b", b"//", b"\n", b" "];
const TARGETS: &[&[u8]] = &[b"a", b"../", b"/", b"b", b"."];

fn zip(dice: &mut Dice) -> Vec<u8> {
    let list: Vec<(Vec<u8>, Vec<u8>, bool, u32)> = (0..dice.below(6))
        .map(|_| {
            let mode = [0, 0o100_644, 0o120_777, 0o040_755, 0o020_666][dice.below(5)];
            let data = if mode == 0o120_777 { dice.words(TARGETS, 4) } else { dice.bytes(200).repeat(1 + dice.below(50)) };
            (dice.words(NAMES, 4), data, dice.one_in(2), mode)
        })
        .collect();
    let entries: Vec<build::Entry<'_>> =
        list.iter().map(|(name, data, deflated, mode)| build::Entry { name, data, deflated: *deflated, mode: *mode }).collect();
    build::zip(&entries)
}

fn tar(dice: &mut Dice) -> Vec<u8> {
    let entries: Vec<Vec<u8>> = (0..dice.below(6))
        .map(|_| {
            let kind = *dice.pick(&[&b"0"[..], b"1", b"2", b"5", b"x", b"g", b"L", b"K", b"S", b"\0"]).first().unwrap();
            let text = |dice: &mut Dice, words| String::from_utf8_lossy(&dice.words(words, 4)).replace('\u{fffd}', "?");
            let (name, target) = (text(dice, NAMES), text(dice, TARGETS));
            let data = match kind {
                b'x' | b'g' => dice.words(&[b"12 path=a/b\n", b"11 size=10\n", b"16 mtime=12.345\n", b"9 a=b\n", b"13 linkpath=\n"], 3),
                _ => dice.bytes(1500),
            };
            build::tar_entry(&name, kind, &target, &data)
        })
        .collect();
    build::tar(&entries)
}

/// A scan wants only what is there, ends, and what it lists can be planted or is refused in words.
fn scanned(format: Format, archive: &[u8]) {
    let mut scan = Scan::new(format, archive.len() as u64);
    let mut step = scan.step(&[]);
    for turn in 0.. {
        assert!(turn < 10 + archive.len(), "it does not end");
        match step {
            Step::Want { at, len } => step = scan.step(&archive[at as usize..at as usize + len]),
            Step::Done(members) => {
                if let Err(words) = plant(&members, Seed { uid: 0, gid: 0, mtime: 0, replaces: format == Format::Tar }) {
                    assert!(words.starts_with("the member"), "{words}");
                }
                return;
            }
            Step::Refused(words) => return assert!(!words.is_empty()),
        }
    }
}

#[test]
fn directories_of_archives() {
    seeds::run("directories_of_archives", 3000, |dice: &mut Dice| {
        for (format, mut archive) in [(Format::Zip, zip(dice)), (Format::Tar, tar(dice))] {
            scanned(format, &archive);
            dice.damage(&mut archive);
            scanned(format, &archive);
            scanned(format, &dice.bytes(1000));
        }
    });
}

#[test]
fn indexes() {
    let words: &[&[u8]] =
        &[b"\n", b" ", b"-", b"5", b"644", b"1700000000.5", b"a/b", b"../", b"\0", b"18446744073709551616", b"8796093022208", b"5 - - f\n"];
    seeds::run("indexes", 3000, |dice: &mut Dice| {
        let mut text = [b"porthole-index 1\n".to_vec(), dice.words(words, 20)].concat();
        if dice.one_in(4) {
            dice.damage(&mut text);
        }
        if let Ok(members) = index::read(&text) {
            let _ = plant(&members, Seed { uid: 0, gid: 0, mtime: 0, replaces: false });
        }
    });
}

/// Everything that a process can read of a tree, whatever comes of it.
fn read_all(host: &mut Host, path: &[u8], depth: usize) {
    let Ok(list) = host.call(1, &Call::Readdir { path, skip: 0, limit: 100 }) else { return };
    let reply = <porthole_abi::reply::Readdir as porthole_abi::wire::Wire>::get(&mut porthole_abi::wire::Reader::new(&list)).unwrap();
    for entry in reply.entries.0 {
        let below = [path, b"/", &entry.name].concat();
        // A directory's mode is the archive's, and may say that nobody enters it.
        let stat = host.call(1, &Call::Stat { path: &below, flags: flags::NOFOLLOW });
        assert!(matches!(stat, Ok(_) | Err(porthole_abi::Errno::EACCES)), "{stat:?}");
        let _ = host.call(1, &Call::Readlink { path: &below });
        let _ = host.call(1, &Call::ReadFile { path: &below, limit: 1 << 20 });
        if depth > 0 {
            read_all(host, &below, depth - 1);
        }
    }
}

#[test]
fn mounted_archives() {
    seeds::run("mounted_archives", 400, |dice: &mut Dice| {
        let mut host = Host::new();
        let kind: &[u8] = dice.pick(&[b"zip", b"tar"]);
        let mut archive = if kind == b"zip" { zip(dice) } else { tar(dice) };
        if dice.one_in(2) {
            dice.damage(&mut archive);
        }
        let write = Call::WriteFile { path: b"/tmp/a", data: &archive, flags: flags::O_WRONLY | flags::O_CREAT, mode: 0o644 };
        host.call(1, &write).unwrap();
        host.call(1, &Call::MkdirAll { path: b"/mnt", mode: 0o755 }).unwrap();
        host.event(Event::Commit);
        host.machine.set_cache(0);
        if host.call(1, &Call::Mount { source: b"/tmp/a", target: b"/mnt", kind, flags: 0 }).is_ok() {
            read_all(&mut host, b"/mnt", 6);
            if dice.one_in(2) {
                host.call(1, &Call::Unmount { target: b"/mnt" }).unwrap();
            }
        }
        host.is_replayed();
    });
}

#[test]
fn answers_of_servers() {
    let ranges: &[&[u8]] = &[b"bytes ", b"0-", b"65535", b"/", b"100000", b"*", b"-", b"99999999999999999999", b"5"];
    let text = b"porthole-index 1\n100000 - - f\n10 - - d/g\n0 - - e\n";
    seeds::run("answers_of_servers", 500, |dice: &mut Dice| {
        let mut host = Host::new();
        host.call(1, &Call::MkdirAll { path: b"/mnt", mode: 0o755 }).unwrap();
        let mut args = Vec::new();
        let mount = Call::Mount { source: b"http://h/d", target: b"/mnt", kind: b"http", flags: 0 };
        mount.put(&mut args);
        let frame = host.frame(1, mount.number(), &args);
        host.event(Event::Frame { pid: 1, frame });
        host.answer_gets(|_| (200, Vec::new(), Vec::new(), text.to_vec()));
        for _ in 0..6 {
            let path: &[u8] = dice.pick(&[b"/mnt/f", b"/mnt/d/g", b"/mnt/e"]);
            let mut args = Vec::new();
            let read = Call::ReadFile { path, limit: 1 << 20 };
            read.put(&mut args);
            let frame = host.frame(1, read.number(), &args);
            host.event(Event::Frame { pid: 1, frame });
            host.answer_gets(|len| {
                let status = [200, 206, 206, 206, 416, 404, 0][dice.below(7)];
                let range = if dice.one_in(2) { dice.words(ranges, 5) } else { Vec::new() };
                let body = if dice.one_in(2) { vec![7; len as usize] } else { vec![8; dice.below(120_000)] };
                (status, dice.bytes(2), range, body)
            });
        }
        host.effects.retain(|effect| !matches!(effect, Effect::Reply { .. }));
        host.is_replayed();
    });
}

impl Host {
    /// Answers what has been asked of servers, and what is asked because of that: status, state, range and body for a length.
    fn answer_gets(&mut self, mut say: impl FnMut(u64) -> (u16, Vec<u8>, Vec<u8>, Vec<u8>)) {
        while let Some(at) = self.effects.iter().position(|effect| matches!(effect, Effect::Get { .. })) {
            let Effect::Get { id, len, .. } = self.effects.remove(at) else { unreachable!() };
            let (status, etag, range, body) = say(len);
            self.got(id, Answer { status, etag: &etag, modified: b"", range: &range, body: &body });
        }
    }
}
