//! Trees that `zip` and `tar` packed: what is mounted is what was packed.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use porthole_abi::flags::*;
use porthole_abi::{Errno, Syscalls};

use crate::build::noise;
use crate::tools::Folder;
use crate::world::World;
use crate::world::text::{names, read, write};
use crate::{cold, mount, put, slurp, with_archive};

/// A tree with everything that an archive can have.
fn furnished(folder: &Folder) {
    let at = |name: &str| folder.path().join(name);
    for dir in ["tree/a/deep/er", "tree/empty"] {
        std::fs::create_dir_all(at(dir)).unwrap();
    }
    std::fs::write(at("tree/hello.txt"), "hello\n").unwrap();
    std::fs::write(at("tree/zero"), "").unwrap();
    std::fs::write(at("tree/a/zeros"), vec![0; 300_000]).unwrap();
    std::fs::write(at("tree/a/noise"), noise(500_000, 7)).unwrap();
    std::fs::write(at("tree/a/deep/er/ünï \"cödé\""), "name").unwrap();
    std::fs::write(at("tree/run.sh"), "#!/bin/sh\n").unwrap();
    std::fs::set_permissions(at("tree/run.sh"), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(at("tree/empty"), std::fs::Permissions::from_mode(0o700)).unwrap();
    std::os::unix::fs::symlink("../hello.txt", at("tree/a/link")).unwrap();
    std::fs::hard_link(at("tree/hello.txt"), at("tree/a/twin")).unwrap();
    let times = std::fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_001));
    std::fs::File::options().write(true).open(at("tree/hello.txt")).unwrap().set_times(times).unwrap();
}

/// All below `there` is in the container at `here`.
fn same(me: &impl Syscalls, there: &Path, here: &str, pieces: u32) {
    let listed = names(me, here);
    let mut expected: Vec<String> = there.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    expected.sort();
    assert_eq!(listed, expected, "{here}");
    for name in expected {
        let (there, here) = (there.join(&name), format!("{here}/{name}"));
        let (real, ours) = (there.symlink_metadata().unwrap(), me.stat(here.as_bytes(), NOFOLLOW).unwrap().stat);
        let attributes = |mode: u32| if mode & S_IFMT == S_IFLNK { S_IFLNK } else { mode };
        assert_eq!(attributes(ours.mode), attributes(real.mode()), "{here}");
        if real.is_dir() {
            same(me, &there, &here, pieces);
            continue;
        }
        assert_eq!(ours.size, real.len(), "{here}");
        if real.is_symlink() {
            assert_eq!(me.readlink(here.as_bytes()).unwrap().target, there.read_link().unwrap().into_os_string().into_encoded_bytes());
        } else {
            assert_eq!(ours.mtime / 1_000_000_000, real.mtime(), "{here}");
            assert!(slurp(me, &here, pieces).unwrap() == std::fs::read(&there).unwrap(), "{here}");
        }
    }
}

fn archive_is_its_tree(kind: &str, line: &str) {
    let folder = Folder::new(kind);
    furnished(&folder);
    let archive = folder.make(line, "made");
    let world = with_archive(&archive);
    let me = world.as_process(1);
    mount(&me, kind, "/tmp/a", "/mnt").unwrap();
    same(&me, &folder.path().join("tree"), "/mnt/tree", 1 << 20);
    // Nothing in memory, and a kernel that has just been born.
    cold(&world);
    same(&me, &folder.path().join("tree"), "/mnt/tree", 10_000);
    world.reborn();
    cold(&world);
    same(&world.as_process(1), &folder.path().join("tree"), "/mnt/tree", 70_000);
}

#[test]
fn a_zip_archive_is_its_tree() {
    archive_is_its_tree("zip", "zip -qry made.zip tree && mv made.zip made");
}

#[test]
fn a_tar_archive_is_its_tree() {
    archive_is_its_tree("tar", "tar cf made tree");
}

#[test]
fn a_tar_archive_in_the_format_of_posix_is_its_tree() {
    let folder = Folder::new("pax");
    furnished(&folder);
    let long = format!("{}/{}", "d".repeat(120), "f".repeat(200));
    std::fs::create_dir_all(folder.path().join("tree").join("d".repeat(120))).unwrap();
    std::fs::write(folder.path().join("tree").join(&long), "long").unwrap();
    for format in ["pax", "gnu"] {
        let archive = folder.make(&format!("tar --format={format} -cf made ./tree"), "made");
        let world = with_archive(&archive);
        let me = world.as_process(1);
        mount(&me, "tar", "/tmp/a", "/mnt").unwrap();
        same(&me, &folder.path().join("tree"), "/mnt/tree", 1 << 20);
        let twins = ["/mnt/tree/hello.txt", "/mnt/tree/a/twin"].map(|path| me.stat(path.as_bytes(), 0).unwrap().stat);
        assert_eq!((twins[0].ino, twins[0].nlink), (twins[1].ino, 2));
    }
}

