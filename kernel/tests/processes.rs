//! Spawning, ending, waiting, signals, groups.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::syscall::Inherit;
use porthole_abi::wire::List;
use porthole_abi::{Errno, Event, Syscalls, flags, signal};
use porthole_kernel::{Config, Effect};
use world::{Caller, World};

fn words(words: &[&str]) -> List<Vec<u8>> {
    List(words.iter().map(|word| word.as_bytes().to_vec()).collect())
}

fn spawn(me: Caller<'_>, file: &str, argv: &[&str], env: &[&str]) -> Result<i32, Errno> {
    me.spawn(file.as_bytes(), words(argv), words(env), b"", List(vec![]), 0).map(|reply| reply.pid)
}

fn script(me: Caller<'_>, path: &str, content: &str, mode: u32) {
    let fd = me.open(path.as_bytes(), flags::O_CREAT | flags::O_WRONLY, mode).unwrap().fd;
    me.write(fd, content.as_bytes(), -1).unwrap();
    me.close(fd).unwrap();
}

/// What a process was told to run: its program and its words.
fn runs(world: &World, pid: i32) -> (String, Vec<String>) {
    let start = world.as_process(pid).start().unwrap();
    (String::from_utf8(start.exe).unwrap(), start.argv.0.into_iter().map(|word| String::from_utf8(word).unwrap()).collect())
}

#[test]
fn commands_are_found_along_path() {
    let world = World::new();
    let me = world.as_process(1);
    let pid = spawn(me, "node", &["node", "x.js"], &["PATH=/nowhere:/usr/bin"]).unwrap();
    assert_eq!(runs(&world, pid), ("/usr/local/bin/node".into(), vec!["node".into(), "x.js".into()]));
    assert_eq!(world.take_effects(), [Effect::Spawn { pid }]);
    let pid = spawn(me, "sh", &["sh", "-c", "true"], &[]).unwrap();
    assert_eq!(runs(&world, pid).0, "/bin/sh");
    assert_eq!(spawn(me, "node", &["node"], &["PATH=/nowhere"]), Err(Errno::ENOENT));
    assert_eq!(spawn(me, "no-such-command", &[], &[]), Err(Errno::ENOENT));
    assert_eq!(spawn(me, "/etc/passwd", &[], &[]), Err(Errno::EACCES));
    assert_eq!(spawn(me, "/tmp", &[], &[]), Err(Errno::EACCES));
    assert_eq!(me.spawn(b"node", words(&["node"]), words(&[]), b"/nowhere", List(vec![]), 0), Err(Errno::ENOENT));
}

#[test]
fn scripts_are_run_by_what_their_first_line_says() {
    let world = World::new();
    let me = world.as_process(1);
    script(me, "/tmp/tool", "#!/usr/bin/env node\nconsole.log(1)\n", 0o755);
    let pid = spawn(me, "/tmp/tool", &["tool", "-v"], &["PATH=/usr/bin"]).unwrap();
    assert_eq!(runs(&world, pid), ("/usr/local/bin/node".into(), vec!["node".into(), "/tmp/tool".into(), "-v".into()]));
    script(me, "/tmp/direct", "#! /usr/local/bin/node --no-warnings \n", 0o755);
    let pid = spawn(me, "direct", &["direct", "a"], &["PATH=/tmp"]).unwrap();
    assert_eq!(runs(&world, pid).1, ["/usr/local/bin/node", "--no-warnings", "/tmp/direct", "a"]);
    script(me, "/tmp/split", "#!/usr/bin/env -S A=1 node --title=x\n", 0o755);
    let pid = spawn(me, "/tmp/split", &["split"], &["PATH=/usr/bin"]).unwrap();
    assert_eq!(runs(&world, pid).1, ["node", "--title=x", "/tmp/split"]);
    assert!(world.as_process(pid).start().unwrap().env.0.contains(&b"A=1".to_vec()));
    script(me, "/tmp/loop", "#!/tmp/loop\n", 0o755);
    assert_eq!(spawn(me, "/tmp/loop", &["loop"], &[]), Err(Errno::ELOOP));
    script(me, "/tmp/plain", "true\n", 0o755);
    assert_eq!(spawn(me, "/tmp/plain", &["plain"], &[]), Err(Errno::ENOEXEC));
    script(me, "/tmp/lost", "#!/no/such\n", 0o755);
    assert_eq!(spawn(me, "/tmp/lost", &["lost"], &[]), Err(Errno::ENOENT));
    script(me, "/tmp/shy", "#!/bin/sh\n", 0o644);
    assert_eq!(spawn(me, "/tmp/shy", &["shy"], &[]), Err(Errno::EACCES));
}

