//! A process's side: what it has sent, what it has heard, and what it does next.

use std::collections::{BTreeMap, BTreeSet};

use porthole_abi::event::get_batch;
use porthole_abi::syscall::Inherit;
use porthole_abi::wire::{List, Reader, Wire};
use porthole_abi::{Address, Call, Errno, Event, Reply, Request, flags, frame, reply, signal};

use crate::browser::body;
use crate::dice::Dice;
use crate::model::{DESCRIPTORS, Model};

/// What a process is.
pub enum Role {
    /// Makes any call, and the model knows the answer.
    Random,
    /// Answers the browser's requests.
    Server(Server),
}

#[derive(Default)]
pub struct Server {
    listener: Option<i32>,
    connections: BTreeMap<i32, Connection>,
    /// What the call that runs is for.
    doing: Option<Doing>,
}

#[derive(Default)]
struct Connection {
    request: Vec<u8>,
    answer: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Doing {
    Listen,
    Accept,
    Read(i32),
    Write(i32),
    Close,
}

pub struct Guest {
    pub pid: i32,
    pub role: Role,
    /// Asks for events instead of being told (the `xhr` transport).
    pub polls: bool,
    seq: u32,
    heard: u32,
    /// Frames without an answer, in order.
    pub unanswered: BTreeMap<u32, Vec<u8>>,
    /// Watched descriptors, and whether `Ready` has come since the last call on each.
    pub watched: BTreeMap<i32, bool>,
    pub child_exits: Vec<i32>,
    /// Ports that have a listener.
    pub ports: BTreeSet<u16>,
    /// Descriptors whose `Ready` came while a call was under way: a new kernel sends events before it answers what is sent again, so they are from
    /// after the call as well as from before it.
    ready_meanwhile: BTreeSet<i32>,
}

impl Guest {
    pub fn new(pid: i32, role: Role, polls: bool) -> Self {
        Self {
            pid,
            role,
            polls,
            seq: 0,
            heard: 0,
            unanswered: BTreeMap::new(),
            watched: BTreeMap::new(),
            child_exits: vec![],
            ports: BTreeSet::new(),
            ready_meanwhile: BTreeSet::new(),
        }
    }

    pub fn busy(&self) -> bool {
        !self.unanswered.is_empty()
    }

    /// A frame for a call, remembered until it is answered.
    pub fn frame(&mut self, call: &Call<'_>) -> (u32, Vec<u8>) {
        let ack = self.unanswered.keys().next().map_or(self.seq, |first| first - 1);
        if self.unanswered.is_empty() {
            self.ready_meanwhile.clear();
        }
        self.seq += 1;
        let mut bytes = Vec::new();
        Request::begin(call.number(), self.seq, ack, self.heard, &mut bytes);
        call.put(&mut bytes);
        frame::finish(&mut bytes);
        self.unanswered.insert(self.seq, bytes.clone());
        (self.seq, bytes)
    }

    /// Takes a reply; whether it is the first to its call. Answers the call too.
    pub fn receive(&mut self, bytes: &[u8]) -> Option<(u32, Vec<u8>, Result<Vec<u8>, Errno>)> {
        let reply = Reply::get(bytes).unwrap();
        let call = self.unanswered.remove(&reply.seq)?;
        let result = reply.result.map(<[u8]>::to_vec);
        let request = Request::get(&call).unwrap();
        if request.number == 12 {
            let payload = result.clone().unwrap();
            self.hear(&Vec::<u8>::get(&mut Reader::new(&payload)).unwrap());
        }
        if let Role::Server(server) = &mut self.role {
            server.answered(&result);
        }
        Some((reply.seq, call, result))
    }

    pub fn hear(&mut self, batch: &[u8]) {
        let (first, events) = get_batch(batch).unwrap();
        assert!(first <= self.heard, "process {} missed events {}..{first}", self.pid, self.heard);
        let skip = (self.heard - first) as usize;
        for event in events.into_iter().skip(skip) {
            self.heard += 1;
            match event {
                Event::Ready { fd, mask } => {
                    assert_ne!(mask, 0);
                    self.ready_meanwhile.insert(fd);
                    // Spurious for a descriptor that was closed meanwhile.
                    if let Some(told) = self.watched.get_mut(&fd) {
                        *told = true;
                    }
                }
                Event::ChildExit { pid, .. } => {
                    assert!(!self.child_exits.contains(&pid), "process {} heard of the end of {pid} twice", self.pid);
                    self.child_exits.push(pid);
                }
                Event::Port { port, open } => {
                    let news = if open == 1 { self.ports.insert(port) } else { self.ports.remove(&port) };
                    assert!(news, "port {port} was {open} already");
                }
                Event::Signal { .. } => {}
            }
        }
    }

