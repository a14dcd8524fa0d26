//! Requests to other hosts, as a process sees them.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::syscall::Header;
use porthole_abi::wire::{List, Reader, Wire};
use porthole_abi::{Errno, Syscalls, flags};
use porthole_kernel::{Config, Effect, Event};
use world::{Caller, World};

/// A head as it is read: status, text, headers.
fn head(bytes: &[u8]) -> (u16, String, Vec<Header>) {
    let fields = Vec::<u8>::get(&mut Reader::new(bytes)).unwrap();
    let mut from = Reader::new(&fields);
    let status = u16::get(&mut from).unwrap();
    let _url = Vec::<u8>::get(&mut from).unwrap();
    let text = String::from_utf8(Vec::get(&mut from).unwrap()).unwrap();
    (status, text, List::get(&mut from).unwrap().0)
}

fn fetch(world: &World, me: Caller<'_>, body: u8) -> (i32, u64) {
    let fd = me.fetch(b"POST", b"https://example.org/", List(vec![]), body).unwrap().fd;
    let effects = world.take_effects();
    let Some(Effect::Fetch { id, .. }) = effects.last() else { panic!("{effects:?}") };
    (fd, *id)
}

fn answer(id: u64) -> Event {
    let headers = vec![Header { name: b"a".to_vec(), value: b"b".to_vec() }];
    Event::FetchHead { id, status: 200, url: b"https://example.org/".to_vec(), text: b"OK".to_vec(), headers }
}

#[test]
fn a_body_goes_out_and_an_answer_comes_in() {
    let world = World::new();
    let me = world.as_process(1);
    let (fd, id) = fetch(&world, me, 1);
    assert_eq!(me.fd_kind(fd).unwrap().kind, flags::FD_FETCH);
    me.write(fd, b"hello", -1).unwrap();
    me.shutdown(fd, flags::SHUT_WR).unwrap();
    assert_eq!(me.write(fd, b"more", -1), Err(Errno::EPIPE));
    let sent = [Effect::FetchBody { id, data: b"hello".to_vec(), last: false }, Effect::FetchBody { id, data: vec![], last: true }];
    assert_eq!(world.take_effects(), sent);
    assert_eq!(me.read(fd, 100, -1), Err(Errno::EAGAIN));
    me.watch(fd, flags::READABLE).unwrap();
    world.event(answer(id));
    assert_eq!(world.heard(1), [porthole_abi::Event::Ready { fd, mask: flags::READABLE }]);
    let (status, text, headers) = head(&me.read(fd, 1000, -1).unwrap().data);
    assert_eq!((status, text.as_str(), headers.len()), (200, "OK", 1));
    world.event(Event::FetchBody { id, data: b"content".to_vec(), last: true });
    assert_eq!(me.read(fd, 100, -1).unwrap().data, b"content");
    assert_eq!(me.read(fd, 100, -1).unwrap().data, b"");
    me.close(fd).unwrap();
    assert_eq!(world.take_effects(), [], "it had ended");
}

#[test]
fn failures_say_why() {
    let world = World::new();
    let me = world.as_process(1);
    let (fd, id) = fetch(&world, me, 0);
    me.watch(fd, flags::READABLE).unwrap();
    world.event(Event::FetchFail { id, reason: b"refused by CORS".to_vec() });
    assert_eq!(world.heard(1), [porthole_abi::Event::Ready { fd, mask: flags::READABLE | flags::ERROR }]);
    assert_eq!(me.socket_error(fd).unwrap().errno, Errno::EIO.number());
    let (status, text, _) = head(&me.read(fd, 1000, -1).unwrap().data);
    assert_eq!((status, text.as_str()), (0, "refused by CORS"));
    assert_eq!(me.read(fd, 1000, -1), Err(Errno::EIO));
    let (fd, id) = fetch(&world, me, 0);
    world.event(answer(id));
    world.event(Event::Epoch { live: vec![1] });
    assert_eq!(head(&me.read(fd, 1000, -1).unwrap().data).0, 200);
    assert_eq!(me.read(fd, 1000, -1), Err(Errno::EIO), "a new kernel does not have the browser's streams");
}

#[test]
fn who_does_not_read_or_closes_ends_it() {
    let world = World::with(Config { fetch_bytes: 1000, ..Config::default() });
    let me = world.as_process(1);
    let (fd, id) = fetch(&world, me, 0);
    me.close(fd).unwrap();
    assert_eq!(world.take_effects(), [Effect::FetchAbort { id }]);
    world.event(answer(id));
    let (fd, id) = fetch(&world, me, 0);
    world.event(answer(id));
    world.event(Event::FetchBody { id, data: vec![1; 2000], last: false });
    assert_eq!(world.take_effects(), [Effect::FetchAbort { id }]);
    let mut read = 0;
    let end = loop {
        match me.read(fd, 900, -1) {
            Ok(reply) => read += reply.data.len(),
            Err(errno) => break errno,
        }
    };
    assert!(read > 2000);
    assert_eq!(end, Errno::EIO);
    assert_eq!(world.machine.borrow().census().fetches, 1);
}
