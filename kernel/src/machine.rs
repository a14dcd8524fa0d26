//! The whole machine, and the one way in.

use std::collections::{BTreeMap, BTreeSet};

use porthole_abi::{Errno, Request, frame};
use rkyv::{Archive, Deserialize, Serialize};

use crate::descriptor::{DescriptionId, Open};
use crate::net::fetch::Fetch;
use crate::net::listener::Listener;
use crate::net::pipe::Pipe;
use crate::net::port::Ports;
use crate::net::socket::{Socket, SocketId};
use crate::process::Process;
use crate::process::hear::ParkedPoll;
use crate::random::Random;
use crate::tty::Pty;
use crate::{Config, Effect, Event, Millis, syscalls};

/// All that survives the kernel's death. A pure function of the log.
#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub(crate) struct State {
    pub config: Config,
    /// When `Event::Boot` came; 0 before.
    pub begun: Millis,
    pub random: Random,
    pub processes: BTreeMap<i32, Process>,
    pub next_pid: i32,
    pub descriptions: BTreeMap<DescriptionId, Open>,
    pub next_description: DescriptionId,
    pub pipes: BTreeMap<u32, Pipe>,
    pub sockets: BTreeMap<SocketId, Socket>,
    pub listeners: BTreeMap<u32, Listener>,
    pub ports: Ports,
    pub ptys: BTreeMap<u32, Pty>,
    pub fetches: BTreeMap<u64, Fetch>,
    /// Names of pipes, sockets, listeners and terminals, never used twice.
    pub next_object: u32,
}

/// What is worth nothing to a new kernel: it follows from what processes send again.
#[derive(Debug, Default)]
pub(crate) struct Volatile {
    pub now: Millis,
    pub out: Vec<Effect>,
    /// Polls that wait, one a process.
    pub polls: BTreeMap<i32, ParkedPoll>,
    /// Connections of the browser whose socket changed while this event was handled.
    pub woken: BTreeSet<u32>,
    /// Processes with events that have not been sent.
    pub loud: BTreeSet<i32>,
    /// How many of a process's events have been sent by `Notify`.
    pub notified: BTreeMap<i32, u32>,
    /// The time of the last `Effect::Timer`.
    pub timer: Option<Millis>,
}

/// One container's operating system.
#[derive(Debug)]
pub struct Machine {
    pub(crate) state: State,
    pub(crate) volatile: Volatile,
}

impl Machine {
    pub fn new(config: Config) -> Machine {
        let state = State {
            config,
            begun: 0,
            random: Random::new(0),
            processes: BTreeMap::new(),
            next_pid: 2,
            descriptions: BTreeMap::new(),
            next_description: 1,
            pipes: BTreeMap::new(),
            sockets: BTreeMap::new(),
            listeners: BTreeMap::new(),
            ports: Ports::default(),
            ptys: BTreeMap::new(),
            fetches: BTreeMap::new(),
            next_object: 1,
        };
        Machine { state, volatile: Volatile::default() }
    }

    /// Takes one event and appends what is to be done outside. `now` never runs backwards for the machine: an earlier time counts as the last one.
    pub fn handle(&mut self, now: Millis, event: Event, out: &mut Vec<Effect>) {
        self.volatile.now = now;
        match event {
            Event::Boot { seed } => self.boot(seed),
            Event::Frame { pid, frame } => self.frame(pid, &frame),
            Event::Lost { pid, reason } => self.lost(pid, &reason),
            Event::Epoch { live } => self.epoch(&live),
            Event::Timer => self.volatile.timer = None,
            Event::Http(_) | Event::HttpBody { .. } | Event::HttpPull { .. } | Event::HttpAbort { .. } => {}
            Event::FetchHead { id, status, url, text, headers } => self.fetch_head(id, status, url, text, headers),
            Event::FetchBody { id, data, last } => self.fetch_body(id, &data, last),
            Event::FetchFail { id, reason } => self.fetch_failed(id, reason),
        }
        self.send_events();
        self.answer_late_polls();
        self.set_timer();
        out.append(&mut self.volatile.out);
    }

    pub(crate) fn now(&self) -> Millis {
        self.volatile.now
    }

    pub(crate) fn emit(&mut self, effect: Effect) {
        self.volatile.out.push(effect);
    }

    pub(crate) fn new_object(&mut self) -> u32 {
        let id = self.state.next_object;
        self.state.next_object = id.wrapping_add(1);
        id
    }

    fn boot(&mut self, seed: u64) {
        if !self.state.processes.is_empty() {
            self.emit(Effect::Fault { message: "the container was booted a second time: ignored".into() });
            return;
        }
        self.state.begun = self.now();
        self.state.random = Random::new(seed);
        self.state.processes.insert(1, Process::first(self.now()));
    }

    fn frame(&mut self, pid: i32, bytes: &[u8]) {
        if !self.state.processes.get(&pid).is_some_and(Process::is_live) {
            return;
        }
        match Request::get(bytes) {
            Ok(request) => syscalls::request(self, pid, request),
            // Not in the log (`Event::is_logged`), so nothing may change.
            Err(_) => {
                if let Some(seq) = bytes.get(8..12).and_then(|seq| seq.try_into().ok()) {
                    self.reply(pid, u32::from_le_bytes(seq), Err(Errno::EINVAL));
                }
            }
        }
    }

    /// Emits a reply with a payload.
    pub(crate) fn reply(&mut self, pid: i32, seq: u32, result: Result<&[u8], Errno>) {
        let mut reply = Vec::new();
        frame::Reply::begin(seq, result.err(), &mut reply);
        if let Ok(payload) = result {
            reply.extend_from_slice(payload);
        }
        frame::finish(&mut reply);
        self.emit(Effect::Reply { pid, frame: reply });
    }
}