#[test]
fn a_child_starts_with_what_it_is_given() {
    let world = World::new();
    let me = world.as_process(1);
    let pipe = me.pipe().unwrap();
    let fds = List(vec![Inherit { child: 1, parent: pipe.writer }, Inherit { child: 7, parent: pipe.writer }]);
    let pid = me.spawn(b"node", words(&["node"]), words(&["A=1"]), b"/tmp", fds, 0).unwrap().pid;
    let start = world.as_process(pid).start().unwrap();
    assert_eq!((start.pid, start.ppid, start.cwd.as_slice()), (pid, 1, &b"/tmp"[..]));
    assert_eq!(start.env, words(&["A=1"]));
    assert_eq!(start.fds.0.iter().map(|it| (it.fd, it.kind)).collect::<Vec<_>>(), [(1, flags::FD_PIPE), (7, flags::FD_PIPE)]);
    assert_eq!(world.as_process(pid).umask(0).unwrap().old, 0o022);
    let bad = List(vec![Inherit { child: 0, parent: 99 }]);
    assert_eq!(me.spawn(b"node", words(&["node"]), words(&[]), b"", bad, 0), Err(Errno::EBADF));
}

#[test]
fn ends_are_waited_for() {
    let world = World::new();
    let me = world.as_process(1);
    let (one, two) = (world.spawn(&[]), world.spawn(&[]));
    assert_eq!(me.wait(flags::ANY_CHILD), Err(Errno::EAGAIN));
    world.as_process(two).exit(256 + 4).unwrap();
    assert_eq!(me.wait(one), Err(Errno::EAGAIN));
    let ended = me.wait(two).unwrap();
    assert_eq!((ended.pid, ended.code, ended.signal), (two, 4, 0));
    assert_eq!(me.wait(two), Err(Errno::ECHILD));
    me.kill(one, signal::SIGKILL).unwrap();
    assert!(world.take_effects().contains(&Effect::Terminate { pid: one }));
    assert_eq!(me.wait(flags::ANY_CHILD).unwrap().signal, signal::SIGKILL);
    assert_eq!(me.kill(one, 0), Err(Errno::ESRCH));
}

#[test]
fn orphans_vanish_when_they_end() {
    let world = World::new();
    let me = world.as_process(1);
    let parent = world.spawn(&[]);
    let child = spawn(world.as_process(parent), "node", &["node"], &[]).unwrap();
    let zombie = spawn(world.as_process(parent), "node", &["node"], &[]).unwrap();
    world.as_process(zombie).exit(0).unwrap();
    assert_eq!(me.processes().unwrap().list.0.len(), 4);
    world.as_process(parent).exit(0).unwrap();
    me.wait(parent).unwrap();
    assert_eq!(world.as_process(child).start().unwrap().ppid, 1);
    assert_eq!(me.processes().unwrap().list.0.len(), 2, "the zombie went with its parent");
    assert_eq!(me.wait(flags::ANY_CHILD), Err(Errno::ECHILD), "process 1 did not ask for it");
    world.heard(1);
    world.as_process(child).exit(0).unwrap();
    assert_eq!(world.heard(1), []);
    assert_eq!(me.processes().unwrap().list.0.len(), 1);
}

#[test]
fn threads_end_with_their_process() {
    let world = World::new();
    let me = world.as_process(1);
    let parent = world.spawn(&[]);
    let thread = |of: i32| world.as_process(of).spawn(b"node", words(&["node"]), words(&[]), b"", List(vec![]), flags::SPAWN_THREAD).unwrap().pid;
    let one = thread(parent);
    let nested = thread(one);
    let child = spawn(world.as_process(parent), "node", &["node"], &[]).unwrap();
    let group = world.as_process(parent).getpgid(0).map(|reply| reply.pgid);
    assert_ne!(world.as_process(one).getpgid(0).map(|reply| reply.pgid), group, "a terminal's signals are not for threads");
    world.take_effects();
    me.kill(parent, signal::SIGKILL).unwrap();
    let effects = world.take_effects();
    for pid in [parent, one, nested] {
        assert!(effects.contains(&Effect::Terminate { pid }), "{pid}");
    }
    assert!(!effects.contains(&Effect::Terminate { pid: child }));
    me.wait(parent).unwrap();
    assert_eq!(me.processes().unwrap().list.0.len(), 2);
}

