//! All files kept as they are, and put back.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::flags::*;
use porthole_abi::{Errno, Syscalls};
use porthole_kernel::Config;
use world::World;
use world::text::{names, read, write};

const CTL: &str = "/web/container/main/ctl";
const KEPT: &str = "/web/container/main/snapshots";

/// Everything below a directory of the file system: path, mode, links, owner, times, content.
fn all(me: &impl Syscalls, top: &str) -> Vec<String> {
    let (mut open, mut out) = (vec![String::new()], vec![]);
    while let Some(dir) = open.pop() {
        for name in names(me, &format!("{top}/{dir}")) {
            let (below, path) = (format!("{dir}/{name}"), format!("{top}/{dir}/{name}"));
            let stat = me.stat(path.as_bytes(), NOFOLLOW).unwrap().stat;
            // Trees of the system are no files; and nothing of them is in a snapshot.
            if ["/proc", "/task", "/web"].contains(&below.as_str()) {
                continue;
            }
            let content = match stat.mode & S_IFMT {
                S_IFDIR => {
                    open.push(below.clone());
                    String::new()
                }
                S_IFLNK => String::from_utf8(me.readlink(path.as_bytes()).unwrap().target).unwrap(),
                S_IFREG => read(me, &path).unwrap_or_default(),
                _ => format!("{}", stat.rdev),
            };
            let times = (stat.atime, stat.mtime, stat.ctime, stat.birthtime);
            out.push(format!("{below} {:o} {} {} {} {times:?} {content:?}", stat.mode, stat.nlink, stat.uid, stat.size));
        }
    }
    out.sort();
    out
}

fn furnished(world: &World) {
    let me = world.as_process(1);
    me.mkdir(b"/home/user/app", 0o755).unwrap();
    write(&me, "/home/user/app/a", "one").unwrap();
    me.link(b"/home/user/app/a", b"/home/user/app/b").unwrap();
    me.symlink(b"a", b"/home/user/app/l").unwrap();
    write(&me, "/home/user/app/long", &"x".repeat(100_000)).unwrap();
    me.chmod(b"/home/user/app", 0o710, 0).unwrap();
    me.chdir(b"/home/user/app").unwrap();
    world.now.set(world.now.get() + 5000);
}

#[test]
fn a_snapshot_is_what_was() {
    let world = World::new();
    furnished(&world);
    let me = world.as_process(1);
    let (before, bytes) = (all(&me, ""), me.sysinfo().unwrap().files_bytes);
    write(&me, CTL, "snapshot first").unwrap();
    assert_eq!(me.sysinfo().unwrap().files_bytes, bytes, "contents are shared");
    assert_eq!(names(&me, KEPT), ["first"]);
    assert_eq!(all(&me, &format!("{KEPT}/first")), before);
    assert_eq!(all(&me, ""), before, "taking it changed nothing");
    write(&me, "a", "two").unwrap();
    me.remove_tree(b"/home/user/app/long").unwrap();
    assert_eq!(all(&me, &format!("{KEPT}/first")), before, "and it does not change");
    for outcome in [
        write(&me, &format!("{KEPT}/first/home/user/app/a"), "no"),
        write(&me, &format!("{KEPT}/first/new"), "no"),
        me.unlink(format!("{KEPT}/first/home/user/app/a").as_bytes()).map(drop),
        me.mkdir(format!("{KEPT}/second").as_bytes(), 0o755).map(drop),
        me.rmdir(format!("{KEPT}/first").as_bytes()).map(drop),
        me.rename(format!("{KEPT}/first").as_bytes(), format!("{KEPT}/f").as_bytes(), 0).map(drop),
    ] {
        assert_eq!(outcome, Err(Errno::EROFS));
    }
    // One file back, and one directory.
    me.copy_file(format!("{KEPT}/first/home/user/app/a").as_bytes(), b"a", 0).unwrap();
    me.clone_tree(format!("{KEPT}/first/home/user/app").as_bytes(), b"/tmp/app").unwrap();
    assert_eq!((read(&me, "a").unwrap(), read(&me, "/tmp/app/l").unwrap()), ("one".to_owned(), "one".to_owned()));
    assert_eq!(me.realpath(format!("{KEPT}/first/home/../etc/passwd").as_bytes()).unwrap().path, format!("{KEPT}/first/etc/passwd").into_bytes());
    me.chdir(format!("{KEPT}/first/home").as_bytes()).unwrap();
    assert_eq!(me.getcwd().unwrap().path, format!("{KEPT}/first/home").into_bytes());
    me.chdir(b"../../..").unwrap();
    assert_eq!(me.getcwd().unwrap().path, b"/web/container/main");
}

