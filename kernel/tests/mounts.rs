//! Mounts that a process makes, and trees copied by reference. What calls on mounted files answer is compared with Linux in `differential.rs`.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::flags::*;
use porthole_abi::{Errno, Syscalls};
use porthole_kernel::Config;
use world::World;
use world::text::{names, read, write};

fn mount(me: &impl Syscalls, kind: &str, source: &str, target: &str, flags: u32) -> Result<(), Errno> {
    me.mount(source.as_bytes(), target.as_bytes(), kind.as_bytes(), flags).map(|_| ())
}

/// The lines of `/proc/mounts` behind those of boot.
fn mounted(me: &impl Syscalls) -> Vec<String> {
    read(me, "/proc/mounts").unwrap().lines().skip(5).map(str::to_owned).collect()
}

/// `/src/{f,d/g}` and an empty `/dst` below `/tmp`.
fn furnished() -> World {
    let world = World::new();
    let me = world.as_process(1);
    for dir in ["/tmp/src", "/tmp/src/d", "/tmp/dst"] {
        me.mkdir(dir.as_bytes(), 0o755).unwrap();
    }
    write(&me, "/tmp/src/f", "f").unwrap();
    write(&me, "/tmp/src/d/g", "g").unwrap();
    world
}

#[test]
fn a_directory_is_seen_in_another_place() {
    let world = furnished();
    let me = world.as_process(1);
    write(&me, "/tmp/dst/hidden", "").unwrap();
    mount(&me, "bind", "/tmp/src", "/tmp/dst", 0).unwrap();
    assert_eq!((names(&me, "/tmp/dst"), read(&me, "/tmp/dst/d/g").unwrap()), (vec!["d".to_owned(), "f".to_owned()], "g".to_owned()));
    write(&me, "/tmp/dst/new", "seen in both").unwrap();
    assert_eq!(read(&me, "/tmp/src/new").unwrap(), "seen in both");
    assert_eq!(me.stat(b"/tmp/dst/f", 0), me.stat(b"/tmp/src/f", 0), "one file, one device, as in Linux");
    assert_eq!(me.realpath(b"/tmp/dst/d/../d/g").unwrap().path, b"/tmp/dst/d/g");
    assert_eq!(me.realpath(b"/tmp/dst/..").unwrap().path, b"/tmp");
    me.chdir(b"/tmp/dst/d").unwrap();
    assert_eq!(me.getcwd().unwrap().path, b"/tmp/dst/d");
    assert_eq!(me.unmount(b"/tmp/dst"), Err(Errno::EBUSY), "somebody stands in it");
    me.chdir(b"../..").unwrap();
    assert_eq!(me.getcwd().unwrap().path, b"/tmp");
    let fd = me.open(b"dst/f", O_RDONLY, 0).unwrap().fd;
    assert_eq!(me.readlink(format!("/proc/self/fd/{fd}").as_bytes()).unwrap().target, b"/tmp/dst/f");
    assert_eq!(me.unmount(b"/tmp/dst"), Err(Errno::EBUSY), "something of it is open");
    me.close(fd).unwrap();
    assert_eq!(me.rename(b"/tmp/dst/f", b"/tmp/src/f2", 0), Err(Errno::EXDEV));
    assert_eq!(me.link(b"/tmp/dst/f", b"/tmp/src/f2"), Err(Errno::EXDEV));
    assert_eq!(me.rmdir(b"/tmp/dst"), Err(Errno::EBUSY));
    assert_eq!(me.rename(b"/tmp/dst", b"/tmp/elsewhere", 0), Err(Errno::EBUSY));
    assert_eq!(me.remove_tree(b"/tmp"), Err(Errno::EBUSY));
    assert_eq!(read(&me, "/tmp/src/f").unwrap(), "f", "nothing was removed");
    me.unmount(b"/tmp/dst").unwrap();
    assert_eq!(me.unmount(b"/tmp/dst"), Err(Errno::EINVAL));
    assert_eq!(me.unmount(b"/tmp"), Err(Errno::EINVAL));
    assert_eq!(me.unmount(b"/"), Err(Errno::EINVAL));
}