#[test]
fn signals_are_caught_ignored_or_deadly() {
    let world = World::new();
    let me = world.as_process(1);
    let pid = world.spawn(&[]);
    let program = world.as_process(pid);
    program.sigaction(signal::SIGTERM, flags::SIG_CATCH).unwrap();
    program.sigaction(signal::SIGINT, flags::SIG_IGN).unwrap();
    assert_eq!(program.sigaction(signal::SIGKILL, flags::SIG_IGN), Err(Errno::EINVAL));
    assert_eq!(program.sigaction(77, flags::SIG_IGN), Err(Errno::EINVAL));
    for signal in [signal::SIGTERM, signal::SIGINT, signal::SIGCHLD, signal::SIGWINCH] {
        me.kill(pid, signal).unwrap();
    }
    assert_eq!(world.heard(pid), [Event::Signal { signal: signal::SIGTERM }]);
    assert_eq!(me.kill(pid, 99), Err(Errno::EINVAL));
    me.kill(pid, signal::SIGSTOP).unwrap();
    assert_eq!(me.processes().unwrap().list.0[1].state, b'T');
    me.kill(pid, signal::SIGCONT).unwrap();
    assert_eq!(me.processes().unwrap().list.0[1].state, b'R');
    program.sigaction(signal::SIGTERM, flags::SIG_DFL).unwrap();
    me.kill(pid, signal::SIGTERM).unwrap();
    assert_eq!(me.wait(pid).unwrap().signal, signal::SIGTERM);
    me.kill(1, signal::SIGKILL).unwrap();
    me.getcwd().unwrap();
}

#[test]
fn what_is_ignored_stays_ignored_in_children() {
    let world = World::new();
    let parent = world.spawn(&[]);
    let parent = world.as_process(parent);
    parent.sigaction(signal::SIGINT, flags::SIG_IGN).unwrap();
    parent.sigaction(signal::SIGTERM, flags::SIG_CATCH).unwrap();
    let child = spawn(parent, "node", &["node"], &[]).unwrap();
    parent.kill(child, signal::SIGINT).unwrap();
    parent.kill(child, 0).unwrap();
    parent.kill(child, signal::SIGTERM).unwrap();
    assert_eq!(parent.wait(child).unwrap().signal, signal::SIGTERM);
    parent.sigaction(signal::SIGCHLD, flags::SIG_IGN).unwrap();
    let child = spawn(parent, "node", &["node"], &[]).unwrap();
    parent.kill(child, signal::SIGKILL).unwrap();
    assert_eq!(parent.wait(child), Err(Errno::ECHILD), "ended children of who ignores SIGCHLD are not kept");
}

#[test]
fn groups_are_signalled_together() {
    let world = World::new();
    let me = world.as_process(1);
    let leader = world.spawn(&[]);
    let member = spawn(world.as_process(leader), "node", &["node"], &[]).unwrap();
    let other = world.as_process(leader).spawn(b"node", words(&["node"]), words(&[]), b"", List(vec![]), flags::SPAWN_NEW_GROUP).unwrap().pid;
    assert_eq!(me.getpgid(leader).unwrap().pgid, leader);
    assert_eq!(me.getpgid(member).unwrap().pgid, leader);
    assert_eq!(me.getpgid(other).unwrap().pgid, other);
    me.kill(-leader, signal::SIGTERM).unwrap();
    let states: Vec<(i32, u8)> = me.processes().unwrap().list.0.iter().map(|it| (it.pid, it.state)).collect();
    assert_eq!(states, [(1, b'R'), (leader, b'Z'), (other, b'R')]);
    assert_eq!(me.kill(-member, signal::SIGTERM), Err(Errno::ESRCH));
    assert_eq!(world.as_process(other).setpgid(0, 9999), Err(Errno::EPERM));
}

#[test]
fn a_lost_worker_is_a_death_that_says_why() {
    let world = World::new();
    let me = world.as_process(1);
    let pipe = me.pipe().unwrap();
    let pid = world.spawn(&[(2, pipe.writer)]);
    world.event(porthole_kernel::Event::Lost { pid, reason: b"out of memory".to_vec() });
    let text = String::from_utf8(me.read(pipe.reader, 1000, -1).unwrap().data).unwrap();
    assert!(text.contains("out of memory") && text.contains(&pid.to_string()), "{text}");
    assert_eq!(me.wait(pid).unwrap().signal, signal::SIGKILL);
}

#[test]
fn there_is_a_limit_to_processes() {
    let world = World::with(Config { processes: 3, ..Config::default() });
    let me = world.as_process(1);
    let first = world.spawn(&[]);
    world.spawn(&[]);
    assert_eq!(spawn(me, "node", &["node"], &[]), Err(Errno::EAGAIN));
    me.kill(first, signal::SIGKILL).unwrap();
    assert_eq!(spawn(me, "node", &["node"], &[]), Err(Errno::EAGAIN), "a zombie counts");
    me.wait(first).unwrap();
    spawn(me, "node", &["node"], &[]).unwrap();
}
