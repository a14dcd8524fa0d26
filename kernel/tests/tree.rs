//! `write_tree`: what an installer or an unpacker hands over in one call.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::flags::*;
use porthole_abi::syscall::TreeEntry;
use porthole_abi::wire::List;
use porthole_abi::{Errno, Syscalls};
use world::World;

fn entry(path: &str, mode: u32, data: &str) -> TreeEntry {
    TreeEntry { path: path.into(), mode, mtime: 499_162_500_000_000_000, data: data.into() }
}

fn write(me: &impl Syscalls, base: &str, entries: &[(&str, u32, &str)]) -> Result<(), Errno> {
    me.write_tree(base.as_bytes(), List(entries.iter().map(|(path, mode, data)| entry(path, *mode, data)).collect())).map(|_| ())
}

#[test]
fn a_package_unpacks() {
    let world = World::new();
    let me = world.as_process(1);
    write(
        &me,
        "/home/user/app/node_modules/x",
        &[
            ("package.json", S_IFREG | 0o644, "{}"),
            ("bin/cli.js", S_IFREG | 0o755, "#!"),
            ("lib/deep/a.js", S_IFREG | 0o666, "a"),
            ("lib/deep/b.js", S_IFREG | 0o644, ""),
            ("empty/", S_IFDIR | 0o777, ""),
            ("./lib//link", S_IFLNK, "deep/a.js"),
        ],
    )
    .unwrap();
    let at = |path: &str| format!("/home/user/app/node_modules/x/{path}").into_bytes();
    assert_eq!(me.read_file(&at("lib/link"), 9).unwrap().data, b"a");
    let stat = |path: &str| me.stat(&at(path), NOFOLLOW).unwrap().stat;
    assert_eq!((stat("bin/cli.js").mode, stat("lib/deep/a.js").mode), (S_IFREG | 0o755, S_IFREG | 0o644), "under the umask");
    assert_eq!((stat("empty").mode, stat("lib").mode, stat("lib/link").mode), (S_IFDIR | 0o755, S_IFDIR | 0o755, S_IFLNK | 0o777));
    assert_eq!(stat("package.json").mtime, 499_162_500_000_000_000);
}

#[test]
fn what_would_lie_elsewhere_refuses_the_whole_call() {
    let world = World::new();
    let me = world.as_process(1);
    for path in ["../out", "a/../../out", "/out", "", "a/.."] {
        assert_eq!(write(&me, "/tmp/t", &[("fine", S_IFREG | 0o644, ""), (path, S_IFREG | 0o644, "")]), Err(Errno::EINVAL), "{path:?}");
    }
    assert_eq!(write(&me, "/tmp/t", &[("fifo", S_IFIFO | 0o644, "")]), Err(Errno::EINVAL));
    assert_eq!(me.stat(b"/tmp/t", 0), Err(Errno::ENOENT), "nothing was written");
    // A link that the same call makes is no way out either.
    assert_eq!(write(&me, "/tmp/t", &[("link", S_IFLNK, "/home"), ("link/out", S_IFREG | 0o644, "")]), Err(Errno::EINVAL));
    assert_eq!(me.stat(b"/home/out", 0), Err(Errno::ENOENT));
}

#[test]
fn files_replace_files_and_links_but_not_directories() {
    let world = World::new();
    let me = world.as_process(1);
    write(
        &me,
        "/tmp/t",
        &[("f", S_IFREG | 0o644, "old"), ("d/x", S_IFREG | 0o644, ""), ("target", S_IFREG | 0o644, "kept"), ("l", S_IFLNK, "target")],
    )
    .unwrap();
    me.link(b"/tmp/t/f", b"/tmp/t/other-name").unwrap();
    let open = me.open(b"/tmp/t/f", O_RDONLY, 0).unwrap().fd;
    write(&me, "/tmp/t", &[("f", S_IFREG | 0o644, "new"), ("l", S_IFREG | 0o644, "file now")]).unwrap();
    let read = |path: &str| me.read_file(format!("/tmp/t/{path}").as_bytes(), 100).unwrap().data;
    assert_eq!(
        (read("f"), read("other-name"), read("target"), read("l")),
        (b"new".to_vec(), b"old".to_vec(), b"kept".to_vec(), b"file now".to_vec())
    );
    assert_eq!(me.read(open, 9, -1).unwrap().data, b"old");
    assert_eq!(write(&me, "/tmp/t", &[("d", S_IFREG | 0o644, "")]), Err(Errno::EISDIR));
    assert_eq!(write(&me, "/tmp/t", &[("f", S_IFDIR | 0o755, "")]), Err(Errno::EEXIST));
    assert_eq!(write(&me, "/tmp/t", &[("f/below", S_IFREG | 0o755, "")]), Err(Errno::ENOTDIR));
    write(&me, "/tmp/t", &[("d", S_IFDIR | 0o700, "")]).unwrap();
    assert_eq!(me.stat(b"/tmp/t/d", 0).unwrap().stat.mode, S_IFDIR | 0o700);
}