    /// The next call of a random program.
    pub fn next(&mut self, dice: &mut Dice, model: &Model) -> OwnedCall {
        if let Role::Server(server) = &mut self.role {
            return server.next(dice);
        }
        let process = &model.processes[&self.pid];
        let fds: Vec<i32> = process.fds.keys().copied().collect();
        let fd = if dice.one_in(20) { dice.below(DESCRIPTORS) as i32 } else { dice.of(&fds).unwrap_or(3) };
        let pids: Vec<i32> = model.processes.keys().copied().collect();
        let target = if dice.one_in(10) { 60 } else { dice.of(&pids).unwrap() };
        let path = format!("/tmp/f{}", dice.below(4)).into_bytes();
        let other = format!("/tmp/f{}", dice.below(4)).into_bytes();
        let len = dice.of(&[0, 1, 10, 700, 4096, 5000, 9000]).unwrap();
        let signal = dice.of(&[signal::SIGTERM, signal::SIGINT, signal::SIGCHLD]).unwrap();
        match dice.below(100) {
            0..=13 => OwnedCall::Read { fd, len: len as u32 },
            14 => OwnedCall::WriteFile { path, data: vec![self.seq as u8; len] },
            15 => OwnedCall::ReadFile { path },
            16 => OwnedCall::Rename { from: path, to: other },
            17 => OwnedCall::Link { from: path, to: other },
            18 => OwnedCall::CopyFile { from: path, to: other },
            36..=43 => OwnedCall::Watch { fd, mask: flags::READABLE },
            19..=35 => OwnedCall::Write { fd, data: (0..len).map(|at| (at as u8).wrapping_add(self.seq as u8)).collect() },
            44..=49 => OwnedCall::Close { fd },
            50..=54 => OwnedCall::Pipe,
            55..=56 => OwnedCall::Socketpair,
            57..=59 => OwnedCall::Dup { fd, least: dice.below(6) as i32 },
            60..=61 => OwnedCall::Dup2 { fd, onto: dice.below(DESCRIPTORS) as i32 },
            62..=64 => OwnedCall::Listen { port: 10 + dice.below(3) as u16, backlog: 1 + dice.below(3) as u32 },
            65..=69 => OwnedCall::Connect { port: 10 + dice.below(3) as u16 },
            70..=74 => OwnedCall::Accept { fd },
            75..=76 => OwnedCall::Shutdown { fd, how: dice.below(3) as u8 },
            77..=80 => {
                let mut inherit = Vec::new();
                for _ in 0..dice.below(4) {
                    inherit.push((dice.below(5) as i32, dice.of(&fds).unwrap_or(9)));
                }
                if dice.one_in(4) { OwnedCall::Spawn { file: b"sh", fds: vec![] } } else { OwnedCall::Spawn { file: b"node", fds: inherit } }
            }
            81 if self.pid != 1 => OwnedCall::Exit { code: dice.below(600) as i32 },
            82..=83 => OwnedCall::Wait { pid: if dice.one_in(2) { -1 } else { target } },
            84 => OwnedCall::Kill { pid: target, signal: dice.of(&[0, signal::SIGKILL, signal]).unwrap() },
            85..=86 => OwnedCall::Sigaction { signal, action: dice.below(3) as u8 },
            97 => OwnedCall::Fsync { fd },
            98 => OwnedCall::Ftruncate { fd, len: dice.of(&[0, 5, 800, 70_000]).unwrap() },
            87 => OwnedCall::Umask { mask: dice.below(0o100) as u32 },
            88..=90 => OwnedCall::Watch { fd, mask: dice.of(&[flags::READABLE, flags::READABLE | flags::WRITABLE, 0]).unwrap() },
            91..=92 => OwnedCall::Open { path, flags: flags::O_CREAT | flags::O_RDWR | dice.of(&[0, 0, flags::O_TRUNC, flags::O_DSYNC]).unwrap() },
            93 => OwnedCall::Unlink { path },
            94..=95 => OwnedCall::Pread { fd, len: len as u32, position: dice.below(3000) as i64 },
            96 => OwnedCall::FdKind { fd },
            _ if self.polls => OwnedCall::Poll { timeout: dice.of(&[0, 5, 1000]).unwrap() },
            _ => OwnedCall::Getcwd,
        }
    }

