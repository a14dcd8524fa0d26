//! The system as files: `/proc`, `/task`, `/web`, and what can be done there.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::flags::*;
use porthole_abi::wire::List;
use porthole_abi::{Address, Errno, Syscalls, address};
use porthole_kernel::Effect;
use world::text::names;
use world::{Caller, World};

/// What a file says, read as programs read: opened, piece by piece to its end.
fn said(me: &impl Syscalls, path: &str) -> String {
    let fd = me.open(path.as_bytes(), O_RDONLY, 0).unwrap_or_else(|errno| panic!("{path}: {errno}")).fd;
    let mut text = Vec::new();
    loop {
        let data = me.read(fd, 7, -1).unwrap().data;
        if data.is_empty() {
            break;
        }
        text.extend(data);
    }
    me.close(fd).unwrap();
    String::from_utf8(text).unwrap()
}

fn tell(me: &impl Syscalls, path: &str, text: &str) -> Result<(), Errno> {
    me.write_file(path.as_bytes(), text.as_bytes(), O_WRONLY | O_CREAT | O_TRUNC, 0o666).map(|_| ())
}

fn real(me: &impl Syscalls, path: &str) -> Result<String, Errno> {
    me.realpath(path.as_bytes()).map(|reply| String::from_utf8(reply.path).unwrap())
}

fn link(me: &impl Syscalls, path: &str) -> String {
    String::from_utf8(me.readlink(path.as_bytes()).unwrap().target).unwrap()
}

#[test]
fn a_process_is_a_directory() {
    let world = World::new();
    let pipe = world.as_process(1).pipe().unwrap();
    let argv = List(vec![b"node".to_vec(), b"x y.js".to_vec()]);
    let env = List(vec![b"A=1".to_vec(), b"B=two\nlines".to_vec()]);
    let fds = List(vec![porthole_abi::syscall::Inherit { child: 1, parent: pipe.writer }]);
    let pid = world.as_process(1).spawn(b"node", argv, env, b"/tmp", fds, 0).unwrap().pid;
    let me = world.as_process(pid);
    assert_eq!(said(&me, "/task/self/argv"), "node\nx y.js\n");
    assert_eq!(said(&me, "/task/self/cmd"), "node 'x y.js'\n");
    assert_eq!(said(&me, "/task/self/env"), "A=1\nB=two\nlines\n");
    assert_eq!(said(&me, "/proc/self/environ"), "A=1\0B=two\nlines\0");
    assert_eq!(said(&me, "/proc/self/cmdline"), "node\0x y.js\0");
    assert_eq!(said(&me, "/task/self/cwd"), "/tmp\n");
    assert_eq!((said(&me, "/task/self/pid"), said(&me, "/task/self/ppid")), (format!("{pid}\n"), "1\n".to_owned()));
    assert_eq!((said(&me, "/task/self/type"), said(&me, "/task/1/type")), ("nodejs\n".to_owned(), "page\n".to_owned()));
    assert_eq!((said(&me, "/task/self/status"), said(&me, "/task/self/exitcode")), ("running\n".to_owned(), String::new()));
    assert_eq!(link(&me, "/task/self"), pid.to_string());
    assert_eq!((link(&me, "/proc/self/cwd"), link(&me, "/proc/self/exe")), ("/tmp".to_owned(), "/usr/local/bin/node".to_owned()));
    assert_eq!(link(&me, "/proc/self/fd/1"), link(&world.as_process(1), "/proc/1/fd/1"), "one pipe");
    assert!(said(&me, "/proc/self/stat").starts_with(&format!("{pid} (node) R 1 ")));
    assert_eq!(said(&me, "/proc/self/stat").split(' ').count(), 52);
    assert!(said(&me, "/proc/self/status").contains("\nUid:\t1000\t1000\t1000\t1000\n"));
    assert_eq!(names(&world.as_process(1), "/proc").iter().filter(|name| name.as_str() == pid.to_string()).count(), 1);
    assert!(said(&me, "/task/self/caps").lines().any(|right| right == "spawn"));
    assert!(said(&me, "/task/self/limits").lines().any(|limit| limit == "descriptors 10240"));

    me.exit(3).unwrap();
    let me = world.as_process(1);
    assert_eq!((said(&me, &format!("/task/{pid}/status")), said(&me, &format!("/task/{pid}/exitcode"))), ("exited\n".into(), "3\n".into()));
    let open = me.open(format!("/task/{pid}/status").as_bytes(), O_RDONLY, 0).unwrap().fd;
    me.wait(pid).unwrap();
    assert_eq!(me.stat(format!("/task/{pid}").as_bytes(), 0), Err(Errno::ENOENT));
    assert_eq!(me.read(open, 100, -1).unwrap().data, b"exited\n", "what was said when it was opened");
    assert_eq!(me.fstat(open), Err(Errno::ENOENT));
}