#[test]
fn a_tree_moves_with_the_mount_in_it() {
    let world = furnished();
    let me = world.as_process(1);
    mount(&me, "bind", "/tmp/src", "/tmp/dst", 0).unwrap();
    me.mkdir(b"/tmp/over", 0o755).unwrap();
    // Into one mount another, and over one another.
    mount(&me, "bind", "/tmp/over", "/tmp/dst/d", 0).unwrap();
    assert_eq!(names(&me, "/tmp/dst/d"), [""; 0]);
    assert_eq!(names(&me, "/tmp/src/d"), ["g"], "the same directory through its own path is no mount point");
    assert_eq!(me.unmount(b"/tmp/dst"), Err(Errno::EBUSY));
    mount(&me, "bind", "/tmp/src/d", "/tmp/dst/d", 0).unwrap();
    assert_eq!(names(&me, "/tmp/dst/d"), ["g"]);
    me.chdir(b"/tmp/dst/d/..").unwrap();
    assert_eq!(me.getcwd().unwrap().path, b"/tmp/dst");
    me.chdir(b"/").unwrap();
    me.rename(b"/tmp", b"/var/moved", 0).unwrap();
    assert_eq!(read(&me, "/var/moved/dst/d/g").unwrap(), "g");
    assert_eq!(
        mounted(&me),
        ["/tmp/src /var/moved/dst bind rw 0 0", "/tmp/over /var/moved/dst/d bind rw 0 0", "/tmp/src/d /var/moved/dst/d bind rw 0 0"]
    );
    for target in ["/var/moved/dst/d", "/var/moved/dst/d", "/var/moved/dst"] {
        me.unmount(target.as_bytes()).unwrap();
    }
    assert_eq!(mounted(&me), [""; 0]);
    // The source may go; what it held is still seen.
    mount(&me, "bind", "/var/moved/src/d", "/var/moved/dst", 0).unwrap();
    me.remove_tree(b"/var/moved/src").unwrap();
    assert_eq!(names(&me, "/var/moved/dst"), [""; 0]);
    assert_eq!(write(&me, "/var/moved/dst/x", ""), Err(Errno::ENOENT));
    me.unmount(b"/var/moved/dst").unwrap();
}

#[test]
fn nothing_is_changed_through_a_read_only_mount() {
    let world = furnished();
    let me = world.as_process(1);
    mount(&me, "bind", "/tmp/src", "/tmp/dst", MOUNT_READ_ONLY).unwrap();
    assert_eq!(read(&me, "/tmp/dst/f").unwrap(), "f");
    for outcome in [
        write(&me, "/tmp/dst/f", "no"),
        write(&me, "/tmp/dst/new", "no"),
        me.mkdir(b"/tmp/dst/new", 0o755).map(drop),
        me.symlink(b"x", b"/tmp/dst/new").map(drop),
        me.unlink(b"/tmp/dst/f").map(drop),
        me.rmdir(b"/tmp/dst/d").map(drop),
        me.remove_tree(b"/tmp/dst/d").map(drop),
        me.rename(b"/tmp/dst/f", b"/tmp/dst/g", 0).map(drop),
        me.link(b"/tmp/dst/f", b"/tmp/dst/g").map(drop),
        me.chmod(b"/tmp/dst/f", 0o600, 0).map(drop),
        me.utimes(b"/tmp/dst/f", 0, 0, 0).map(drop),
        me.truncate(b"/tmp/dst/f", 0).map(drop),
        me.access(b"/tmp/dst/f", W_OK).map(drop),
        me.copy_file(b"/tmp/src/f", b"/tmp/dst/g", 0).map(drop),
        me.clone_tree(b"/tmp/src", b"/tmp/dst/g").map(drop),
        me.write_tree(b"/tmp/dst", porthole_abi::wire::List(vec![entry("x")])).map(drop),
        me.write_tree(b"/tmp", porthole_abi::wire::List(vec![entry("dst/x")])).map(drop),
        me.write_tree(b"/", porthole_abi::wire::List(vec![entry("proc/x")])).map(drop),
    ] {
        assert_eq!(outcome, Err(Errno::EROFS));
    }
    let fd = me.open(b"/tmp/dst/f", O_RDONLY, 0).unwrap().fd;
    assert_eq!((me.fchmod(fd, 0o600), me.futimes(fd, 0, 0)), (Err(Errno::EROFS), Err(Errno::EROFS)));
    assert_eq!(me.open(format!("/dev/fd/{fd}").as_bytes(), O_WRONLY, 0), Err(Errno::EROFS));
    assert_eq!(mounted(&me), ["/tmp/src /tmp/dst bind ro 0 0"]);
    // Another view of it is as read-only.
    me.mkdir(b"/tmp/again", 0o755).unwrap();
    mount(&me, "bind", "/tmp/dst", "/tmp/again", 0).unwrap();
    assert_eq!(write(&me, "/tmp/again/f", "no"), Err(Errno::EROFS));
    write(&me, "/tmp/src/f", "yes").unwrap();
    assert_eq!(read(&me, "/tmp/again/f").unwrap(), "yes");
}

fn entry(path: &str) -> porthole_abi::syscall::TreeEntry {
    porthole_abi::syscall::TreeEntry { path: path.into(), mode: S_IFREG | 0o644, mtime: 0, data: b"x".to_vec() }
}