    /// Keeps book of watches: an I/O call that has returned makes what was told old.
    pub fn used(&mut self, call: &Call<'_>, succeeded: bool) {
        match call {
            Call::Watch { fd, mask } if succeeded => {
                if mask & flags::READABLE != 0 {
                    self.watched.insert(*fd, self.ready_meanwhile.contains(fd))
                } else {
                    self.watched.remove(fd)
                };
            }
            Call::Close { fd } | Call::Dup2 { onto: fd, .. } if succeeded => drop(self.watched.remove(fd)),
            Call::Read { fd, .. } | Call::Write { fd, .. } | Call::Accept { fd } | Call::Shutdown { fd, .. } => {
                if let Some(told) = self.watched.get_mut(fd) {
                    *told = self.ready_meanwhile.contains(fd);
                }
            }
            _ => {}
        }
        if self.unanswered.is_empty() {
            self.ready_meanwhile.clear();
        }
    }
}

/// A call with all it needs.
#[derive(Debug)]
pub enum OwnedCall {
    Read { fd: i32, len: u32 },
    Write { fd: i32, data: Vec<u8> },
    Close { fd: i32 },
    Pipe,
    Socketpair,
    Dup { fd: i32, least: i32 },
    Dup2 { fd: i32, onto: i32 },
    Listen { port: u16, backlog: u32 },
    Connect { port: u16 },
    Accept { fd: i32 },
    Shutdown { fd: i32, how: u8 },
    Spawn { file: &'static [u8], fds: Vec<(i32, i32)> },
    Exit { code: i32 },
    Wait { pid: i32 },
    Kill { pid: i32, signal: u8 },
    Sigaction { signal: u8, action: u8 },
    Umask { mask: u32 },
    Watch { fd: i32, mask: u8 },
    Open { path: Vec<u8>, flags: u32 },
    Unlink { path: Vec<u8> },
    WriteFile { path: Vec<u8>, data: Vec<u8> },
    ReadFile { path: Vec<u8> },
    Rename { from: Vec<u8>, to: Vec<u8> },
    Link { from: Vec<u8>, to: Vec<u8> },
    CopyFile { from: Vec<u8>, to: Vec<u8> },
    Pread { fd: i32, len: u32, position: i64 },
    FdKind { fd: i32 },
    Fsync { fd: i32 },
    Ftruncate { fd: i32, len: u64 },
    Poll { timeout: u32 },
    Getcwd,
}

impl OwnedCall {
    pub fn call(&self) -> Call<'_> {
        let local = |port| Address { family: 4, host: b"127.0.0.1".to_vec(), port };
        match *self {
            OwnedCall::Read { fd, len } => Call::Read { fd, len, position: -1 },
            OwnedCall::Write { fd, ref data } => Call::Write { fd, data, position: -1 },
            OwnedCall::Close { fd } => Call::Close { fd },
            OwnedCall::Pipe => Call::Pipe {},
            OwnedCall::Socketpair => Call::Socketpair {},
            OwnedCall::Dup { fd, least } => Call::Dup { fd, least },
            OwnedCall::Dup2 { fd, onto } => Call::Dup2 { fd, onto },
            OwnedCall::Listen { port, backlog } => Call::Listen { address: local(port), backlog },
            OwnedCall::Connect { port } => Call::Connect { address: local(port) },
            OwnedCall::Accept { fd } => Call::Accept { fd },
            OwnedCall::Shutdown { fd, how } => Call::Shutdown { fd, how },
            OwnedCall::Spawn { file, ref fds } => {
                let fds = List(fds.iter().map(|(child, parent)| Inherit { child: *child, parent: *parent }).collect());
                Call::Spawn { file, argv: List(vec![file.to_vec()]), env: List(vec![]), cwd: b"", fds, flags: 0 }
            }
            OwnedCall::Exit { code } => Call::Exit { code },
            OwnedCall::Wait { pid } => Call::Wait { pid },
            OwnedCall::Kill { pid, signal } => Call::Kill { pid, signal },
            OwnedCall::Sigaction { signal, action } => Call::Sigaction { signal, action },
            OwnedCall::Umask { mask } => Call::Umask { mask },
            OwnedCall::Watch { fd, mask } => Call::Watch { fd, mask },
            OwnedCall::Open { ref path, flags } => Call::Open { path, flags, mode: 0o666 },
            OwnedCall::Unlink { ref path } => Call::Unlink { path },
            OwnedCall::WriteFile { ref path, ref data } => {
                Call::WriteFile { path, data, flags: flags::O_WRONLY | flags::O_CREAT | flags::O_TRUNC, mode: 0o666 }
            }
            OwnedCall::ReadFile { ref path } => Call::ReadFile { path, limit: 5000 },
            OwnedCall::Rename { ref from, ref to } => Call::Rename { from, to, flags: 0 },
            OwnedCall::Link { ref from, ref to } => Call::Link { from, to },
            OwnedCall::CopyFile { ref from, ref to } => Call::CopyFile { from, to, flags: 0 },
            OwnedCall::Pread { fd, len, position } => Call::Pread { fd, len, position },
            OwnedCall::Fsync { fd } => Call::Fsync { fd },
            OwnedCall::Ftruncate { fd, len } => Call::Ftruncate { fd, len },
            OwnedCall::FdKind { fd } => Call::FdKind { fd },
            OwnedCall::Poll { timeout } => Call::Poll { timeout },
            OwnedCall::Getcwd => Call::Getcwd {},
        }
    }
}

impl Server {
    fn next(&mut self, dice: &mut Dice) -> OwnedCall {
        let Some(listener) = self.listener else {
            self.doing = Some(Doing::Listen);
            return OwnedCall::Listen { port: 8000 + dice.below(3) as u16, backlog: 3 };
        };
        if dice.one_in(150) {
            return OwnedCall::Exit { code: 1 };
        }
        let fds: Vec<i32> = self.connections.keys().copied().collect();
        let Some(fd) = dice.of(&fds).filter(|_| !dice.one_in(4)) else {
            self.doing = Some(Doing::Accept);
            return OwnedCall::Accept { fd: listener };
        };
        if dice.one_in(60) {
            self.connections.remove(&fd);
            self.doing = Some(Doing::Close);
            return OwnedCall::Close { fd };
        }
        let connection = &self.connections[&fd];
        if connection.answer.is_empty() {
            self.doing = Some(Doing::Read(fd));
            OwnedCall::Read { fd, len: 1 + dice.below(500) as u32 }
        } else {
            self.doing = Some(Doing::Write(fd));
            let len = connection.answer.len().min(1 + dice.below(1500));
            OwnedCall::Write { fd, data: connection.answer[..len].to_vec() }
        }
    }

