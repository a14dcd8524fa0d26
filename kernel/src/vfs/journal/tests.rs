use porthole_abi::flags::{O_CREAT, O_TRUNC, O_WRONLY};

use super::{Commit, Files, JournalError};
use crate::vfs::{Caller, Limits, Node, Vfs};

const LIMITS: Limits = Limits { bytes: 1 << 20, inodes: 1 << 10 };
const WRITE: u32 = O_WRONLY | O_CREAT | O_TRUNC;

fn who(now: i64) -> Caller {
    Caller { uid: 7, gid: 8, ..Caller::kernel(now) }
}

fn vfs() -> Vfs {
    let mut vfs = Vfs::new(1, LIMITS);
    vfs.chmod(&Caller::kernel(2), b"/", 0o777, true).unwrap();
    vfs
}

fn read(commits: &[Commit]) -> Result<Files, JournalError> {
    commits.iter().try_fold(Files::new(), |files, commit| files.apply(&commit.transaction))
}

fn bytes(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// Containers outlive kernels: what was once written must mean the same for ever.
#[test]
fn the_encoding_is_what_it_was() {
    let mut vfs = vfs();
    vfs.write_file(&who(3), b"/f", b"abc", WRITE, 0o644).unwrap();
    let commit = vfs.commit().unwrap();
    let [u1, u2, u3, u7, u8_] = [1u32, 2, 3, 7, 8].map(u32::to_le_bytes);
    let [l1, l2, l3] = [1u64, 2, 3].map(u64::to_le_bytes);
    let none = 0u32.to_le_bytes();
    let zero = 0u64.to_le_bytes();
    let expected = bytes(&[
        // Version, not whole, commit 1, next chunk 2.
        &[1, 0],
        &l1,
        &l2,
        // Chunk 1 is new, with 3 bytes; none is dropped, nothing gone.
        &u1,
        &l1,
        &u3,
        &none,
        &none,
        // The root, a directory of user 0, made at 1, changed at 3 when it got a name; at home in itself, without a name.
        &u2,
        &l1,
        &[1],
        &0o777u32.to_le_bytes(),
        &none,
        &none,
        &l1,
        &l3,
        &l3,
        &l1,
        &l1,
        &none,
        // The file.
        &l2,
        &[2],
        &0o644u32.to_le_bytes(),
        &u7,
        &u8_,
        &l3,
        &l3,
        &l3,
        &l3,
        &l1,
        &l3,
        &u1,
        &none,
        &l1,
        // Its name.
        &u1,
        &l1,
        &l2,
        &u1,
        b"f",
    ]);
    assert_eq!(commit.transaction, expected);
    assert_eq!((commit.number, commit.chunks, commit.dropped), (1, vec![(1, b"abc".to_vec().into())], vec![]));

    vfs.unlink(&who(4), b"/f").unwrap();
    vfs.symlink(&who(4), b"f", b"/l").unwrap();
    let Commit { transaction, dropped, .. } = vfs.commit().unwrap();
    let link = 1u64 << 32 | 2;
    let head = bytes(&[&[1, 0], &l2, &l2, &none, &u1, &l1, &u1, &l2, &u2]);
    assert_eq!((&transaction[..head.len()], dropped), (&head[..], vec![1]), "chunk 1 and file 2 are gone");
    let tail = bytes(&[&l1, &u1, b"f", &u2, &l1, &zero, &u1, b"f", &l1, &link.to_le_bytes(), &u1, b"l"]);
    assert!(transaction.ends_with(&tail), "the link's home and target, the name that went and the one that came: {transaction:?}");
}

#[test]
fn only_what_changed_is_written() {
    let mut vfs = vfs();
    for name in [b"/a", b"/b"] {
        vfs.write_file(&who(3), name, b"abc", WRITE, 0o644).unwrap();
    }
    vfs.commit().unwrap();
    assert_eq!((vfs.is_dirty(), vfs.commit()), (false, None));
    let opened = vfs.open(&who(4), b"/a", 0, 0).unwrap();
    vfs.read_of(opened.ino, 0, 10).unwrap();
    vfs.release(opened.ino);
    assert!(!vfs.is_dirty(), "reading is no change");
    vfs.write_file(&who(4), b"/a", b"x", O_WRONLY, 0).unwrap();
    let commit = vfs.commit().unwrap();
    assert!(commit.transaction.len() < 150, "one inode and no name");
    assert_eq!((commit.chunks, commit.dropped), (vec![(3, b"xbc".to_vec().into())], vec![1]));
}

#[test]
fn what_is_only_held_open_ends_with_whoever_holds_it() {
    let mut vfs = vfs();
    let opened = vfs.open(&who(3), b"/f", WRITE, 0o644).unwrap();
    vfs.write_of(&who(3), opened.ino, None, b"abc").unwrap();
    let mut commits = vec![vfs.commit().unwrap()];
    vfs.unlink(&who(4), b"/f").unwrap();
    commits.push(vfs.commit().unwrap());
    assert!(commits[1].dropped.is_empty(), "it can still be read");
    vfs.write_of(&who(5), opened.ino, None, b"def").unwrap();
    commits.push(vfs.commit().unwrap());
    let mut risen = read(&commits).unwrap().finish(LIMITS).unwrap();
    assert_eq!((risen.bytes(), risen.readdir(&who(6), b"/", 0, 9)), (0, Ok(vec![])));
    let first = risen.commit().unwrap();
    assert_eq!((first.number, &first.dropped), (4, &vec![2]), "nobody needs its contents any more");
    assert!(read(&[commits, vec![first]].concat()).unwrap().finish(LIMITS).unwrap().commit().is_none());
}

#[test]
fn a_snapshot_stands_for_all_before_it() {
    let mut vfs = vfs();
    vfs.mkdir(&who(3), b"/d", 0o755).unwrap();
    vfs.write_file(&who(3), b"/d/f", b"abc", WRITE, 0o644).unwrap();
    vfs.link(&who(3), b"/d/f", b"/g").unwrap();
    vfs.mknod(&who(3), b"/n", Node::Device { major: 1, minor: 3 }, 0o666).unwrap();
    assert_eq!(vfs.snapshot(), None, "not while something is not committed");
    vfs.commit().unwrap();
    vfs.rename(&who(4), b"/d", b"/e", true).unwrap();
    vfs.commit().unwrap();
    let snapshot = vfs.snapshot().unwrap();
    vfs.unlink(&who(5), b"/g").unwrap();
    let last = vfs.commit().unwrap();
    let risen = Files::new().apply(&snapshot).unwrap().apply(&last.transaction).unwrap().finish(LIMITS).unwrap();
    assert_eq!(risen, vfs);
    assert_eq!(
        Files::new().apply(&last.transaction).err().map(|it| it.to_string()),
        Some("commit 3 of the files' journal makes no sense: it comes after commit 0".into())
    );
}

#[test]
fn another_encoding_is_refused_by_its_number() {
    assert_eq!(Files::new().apply(&[9, 0, 0]).err(), Some(JournalError::Version(9)));
    assert_eq!(Files::new().apply(&[1, 0, 0]).err(), Some(JournalError::Malformed { after: 0 }));
}
