//! `write_tree` and `read_tree`: what an installer hands over in one call, and what an exporter takes in few.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::flags::*;
use porthole_abi::syscall::{TreeEntry, TreeNode};
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

#[test]
fn an_exact_entry_is_what_it_says() {
    let world = World::new();
    let me = world.as_process(1);
    let entry = |path: &str, mode| TreeEntry { path: path.into(), mode: mode | TREE_EXACT, mtime: 0, data: vec![] };
    me.write_tree(b"/tmp/t", List(vec![entry("d", S_IFDIR | 0o1777), entry("f", S_IFREG | 0o666)])).unwrap();
    me.write_tree(b"/tmp/t", List(vec![entry("d", S_IFDIR | 0o777)])).unwrap();
    let stat = |path: &str| me.stat(format!("/tmp/t/{path}").as_bytes(), NOFOLLOW).unwrap().stat;
    assert_eq!((stat("d").mode, stat("d").mtime, stat("f").mode, stat("f").mtime), (S_IFDIR | 0o777, 0, S_IFREG | 0o666, 0));
}

/// All pages of so many bytes.
fn read(me: &impl Syscalls, base: &str, limit: u32) -> Vec<TreeNode> {
    let (mut found, mut after) = (Vec::<TreeNode>::new(), Vec::new());
    loop {
        let page = me.read_tree(base.as_bytes(), &after, limit).unwrap();
        assert!(page.end == 1 || !page.entries.0.is_empty(), "a page brings one further");
        found.extend(page.entries.0);
        if page.end == 1 {
            return found;
        }
        after.clone_from(&found.last().unwrap().path);
    }
}

#[test]
fn a_tree_is_read_in_pages_of_any_size() {
    let world = World::new();
    let me = world.as_process(1);
    let long = "x".repeat(3000);
    write(
        &me,
        "/tmp/t",
        &[
            ("a/b/c", S_IFREG | 0o755, "one"),
            ("a/b-", S_IFREG | 0o644, "two"),
            ("a/l", S_IFLNK, "b/c"),
            ("a.", S_IFREG | 0o600, ""),
            ("empty", S_IFDIR | 0o700, ""),
            ("long", S_IFREG | 0o644, &long),
        ],
    )
    .unwrap();
    me.link(b"/tmp/t/a/b-", b"/tmp/t/z").unwrap();
    let whole = read(&me, "/tmp/t", 1 << 20);
    let paths: Vec<_> = whole.iter().map(|node| String::from_utf8(node.path.clone()).unwrap()).collect();
    assert_eq!(paths, ["a", "a/b", "a/b/c", "a/b-", "a/l", "a.", "empty", "long", "z"], "parents first, then by bytes");
    for limit in [0, 1, 50, 100, 2999, 3000, 4000] {
        let pages = read(&me, "/tmp/t", limit);
        let bare = |node: &TreeNode| TreeNode { data: vec![], ..node.clone() };
        assert_eq!(pages.iter().map(bare).collect::<Vec<_>>(), whole.iter().map(bare).collect::<Vec<_>>());
        let fits = |node: &&TreeNode| node.mode & S_IFMT == S_IFLNK || node.size <= u64::from(limit);
        for (page, whole) in pages.iter().zip(&whole) {
            assert_eq!(page.data, if fits(&page) { whole.data.clone() } else { vec![] }, "{limit}");
        }
    }
    let of = |path: &str| whole.iter().find(|node| node.path == path.as_bytes()).unwrap();
    assert_eq!((of("a/b/c").mode, of("a/b/c").mtime, &*of("a/b/c").data), (S_IFREG | 0o755, 499_162_500_000_000_000, &b"one"[..]));
    assert_eq!((of("a/l").mode, &*of("a/l").data, of("a/l").size), (S_IFLNK | 0o777, &b"b/c"[..], 3));
    assert_eq!((of("z").ino, of("z").nlink), (of("a/b-").ino, 2));
    assert_eq!((of("empty").mode, of("empty").size), (S_IFDIR | 0o700, 0));
}

#[test]
fn a_page_begins_anywhere() {
    let world = World::new();
    let me = world.as_process(1);
    write(&me, "/tmp/t", &[("a/b/c", S_IFREG | 0o644, ""), ("a/d", S_IFREG | 0o644, ""), ("e", S_IFREG | 0o644, "")]).unwrap();
    let after = |path: &str| {
        me.read_tree(b"/tmp/t", path.as_bytes(), 4096).map(|page| page.entries.0.iter().map(|node| node.path.clone()).collect::<Vec<_>>())
    };
    let paths = |paths: &[&str]| Ok(paths.iter().map(|path| path.as_bytes().to_vec()).collect());
    assert_eq!(after("a"), paths(&["a/b", "a/b/c", "a/d", "e"]));
    assert_eq!(after("a/b"), paths(&["a/b/c", "a/d", "e"]));
    assert_eq!(after("a/b/"), paths(&["a/d", "e"]), "what is in it is passed over");
    assert_eq!(after("a/"), paths(&["e"]));
    assert_eq!(after("a/b/c"), paths(&["a/d", "e"]));
    // What is gone meanwhile has a place all the same.
    assert_eq!(after("a/c/x/y"), paths(&["a/d", "e"]));
    assert_eq!(after("e/x"), paths(&[]));
    assert_eq!(after("../x"), Err(Errno::EINVAL));
    assert_eq!(after("/a"), Err(Errno::EINVAL));
    assert_eq!(me.read_tree(b"/tmp/t/e", b"", 99).map(drop), Err(Errno::ENOTDIR));
    assert_eq!(me.read_tree(b"/tmp/none", b"", 99).map(drop), Err(Errno::ENOENT));
}

