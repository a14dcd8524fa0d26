//! Requests of the browser over loopback connections, with a server played by hand.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::address::{INET, INET6};
use porthole_abi::{Address, Errno, Syscalls, flags, signal};
use porthole_kernel::event::{Event, HttpRequest};
use porthole_kernel::{Config, Effect};
use world::{Caller, World};

fn get(id: u64, port: u16) -> Event {
    Event::Http(HttpRequest { id, port, method: b"GET".to_vec(), target: b"/x?y=1".to_vec(), headers: vec![], referrer: vec![], body: false })
}

fn post(id: u64, port: u16) -> Event {
    Event::Http(HttpRequest { id, port, method: b"POST".to_vec(), target: b"/".to_vec(), headers: vec![], referrer: vec![], body: true })
}

fn listen(me: Caller<'_>) -> i32 {
    me.listen(Address { family: INET, host: b"127.0.0.1".to_vec(), port: 3000 }, 50).unwrap().fd
}

fn text(me: Caller<'_>, fd: i32) -> String {
    String::from_utf8(me.read(fd, 1 << 20, -1).unwrap().data).unwrap()
}

/// Effects in short: `head 200`, `body hello`, `end`.
fn short(world: &World) -> Vec<String> {
    world
        .take_effects()
        .into_iter()
        .filter_map(|effect| {
            Some(match effect {
                Effect::HttpHead { id, status, .. } => format!("{id} head {status}"),
                Effect::HttpBody { id, data } if data.len() > 100 => format!("{id} body of {}", data.len()),
                Effect::HttpBody { id, data } => format!("{id} body {}", String::from_utf8_lossy(&data)),
                Effect::HttpEnd { id } => format!("{id} end"),
                Effect::HttpFail { id, reason } => format!("{id} fail {reason}"),
                Effect::HttpWant { id, bytes } => format!("{id} want {bytes}"),
                _ => return None,
            })
        })
        .collect()
}

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