#[test]
fn paths_lead_in_and_out() {
    let world = World::new();
    let me = world.as_process(1);
    tell(&me, "/tmp/f", "file").unwrap();
    me.symlink(b"/proc/self", b"/tmp/me").unwrap();
    me.symlink(b"me/cwd/tmp/f", b"/tmp/round").unwrap();
    assert_eq!(said(&me, "/tmp/me/cmdline"), "porthole\0");
    assert_eq!(said(&me, "/tmp/me/../../tmp/./f"), "file", "from /proc/1 up to /proc and / and down again");
    assert_eq!(said(&me, "/tmp/round"), "file");
    assert_eq!(said(&me, "/proc/../tmp/f"), "file");
    assert_eq!(said(&me, "/proc/self/cwd/tmp/f"), "file");
    assert_eq!(said(&me, "/proc/self/root/tmp/f"), "file");
    assert_eq!(said(&me, "/task/1/../../proc/1/comm"), "porthole\n");
    assert_eq!(real(&me, "/tmp/me").unwrap(), "/proc/1");
    assert_eq!(real(&me, "/tmp/me/../version").unwrap(), "/proc/version");
    assert_eq!(real(&me, "/tmp/round").unwrap(), "/tmp/f");
    assert_eq!(real(&me, "/proc/mounts").unwrap(), "/proc/1/mounts");
    assert_eq!(real(&me, "/proc/nothing"), Err(Errno::ENOENT));
    assert_eq!(real(&me, "/proc/version/x"), Err(Errno::ENOTDIR));
    assert_eq!(me.stat(b"/proc/version/", 0), Err(Errno::ENOTDIR));
    let kind = |path: &str, flags: u32| me.stat(path.as_bytes(), flags).unwrap().stat.mode & S_IFMT;
    assert_eq!((kind("/task/self", NOFOLLOW), kind("/task/self", 0), kind("/task/self/", NOFOLLOW)), (S_IFLNK, S_IFDIR, S_IFDIR));
    assert_eq!(kind("/proc", NOFOLLOW), S_IFDIR);
    let (root, proc) = (me.stat(b"/", 0).unwrap().stat, me.stat(b"/proc", 0).unwrap().stat);
    assert_ne!(root.dev, proc.dev);
    assert_ne!(me.stat(b"/task", 0).unwrap().stat.dev, proc.dev);
    assert_eq!(me.stat(b"/proc/..", 0).unwrap().stat, root);

    // Standing in a tree.
    me.chdir(b"/proc/self/fd").unwrap();
    assert_eq!(me.getcwd().unwrap().path, b"/proc/1/fd");
    assert_eq!(said(&me, "../comm"), "porthole\n");
    assert_eq!(said(&me, "../../../tmp/f"), "file");
    assert_eq!(link(&me, "../cwd"), "/proc/1/fd");
    assert_eq!(real(&me, "../cwd/../comm").unwrap(), "/proc/1/comm");
    tell(&me, "../../../tmp/g", "made").unwrap();
    me.rename(b"../../../tmp/g", b"../../../tmp/h", 0).unwrap();
    assert_eq!(said(&me, "/tmp/h"), "made");
    let pid = world.spawn(&[]);
    assert_eq!(said(&world.as_process(pid), "../comm"), "porthole\n", "the child stands where its parent does");
    me.chdir(b"../../..").unwrap();
    assert_eq!(me.getcwd().unwrap().path, b"/");

    // Standing in the directory of a process that ends.
    me.chdir(format!("/proc/{pid}").as_bytes()).unwrap();
    world.as_process(pid).exit(0).unwrap();
    me.wait(pid).unwrap();
    assert_eq!(me.getcwd(), Err(Errno::ENOENT));
    assert_eq!(me.stat(b"comm", 0), Err(Errno::ENOENT));
    me.chdir(b"/").unwrap();
}

