//! Archives that are refused, each with words that name what is wrong; and members whose bytes are not what they should be.

use porthole_abi::{Errno, Syscalls};

use crate::build::{Entry, file, tar, tar_entry, zip};
use crate::world::World;
use crate::world::text::read;
use crate::{answer, cold, mount, slurp, with_archive};
use porthole_kernel::Effect;

fn refusal(kind: &str, archive: &[u8]) -> String {
    let world = with_archive(archive);
    let me = world.as_process(1);
    assert_eq!(mount(&me, kind, "/tmp/a", "/mnt"), Err(Errno::EINVAL));
    assert_eq!(read(&me, "/proc/mounts").unwrap().lines().count(), 5, "nothing is mounted");
    answer(&world).trim_end().trim_start_matches("mount: ").trim_end_matches(" (EINVAL)").to_owned()
}

fn link<'a>(name: &'a str, target: &'a str) -> Entry<'a> {
    Entry { mode: 0o120_777, ..file(name, target.as_bytes()) }
}

#[test]
fn names_that_lead_elsewhere() {
    for (entries, words) in [
        (vec![file("../up", b"")], "the member '../up' is refused: its path leads out of the archive"),
        (vec![file("a/../../up", b"")], "the member 'a/../../up' is refused: its path leads out of the archive"),
        (vec![file("/etc/passwd", b"")], "the member '/etc/passwd' is refused: its path is absolute"),
        (vec![file("a\0b", b"")], "the member 'a\\0b' is refused: its path has a null byte"),
        (vec![file("", b"")], "the member '' is refused: it has no name"),
        (vec![file("a", b""), file("./a", b"")], "the member './a' is refused: it is listed twice"),
        (vec![file("a", b""), file("a/b", b"")], "the member 'a/b' is refused: it would lie in what is no directory"),
        (vec![file("a/b", b""), file("a", b"")], "the member 'a' is refused: it is a directory too"),
        (vec![link("l", "."), file("l/b", b"")], "the member 'l/b' is refused: it would lie in what is no directory"),
        (vec![link("l", "/etc")], "the member 'l' is refused: it is a symbolic link to '/etc', which leads out of the archive"),
        (vec![link("d/l", "../../x")], "the member 'd/l' is refused: it is a symbolic link to '../../x', which leads out of the archive"),
        (vec![Entry { mode: 0o020_666, ..file("null", b"") }], "the member 'null' is refused: it is neither a file nor a directory nor a link"),
    ] {
        assert_eq!(refusal("zip", &zip(&entries)), words);
    }
    let long = "n".repeat(256);
    assert!(refusal("zip", &zip(&[file(&long, b"")])).ends_with("a name in its path is too long"));
    for (entry, words) in [
        (tar_entry("../up", b'0', "", b""), "the member '../up' is refused: its path leads out of the archive"),
        (tar_entry("dev", b'3', "", b""), "the member 'dev' is refused: it is a device"),
        (tar_entry("l", b'2', "/etc", b""), "the member 'l' is refused: it is a symbolic link to '/etc', which leads out of the archive"),
        (tar_entry("h", b'1', "nowhere", b""), "the member 'h' is refused: it is another name of 'nowhere', which is no earlier file"),
        (tar_entry("s", b'S', "", b""), "the member 's' is refused: it is stored as a sparse file: make the archive without --sparse"),
    ] {
        assert_eq!(refusal("tar", &tar(&[entry])), words);
    }
}

#[test]
fn a_later_member_of_a_tar_archive_replaces_an_earlier() {
    let world = with_archive(&tar(&[tar_entry("f", b'0', "", b"old"), tar_entry("f", b'0', "", b"newer")]));
    let me = world.as_process(1);
    mount(&me, "tar", "/tmp/a", "/mnt").unwrap();
    assert_eq!(read(&me, "/mnt/f").unwrap(), "newer");
}