#[test]
fn what_cannot_be_mounted() {
    let world = furnished();
    let me = world.as_process(1);
    me.mkdir(b"/tmp/closed", 0o555).unwrap();
    for (kind, source, target, flags, errno) in [
        ("bind", "/tmp/src/f", "/tmp/dst", 0, Errno::ENOTDIR),
        ("bind", "/tmp/src", "/tmp/src/f", 0, Errno::ENOTDIR),
        ("bind", "/tmp/none", "/tmp/dst", 0, Errno::ENOENT),
        ("bind", "/tmp/src", "/tmp/none", 0, Errno::ENOENT),
        ("bind", "/tmp/src", "/", 0, Errno::EBUSY),
        ("bind", "/tmp/src", "/tmp/closed", 0, Errno::EACCES),
        ("bind", "/tmp/src", "/task/self", 0, Errno::EACCES),
        ("bind", "/proc/self", "/tmp/dst", 0, Errno::EINVAL),
        ("ext4", "/dev/sda", "/tmp/dst", 0, Errno::ENODEV),
        ("bind", "/tmp/src", "/tmp/dst", 2, Errno::EINVAL),
        ("overlay", "/proc", "/tmp/dst", 0, Errno::EINVAL),
    ] {
        assert_eq!(mount(&me, kind, source, target, flags), Err(errno), "{kind} {source} {target}");
    }
    assert_eq!(mounted(&me), [""; 0]);
    mount(&me, "proc", "proc", "/tmp/dst", 0).unwrap();
    assert!(read(&me, "/tmp/dst/self/cmdline").unwrap().starts_with("porthole"));
    assert_eq!(me.realpath(b"/tmp/dst/self/fd").unwrap().path, b"/tmp/dst/1/fd");
    assert_eq!(me.realpath(b"/tmp/dst/1/../../src").unwrap().path, b"/tmp/src");
    me.mkdir(b"/tmp/web", 0o755).unwrap();
    mount(&me, "bind", "/web", "/tmp/web", 0).unwrap();
    assert_eq!(names(&me, "/tmp/web"), ["container", "sw"]);
    me.unmount(b"/tmp/dst").unwrap();
    me.unmount(b"/tmp/web").unwrap();
    assert_eq!(mounted(&me), [""; 0]);
}

#[test]
fn an_overlay_leaves_what_is_below_it_alone() {
    let world = furnished();
    let me = world.as_process(1);
    let before = me.sysinfo().unwrap().files_bytes;
    mount(&me, "overlay", "/tmp/src", "/tmp/dst", 0).unwrap();
    assert_eq!(me.sysinfo().unwrap().files_bytes, before, "contents are shared");
    write(&me, "/tmp/dst/f", "changed").unwrap();
    me.remove_tree(b"/tmp/dst/d").unwrap();
    write(&me, "/tmp/dst/n", "new").unwrap();
    assert_eq!((read(&me, "/tmp/src/f").unwrap(), read(&me, "/tmp/src/d/g").unwrap()), ("f".to_owned(), "g".to_owned()));
    assert_eq!(names(&me, "/tmp/dst"), ["f", "n"]);
    assert_ne!(me.stat(b"/tmp/dst/f", 0).unwrap().stat.dev, me.stat(b"/tmp/src/f", 0).unwrap().stat.dev);
    assert_eq!(me.realpath(b"/tmp/dst/f").unwrap().path, b"/tmp/dst/f");
    // Two of one directory know nothing of each other.
    me.mkdir(b"/tmp/other", 0o755).unwrap();
    mount(&me, "overlay", "/tmp/src", "/tmp/other", MOUNT_READ_ONLY).unwrap();
    assert_eq!((read(&me, "/tmp/other/f").unwrap(), write(&me, "/tmp/other/f", "")), ("f".to_owned(), Err(Errno::EROFS)));
    assert_eq!(mounted(&me), ["/tmp/src /tmp/dst overlay rw 0 0", "/tmp/src /tmp/other overlay ro 0 0"]);
    // What is wanted of it can be kept.
    me.clone_tree(b"/tmp/dst", b"/tmp/kept").unwrap();
    me.unmount(b"/tmp/dst").unwrap();
    me.unmount(b"/tmp/other").unwrap();
    assert_eq!(names(&me, "/tmp/dst"), [""; 0]);
    assert_eq!(read(&me, "/tmp/kept/f").unwrap(), "changed");
    me.remove_tree(b"/tmp/kept").unwrap();
    assert_eq!(me.sysinfo().unwrap().files_bytes, before, "nothing is left of them");
    assert_eq!(names(&me, "/"), names(&World::new().as_process(1), "/"), "and nothing was ever seen of where they were");
}

