//! Terminals: what reaches whom. The line discipline has its own tests.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::syscall::Inherit;
use porthole_abi::wire::List;
use porthole_abi::{Errno, Event, Syscalls, flags, signal};
use world::World;

#[test]
fn a_program_reads_lines_and_its_output_is_cooked() {
    let world = World::new();
    let me = world.as_process(1);
    let pty = me.openpty(80, 24).unwrap();
    let child = world.spawn(&[(0, pty.slave), (1, pty.slave), (2, pty.slave)]);
    me.close(pty.slave).unwrap();
    let program = world.as_process(child);
    assert_eq!(program.start().unwrap().fds.0[0].kind, flags::FD_TTY);
    assert_eq!(program.read(0, 100, -1), Err(Errno::EAGAIN));
    program.watch(0, flags::READABLE).unwrap();
    me.write(pty.master, b"ls", -1).unwrap();
    assert_eq!(world.heard(child), []);
    me.write(pty.master, b"\r", -1).unwrap();
    assert_eq!(world.heard(child), [Event::Ready { fd: 0, mask: flags::READABLE }]);
    assert_eq!(program.read(0, 100, -1).unwrap().data, b"ls\n");
    program.write(1, b"a\nb\n", -1).unwrap();
    assert_eq!(me.read(pty.master, 100, -1).unwrap().data, b"ls\r\na\r\nb\r\n");
    let tty = program.tty_get(1).unwrap();
    assert_eq!((tty.columns, tty.rows, tty.mode), (80, 24, flags::TTY_NORMAL));
}

#[test]
fn keys_and_sizes_are_signals_to_the_foreground() {
    let world = World::new();
    let me = world.as_process(1);
    let pty = me.openpty(80, 24).unwrap();
    let child = world.spawn(&[(0, pty.slave)]);
    let bystander = world.spawn(&[]);
    for pid in [child, bystander] {
        world.as_process(pid).sigaction(signal::SIGINT, flags::SIG_CATCH).unwrap();
        world.as_process(pid).sigaction(signal::SIGWINCH, flags::SIG_CATCH).unwrap();
    }
    me.write(pty.master, b"\x03", -1).unwrap();
    me.tty_resize(pty.master, 100, 30).unwrap();
    me.tty_resize(pty.master, 100, 30).unwrap();
    assert_eq!(world.heard(child), [Event::Signal { signal: signal::SIGINT }, Event::Signal { signal: signal::SIGWINCH }]);
    assert_eq!(world.heard(bystander), []);
    world.as_process(child).tty_set_mode(0, flags::TTY_RAW).unwrap();
    me.write(pty.master, b"\x03", -1).unwrap();
    assert_eq!(world.heard(child), []);
    assert_eq!(world.as_process(child).read(0, 10, -1).unwrap().data, b"\x03");
    assert_eq!(me.tty_get(me.pipe().unwrap().reader), Err(Errno::ENOTTY));
}

#[test]
fn uncaught_control_c_ends_the_program_and_the_terminal_goes_on() {
    let world = World::new();
    let me = world.as_process(1);
    let pty = me.openpty(80, 24).unwrap();
    let child = world.spawn(&[(0, pty.slave)]);
    me.write(pty.master, b"\x03", -1).unwrap();
    assert_eq!(world.heard(1), [Event::ChildExit { pid: child, code: 0, signal: signal::SIGINT }]);
    let next = world.spawn(&[(0, pty.slave)]);
    me.write(pty.master, b"\x1c", -1).unwrap();
    assert_eq!(world.heard(1), [Event::ChildExit { pid: next, code: 0, signal: signal::SIGQUIT }]);
}

#[test]
fn hangups_are_heard_on_both_sides() {
    let world = World::new();
    let me = world.as_process(1);
    let pty = me.openpty(80, 24).unwrap();
    let child = world.spawn(&[(0, pty.slave), (1, pty.slave)]);
    me.close(pty.slave).unwrap();
    world.as_process(child).write(1, b"bye", -1).unwrap();
    world.as_process(child).exit(0).unwrap();
    assert_eq!(me.read(pty.master, 100, -1).unwrap().data, b"bye");
    assert_eq!(me.read(pty.master, 100, -1), Err(Errno::EIO));

    let pty = me.openpty(80, 24).unwrap();
    let child = world.spawn(&[(0, pty.slave)]);
    me.close(pty.slave).unwrap();
    world.as_process(child).sigaction(signal::SIGHUP, flags::SIG_CATCH).unwrap();
    me.close(pty.master).unwrap();
    assert_eq!(world.heard(child), [Event::Signal { signal: signal::SIGHUP }]);
    assert_eq!(world.as_process(child).read(0, 10, -1).unwrap().data, b"");
    assert_eq!(world.as_process(child).write(0, b"x", -1), Err(Errno::EIO));
}

#[test]
fn a_hangup_may_end_who_caused_it_and_its_parent() {
    let world = World::new();
    let before = world.machine.borrow().census();
    let me = world.as_process(1);
    // Its own terminal, of which it is the foreground.
    let alone = world.spawn(&[]);
    let pty = world.as_process(alone).openpty(80, 24).unwrap();
    world.as_process(alone).tty_set_group(pty.slave, 0).unwrap();
    world.as_process(alone).exit(5).unwrap();
    assert_eq!(world.heard(1), [Event::ChildExit { pid: alone, code: 5, signal: 0 }]);
    me.wait(alone).unwrap();
    // The child holds the master of a terminal whose foreground is the parent.
    let parent = world.spawn(&[]);
    let program = world.as_process(parent);
    let pty = program.openpty(80, 24).unwrap();
    program.tty_set_group(pty.slave, 0).unwrap();
    let fds = List((0..4).map(|child| Inherit { child, parent: pty.master }).collect());
    let child = program.spawn(b"node", List(vec![]), List(vec![]), b"/tmp", fds, flags::SPAWN_DETACHED).unwrap().pid;
    let listener = porthole_abi::Address { family: 4, host: vec![], port: 80 };
    world.as_process(child).listen(listener, 1).unwrap();
    program.close(pty.master).unwrap();
    world.heard(1);
    me.kill(child, signal::SIGKILL).unwrap();
    assert_eq!(world.heard(1), [Event::ChildExit { pid: parent, code: 0, signal: signal::SIGHUP }, Event::Port { port: 80, open: 0 }]);
    me.wait(parent).unwrap();
    let after = world.machine.borrow().census();
    assert_eq!((after.processes, after.zombies, after.descriptions, after.terminals, after.listeners), (1, 0, before.descriptions, 0, 0));
}

#[test]
fn output_waits_for_its_reader() {
    let world = World::new();
    let me = world.as_process(1);
    let pty = me.openpty(80, 24).unwrap();
    assert_eq!(me.write(pty.slave, &[b'x'; 100_000], -1).unwrap().written, 65_536);
    assert_eq!(me.write(pty.slave, b"x", -1), Err(Errno::EAGAIN));
    me.watch(pty.slave, flags::WRITABLE).unwrap();
    me.read(pty.master, 10, -1).unwrap();
    assert_eq!(world.heard(1), [Event::Ready { fd: pty.slave, mask: flags::WRITABLE }]);
    me.write(pty.master, b"\x13", -1).unwrap();
    assert_eq!(me.write(pty.slave, b"x", -1), Err(Errno::EAGAIN), "stopped by ^S");
    me.write(pty.master, b"\x11", -1).unwrap();
    assert_eq!(me.write(pty.slave, b"x", -1).unwrap().written, 1);
}