#[test]
fn links_without_end_are_found_out() {
    let world = World::new();
    let me = world.as_process(1);
    me.symlink(b"/proc/self/cwd/tmp/b", b"/tmp/a").unwrap();
    me.symlink(b"/proc/self/cwd/tmp/a", b"/tmp/b").unwrap();
    assert_eq!(me.stat(b"/tmp/a", 0), Err(Errno::ELOOP));
}

/// The table was asked of Linux's `/proc` as user 1000.
#[test]
fn nothing_can_be_made_or_removed() {
    let world = World::new();
    let me = world.as_process(1);
    tell(&me, "/tmp/f", "").unwrap();
    assert_eq!(me.mkdir(b"/proc/x", 0o755), Err(Errno::ENOENT));
    assert_eq!(me.mkdir(b"/proc/self/", 0o755), Err(Errno::EEXIST));
    assert_eq!(me.mkdir(b"/proc", 0o755), Err(Errno::EEXIST));
    assert_eq!(me.symlink(b"a", b"/proc/x"), Err(Errno::ENOENT));
    assert_eq!(me.open(b"/proc/x", O_WRONLY | O_CREAT, 0o644), Err(Errno::ENOENT));
    assert_eq!(me.open(b"/proc/version", O_RDONLY | O_CREAT | O_EXCL, 0o644), Err(Errno::EEXIST));
    assert_eq!(me.open(b"/proc/version", O_WRONLY, 0), Err(Errno::EACCES));
    assert_eq!(me.open(b"/proc/version", O_DIRECTORY, 0), Err(Errno::ENOTDIR));
    assert_eq!(me.open(b"/proc/self", O_WRONLY, 0), Err(Errno::EISDIR));
    assert_eq!(me.open(b"/proc/self", O_NOFOLLOW, 0), Err(Errno::ELOOP));
    assert_eq!(me.unlink(b"/proc/version"), Err(Errno::EACCES));
    assert_eq!(me.unlink(b"/proc/nothing"), Err(Errno::ENOENT));
    assert_eq!(me.unlink(b"/proc/1/cmdline"), Err(Errno::EPERM));
    assert_eq!(me.rmdir(b"/proc/1/fd"), Err(Errno::EPERM));
    assert_eq!(me.rmdir(b"/proc/1"), Err(Errno::EACCES));
    assert_eq!(me.rmdir(b"/proc/self/."), Err(Errno::EINVAL));
    assert_eq!(me.rmdir(b"/proc"), Err(Errno::EBUSY));
    assert_eq!(me.remove_tree(b"/proc"), Err(Errno::EBUSY));
    assert_eq!(me.rename(b"/proc", b"/proc2", 0), Err(Errno::EBUSY));
    assert_eq!(me.rename(b"/proc/version", b"/proc/v2", 0), Err(Errno::ENOENT));
    assert_eq!(me.rename(b"/proc/version", b"/proc/uptime", 0), Err(Errno::EACCES));
    assert_eq!(me.rename(b"/proc/1/cmdline", b"/proc/1/environ", 0), Err(Errno::EPERM));
    assert_eq!(me.rename(b"/proc/version", b"/tmp/v", 0), Err(Errno::EXDEV));
    assert_eq!(me.rename(b"/tmp/f", b"/proc/f", 0), Err(Errno::EXDEV));
    assert_eq!(me.link(b"/proc/version", b"/tmp/v"), Err(Errno::EXDEV));
    assert_eq!(me.link(b"/proc/version", b"/proc/v2"), Err(Errno::ENOENT));
    assert_eq!(me.chmod(b"/proc/version", 0o600, 0), Err(Errno::EPERM));
    assert_eq!(me.chown(b"/proc/self/cmdline", 1000, 1000, 0), Err(Errno::EPERM));
    assert_eq!(me.truncate(b"/proc/version", 0), Err(Errno::EACCES));
    assert_eq!(me.truncate(b"/proc/self", 0), Err(Errno::EISDIR));
    assert_eq!(me.readlink(b"/proc/version"), Err(Errno::EINVAL));
    assert_eq!(me.write_tree(b"/proc/x", List(vec![])), Err(Errno::EROFS));
    assert_eq!(me.mkdir_all(b"/proc/self", 0o755).unwrap().first, b"");
    assert_eq!(me.mkdtemp(b"/proc/tmp-"), Err(Errno::ENOENT));
    assert_eq!(me.access(b"/proc/version", W_OK), Err(Errno::EACCES));
    assert_eq!(me.access(b"/proc/version", R_OK).map(|_| ()), Ok(()));
    let fd = me.open(b"/proc/version", O_RDONLY, 0).unwrap().fd;
    assert_eq!(me.seek(fd, 0, SEEK_END), Err(Errno::EINVAL));
    assert_eq!(me.seek(fd, 6, SEEK_SET).unwrap().position, 6);
    assert_eq!(me.read(fd, 7, -1).unwrap().data, b"version");
    assert_eq!(me.pread(fd, 5, 0).unwrap().data, b"Linux");
    assert_eq!(me.write(fd, b"x", -1), Err(Errno::EBADF));
    assert_eq!(me.fstat(fd).unwrap().stat, me.stat(b"/proc/version", 0).unwrap().stat);
    assert_eq!(me.fd_kind(fd).unwrap().kind, FD_FILE);
    me.copy_file(b"/proc/version", b"/tmp/version", 0).unwrap();
    assert_eq!(said(&me, "/tmp/version"), said(&me, "/proc/version"));
}