#[test]
fn a_request_is_answered_and_the_connection_kept() {
    let world = World::new();
    let me = world.as_process(1);
    let listener = listen(me);
    world.event(get(1, 3000));
    let accepted = me.accept(listener).unwrap();
    assert_eq!(accepted.peer.host, b"127.0.0.1");
    assert_eq!(me.browser_peer(accepted.fd).unwrap().yes, 1);
    let request = text(me, accepted.fd);
    assert!(request.starts_with("GET /x?y=1 HTTP/1.1\r\n") && request.to_lowercase().contains("\r\nhost: localhost:3000\r\n"), "{request}");
    me.write(accepted.fd, ANSWER, -1).unwrap();
    assert_eq!(short(&world), ["1 head 200", "1 body hello", "1 end"]);
    world.event(get(2, 3000));
    assert_eq!(me.accept(listener), Err(Errno::EAGAIN), "the same connection");
    text(me, accepted.fd);
    me.write(accepted.fd, ANSWER, -1).unwrap();
    assert_eq!(short(&world).len(), 3);
    // Two at once need two connections.
    world.event(get(3, 3000));
    world.event(get(4, 3000));
    let other = me.accept(listener).unwrap().fd;
    me.write(other, b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", -1).unwrap();
    assert_eq!(short(&world), ["4 head 204", "4 end"]);
    text(me, other);
    assert_eq!(text(me, other), "", "closed as it was told");
}

#[test]
fn nobody_listens() {
    let world = World::new();
    world.event(get(1, 3000));
    let failed = short(&world);
    assert!(failed.len() == 1 && failed[0].starts_with("1 fail Nothing listens on port 3000"), "{failed:?}");
}

#[test]
fn servers_on_ipv6_are_reached() {
    let world = World::new();
    let me = world.as_process(1);
    for (host, port) in [("::1", 3001), ("::", 3002)] {
        let listener = me.listen(Address { family: INET6, host: host.into(), port }, 50).unwrap().fd;
        world.event(get(u64::from(port), port));
        me.accept(listener).unwrap();
    }
}

#[test]
fn a_slow_browser_holds_the_server_back() {
    let world = World::new();
    let me = world.as_process(1);
    let listener = listen(me);
    world.event(get(1, 3000));
    let fd = me.accept(listener).unwrap().fd;
    me.write(fd, b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", -1).unwrap();
    let mut sent = 0;
    while let Ok(reply) = me.write(fd, &vec![b'x'; 1_000_000 - sent], -1) {
        sent += reply.written as usize;
    }
    assert_eq!(sent, (64 << 10) + (256 << 10), "what the browser takes unasked, and what the socket holds");
    short(&world);
    me.watch(fd, flags::WRITABLE).unwrap();
    world.heard(1);
    world.event(Event::HttpPull { id: 1, bytes: 100_000 });
    let bodies = short(&world);
    assert_eq!(bodies, ["1 body of 65536", "1 body of 34464"]);
    assert!(!world.heard(1).is_empty(), "the server hears that there is room");
    world.event(Event::HttpPull { id: 1, bytes: 10_000_000 });
    while sent < 1_000_000 {
        sent += me.write(fd, &vec![b'x'; 1_000_000 - sent], -1).unwrap().written as usize;
    }
    assert_eq!(short(&world).last().unwrap(), "1 end");
}

#[test]
fn a_slow_server_holds_the_browser_back() {
    let world = World::new();
    let me = world.as_process(1);
    let listener = listen(me);
    world.event(post(1, 3000));
    assert_eq!(short(&world), ["1 want 262144"]);
    let fd = me.accept(listener).unwrap().fd;
    for _ in 0..4 {
        world.event(Event::HttpBody { id: 1, data: vec![b'x'; 65_536], last: false });
    }
    assert_eq!(short(&world).len(), 4, "all of it fits into the socket, so as much again is wanted");
    for _ in 0..4 {
        world.event(Event::HttpBody { id: 1, data: vec![b'x'; 65_536], last: false });
    }
    let granted = short(&world).len();
    assert!(granted < 4, "the socket is full");
    let mut read = 0;
    while let Ok(reply) = me.read(fd, 1 << 20, -1) {
        read += reply.data.len();
    }
    assert!(read > 8 * 65_536);
    assert!(!short(&world).is_empty(), "there is room again");
    world.event(Event::HttpBody { id: 1, data: vec![], last: true });
    me.write(fd, ANSWER, -1).unwrap();
    assert_eq!(short(&world), ["1 head 200", "1 body hello", "1 end"]);
    world.event(get(2, 3000));
    assert_eq!(me.accept(listener), Err(Errno::EAGAIN), "kept");
}

#[test]
fn a_server_that_dies_is_named() {
    let world = World::new();
    let child = world.spawn(&[]);
    let server = world.as_process(child);
    let listener = listen(server);
    world.event(get(1, 3000));
    world.event(get(2, 3000));
    let fd = server.accept(listener).unwrap().fd;
    server.write(fd, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", -1).unwrap();
    assert_eq!(short(&world), ["1 head 200", "1 body half"]);
    world.as_process(1).kill(child, signal::SIGKILL).unwrap();
    let failed = short(&world);
    assert!(failed.len() == 2 && failed.iter().all(|it| it.contains(" fail Port 3000: the server ")), "{failed:?}");
}

#[test]
fn a_kept_connection_that_closed_unread_is_no_failure() {
    let world = World::new();
    let me = world.as_process(1);
    let listener = listen(me);
    world.event(get(1, 3000));
    let fd = me.accept(listener).unwrap().fd;
    text(me, fd);
    me.write(fd, ANSWER, -1).unwrap();
    short(&world);
    // The server closes just when the next request is on its way: unread, so it is said again.
    world.event(get(2, 3000));
    me.close(fd).unwrap();
    assert_eq!(short(&world), Vec::<String>::new());
    let again = me.accept(listener).unwrap().fd;
    text(me, again);
    me.write(again, ANSWER, -1).unwrap();
    assert_eq!(short(&world).len(), 3);
    // Closed while idle: a new connection at once.
    me.close(again).unwrap();
    world.event(get(3, 3000));
    me.accept(listener).unwrap();
}

#[test]
fn a_browser_that_leaves_resets_and_so_does_a_new_epoch() {
    let world = World::new();
    let me = world.as_process(1);
    let listener = listen(me);
    world.event(get(1, 3000));
    world.event(get(2, 3000));
    let (one, two) = (me.accept(listener).unwrap().fd, me.accept(listener).unwrap().fd);
    text(me, one);
    text(me, two);
    world.event(Event::HttpAbort { id: 1 });
    assert_eq!(me.read(one, 10, -1), Err(Errno::ECONNRESET));
    assert_eq!(me.read(two, 10, -1), Err(Errno::EAGAIN));
    world.event(Event::Epoch { live: vec![1] });
    assert_eq!(me.read(two, 10, -1), Err(Errno::ECONNRESET));
    assert_eq!(short(&world), Vec::<String>::new());
}

#[test]
fn a_flood_of_requests_fails_none_and_leaves_nothing() {
    let world = World::with(Config { descriptors: 50, ..Config::default() });
    let me = world.as_process(1);
    let listener = listen(me);
    for id in 0..500 {
        world.event(get(id, 3000));
    }
    for _ in 0..500 {
        let fd = me.accept(listener).unwrap().fd;
        text(me, fd);
        me.write(fd, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", -1).unwrap();
        me.close(fd).unwrap();
    }
    assert_eq!(short(&world).iter().filter(|it| it.ends_with("end")).count(), 500);
    assert_eq!(me.accept(listener), Err(Errno::EAGAIN));
}
