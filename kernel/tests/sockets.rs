//! Stream sockets and listeners, as tcp(7), listen(2) and unix(7) have them.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::address::{INET, INET6, UNIX};
use porthole_abi::{Address, Errno, Event, Syscalls, flags};
use porthole_kernel::Config;
use world::{Caller, World};

fn at(family: u8, host: &str, port: u16) -> Address {
    Address { family, host: host.into(), port }
}

/// A connection to a new listener: (listener, client, server).
fn connected(me: Caller<'_>) -> (i32, i32, i32) {
    let listener = me.listen(at(INET, "127.0.0.1", 3000), 5).unwrap();
    let client = me.connect(at(INET, "127.0.0.1", 3000)).unwrap().fd;
    let server = me.accept(listener.fd).unwrap().fd;
    (listener.fd, client, server)
}

#[test]
fn a_connection_carries_bytes_both_ways() {
    let world = World::new();
    let me = world.as_process(1);
    let (listener, client, server) = connected(me);
    me.write(client, b"ping", -1).unwrap();
    assert_eq!(me.read(server, 10, -1).unwrap().data, b"ping");
    me.write(server, b"pong", -1).unwrap();
    assert_eq!(me.read(client, 10, -1).unwrap().data, b"pong");
    assert_eq!(me.read(client, 10, -1), Err(Errno::EAGAIN));
    assert_eq!(me.sockname(client).unwrap().address, me.peername(server).unwrap().address);
    assert_eq!(me.peername(client).unwrap().address, at(INET, "127.0.0.1", 3000));
    assert_eq!(me.fd_kind(client).unwrap().kind, flags::FD_TCP);
    assert_eq!((me.browser_peer(server).unwrap().yes, me.browser_peer(listener)), (0, Err(Errno::EINVAL)));
}

#[test]
fn half_closed_still_carries_the_other_way() {
    let world = World::new();
    let me = world.as_process(1);
    let (_, client, server) = connected(me);
    me.write(client, b"request", -1).unwrap();
    me.shutdown(client, flags::SHUT_WR).unwrap();
    assert_eq!(me.write(client, b"more", -1), Err(Errno::EPIPE));
    assert_eq!(me.read(server, 100, -1).unwrap().data, b"request");
    assert_eq!(me.read(server, 100, -1).unwrap().data, b"");
    me.write(server, b"answer", -1).unwrap();
    me.close(server).unwrap();
    assert_eq!(me.read(client, 100, -1).unwrap().data, b"answer");
    assert_eq!(me.read(client, 100, -1).unwrap().data, b"");
}

#[test]
fn closing_with_unread_bytes_resets() {
    let world = World::new();
    let me = world.as_process(1);
    let (_, client, server) = connected(me);
    me.write(client, b"unread", -1).unwrap();
    me.watch(client, flags::READABLE).unwrap();
    me.close(server).unwrap();
    assert!(world.heard(1).contains(&Event::Ready { fd: client, mask: flags::READABLE | flags::ERROR | flags::HANGUP }));
    assert_eq!(me.socket_error(client).unwrap().errno, Errno::ECONNRESET.number());
    assert_eq!(me.read(client, 10, -1), Err(Errno::ECONNRESET));
    assert_eq!(me.read(client, 10, -1).unwrap().data, b"", "the error is reported once");
    assert_eq!(me.socket_error(client).unwrap().errno, 0);
}

#[test]
fn writing_to_a_closed_peer_fails_the_second_time() {
    let world = World::new();
    let me = world.as_process(1);
    let (_, client, server) = connected(me);
    me.close(server).unwrap();
    assert_eq!(me.write(client, b"lost", -1).unwrap().written, 4);
    assert_eq!(me.write(client, b"x", -1), Err(Errno::EPIPE));
}

#[test]
fn a_full_socket_pushes_back_and_tells_when_there_is_room() {
    let world = World::new();
    let me = world.as_process(1);
    let (_, client, server) = connected(me);
    let mut sent = 0;
    loop {
        match me.write(client, &[0; 100_000], -1) {
            Ok(reply) => sent += reply.written,
            Err(errno) => {
                assert_eq!(errno, Errno::EAGAIN);
                break;
            }
        }
    }
    assert_eq!(sent, 256 << 10);
    me.watch(client, flags::WRITABLE).unwrap();
    assert_eq!(world.heard(1).iter().filter(|event| matches!(event, Event::Ready { .. })).count(), 0);
    assert_eq!(me.read(server, 128 << 10, -1).unwrap().data.len(), 128 << 10);
    assert_eq!(world.heard(1), [Event::Ready { fd: client, mask: flags::WRITABLE }]);
}