#[test]
fn all_files_are_put_back() {
    let world = World::new();
    furnished(&world);
    let me = world.as_process(1);
    let before = all(&me, "");
    let root = me.stat(b"/", 0).unwrap().stat;
    write(&me, CTL, "snapshot first").unwrap();
    let held = me.open(b"a", O_RDWR, 0).unwrap().fd;
    let pid = world.spawn(&[]);
    let child = world.as_process(pid);
    me.mkdir(b"/home/user/later", 0o755).unwrap();
    child.chdir(b"/home/user/later").unwrap();
    me.watch_path(b"/home/user/app", 0).unwrap();
    write(&me, "a", "two").unwrap();
    me.rename(b"/etc", b"/home/user/etc", 0).unwrap();
    me.unlink(b"/dev/null").unwrap();
    write(&me, CTL, "snapshot second").unwrap();
    let second = all(&me, "");

    write(&me, CTL, "restore first").unwrap();
    assert_eq!(all(&me, ""), before);
    let now = me.stat(b"/", 0).unwrap().stat;
    assert_eq!((now.ino, now.mode, now.nlink, now.mtime), (root.ino, root.mode, root.nlink, root.mtime));
    assert_eq!(me.getcwd().unwrap().path, b"/home/user/app");
    assert_eq!(read(&me, "a").unwrap(), "one", "a working directory is what has its path now");
    assert_eq!(child.getcwd(), Err(Errno::ENOENT), "it was not there then");
    assert_eq!(child.stat(b"x", 0), Err(Errno::ENOENT));
    assert_eq!(me.read(held, 9, -1).unwrap().data, b"two", "what is open stays what it was");
    me.write(held, b"!", -1).unwrap();
    assert_eq!(read(&me, "a").unwrap(), "one");
    assert_eq!(me.readlink(format!("/proc/self/fd/{held}").as_bytes()).unwrap().target, b"(deleted)");
    assert_eq!(read(&me, "/proc/self/comm").unwrap(), "porthole\n", "the trees are where they were");
    assert_eq!(names(&me, KEPT), ["first", "second"]);
    assert_eq!(me.rmdir(b"/proc"), Err(Errno::EBUSY));

    write(&me, CTL, "restore second").unwrap();
    assert_eq!(all(&me, ""), second);
    assert_eq!(child.getcwd(), Err(Errno::ENOENT));
    write(&me, CTL, "restore first\nremove first\nremove second\n").unwrap();
    assert_eq!((all(&me, ""), names(&me, KEPT)), (before, vec![]));
}

#[test]
fn nothing_is_left_of_what_was_removed() {
    let world = World::new();
    furnished(&world);
    let me = world.as_process(1);
    let status = |me: &world::Caller<'_>| read(me, "/web/container/main/status").unwrap();
    write(&me, CTL, "snapshot x\nremove x").unwrap();
    let before = status(&me);
    for _ in 0..3 {
        write(&me, CTL, "snapshot 'a name'").unwrap();
        write(&me, "a", "changed").unwrap();
        let fd = me.open(format!("{KEPT}/a name/home/user/app/a").as_bytes(), O_RDONLY, 0).unwrap().fd;
        write(&me, CTL, "restore 'a name'").unwrap();
        write(&me, CTL, "remove 'a name'").unwrap();
        assert_eq!(me.read(fd, 9, -1).unwrap().data, b"one", "open in a snapshot that is gone");
        me.close(fd).unwrap();
        assert_eq!(status(&me), before);
    }
}