fn small() -> Vec<u8> {
    crate::build::zip(&[crate::build::file("d/f", b"contents"), crate::build::file("g", b"more")])
}

#[test]
fn a_mount_is_as_any_other() {
    let world = with_archive(&small());
    let me = world.as_process(1);
    mount(&me, "zip", "/tmp/a", "/mnt").unwrap();
    assert_eq!(read(&me, "/proc/mounts").unwrap().lines().last(), Some("/tmp/a /mnt zip ro 0 0"));
    assert_eq!(me.realpath(b"/mnt/d/../d/f").unwrap().path, b"/mnt/d/f");
    assert_eq!(me.realpath(b"/mnt/..").unwrap().path, b"/");
    let stat = |path: &str| me.stat(path.as_bytes(), 0).unwrap().stat;
    assert!(stat("/mnt").dev != stat("/").dev && stat("/mnt").dev == stat("/mnt/d/f").dev);
    assert_eq!((stat("/mnt/d").nlink, stat("/mnt").nlink, stat("/mnt/d").mode), (2, 3, S_IFDIR | 0o755));
    let statfs = me.statfs(b"/mnt/d").unwrap().statfs;
    assert_eq!((statfs.bfree, statfs.files, statfs.ffree), (0, 4, 0));
    for refused in [
        write(&me, "/mnt/d/f", "x"),
        write(&me, "/mnt/new", "x"),
        me.mkdir(b"/mnt/x", 0o755).map(drop),
        me.unlink(b"/mnt/g").map(drop),
        me.chmod(b"/mnt/g", 0o600, 0).map(drop),
        me.rename(b"/mnt/g", b"/mnt/h", 0).map(drop),
        me.utimes(b"/mnt/g", 0, 0, 0).map(drop),
        me.remove_tree(b"/mnt/d").map(drop),
        me.access(b"/mnt/g", W_OK).map(drop),
    ] {
        assert_eq!(refused, Err(Errno::EROFS));
    }
    assert_eq!(me.link(b"/mnt/g", b"/tmp/g"), Err(Errno::EXDEV));
    assert_eq!(me.rename(b"/mnt/g", b"/tmp/g", 0), Err(Errno::EXDEV));
    assert_eq!(me.copy_file(b"/mnt/g", b"/tmp/g", 0).map(drop), Err(Errno::EXDEV));
    assert_eq!(me.clone_tree(b"/mnt/d", b"/tmp/d").map(drop), Err(Errno::EXDEV));
    assert_eq!(mount(&me, "overlay", "/mnt", "/mnt"), Err(Errno::EINVAL));
    // A watch hears nothing, since nothing happens.
    let watch = me.watch_path(b"/mnt", 1).unwrap().fd;
    assert_eq!(me.read(watch, 100, -1).map(drop), Err(Errno::EAGAIN));
    me.close(watch).unwrap();
    // Exported as any tree.
    let page = me.read_tree(b"/mnt", b"", 1 << 16).unwrap();
    assert_eq!(page.entries.0.len(), 3);

    let fd = me.open(b"/mnt/d/f", O_RDONLY, 0).unwrap().fd;
    assert_eq!(me.unmount(b"/mnt"), Err(Errno::EBUSY));
    assert_eq!(me.readlink(format!("/proc/self/fd/{fd}").as_bytes()).unwrap().target, b"/mnt/d/f");
    me.close(fd).unwrap();
    me.chdir(b"/mnt/d").unwrap();
    assert_eq!((me.unmount(b"/mnt"), me.getcwd().unwrap().path), (Err(Errno::EBUSY), b"/mnt/d".to_vec()));
    me.chdir(b"/").unwrap();
    // A part of it elsewhere keeps the image when its own mount goes.
    me.mkdir(b"/tmp/part", 0o755).unwrap();
    mount(&me, "bind", "/mnt/d", "/tmp/part").unwrap();
    me.unmount(b"/mnt").unwrap();
    assert_eq!(names(&me, "/mnt"), [""; 0]);
    assert_eq!(read(&me, "/tmp/part/f").unwrap(), "contents");
    assert_eq!(write(&me, "/tmp/part/f", "x"), Err(Errno::EROFS));
    me.unmount(b"/tmp/part").unwrap();
    assert_eq!(me.unmount(b"/tmp/part"), Err(Errno::EINVAL));
}