    fn answered(&mut self, result: &Result<Vec<u8>, Errno>) {
        let Some(doing) = self.doing.take() else { return };
        let payload = match result {
            Ok(payload) => payload,
            Err(Errno::EAGAIN | Errno::EADDRINUSE | Errno::EMFILE) => return,
            Err(_) => {
                if let Doing::Read(fd) | Doing::Write(fd) = doing {
                    // Broken: to be closed by the next step that meets it; an answer makes it try to write no more.
                    self.connections.entry(fd).and_modify(|it| it.answer.clear());
                }
                return;
            }
        };
        let mut from = Reader::new(payload);
        match doing {
            Doing::Listen => self.listener = Some(reply::Listen::get(&mut from).unwrap().fd),
            Doing::Accept => drop(self.connections.insert(reply::Accept::get(&mut from).unwrap().fd, Connection::default())),
            Doing::Read(fd) => {
                let data = reply::Read::get(&mut from).unwrap().data;
                let Some(connection) = self.connections.get_mut(&fd) else { return };
                connection.request.extend_from_slice(&data);
                let whole = if connection.request.starts_with(b"POST") { &b"\r\n0\r\n\r\n"[..] } else { b"\r\n\r\n" };
                if connection.request.ends_with(whole) {
                    connection.answer = answer(&connection.request);
                    connection.request.clear();
                }
            }
            Doing::Write(fd) => {
                let written = reply::Write::get(&mut from).unwrap().written as usize;
                if let Some(connection) = self.connections.get_mut(&fd) {
                    connection.answer.drain(..written);
                }
            }
            Doing::Close => {}
        }
    }
}

/// The answer to `GET /<length>`.
fn answer(request: &[u8]) -> Vec<u8> {
    let target = request.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    let len: usize = std::str::from_utf8(&target[1..]).unwrap().parse().unwrap();
    let content = body(len);
    if len.is_multiple_of(2) {
        return [format!("HTTP/1.1 200 OK\r\nContent-Length: {len}\r\n\r\n").as_bytes(), &content].concat();
    }
    let mut out = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for chunk in content.chunks(700) {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}