#[test]
fn what_may_not_be_read_is_told_by_its_name() {
    let world = World::new();
    let me = world.as_process(1);
    write(&me, "/tmp/t", &[("a", S_IFREG | 0o644, "a"), ("b/c", S_IFREG | 0o644, ""), ("d", S_IFREG | 0o200, "secret")]).unwrap();
    me.chmod(b"/tmp/t/b", 0, 0).unwrap();
    let page = me.read_tree(b"/tmp/t", b"", 4096).unwrap();
    assert_eq!((page.entries.0.last().unwrap().path.as_slice(), page.end), (b"b".as_slice(), 0), "up to the directory");
    assert_eq!(me.read_tree(b"/tmp/t", b"b", 4096).map(drop), Err(Errno::EACCES));
    let rest = me.read_tree(b"/tmp/t", b"b/", 4096).unwrap().entries.0;
    assert_eq!((rest[0].path.as_slice(), rest[0].size, rest[0].data.as_slice()), (b"d".as_slice(), 6, b"".as_slice()), "its content stays");
}

#[test]
fn what_is_mounted_below_is_what_is_there() {
    let world = World::new();
    let me = world.as_process(1);
    write(&me, "/tmp/src", &[("d/g", S_IFREG | 0o644, "g"), ("f", S_IFREG | 0o644, "f")]).unwrap();
    write(
        &me,
        "/tmp/t",
        &[("a", S_IFREG | 0o644, ""), ("m/hidden", S_IFREG | 0o644, ""), ("w/hidden", S_IFREG | 0o644, ""), ("z", S_IFREG | 0o644, "")],
    )
    .unwrap();
    me.chmod(b"/tmp/src", 0o750, 0).unwrap();
    me.mount(b"/tmp/src", b"/tmp/t/m", b"bind", 0).unwrap();
    // The tree itself, seen in itself: once.
    me.mount(b"/tmp/t", b"/tmp/t/m/d", b"bind", 0).unwrap();
    me.mount(b"/web", b"/tmp/t/w", b"bind", 0).unwrap();
    let whole = read(&me, "/tmp/t", 1 << 20);
    let paths: Vec<_> = whole.iter().map(|node| String::from_utf8(node.path.clone()).unwrap()).collect();
    assert_eq!(
        paths,
        ["a", "m", "m/d", "m/d/a", "m/d/m", "m/d/m/hidden", "m/d/w", "m/d/w/hidden", "m/d/z", "m/f", "w", "z"],
        "a bind mount takes no other mounts along, as in Linux"
    );
    assert_eq!((whole[1].mode, whole[9].data.as_slice()), (S_IFDIR | 0o750, b"f".as_slice()));
    for limit in [0, 50, 120] {
        let pages = read(&me, "/tmp/t", limit);
        assert_eq!(pages.iter().map(|node| node.path.clone()).collect::<Vec<_>>(), whole.iter().map(|node| node.path.clone()).collect::<Vec<_>>());
    }
    assert_eq!(me.read_tree(b"/proc", b"", 99).map(drop), Err(Errno::ENOTSUP));
    assert_eq!(me.read_tree(b"/tmp/t/w", b"", 99).map(drop), Err(Errno::ENOTSUP));
    me.chdir(b"/tmp/t/m").unwrap();
    assert_eq!(read(&me, "/proc/self/cwd", 1 << 20).len(), 8, "by way of a tree");
}

#[test]
fn contents_that_are_elsewhere_are_brought_and_lost_ones_do_not_hide_the_others() {
    let world = World::new();
    let me = world.as_process(1);
    let long = "x".repeat(100_000);
    write(&me, "/tmp/t", &[("a", S_IFREG | 0o644, "one"), ("b", S_IFREG | 0o644, &long), ("c", S_IFREG | 0o644, "three")]).unwrap();
    let whole = read(&me, "/tmp/t", 1 << 20);
    world.reborn();
    assert_eq!(read(&me, "/tmp/t", 1 << 20), whole);
    world.reborn();
    world.store.borrow_mut().chunks.retain(|_, data| data.as_slice() != b"three");
    assert_eq!(me.read_tree(b"/tmp/t", b"", 1 << 20).map(drop), Err(Errno::EIO));
    let names: Vec<_> = read(&me, "/tmp/t", 0).into_iter().map(|node| node.path).collect();
    assert_eq!(names, [b"a", b"b", b"c"], "without contents there is nothing to be lost");
    assert_eq!(me.read_file(b"/tmp/t/c", 99).map(drop), Err(Errno::EIO));
}