#[test]
fn the_archive_may_change_and_go() {
    let world = with_archive(&small());
    let me = world.as_process(1);
    let bytes = || read(&me, "/web/container/main/status").unwrap().lines().find(|line| line.starts_with("bytes")).unwrap().to_owned();
    let before = bytes();
    mount(&me, "zip", "/tmp/a", "/mnt").unwrap();
    assert_eq!(bytes(), before, "kept by reference");
    put(&world, "/tmp/a", b"no archive any more");
    me.unlink(b"/tmp/a").unwrap();
    cold(&world);
    assert_eq!(read(&me, "/mnt/d/f").unwrap(), "contents");
    world.reborn();
    let me = world.as_process(1);
    cold(&world);
    assert_eq!(read(&me, "/mnt/g").unwrap(), "more");
    // With the mount the bytes go.
    let chunks = || {
        world.event(porthole_kernel::Event::Commit);
        let mut store = world.store.borrow().clone();
        store.release(u64::MAX);
        store.chunks.len()
    };
    let mounted = chunks();
    me.unmount(b"/mnt").unwrap();
    assert_eq!(chunks(), mounted - 1);
    // Another life knows nothing of it.
    assert_eq!(world.risen().as_process(1).stat(b"/mnt/g", 0).map(drop), Err(Errno::ENOENT));
}

#[test]
fn a_mount_is_no_file_of_another_life() {
    let world = with_archive(&small());
    mount(&world.as_process(1), "zip", "/tmp/a", "/mnt").unwrap();
    world.event(porthole_kernel::Event::Commit);
    let risen = world.risen();
    let me = risen.as_process(1);
    assert_eq!(names(&me, "/mnt"), [""; 0]);
    mount(&me, "zip", "/tmp/a", "/mnt").unwrap();
    assert_eq!(read(&me, "/mnt/d/f").unwrap(), "contents");
}

#[test]
fn orders_mount_too_and_their_answers_have_words() {
    let world = with_archive(&small());
    let me = world.as_process(1);
    let ctl = "/web/container/main/ctl";
    cold(&world);
    write(&me, ctl, "mount zip /tmp/a /mnt\n").unwrap();
    assert_eq!(read(&me, "/mnt/g").unwrap(), "more");
    write(&me, ctl, "unmount /mnt").unwrap();
    assert_eq!(write(&me, ctl, "mount tar /tmp/a /mnt"), Err(Errno::EINVAL));
    assert_eq!(crate::answer(&world), "mount: the tar archive cannot be read: it ends in the middle of a header (EINVAL)\n");
    assert_eq!(write(&me, ctl, "mount zip /tmp/none /mnt"), Err(Errno::ENOENT));
    assert_eq!(write(&me, ctl, "mount zip /tmp /mnt"), Err(Errno::EISDIR));
    // The call leaves its words there as well.
    put(&world, "/tmp/gz", b"\x1f\x8b\x08 and so on, as long as a header of tar has to be, which is rather long ".repeat(9).as_slice());
    assert_eq!(mount(&me, "tar", "/tmp/gz", "/mnt"), Err(Errno::EINVAL));
    assert!(crate::answer(&world).starts_with("mount: the archive is compressed as a whole (gzip)"), "{}", crate::answer(&world));
}

#[test]
fn a_program_runs_from_an_archive() {
    use porthole_abi::wire::List;
    let script = crate::build::Entry { mode: 0o100_755, ..crate::build::file("bin/tool", b"#!/usr/bin/env node\n") };
    let world = with_archive(&crate::build::zip(&[script]));
    let me = world.as_process(1);
    mount(&me, "zip", "/tmp/a", "/mnt").unwrap();
    cold(&world);
    let pid = me.spawn(b"/mnt/bin/tool", List(vec![]), List(vec![]), b"/mnt/bin", List(vec![]), 0).unwrap().pid;
    assert_eq!(me.readlink(format!("/proc/{pid}/cwd").as_bytes()).unwrap().target, b"/mnt/bin");
}

#[test]
fn contents_that_cannot_be_had_are_eio_and_nothing_else_is() {
    let world: World = with_archive(&crate::build::zip(&[
        crate::build::Entry { deflated: false, ..crate::build::file("far", &noise(200_000, 1)) },
        crate::build::file("near", b"here"),
    ]));
    let me = world.as_process(1);
    mount(&me, "zip", "/tmp/a", "/mnt").unwrap();
    cold(&world);
    let lost = *world.store.borrow().chunks.iter().filter(|(_, data)| data.len() == 64 << 10).nth(1).unwrap().0;
    let kept = world.store.borrow_mut().chunks.remove(&lost).unwrap();
    assert_eq!(slurp(&me, "/mnt/far", 1000), Err(Errno::EIO));
    assert_eq!(read(&me, "/mnt/near").unwrap(), "here");
    world.store.borrow_mut().chunks.insert(lost, kept);
    assert_eq!(slurp(&me, "/mnt/far", 1000).unwrap(), noise(200_000, 1), "it was not the archive's fault");
}