#[test]
fn the_machine_describes_itself() {
    let world = World::new();
    let me = world.as_process(1);
    world.now.set(world.now.get() + 12_340);
    assert_eq!(said(&me, "/proc/uptime"), "12.34 0.00\n");
    assert!(said(&me, "/proc/meminfo").starts_with("MemTotal:        4194304 kB\nMemFree:"));
    assert!(said(&me, "/proc/cpuinfo").contains("model name\t: wasm32\n"));
    assert!(said(&me, "/proc/version").starts_with("Linux version 6.1.0-porthole "));
    assert_eq!(said(&me, "/proc/loadavg"), "0.00 0.00 0.00 1/1 1\n");
    assert_eq!(said(&me, "/proc/mounts").lines().take(2).collect::<Vec<_>>(), ["porthole / porthole rw 0 0", "proc /proc proc rw 0 0"]);
    assert!(said(&me, "/proc/self/mountinfo").contains(" /task rw - task task rw\n"));
    let mut listed = names(&me, "/proc");
    let sorted = {
        listed.sort();
        listed
    };
    assert_eq!(names(&me, "/proc"), sorted);
    assert_eq!(me.statfs(b"/proc/version").unwrap().statfs.blocks, 0);
    // Everything can be looked at.
    let mut open = vec!["/proc".to_owned(), "/task".to_owned(), "/web".to_owned()];
    let mut count = 0;
    while let Some(dir) = open.pop() {
        for name in names(&me, &dir) {
            let path = format!("{dir}/{name}");
            let stat = me.stat(path.as_bytes(), NOFOLLOW).unwrap_or_else(|errno| panic!("{path}: {errno}")).stat;
            match stat.mode & S_IFMT {
                S_IFDIR => open.push(path),
                S_IFLNK if path.ends_with("/exe") => assert_eq!(me.readlink(path.as_bytes()), Err(Errno::ENOENT), "the page has no program"),
                S_IFLNK => assert!(!link(&me, &path).is_empty()),
                _ if path == "/task/new" => {}
                _ => drop(said(&me, &path)),
            }
            count += 1;
        }
    }
    assert!(count > 50, "{count}");
}