#[test]
fn addresses_are_taken_once() {
    let world = World::new();
    let me = world.as_process(1);
    let wild = me.listen(at(INET6, "::", 3000), 5).unwrap();
    assert_eq!(me.listen(at(INET, "127.0.0.1", 3000), 5), Err(Errno::EADDRINUSE));
    assert_eq!(me.listen(at(INET, "0.0.0.0", 3000), 5), Err(Errno::EADDRINUSE));
    assert_eq!(me.listen(at(INET, "8.8.8.8", 3001), 5), Err(Errno::EADDRNOTAVAIL));
    assert_eq!(me.connect(at(INET, "127.0.0.1", 3001)), Err(Errno::ECONNREFUSED));
    let client = me.connect(at(INET, "127.0.0.1", 3000)).unwrap().fd;
    let accepted = me.accept(wild.fd).unwrap();
    assert_eq!(accepted.peer.host, b"::ffff:127.0.0.1", "an IPv6 socket sees IPv4 peers as mapped addresses");
    assert_eq!(me.sockname(client).unwrap().address.family, INET);
    me.close(wild.fd).unwrap();
    me.listen(at(INET, "127.0.0.1", 3000), 5).unwrap();
}

#[test]
fn port_zero_is_chosen_and_the_page_hears_of_ports() {
    let world = World::new();
    let child = world.spawn(&[]);
    let listener = world.as_process(child).listen(at(INET, "", 0), 5).unwrap();
    assert!(listener.address.port >= 32_768);
    assert_eq!(listener.address.host, b"0.0.0.0");
    let port = listener.address.port;
    assert_eq!(world.heard(1), [Event::Port { port, open: 1 }]);
    world.as_process(child).exit(0).unwrap();
    assert_eq!(world.heard(1), [Event::Port { port, open: 0 }, Event::ChildExit { pid: child, code: 0, signal: 0 }]);
}

#[test]
fn beyond_the_backlog_connections_wait() {
    let world = World::new();
    let me = world.as_process(1);
    let listener = me.listen(at(INET, "127.0.0.1", 80), 1).unwrap().fd;
    me.connect(at(INET, "127.0.0.1", 80)).unwrap();
    let second = me.connect(at(INET, "localhost", 80)).unwrap().fd;
    me.watch(second, flags::WRITABLE).unwrap();
    world.heard(1);
    assert_eq!(me.write(second, b"x", -1), Err(Errno::EAGAIN));
    me.accept(listener).unwrap();
    assert_eq!(world.heard(1), [Event::Ready { fd: second, mask: flags::WRITABLE }]);
    me.accept(listener).unwrap();
    assert_eq!(me.accept(listener), Err(Errno::EAGAIN));
}

#[test]
fn a_listener_that_closes_resets_its_backlog() {
    let world = World::new();
    let me = world.as_process(1);
    let listener = me.listen(at(INET, "127.0.0.1", 80), 1).unwrap().fd;
    let first = me.connect(at(INET, "127.0.0.1", 80)).unwrap().fd;
    let waiting = me.connect(at(INET, "127.0.0.1", 80)).unwrap().fd;
    me.close(listener).unwrap();
    assert_eq!(me.read(first, 1, -1), Err(Errno::ECONNRESET));
    assert_eq!(me.read(waiting, 1, -1), Err(Errno::ECONNREFUSED));
}

#[test]
fn paths_are_addresses_too() {
    let world = World::new();
    let me = world.as_process(1);
    let path = at(UNIX, "/tmp/socket", 0);
    assert_eq!(me.connect(path.clone()), Err(Errno::ENOENT));
    let listener = me.listen(path.clone(), 5).unwrap();
    assert_eq!(me.listen(path.clone(), 5), Err(Errno::EADDRINUSE));
    let client = me.connect(at(UNIX, "/tmp/../tmp/socket", 0)).unwrap().fd;
    let server = me.accept(listener.fd).unwrap().fd;
    me.write(server, b"hi", -1).unwrap();
    assert_eq!(me.read(client, 10, -1).unwrap().data, b"hi");
    assert_eq!(me.fd_kind(client).unwrap().kind, flags::FD_PIPE);
    me.close(server).unwrap();
    assert_eq!(me.write(client, b"x", -1), Err(Errno::EPIPE), "no network to be late on");
    me.close(listener.fd).unwrap();
    assert_eq!(me.connect(path.clone()), Err(Errno::ECONNREFUSED), "the name stays");
    assert_eq!(me.listen(path, 5), Err(Errno::EADDRINUSE), "until it is removed");
}