#[test]
fn a_copied_tree_is_the_same_and_another() {
    let world = furnished();
    let me = world.as_process(1);
    me.link(b"/tmp/src/f", b"/tmp/src/d/twin").unwrap();
    me.symlink(b"../f", b"/tmp/src/d/link").unwrap();
    me.chmod(b"/tmp/src/d", 0o1750, 0).unwrap();
    me.utimes(b"/tmp/src/f", 5_000_000_007, 6_000_000_008, 0).unwrap();
    me.utimes(b"/tmp/src", 1_000, 2_000, 0).unwrap();
    write(&me, "/tmp/src/long", &"x".repeat(200_000)).unwrap();
    let before = me.sysinfo().unwrap().files_bytes;
    me.clone_tree(b"/tmp/src", b"/tmp/copy/").unwrap();
    assert_eq!(me.sysinfo().unwrap().files_bytes, before);
    let stat = |path: &str| me.stat(path.as_bytes(), NOFOLLOW).unwrap().stat;
    for path in ["", "/f", "/d", "/d/g", "/d/twin", "/d/link", "/long"] {
        let (old, new) = (stat(&format!("/tmp/src{path}")), stat(&format!("/tmp/copy{path}")));
        assert_ne!(old.ino, new.ino, "{path}");
        let same = |stat: &porthole_abi::Stat| (stat.mode, stat.nlink, stat.uid, stat.size, stat.atime, stat.mtime);
        assert_eq!(same(&old), same(&new), "{path}");
    }
    assert_eq!(stat("/tmp/copy/f").ino, stat("/tmp/copy/d/twin").ino, "two names of one file stay that");
    assert_eq!(stat("/tmp/copy/f").nlink, 2);
    write(&me, "/tmp/copy/d/twin", "changed").unwrap();
    assert_eq!((read(&me, "/tmp/copy/f").unwrap(), read(&me, "/tmp/src/f").unwrap()), ("changed".to_owned(), "f".to_owned()));
    me.remove_tree(b"/tmp/src").unwrap();
    assert_eq!(read(&me, "/tmp/copy/long").unwrap().len(), 200_000);

    assert_eq!(me.clone_tree(b"/tmp/copy", b"/tmp/copy"), Err(Errno::EEXIST));
    assert_eq!(me.clone_tree(b"/tmp/copy", b"/tmp/copy/d/inside"), Err(Errno::EINVAL));
    assert_eq!(me.clone_tree(b"/tmp/copy/f", b"/tmp/f"), Err(Errno::ENOTDIR));
    assert_eq!(me.clone_tree(b"/tmp/none", b"/tmp/f"), Err(Errno::ENOENT));
    assert_eq!(me.clone_tree(b"/proc/self", b"/tmp/p"), Err(Errno::EXDEV));
    assert_eq!(me.clone_tree(b"/tmp/copy", b"/proc/p"), Err(Errno::ENOENT));
    me.chmod(b"/tmp/copy/long", 0, 0).unwrap();
    assert_eq!(me.clone_tree(b"/tmp/copy", b"/tmp/all-or-nothing"), Err(Errno::EACCES));
    assert_eq!(me.stat(b"/tmp/all-or-nothing", 0), Err(Errno::ENOENT));
}

#[test]
fn a_copy_needs_room_for_its_files() {
    let world = World::with(Config { files: 110, ..Config::default() });
    let me = world.as_process(1);
    me.mkdir(b"/tmp/d", 0o755).unwrap();
    let mut count = 0;
    while write(&me, &format!("/tmp/d/{count}"), "").is_ok() {
        count += 1;
    }
    assert!(count > 4, "{count}");
    for number in 0..count / 2 {
        me.unlink(format!("/tmp/d/{number}").as_bytes()).unwrap();
    }
    assert_eq!(me.clone_tree(b"/tmp/d", b"/tmp/e"), Err(Errno::ENOSPC), "one for the directory is missing");
    me.unlink(format!("/tmp/d/{}", count - 1).as_bytes()).unwrap();
    me.clone_tree(b"/tmp/d", b"/tmp/e").unwrap();
}

#[test]
fn mounts_survive_the_kernel() {
    let world = furnished();
    let me = world.as_process(1);
    mount(&me, "bind", "/tmp/src", "/tmp/dst", 0).unwrap();
    me.mkdir(b"/tmp/o", 0o755).unwrap();
    mount(&me, "overlay", "/tmp/src", "/tmp/o", 0).unwrap();
    me.chdir(b"/tmp/dst/d").unwrap();
    world.reborn();
    assert_eq!((me.getcwd().unwrap().path, read(&me, "g").unwrap()), (b"/tmp/dst/d".to_vec(), "g".to_owned()));
    assert_eq!(read(&me, "/tmp/o/f").unwrap(), "f");
}