#[test]
fn descriptors_are_links() {
    let world = World::new();
    let me = world.as_process(1);
    tell(&me, "/tmp/f", "0123456789").unwrap();
    let fd = me.open(b"/tmp/f", O_RDONLY, 0).unwrap().fd;
    me.read(fd, 5, -1).unwrap();
    assert_eq!(link(&me, &format!("/dev/fd/{fd}")), "/tmp/f");
    assert_eq!(said(&me, &format!("/dev/fd/{fd}")), "0123456789", "opened anew, as in Linux");
    assert_eq!(me.read(fd, 9, -1).unwrap().data, b"56789");
    assert_eq!(me.stat(format!("/proc/self/fd/{fd}").as_bytes(), 0), me.stat(b"/tmp/f", 0));
    assert_eq!(me.open(format!("/dev/fd/{fd}").as_bytes(), O_RDWR, 0).map(|_| ()), Ok(()), "by the file's mode, not the descriptor's");
    me.unlink(b"/tmp/f").unwrap();
    assert_eq!(said(&me, &format!("/dev/fd/{fd}")), "0123456789", "without a name");
    assert_eq!(me.open(b"/dev/fd/99", O_RDONLY, 0), Err(Errno::ENOENT));
    let dir = me.open(b"/usr/local", O_RDONLY, 0).unwrap().fd;
    assert_eq!(names(&me, &format!("/proc/self/fd/{dir}")), ["bin", "lib"]);
    assert_eq!(real(&me, &format!("/proc/self/fd/{dir}/../share")).unwrap(), "/usr/share");
    let pipe = me.pipe().unwrap();
    assert!(link(&me, &format!("/dev/fd/{}", pipe.reader)).starts_with("pipe:["));
    let other = me.open(format!("/proc/1/fd/{}", pipe.reader).as_bytes(), O_WRONLY, 0).unwrap().fd;
    me.write(other, b"through", -1).unwrap();
    assert_eq!(me.read(pipe.reader, 9, -1).unwrap().data, b"through");
    assert_eq!(me.readdir(format!("/dev/fd/{}/x", pipe.reader).as_bytes(), 0, 9), Err(Errno::ENOTDIR));
    assert_eq!(me.open(b"/dev/fd", O_RDONLY, 0).map(|_| ()), Ok(()));
}

fn task(me: &Caller<'_>) -> (i32, String) {
    let id = said(me, "/task/new").trim().parse().unwrap();
    (id, format!("/task/{id}"))
}

#[test]
fn a_program_is_started_by_files_alone() {
    let world = World::new();
    let me = world.as_process(1);
    let shell = world.spawn(&[]);
    let (id, at) = task(&world.as_process(shell));
    assert_eq!(said(&me, &format!("{at}/status")), "new\n");
    assert_eq!(me.read_file(b"/task/new", 100), Err(Errno::EINVAL), "it must be opened");
    tell(&me, &format!("{at}/cmd"), "node -e 'a b'\n").unwrap();
    assert_eq!(said(&me, &format!("{at}/argv")), "node\n-e\na b\n");
    tell(&me, &format!("{at}/argv"), "node\0x\ny\0").unwrap();
    assert_eq!(said(&me, &format!("{at}/cmd")), "node 'x\ny'\n");
    tell(&me, &format!("{at}/env"), "A=1\n").unwrap();
    me.write_file(format!("{at}/env").as_bytes(), b"B=2\n", O_WRONLY | O_APPEND, 0).unwrap();
    assert_eq!(said(&me, &format!("{at}/env")), "A=1\nB=2\n");
    assert_eq!(tell(&me, &format!("{at}/env"), "nonsense\n"), Err(Errno::EINVAL));
    tell(&me, &format!("{at}/cwd"), "/usr/local\n").unwrap();
    assert_eq!(tell(&me, &format!("{at}/cwd"), "/nowhere"), Err(Errno::ENOENT));
    tell(&me, &format!("{at}/type"), "nodejs\n").unwrap();
    assert_eq!(tell(&me, &format!("{at}/type"), "perl\n"), Err(Errno::EINVAL));
    tell(&me, &format!("{at}/stdio/0"), "typed before").unwrap();
    world.as_process(shell).exit(0).unwrap();
    me.wait(shell).unwrap();

    tell(&me, &format!("{at}/ctl"), "start").unwrap();
    assert!(world.take_effects().contains(&Effect::Spawn { pid: id }));
    let child = world.as_process(id);
    let start = child.start().unwrap();
    assert_eq!((start.pid, start.ppid, start.cwd), (id, 1, b"/usr/local".to_vec()));
    assert_eq!((start.argv.0, start.env.0), (vec![b"node".to_vec(), b"x\ny".to_vec()], vec![b"A=1".to_vec(), b"B=2".to_vec()]));
    assert_eq!(start.fds.0.iter().map(|fd| (fd.fd, fd.kind)).collect::<Vec<_>>(), [(0, FD_PIPE), (1, FD_PIPE), (2, FD_PIPE)]);
    assert_eq!(child.read(0, 100, -1).unwrap().data, b"typed before");
    assert_eq!(child.read(0, 100, -1), Err(Errno::EAGAIN), "more may come");
    tell(&me, &format!("{at}/ctl"), "close 0").unwrap();
    assert_eq!(child.read(0, 100, -1).unwrap().data, b"");
    child.write(1, b"out", -1).unwrap();
    child.write(2, b"err", -1).unwrap();
    assert_eq!(tell(&me, &format!("{at}/argv"), "node\n"), Err(Errno::EBUSY));
    assert_eq!(tell(&me, &format!("{at}/ctl"), "start"), Err(Errno::EBUSY));
    assert_eq!(said(&me, &format!("{at}/ctl")), format!("start: process {id} has begun already (EBUSY)\n"));
    child.exit(7).unwrap();
    assert_eq!((said(&me, &format!("{at}/status")), said(&me, &format!("{at}/exitcode"))), ("exited\n".to_owned(), "7\n".to_owned()));
    assert_eq!((said(&me, &format!("{at}/stdio/1")), said(&me, &format!("{at}/stdio/2"))), ("out".to_owned(), "err".to_owned()));
    let ends = world.heard(1).into_iter().filter(|event| matches!(event, porthole_abi::Event::ChildExit { pid, .. } if *pid == id)).count();
    assert_eq!(ends, 0, "nobody's child");
    assert_eq!(me.wait(ANY_CHILD), Err(Errno::ECHILD));
    tell(&me, &format!("{at}/ctl"), "remove").unwrap();
    assert_eq!(me.stat(at.as_bytes(), 0), Err(Errno::ENOENT));
    let census = world.machine.borrow().census();
    assert_eq!((census.processes, census.zombies, census.pipes, census.descriptions), (1, 0, 0, 0));
}

