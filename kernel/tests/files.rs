//! Files as processes see them. What Linux's rules decide is in `differential`; here is what it cannot compare: descriptors among processes, room,
//! whole-file calls, Node's own rules.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::flags::*;
use porthole_abi::{Errno, Syscalls};
use porthole_kernel::Config;
use world::World;

const WRITE: u32 = O_WRONLY | O_CREAT | O_TRUNC;

fn names(me: &impl Syscalls, path: &[u8]) -> Vec<String> {
    me.readdir(path, 0, 1000).unwrap().entries.0.into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect()
}

#[test]
fn a_whole_file_goes_in_and_comes_out() {
    let world = World::new();
    let me = world.as_process(1);
    me.write_file(b"/tmp/f", b"hello", WRITE, 0o666).unwrap();
    assert_eq!(me.read_file(b"/tmp/f", 5).unwrap().data, b"hello");
    assert_eq!(me.read_file(b"/tmp/f", 4), Err(Errno::EFBIG));
    assert_eq!(me.read_file(b"/tmp", 4), Err(Errno::EISDIR));
    me.write_file(b"/tmp/f", b" again", O_WRONLY | O_APPEND, 0).unwrap();
    assert_eq!(me.read_file(b"/tmp/f", u32::MAX).unwrap().data, b"hello again");
    assert_eq!(me.write_file(b"/tmp/f", b"x", O_WRONLY | O_CREAT | O_EXCL, 0o666), Err(Errno::EEXIST));
    assert_eq!(me.write_file(b"/tmp/f", b"x", O_RDONLY, 0), Err(Errno::EBADF));
    let stat = me.stat(b"/tmp/f", 0).unwrap().stat;
    assert_eq!((stat.mode, stat.size, stat.uid, stat.mtime), (S_IFREG | 0o644, 11, 1000, 1_700_000_000_000_000_000));
    assert_eq!(me.write_file(b"/dev/null", b"away", WRITE, 0).map(drop), Ok(()));
    assert_eq!(me.write_file(b"/dev/full", b"away", O_WRONLY, 0), Err(Errno::ENOSPC));
}