#[test]
fn too_many_sockets_are_one_process_s_trouble() {
    let world = World::with(Config { descriptors: 1000, ..Config::default() });
    let greedy = world.spawn(&[]);
    let greedy = world.as_process(greedy);
    let me = world.as_process(1);
    let listener = me.listen(at(INET, "127.0.0.1", 80), 4096).unwrap().fd;
    for _ in 0..1000 {
        greedy.connect(at(INET, "127.0.0.1", 80)).unwrap();
    }
    assert_eq!(greedy.connect(at(INET, "127.0.0.1", 80)), Err(Errno::EMFILE));
    assert_eq!(greedy.pipe(), Err(Errno::EMFILE));
    me.accept(listener).unwrap();
    me.pipe().unwrap();
    greedy.exit(0).unwrap();
    for _ in 0..900 {
        let fd = me.accept(listener).unwrap().fd;
        assert_eq!(me.read(fd, 1, -1).unwrap().data, b"");
        me.close(fd).unwrap();
    }
}

#[test]
fn a_socket_pair_is_connected() {
    let world = World::new();
    let me = world.as_process(1);
    let pair = me.socketpair().unwrap();
    me.write(pair.one, b"a", -1).unwrap();
    assert_eq!(me.read(pair.other, 9, -1).unwrap().data, b"a");
    assert_eq!(me.accept(pair.one), Err(Errno::EINVAL));
    assert_eq!(me.shutdown(pair.one, 9), Err(Errno::EINVAL));
    let pipe = me.pipe().unwrap();
    assert_eq!(me.accept(pipe.reader), Err(Errno::ENOTSOCK));
}

#[test]
fn descriptors_are_passed() {
    let world = World::new();
    let parent = world.as_process(1);
    let pair = parent.socketpair().unwrap();
    let child = world.as_process(world.spawn(&[(3, pair.other)]));
    parent.close(pair.other).unwrap();
    let listener = parent.listen(at(INET, "127.0.0.1", 0), 4).unwrap();
    let port = listener.address.clone();
    let client = parent.connect(port.clone()).unwrap().fd;
    let served = parent.accept(listener.fd).unwrap().fd;
    assert_eq!(child.take_fd(3), Err(Errno::EAGAIN));
    parent.pass_fd(pair.one, served).unwrap();
    parent.pass_fd(pair.one, listener.fd).unwrap();
    parent.close(served).unwrap();
    parent.close(listener.fd).unwrap();
    let taken = child.take_fd(3).unwrap();
    assert_eq!(taken.kind, flags::FD_TCP);
    child.write(taken.fd, b"from the child", -1).unwrap();
    assert_eq!(parent.read(client, 99, -1).unwrap().data, b"from the child");
    let second = parent.connect(port.clone()).unwrap().fd;
    let taken = child.take_fd(3).unwrap();
    assert_eq!(taken.kind, flags::FD_LISTENER);
    let served = child.accept(taken.fd).unwrap().fd;
    child.write(served, b"served", -1).unwrap();
    assert_eq!(parent.read(second, 99, -1).unwrap().data, b"served");
    assert_eq!(child.take_fd(3), Err(Errno::EAGAIN));

    // What cannot be passed.
    assert_eq!(parent.pass_fd(pair.one, pair.one), Err(Errno::EINVAL));
    let pipe = parent.pipe().unwrap();
    assert_eq!(parent.pass_fd(pair.one, pipe.reader), Err(Errno::EINVAL));
    assert_eq!(parent.pass_fd(pipe.reader, client), Err(Errno::ENOTSOCK));
    assert_eq!(parent.pass_fd(pair.one, 77), Err(Errno::EBADF));
    while parent.pass_fd(pair.one, client).is_ok() {}
    assert_eq!(parent.pass_fd(pair.one, client), Err(Errno::EAGAIN));
    // What nobody takes ends with the socket that holds it.
    parent.close(client).unwrap();
    child.exit(0).unwrap();
    assert_eq!(parent.pass_fd(pair.one, second), Err(Errno::EPIPE));
}