#[test]
fn orders_say_what_is_wrong_with_them() {
    let world = World::new();
    let me = world.as_process(1);
    let (id, at) = task(&me);
    let ctl = format!("{at}/ctl");
    assert!(said(&me, &ctl).starts_with("start\nkill [SIGNAL]"), "before the first order: what there is");
    let refused = |order: &str, errno: Errno, words: &str| {
        assert_eq!(tell(&me, &ctl, order), Err(errno), "{order}");
        assert_eq!(said(&me, &ctl), words, "{order}");
    };
    refused("fly", Errno::EINVAL, "fly: no such verb here; there are start, kill, signal, stop, continue, stdio, close, remove (EINVAL)\n");
    refused("start", Errno::EINVAL, &format!("start: write to {at}/cmd or {at}/argv first what shall run (EINVAL)\n"));
    refused("start now", Errno::EINVAL, "start: wants nothing, not 1 words (EINVAL)\n");
    refused("kill", Errno::ESRCH, &format!("kill: task {id} has not begun (ESRCH)\n"));
    refused("close 7", Errno::EINVAL, "close: '7' is not 0, 1 or 2 (EINVAL)\n");
    refused("kill 'x", Errno::EINVAL, "ctl: a quote is not closed in 'kill \\'x' (EINVAL)\n");
    tell(&me, &format!("{at}/cmd"), "nothing-of-this-name").unwrap();
    refused("start", Errno::ENOENT, "start: 'nothing-of-this-name': no such file or directory (ENOENT)\n");
    tell(&me, &format!("{at}/cmd"), "sh -c true").unwrap();
    tell(&me, &format!("{at}/type"), "nodejs").unwrap();
    refused("start", Errno::ENOEXEC, "start: 'sh' is of type native, not nodejs (ENOEXEC)\n");
    tell(&me, &format!("{at}/type"), "").unwrap();
    let other = world.spawn(&[]);
    assert!(said(&world.as_process(other), &ctl).starts_with("start\n"), "an answer is for whoever ordered");
    tell(&me, &ctl, "start\nstop\n").unwrap();
    assert_eq!(said(&me, &ctl), "stop: done\n");
    assert_eq!(said(&me, &format!("{at}/status")), "stopped\n");
    refused("signal NOSUCH", Errno::EINVAL, "signal: 'NOSUCH' is no signal (EINVAL)\n");
    refused("remove", Errno::EBUSY, &format!("remove: process {id} runs: kill it first (EBUSY)\n"));
    assert_eq!(tell(&me, &format!("/task/{other}/ctl"), "remove"), Err(Errno::EBUSY));
    tell(&me, &ctl, "continue\nkill int\n").unwrap();
    assert_eq!((said(&me, &format!("{at}/status")), said(&me, &format!("{at}/exitcode"))), ("killed SIGINT\n".to_owned(), "130\n".to_owned()));
    // A line that fails stops the rest; those before it were done.
    assert_eq!(tell(&me, &format!("/task/{other}/ctl"), "stop\nfly\ncontinue"), Err(Errno::EINVAL));
    assert_eq!(said(&me, &format!("/task/{other}/status")), "stopped\n");
    world.as_process(other).exit(0).unwrap();
    assert_eq!(tell(&me, &format!("/task/{other}/ctl"), "remove"), Err(Errno::EPERM), "its parent's to wait for");
}