#[test]
fn a_file_larger_than_a_frame_is_read_in_pieces() {
    let world = World::new();
    let me = world.as_process(1);
    let fd = me.open(b"/tmp/f", O_RDWR | O_CREAT, 0o600).unwrap().fd;
    for piece in 0..3 {
        assert_eq!(me.write(fd, &vec![piece; 2_000_000], -1).unwrap().written, 2_000_000);
    }
    assert_eq!(me.read_file(b"/tmp/f", u32::MAX), Err(Errno::EFBIG));
    let first = me.pread(fd, u32::MAX, 0).unwrap().data.len();
    assert!((4_000_000..4 << 20).contains(&first));
    assert_eq!(me.pread(fd, 10, 3_999_995).unwrap().data, [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
}

#[test]
fn a_child_shares_the_position_and_an_opening_of_its_own_does_not() {
    let world = World::new();
    let me = world.as_process(1);
    let fd = me.open(b"/tmp/f", O_RDWR | O_CREAT, 0o600).unwrap().fd;
    let child = world.as_process(world.spawn(&[(7, fd)]));
    me.write(fd, b"abc", -1).unwrap();
    child.write(7, b"def", -1).unwrap();
    assert_eq!(me.seek(fd, 0, SEEK_CUR).unwrap().position, 6);
    let own = child.open(b"/tmp/f", O_RDONLY, 0).unwrap().fd;
    assert_eq!(child.read(own, 10, -1).unwrap().data, b"abcdef");
    assert_eq!(child.write(own, b"x", -1), Err(Errno::EBADF));
    assert_eq!(child.fd_kind(own).unwrap().kind, FD_FILE);
}

#[test]
fn a_file_without_a_name_lives_until_its_last_descriptor() {
    let world = World::new();
    let me = world.as_process(1);
    let before = me.sysinfo().unwrap().files_bytes;
    me.write_file(b"/tmp/f", &[1; 100_000], WRITE, 0o600).unwrap();
    let fd = me.open(b"/tmp/f", O_RDONLY, 0).unwrap().fd;
    let child = world.spawn(&[(3, fd)]);
    me.unlink(b"/tmp/f").unwrap();
    me.close(fd).unwrap();
    let child = world.as_process(child);
    assert_eq!(child.fstat(3).unwrap().stat.nlink, 0);
    assert_eq!(child.pread(3, 2, 99_999).unwrap().data, [1]);
    child.exit(0).unwrap();
    assert_eq!(me.sysinfo().unwrap().files_bytes, before);
}

#[test]
fn when_room_runs_out_a_write_is_short_and_then_fails() {
    let world = World::with(Config { files_bytes: 300_000, ..Config::default() });
    let me = world.as_process(1);
    let fd = me.open(b"/tmp/f", O_WRONLY | O_CREAT, 0o600).unwrap().fd;
    let written = me.write(fd, &[7; 400_000], -1).unwrap().written;
    assert_eq!(written % 65_536, 0);
    assert!((196_608..300_000).contains(&written));
    assert_eq!(me.write(fd, &[7; 65_536], -1), Err(Errno::ENOSPC));
    assert_eq!(me.write_file(b"/tmp/g", &[7; 200_000], WRITE, 0o600), Err(Errno::ENOSPC));
    let room = me.statfs(b"/").unwrap().statfs;
    assert!(room.bavail * room.bsize < 65_536 * 2, "{room:?}");
    me.ftruncate(fd, 0).unwrap();
    me.write_file(b"/tmp/g", &[7; 200_000], WRITE, 0o600).unwrap();
    // A copy shares what it copies, until it changes.
    me.copy_file(b"/tmp/g", b"/tmp/h", 0).unwrap();
    assert_eq!(me.read_file(b"/tmp/h", u32::MAX).unwrap().data, [7; 200_000]);
    let fd = me.open(b"/tmp/h", O_WRONLY, 0).unwrap().fd;
    me.write(fd, b"x", 0).unwrap();
    assert_eq!(me.pread(me.open(b"/tmp/g", O_RDONLY, 0).unwrap().fd, 1, 0).unwrap().data, [7]);
    // A hole takes none.
    me.truncate(b"/tmp/h", 1 << 40).unwrap();
    assert_eq!(me.truncate(b"/tmp/h", 1 << 44), Err(Errno::EFBIG));
}

#[test]
fn the_number_of_files_is_limited() {
    let world = World::with(Config { files: 100, ..Config::default() });
    let me = world.as_process(1);
    let made = (0..200).take_while(|number| me.mkdir(format!("/tmp/{number}").as_bytes(), 0o755).is_ok()).count();
    assert!((10..100).contains(&made), "{made}");
    assert_eq!(me.write_file(b"/tmp/f", b"", WRITE, 0o600), Err(Errno::ENOSPC));
    me.rmdir(b"/tmp/0").unwrap();
    me.write_file(b"/tmp/f", b"", WRITE, 0o600).unwrap();
}

/// Node 24's answers to the same calls, `undefined` as the empty path.
#[test]
fn mkdir_all_answers_as_nodes_recursive_mkdir() {
    let world = World::new();
    let me = world.as_process(1);
    me.chdir(b"/tmp").unwrap();
    me.write_file(b"f", b"", WRITE, 0o600).unwrap();
    me.symlink(b"nowhere", b"dang").unwrap();
    let cases: &[(&str, Result<&str, Errno>)] = &[
        ("x/y/z", Ok("x")),
        ("x/y/z", Ok("")),
        ("./q/../r/s", Ok("./q")),
        ("x/y/w/", Ok("x/y/w/")),
        ("f", Err(Errno::EEXIST)),
        ("f/g", Err(Errno::ENOTDIR)),
        ("f/g/h", Err(Errno::ENOTDIR)),
        ("dang", Err(Errno::ENOENT)),
        ("dang/a", Err(Errno::ENOENT)),
        ("lx/a/b", Ok("lx/a")),
        ("", Err(Errno::ENOENT)),
        ("/", Ok("")),
        (".", Ok("")),
        ("x/new/../y", Ok("x/new")),
        ("//tmp//double//deep", Ok("//tmp//double")),
    ];
    me.symlink(b"x", b"lx").unwrap();
    for (path, expected) in cases {
        let got = me.mkdir_all(path.as_bytes(), 0o777).map(|reply| String::from_utf8(reply.first).unwrap());
        assert_eq!(got.as_deref().map_err(|errno| *errno), *expected, "{path}");
    }
    assert_eq!(names(&me, b"r"), ["s"]);
    assert_eq!(me.stat(b"x/y", 0).unwrap().stat.mode, S_IFDIR | 0o755);
}

#[test]
fn mkdtemp_makes_names_that_were_free() {
    let world = World::new();
    let me = world.as_process(1);
    let (one, two) = (me.mkdtemp(b"/tmp/a-").unwrap().path, me.mkdtemp(b"/tmp/a-").unwrap().path);
    assert_ne!(one, two);
    assert!(one.starts_with(b"/tmp/a-") && one.len() == b"/tmp/a-".len() + 6);
    assert_eq!(me.stat(&one, 0).unwrap().stat.mode, S_IFDIR | 0o700);
    assert_eq!(me.mkdtemp(b"/nowhere/a-"), Err(Errno::ENOENT));
}

#[test]
fn copies_are_what_libuv_makes() {
    let world = World::new();
    let me = world.as_process(1);
    me.chdir(b"/tmp").unwrap();
    me.mkdir(b"x", 0o777).unwrap();
    me.write_file(b"m", b"hello", WRITE, 0o755).unwrap();
    me.write_file(b"d", b"long long", WRITE, 0o600).unwrap();
    assert_eq!(me.copy_file(b"x", b"nf", 0), Err(Errno::EISDIR));
    assert_eq!(me.stat(b"nf", 0), Err(Errno::ENOENT));
    assert_eq!(me.copy_file(b"m", b"x", 0), Err(Errno::EISDIR));
    me.copy_file(b"m", b"m", 0).unwrap();
    assert_eq!(me.copy_file(b"m", b"m", 1), Err(Errno::EEXIST));
    me.copy_file(b"m", b"d", 0).unwrap();
    assert_eq!((me.stat(b"d", 0).unwrap().stat.mode, me.read_file(b"d", 10).unwrap().data), (S_IFREG | 0o755, b"hello".to_vec()));
}

#[test]
fn a_tree_goes_with_all_below_it_and_links_are_not_followed() {
    let world = World::new();
    let me = world.as_process(1);
    me.chdir(b"/tmp").unwrap();
    me.mkdir_all(b"t/a/b/c", 0o777).unwrap();
    me.mkdir_all(b"kept", 0o777).unwrap();
    me.write_file(b"kept/f", b"", WRITE, 0o600).unwrap();
    me.symlink(b"/tmp/kept", b"t/a/link").unwrap();
    me.write_file(b"t/a/f", b"", WRITE, 0o600).unwrap();
    for (path, expected) in
        [("nope", Errno::ENOENT), ("t/a/.", Errno::EINVAL), ("t/a/..", Errno::ENOTEMPTY), ("/", Errno::EBUSY), ("t/a/link/", Errno::ENOTDIR)]
    {
        assert_eq!(me.remove_tree(path.as_bytes()), Err(expected), "{path}");
    }
    me.remove_tree(b"t").unwrap();
    assert_eq!(names(&me, b"."), ["kept"]);
    assert_eq!(names(&me, b"kept"), ["f"]);
    me.remove_tree(b"kept/f").unwrap();
    me.mkdir_all(b"kept/locked/in", 0o777).unwrap();
    me.chmod(b"kept/locked", 0o555, 0).unwrap();
    assert_eq!(me.remove_tree(b"kept"), Err(Errno::EACCES));
}

#[test]
fn a_directory_is_listed_in_pieces() {
    let world = World::new();
    let me = world.as_process(1);
    for number in 0..100 {
        me.write_file(format!("/tmp/{number:02}").as_bytes(), b"", WRITE, 0o600).unwrap();
    }
    let piece = |skip, limit| me.readdir(b"/tmp", skip, limit).unwrap().entries.0;
    let mut all = Vec::new();
    loop {
        let next = piece(all.len() as u32, 30);
        let end = next.len() < 30;
        all.extend(next);
        if end {
            break;
        }
    }
    assert_eq!(all, piece(0, u32::MAX));
    assert!(all.windows(2).all(|pair| pair[0].name < pair[1].name) && all.len() == 100);
    assert_eq!(piece(100, 10), []);
}

#[test]
fn the_working_directory_moves_with_its_directory() {
    let world = World::new();
    let me = world.as_process(1);
    me.mkdir_all(b"/tmp/a/b", 0o777).unwrap();
    me.chdir(b"/tmp/a/b").unwrap();
    me.rename(b"/tmp/a", b"/tmp/z", 0).unwrap();
    assert_eq!(me.getcwd().unwrap().path, b"/tmp/z/b");
    me.write_file(b"f", b"", WRITE, 0o600).unwrap();
    assert_eq!(me.realpath(b"../b/./f").unwrap().path, b"/tmp/z/b/f");
    me.remove_tree(b"/tmp/z").unwrap();
    assert_eq!(me.getcwd(), Err(Errno::ENOENT));
    assert_eq!(me.write_file(b"f", b"", WRITE, 0o600), Err(Errno::ENOENT));
}

#[test]
fn what_is_no_file_has_a_stat_too() {
    let world = World::new();
    let me = world.as_process(1);
    let pipe = me.pipe().unwrap();
    assert_eq!(me.fstat(pipe.reader).unwrap().stat.mode & S_IFMT, S_IFIFO);
    let null = me.open(b"/dev/null", O_RDWR, 0).unwrap().fd;
    assert_eq!((me.fstat(null).unwrap().stat.mode & S_IFMT, me.fstat(null).unwrap().stat.rdev), (S_IFCHR, 0x103));
    assert_eq!((me.fd_kind(null).unwrap().kind, me.read(null, 10, -1).unwrap().data), (FD_CHAR, vec![]));
    assert_eq!(me.seek(pipe.reader, 0, SEEK_SET), Err(Errno::ESPIPE));
    assert_eq!(me.ftruncate(pipe.writer, 0), Err(Errno::EINVAL));
    let dir = me.open(b"/tmp", O_RDONLY | O_DIRECTORY, 0).unwrap().fd;
    assert_eq!((me.fd_kind(dir).unwrap().kind, me.read(dir, 1, -1)), (FD_DIR, Err(Errno::EISDIR)));
    assert_eq!(me.fstat(99), Err(Errno::EBADF));
}

#[test]
fn only_the_owner_changes_modes_and_nobody_gives_files_away() {
    let world = World::new();
    let me = world.as_process(1);
    assert_eq!(me.chmod(b"/dev/null", 0o777, 0), Err(Errno::EPERM));
    me.write_file(b"/tmp/f", b"", WRITE, 0o600).unwrap();
    assert_eq!(me.chown(b"/tmp/f", 0, 0, 0), Err(Errno::EPERM));
    me.chown(b"/tmp/f", 1000, u32::MAX, 0).unwrap();
    me.chmod(b"/tmp/f", 0, 0).unwrap();
    assert_eq!(me.open(b"/tmp/f", O_RDONLY, 0), Err(Errno::EACCES));
    assert_eq!(me.access(b"/tmp/f", R_OK), Err(Errno::EACCES));
    me.access(b"/tmp/f", F_OK).unwrap();
}
