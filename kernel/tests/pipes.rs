//! Pipes, as pipe(7) has them.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::{Errno, Event, Syscalls, flags};
use world::World;

#[test]
fn bytes_come_out_as_they_went_in() {
    let world = World::new();
    let me = world.as_process(1);
    let pipe = me.pipe().unwrap();
    assert_eq!(me.read(pipe.reader, 10, -1), Err(Errno::EAGAIN));
    assert_eq!(me.write(pipe.writer, b"hello", -1).unwrap().written, 5);
    assert_eq!(me.read(pipe.reader, 2, -1).unwrap().data, b"he");
    assert_eq!(me.read(pipe.reader, 10, -1).unwrap().data, b"llo");
    assert_eq!(me.read(pipe.writer, 10, -1), Err(Errno::EBADF));
    assert_eq!(me.write(pipe.reader, b"x", -1), Err(Errno::EBADF));
    assert_eq!(me.read(pipe.reader, 1, 0), Err(Errno::ESPIPE));
}

#[test]
fn a_full_pipe_takes_no_more_and_small_writes_are_whole() {
    let world = World::new();
    let me = world.as_process(1);
    let pipe = me.pipe().unwrap();
    assert_eq!(me.write(pipe.writer, &vec![1; 100_000], -1).unwrap().written, 65_536);
    assert_eq!(me.write(pipe.writer, b"x", -1), Err(Errno::EAGAIN));
    me.read(pipe.reader, 100, -1).unwrap();
    assert_eq!(me.write(pipe.writer, &[2; 101], -1), Err(Errno::EAGAIN), "up to PIPE_BUF all or nothing");
    assert_eq!(me.write(pipe.writer, &[2; 100], -1).unwrap().written, 100);
}

#[test]
fn the_end_of_the_writer_is_the_end_of_the_file() {
    let world = World::new();
    let me = world.as_process(1);
    let pipe = me.pipe().unwrap();
    let again = me.dup(pipe.writer, 0).unwrap().fd;
    me.write(pipe.writer, b"last", -1).unwrap();
    me.close(pipe.writer).unwrap();
    assert_eq!(me.read(pipe.reader, 10, -1).unwrap().data, b"last");
    assert_eq!(me.read(pipe.reader, 10, -1), Err(Errno::EAGAIN), "the duplicate still writes");
    me.close(again).unwrap();
    assert_eq!(me.read(pipe.reader, 10, -1).unwrap().data, b"");
}

#[test]
fn without_a_reader_a_write_is_epipe() {
    let world = World::new();
    let me = world.as_process(1);
    let pipe = me.pipe().unwrap();
    me.close(pipe.reader).unwrap();
    assert_eq!(me.write(pipe.writer, b"x", -1), Err(Errno::EPIPE));
    assert_eq!(me.close(pipe.reader), Err(Errno::EBADF));
}

#[test]
fn readiness_is_told_once_until_the_next_call() {
    let world = World::new();
    let me = world.as_process(1);
    let pipe = me.pipe().unwrap();
    me.watch(pipe.reader, flags::READABLE).unwrap();
    assert_eq!(world.heard(1), []);
    me.write(pipe.writer, b"ab", -1).unwrap();
    me.write(pipe.writer, b"cd", -1).unwrap();
    let ready = Event::Ready { fd: pipe.reader, mask: flags::READABLE };
    assert_eq!(world.heard(1), std::slice::from_ref(&ready));
    me.read(pipe.reader, 1, -1).unwrap();
    assert_eq!(world.heard(1), [ready], "there is more");
    me.read(pipe.reader, 3, -1).unwrap();
    assert_eq!(world.heard(1), []);
    me.close(pipe.writer).unwrap();
    assert_eq!(world.heard(1), [Event::Ready { fd: pipe.reader, mask: flags::READABLE | flags::HANGUP }]);
}

#[test]
fn a_childs_death_closes_what_it_held() {
    let world = World::new();
    let me = world.as_process(1);
    let pipe = me.pipe().unwrap();
    let child = world.spawn(&[(1, pipe.writer)]);
    me.close(pipe.writer).unwrap();
    assert_eq!(me.read(pipe.reader, 10, -1), Err(Errno::EAGAIN));
    world.as_process(child).write(1, b"bye", -1).unwrap();
    world.as_process(child).exit(3).unwrap();
    assert_eq!(me.read(pipe.reader, 10, -1).unwrap().data, b"bye");
    assert_eq!(me.read(pipe.reader, 10, -1).unwrap().data, b"");
    assert_eq!(world.heard(1), [Event::ChildExit { pid: child, code: 3, signal: 0 }]);
    let ended = me.wait(flags::ANY_CHILD).unwrap();
    assert_eq!((ended.pid, ended.code, ended.signal), (child, 3, 0));
    assert_eq!(me.wait(flags::ANY_CHILD), Err(Errno::ECHILD));
}