#[test]
fn a_task_may_have_files_for_its_streams() {
    let world = World::new();
    let me = world.as_process(1);
    let (id, at) = task(&me);
    tell(&me, "/tmp/in", "input").unwrap();
    tell(&me, &format!("{at}/cmd"), "node").unwrap();
    tell(&me, &format!("{at}/ctl"), "stdio 0 /tmp/in\nstdio 1 '/tmp/out put'\nstart").unwrap();
    let child = world.as_process(id);
    assert_eq!(child.read(0, 99, -1).unwrap().data, b"input");
    child.write(1, b"printed", -1).unwrap();
    assert_eq!(said(&me, "/tmp/out put"), "printed");
    assert_eq!(link(&me, &format!("{at}/stdio/1")), "/tmp/out put");
    tell(&me, &format!("{at}/ctl"), "kill 9\nremove").unwrap();
    assert_eq!(tell(&me, &format!("{at}/ctl"), "start"), Err(Errno::ENOENT));
    let census = world.machine.borrow().census();
    assert_eq!((census.processes, census.zombies, census.pipes, census.descriptions), (1, 0, 0, 0));
}

#[test]
fn ended_tasks_make_room() {
    let world = World::with(porthole_kernel::Config { processes: 3, ..Default::default() });
    let me = world.as_process(1);
    let (one, at) = task(&me);
    tell(&me, &format!("{at}/cmd"), "node").unwrap();
    tell(&me, &format!("{at}/ctl"), "start\nkill").unwrap();
    let (two, _) = task(&me);
    assert_eq!(names(&me, "/task").len(), 5, "two tasks, the page, new and self");
    let (three, _) = task(&me);
    assert_eq!(me.stat(format!("/task/{one}").as_bytes(), 0), Err(Errno::ENOENT), "the ended one made room");
    assert_eq!(me.open(b"/task/new", O_RDONLY, 0), Err(Errno::EAGAIN));
    for id in [two, three] {
        tell(&me, &format!("/task/{id}/ctl"), "remove").unwrap();
    }
    assert_eq!(world.machine.borrow().census().descriptions, 0);
}

#[test]
fn the_page_sees_ports_and_processes() {
    let world = World::with(porthole_kernel::Config { name: "shop".into(), ..Default::default() });
    let me = world.as_process(1);
    assert_eq!(names(&me, "/web/container"), ["shop"]);
    assert_eq!(said(&me, "/web/sw/routes"), "");
    let pid = world.spawn(&[]);
    world.as_process(pid).listen(Address { family: address::INET, host: b"127.0.0.1".to_vec(), port: 3000 }, 5).unwrap();
    assert_eq!(said(&me, "/web/sw/routes"), format!("~/shop/3000/ 3000 {pid} node\n"));
    assert_eq!(names(&me, "/web/container/shop/ports"), ["3000"]);
    assert_eq!(said(&me, "/web/container/shop/ports/3000"), format!("url ~/shop/3000/\nlistener 127.0.0.1 {pid}\n"));
    assert_eq!(me.stat(b"/web/container/shop/ports/3001", 0), Err(Errno::ENOENT));
    assert_eq!(said(&me, &format!("/web/container/shop/processes/{pid}/status")), "running\n");
    assert_eq!(real(&me, "/web/container/shop/mount").unwrap(), "/");
    assert!(said(&me, "/web/container/shop/status").starts_with("name shop\nuptime_ms 0\nprocesses 2\nports 1\nbytes "));
    world.as_process(pid).exit(0).unwrap();
    assert_eq!(said(&me, "/web/sw/routes"), "");
}