#[test]
fn orders_that_cannot_be_carried_out_say_why() {
    let world = World::new();
    let me = world.as_process(1);
    write(&me, CTL, "snapshot one").unwrap();
    me.mkdir(b"/tmp/m", 0o755).unwrap();
    let refused = |order: &str, errno: Errno, words: &str| {
        assert_eq!(write(&me, CTL, order), Err(errno), "{order}");
        assert_eq!(read(&me, CTL).unwrap(), words, "{order}");
    };
    refused("snapshot", Errno::EINVAL, "snapshot: wants a name, not 0 words (EINVAL)\n");
    refused("snapshot one", Errno::EEXIST, "snapshot: there is a snapshot 'one' already: remove it first, or take another name (EEXIST)\n");
    refused("snapshot a/b", Errno::EINVAL, "snapshot: 'a/b' is no name for a snapshot: 1 to 255 bytes, no slash (EINVAL)\n");
    refused("snapshot ..", Errno::EINVAL, "snapshot: '..' is no name for a snapshot: 1 to 255 bytes, no slash (EINVAL)\n");
    refused("restore two", Errno::ENOENT, "restore: there is no snapshot 'two' (ENOENT)\n");
    refused("remove two", Errno::ENOENT, "remove: there is no snapshot 'two' (ENOENT)\n");
    refused("remove /", Errno::ENOENT, "remove: there is no snapshot '/' (ENOENT)\n");
    refused("mount floppy /dev/fd0 /tmp/m", Errno::ENODEV, "mount: the kind is none of bind, overlay, zip, tar, http, proc, task and web (ENODEV)\n");
    refused("bind /tmp /tmp/m maybe", Errno::EINVAL, "bind: 'maybe' is no option: there are ro and rw (EINVAL)\n");
    refused("unmount /tmp/m", Errno::EINVAL, "unmount: '/tmp/m' is not where something is mounted, or 'it' cannot be (EINVAL)\n");
    write(&me, CTL, "bind /usr /tmp/m ro").unwrap();
    assert_eq!(read(&me, CTL).unwrap(), "bind /usr /tmp/m ro: done\n");
    refused("restore one", Errno::EBUSY, "restore: '/tmp/m' is a mount: unmount it first (EBUSY)\n");
    write(&me, CTL, "unmount /tmp/m\nmount overlay /usr /tmp/m\nunmount /tmp/m\nrestore one").unwrap();
    assert_eq!(me.stat(b"/tmp/m", 0), Err(Errno::ENOENT));
}

#[test]
fn snapshots_survive_the_kernel() {
    let world = World::with(Config { name: "other".into(), ..Config::default() });
    let me = world.as_process(1);
    let (ctl, kept) = ("/web/container/other/ctl", "/web/container/other/snapshots");
    write(&me, "/tmp/f", "then").unwrap();
    write(&me, ctl, "snapshot s").unwrap();
    write(&me, "/tmp/f", "now").unwrap();
    world.reborn();
    assert_eq!((read(&me, &format!("{kept}/s/tmp/f")).unwrap(), read(&me, "/tmp/f").unwrap()), ("then".to_owned(), "now".to_owned()));
    write(&me, ctl, "restore s").unwrap();
    assert_eq!(read(&me, "/tmp/f").unwrap(), "then");
}

/// Snapshots are files as all others, mounts are not: they end as with a reboot.
#[test]
fn snapshots_are_there_in_another_life_and_overlays_are_not() {
    let world = World::new();
    furnished(&world);
    let me = world.as_process(1);
    let before = all(&me, "");
    write(&me, CTL, "snapshot first").unwrap();
    write(&me, "a", "two").unwrap();
    me.remove_tree(b"/usr").unwrap();
    me.mkdir(b"/tmp/m", 0o755).unwrap();
    let files = |me: &world::Caller<'_>| read(me, "/web/container/main/status").unwrap().lines().last().unwrap().to_owned();
    let without = files(&me);
    write(&me, CTL, "mount overlay /home /tmp/m\nbind /home /tmp/m").unwrap();
    write(&me, "/tmp/m/x", "seen in both").unwrap();
    assert_ne!(files(&me), without);
    world.event(porthole_kernel::Event::Commit);

    let world = world.risen();
    let me = world.as_process(1);
    assert_eq!((names(&me, "/tmp/m"), read(&me, "/home/x").unwrap()), (vec![], "seen in both".to_owned()));
    assert!(!read(&me, "/proc/mounts").unwrap().contains("/tmp/m"));
    assert_eq!((names(&me, KEPT), all(&me, &format!("{KEPT}/first"))), (vec!["first".to_owned()], before.clone()));
    assert_eq!(me.stat(b"/", 0).unwrap().stat.nlink as usize, 2 + directories(&me, "/"), "what is out of sight is not counted");
    write(&me, CTL, "restore first").unwrap();
    assert_eq!(all(&me, ""), before);
    world.event(porthole_kernel::Event::Commit);

    let world = world.risen();
    let me = world.as_process(1);
    assert_eq!(all(&me, ""), before);
    write(&me, CTL, "remove first").unwrap();
    assert_eq!(names(&me, KEPT), [""; 0]);
}

fn directories(me: &impl Syscalls, path: &str) -> usize {
    me.readdir(path.as_bytes(), 0, 1000).unwrap().entries.0.iter().filter(|entry| entry.kind == DT_DIR).count()
}