#[test]
fn archives_that_are_cut_damaged_or_bombs() {
    let whole = zip(&[file("a", b"contents")]);
    assert_eq!(
        refusal("zip", &whole[..whole.len() - 5]),
        "the zip archive cannot be read: its directory is missing: it may be cut off, or no zip archive"
    );
    assert_eq!(refusal("zip", b""), "the zip archive cannot be read: its directory is missing: it may be cut off, or no zip archive");
    let mut damaged = whole.clone();
    let at = damaged.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    damaged[at] = b'Q';
    assert_eq!(refusal("zip", &damaged), "the zip archive cannot be read: member 0 of its directory is malformed");
    // It says that a few bytes unpack to four gigabytes.
    let mut bomb = whole.clone();
    bomb[at + 24..at + 28].fill(0xff);
    bomb[at + 27] = 0xef;
    assert!(refusal("zip", &bomb).starts_with("the member 'a' is refused: its 10 packed bytes cannot be"), "{}", refusal("zip", &bomb));
    let mut encrypted = whole.clone();
    encrypted[at + 8] |= 1;
    assert_eq!(refusal("zip", &encrypted), "the member 'a' is refused: it is encrypted");
    let mut other = whole.clone();
    other[at + 10] = 93;
    assert!(refusal("zip", &other).starts_with("the member 'a' is refused: it is packed by method 93"));
    // Many names of one content.
    let names: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    let data = vec![7; 1000];
    let entries: Vec<Entry<'_>> = names.iter().map(|name| Entry { deflated: false, ..file(name, &data) }).collect();
    let mut overlapping = zip(&entries);
    let local = 30 + 1 + 1000;
    let mut at = overlapping.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let directory = overlapping[at..].to_vec();
    overlapping.truncate(local);
    overlapping.extend(directory);
    let end = overlapping.len() - 22;
    overlapping[end + 16..end + 20].copy_from_slice(&(local as u32).to_le_bytes());
    at = local;
    for name in &names {
        overlapping[at + 42..at + 46].fill(0);
        at += 46 + name.len();
    }
    assert!(refusal("zip", &overlapping).contains("its members share their contents"), "{}", refusal("zip", &overlapping));
    let archive = tar(&[tar_entry("f", b'0', "", &[1; 2000])]);
    assert_eq!(refusal("tar", &archive[..1024]), "the tar archive cannot be read: it ends in the middle of 'f'");
    assert_eq!(refusal("tar", &archive[..2560]), "the tar archive cannot be read: it ends without its end mark: it may be cut off");
    let mut wrong = archive.clone();
    wrong[0] ^= 1;
    assert_eq!(refusal("tar", &wrong), "the tar archive cannot be read: there is no header with a right checksum at byte 0");
}

#[test]
fn members_whose_bytes_are_damaged_are_eio_and_the_others_are_not() {
    for deflated in [true, false] {
        let data = b"the quick brown fox jumps over the lazy dog ".repeat(40);
        let mut archive = zip(&[file("good", b"good"), Entry { deflated, ..file("d/bad", &data) }]);
        let at = archive.windows(5).position(|bytes| bytes == b"d/bad").unwrap();
        archive[at + 5 + 20] ^= 0x10;
        let world = with_archive(&archive);
        let me = world.as_process(1);
        mount(&me, "zip", "/tmp/a", "/mnt").unwrap();
        for _ in 0..2 {
            assert_eq!(slurp(&me, "/mnt/d/bad", 10), Err(Errno::EIO), "not one byte of it is shown");
            assert_eq!(me.read_file(b"/mnt/d/bad", 1 << 20).map(drop), Err(Errno::EIO));
            assert_eq!(read(&me, "/mnt/good").unwrap(), "good");
            cold(&world);
        }
        assert_eq!(me.survey(b"/mnt", 3, b"", 1 << 20).unwrap().directories.0.len(), 2, "who looks around is not told of it");
        let mounts = read(&me, "/web/container/main/mounts").unwrap();
        let last = mounts.lines().last().unwrap();
        assert!(last.starts_with("zip /tmp/a /mnt ro: 'd/bad' cannot be read: "), "{last}");
    }
}

#[test]
fn an_archive_that_changes_while_it_is_read_is_read_as_one_or_the_other() {
    let (one, other) = (zip(&[file("f", b"one")]), zip(&[file("f", b"other")]));
    let world = with_archive(&one);
    cold(&world);
    let pid = world.spawn(&[]);
    world.prompt.set(false);
    let call = porthole_abi::Call::Mount { source: b"/tmp/a", target: b"/mnt", kind: b"zip", flags: 0 };
    let seq = world.send(1, &call);
    assert!(world.reply(1, seq).is_none(), "it waits for the archive");
    let loads = |world: &World| -> Vec<u64> {
        world.take_effects().into_iter().flat_map(|effect| if let Effect::Load { chunks } = effect { chunks } else { vec![] }).collect()
    };
    let asked = loads(&world);
    assert!(!asked.is_empty());
    let other_process = world.as_process(pid);
    let flags = porthole_abi::flags::O_WRONLY | porthole_abi::flags::O_TRUNC;
    other_process.write_file(b"/tmp/a", &other, flags, 0).unwrap();
    asked.into_iter().for_each(|id| world.load(id));
    world.reply(1, seq).unwrap().unwrap();
    world.prompt.set(true);
    assert_eq!(read(&other_process, "/mnt/f").unwrap(), "other");
    assert_eq!(read(&world.as_process(1), "/mnt/f").unwrap(), "other");
}