#[test]
fn a_program_may_be_named_by_its_link_in_a_tree() {
    let world = World::new();
    let pid = world.spawn(&[]);
    let me = world.as_process(pid);
    let child = me.spawn(b"/proc/self/exe", List(vec![b"again".to_vec()]), List(vec![]), b"/proc/self", List(vec![]), 0).unwrap().pid;
    let start = world.as_process(child).start().unwrap();
    assert_eq!((start.exe, start.cwd), (b"/usr/local/bin/node".to_vec(), format!("/proc/{pid}").into_bytes()));
    assert_eq!(me.spawn(b"/proc/version", List(vec![]), List(vec![]), b"", List(vec![]), 0), Err(Errno::EACCES));
}

#[test]
fn tasks_and_answers_survive_the_kernel() {
    let world = World::new();
    let me = world.as_process(1);
    let (id, at) = task(&me);
    tell(&me, &format!("{at}/cmd"), "node x.js").unwrap();
    let open = me.open(format!("{at}/argv").as_bytes(), O_RDONLY, 0).unwrap().fd;
    assert_eq!(tell(&me, &format!("{at}/ctl"), "fly"), Err(Errno::EINVAL));
    me.chdir(b"/task/self").unwrap();
    world.reborn();
    assert_eq!(me.read(open, 99, -1).unwrap().data, b"node\nx.js\n");
    assert!(said(&me, "ctl").starts_with("fly: no such verb here"), "where it stood, and what it was told");
    tell(&me, &format!("{at}/ctl"), "start").unwrap();
    assert_eq!(world.as_process(id).start().unwrap().argv.0.len(), 2);
}

/// Contents of files are asked for before a call needs them, whichever way it comes to them.
#[test]
fn contents_that_are_elsewhere_are_brought() {
    let world = World::new();
    let me = world.as_process(1);
    tell(&me, "/tmp/script", "#!/usr/bin/env node\n").unwrap();
    me.chmod(b"/tmp/script", 0o755, 0).unwrap();
    tell(&me, "/tmp/f", &"0123456789".repeat(10_000)).unwrap();
    let (id, at) = task(&me);
    tell(&me, &format!("{at}/cmd"), "/tmp/script").unwrap();
    me.symlink(b"/proc/self/cwd/tmp/f", b"/tmp/round").unwrap();
    let fd = me.open(b"/tmp/f", O_RDWR, 0).unwrap().fd;
    world.event(porthole_kernel::Event::Commit);
    world.machine.borrow_mut().set_cache(0);
    world.reborn();
    tell(&me, &format!("{at}/ctl"), "start").unwrap();
    assert_eq!(world.as_process(id).start().unwrap().argv.0, [&b"node"[..], b"/tmp/script"]);
    world.event(porthole_kernel::Event::Commit);
    assert_eq!(me.read_file(b"/proc/self/cwd/tmp/f", 1 << 20).unwrap().data.len(), 100_000);
    me.truncate(b"/tmp/round", 99_999).unwrap();
    world.event(porthole_kernel::Event::Commit);
    me.write_file(b"/tmp/round", b"abc", O_WRONLY, 0).unwrap();
    world.event(porthole_kernel::Event::Commit);
    me.write_file(format!("/dev/fd/{fd}").as_bytes(), b"d", O_WRONLY | O_APPEND, 0).unwrap();
    assert_eq!(me.pread(fd, 6, 0).unwrap().data, b"abc345");
    assert_eq!(me.pread(fd, 9, 99_998).unwrap().data, b"8d");
    world.event(porthole_kernel::Event::Commit);
    let (id, at) = task(&me);
    tell(&me, &format!("{at}/cmd"), "/tmp/script").unwrap();
    let ctl = me.open(format!("{at}/ctl").as_bytes(), O_WRONLY, 0).unwrap().fd;
    world.reborn();
    assert_eq!(me.write(ctl, b"start\n", -1).unwrap().written, 6);
    assert_eq!(world.as_process(id).start().unwrap().argv.0.len(), 2);
    assert_eq!(me.spawn(b"/proc/self/cwd/tmp/script", List(vec![b"x".to_vec()]), List(vec![]), b"/proc/self", List(vec![]), 0).map(|_| ()), Ok(()));
}
