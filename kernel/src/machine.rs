//! The whole machine, and the one way in.

use std::collections::VecDeque;

use porthole_abi::{Errno, frame};
use rkyv::{Archive, Deserialize, Serialize};

use crate::descriptor::{DescriptionId, Open};
use crate::durability::{Durability, OnTheWay};
use crate::images::Images;
use crate::map::{Map, Set};
use crate::net::browser::Browser;
use crate::net::fetch::Fetch;
use crate::net::listener::Listener;
use crate::net::pipe::Pipe;
use crate::net::port::Ports;
use crate::net::socket::{Socket, SocketId};
use crate::park::Parked;
use crate::process::Process;
use crate::process::hear::ParkedPoll;
use crate::random::Random;
use crate::synthetic::Synthetic;
use crate::tty::Pty;
use crate::vfs::{self, Limits, Vfs, WatchId};
use crate::{Config, Effect, Event, Millis};

/// All that survives the kernel's death. A pure function of the log.
#[derive(Debug, Archive, Serialize, Deserialize)]
pub(crate) struct State {
    pub config: Config,
    /// When `Event::Boot` came; 0 before.
    pub begun: Millis,
    pub random: Random,
    pub vfs: Vfs,
    pub processes: Map<i32, Process>,
    pub next_pid: i32,
    pub descriptions: Map<DescriptionId, Open>,
    pub next_description: DescriptionId,
    pub pipes: Map<u32, Pipe>,
    pub sockets: Map<SocketId, Socket>,
    pub listeners: Map<u32, Listener>,
    pub ports: Ports,
    pub ptys: Map<u32, Pty>,
    pub browser: Browser,
    pub fetches: Map<u64, Fetch>,
    /// The descriptions of the file system's watches.
    pub path_watches: Map<WatchId, DescriptionId>,
    /// What the synthetic trees remember.
    pub synthetic: Synthetic,
    /// Names of pipes, sockets, listeners and terminals, never used twice.
    pub next_object: u32,
    pub durability: Durability,
    /// The index of a web server's directory, or why there is none, for the mount that comes next: its address first.
    pub index: Option<(Vec<u8>, Result<Vec<u8>, Vec<u8>>)>,
}

/// What is worth nothing to a new kernel: it follows from what processes send again.
#[derive(Debug, Default)]
pub(crate) struct Volatile {
    pub now: Millis,
    pub out: Vec<Effect>,
    /// Polls that wait, one a process.
    pub polls: Map<i32, ParkedPoll>,
    /// Connections of the browser whose socket changed while this event was handled.
    pub woken: Set<u32>,
    /// Processes with events that have not been sent.
    pub loud: Set<i32>,
    /// How many of a process's events have been sent by `Notify`.
    pub notified: Map<i32, u32>,
    /// The time of the last `Effect::Timer`.
    pub timer: Option<Millis>,
    /// Events that have to wait.
    pub parked: Parked,
    pub on_the_way: OnTheWay,
    /// What is being read of images.
    pub images: Images,
    /// Events that the one being handled has caused, to be handled and logged after it.
    pub after: VecDeque<Event>,
    /// The call being handled is answered when this commit is safe.
    pub awaited: Option<u64>,
    /// Commits up to this one are known outside.
    pub known: u64,
    /// What happens is in the log already.
    pub replaying: bool,
}

/// One container's operating system.
#[derive(Debug)]
pub struct Machine {
    pub(crate) state: State,
    pub(crate) volatile: Volatile,
}

impl Machine {
    pub fn new(config: Config) -> Machine {
        let limits = Limits { bytes: config.files_bytes, inodes: config.files };
        let state = State {
            config,
            begun: 0,
            random: Random::new(0),
            vfs: Vfs::new(0, limits),
            processes: Map::new(),
            next_pid: 2,
            descriptions: Map::new(),
            next_description: 1,
            pipes: Map::new(),
            sockets: Map::new(),
            listeners: Map::new(),
            ports: Ports::default(),
            ptys: Map::new(),
            browser: Browser::default(),
            fetches: Map::new(),
            path_watches: Map::new(),
            synthetic: Synthetic::default(),
            next_object: 1,
            durability: Durability::default(),
            index: None,
        };
        Machine { state, volatile: Volatile::default() }
    }

    /// Takes one event and appends what is to be done outside.
    pub fn handle(&mut self, now: Millis, event: Event, out: &mut Vec<Effect>) {
        self.volatile.now = now;
        self.take(event);
        self.leave(out);
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Frame { pid, .. } | Event::Lost { pid, .. } => self.in_turn(pid, event),
            Event::Timer => {
                self.volatile.timer = None;
                // Polls that are late leave no trace.
                if self.commit_is_due() {
                    self.apply(event);
                }
            }
            event => self.apply(event),
        }
    }

    /// What remains to be done when all has happened that was to happen now.
    pub(crate) fn leave(&mut self, out: &mut Vec<Effect>) {
        self.relieve();
        while let Some(event) = self.volatile.after.pop_front() {
            self.take(event);
        }
        self.answer_late_polls();
        self.set_timer();
        self.state.vfs.set_replaying(false);
        self.evict();
        out.append(&mut self.volatile.out);
    }

    /// Lets an event happen that changes state, and logs it. What it does depends on nothing but the state and the record.
    pub(crate) fn apply(&mut self, event: Event) {
        if !self.volatile.replaying {
            let record = event.record(self.now());
            self.emit(Effect::Log { record });
        }
        self.happen(event);
        self.serve_browser();
        self.tell_path_watchers();
        self.commit_if_due();
        self.send_events();
        if !self.state.vfs.all_here() {
            let missed = self.state.vfs.take_missed();
            if !missed.is_empty() {
                self.emit(Effect::Fault { message: format!("chunks {missed:?} were needed, and nobody had asked for them") });
            }
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Boot { seed } => self.boot(seed),
            Event::Frame { pid, frame } => self.change(pid, &frame, true),
            Event::Lost { pid, reason } => self.lost(pid, &reason, true),
            Event::Epoch { live } => self.epoch(&live),
            Event::Timer => {}
            Event::Http(request) => self.http_request(&request),
            Event::HttpBody { id, data, last } => self.http_body(id, &data, last),
            Event::HttpPull { id, bytes } => self.http_pull(id, bytes),
            Event::HttpAbort { id } => self.http_abort(id),
            Event::Cookie { port, target, line } => self.set_cookie(port, &target, &line),
            Event::FetchHead { id, status, url, text, headers } => self.fetch_head(id, status, url, text, headers),
            Event::FetchBody { id, data, last } => self.fetch_body(id, &data, last),
            Event::FetchFail { id, reason } => self.fetch_failed(id, reason),
            Event::Durable { commit, failed } => self.durable(commit, failed),
            Event::Quota { bytes } => self.state.vfs.set_limit(bytes),
            Event::Commit => self.commit(),
            Event::Trouble { image, words } => {
                if let Some(image) = self.state.vfs.image_mut(image) {
                    image.trouble = words.into();
                }
            }
            Event::WebState { chunk, state } => self.state.vfs.set_web_state(chunk, state),
            Event::Piece { chunk, data } => drop(self.state.vfs.put_piece(chunk, data, true)),
            Event::Index { url, index } => self.state.index = Some((url, index)),
            Event::Unreadable(event) => match *event {
                Event::Frame { pid, frame } => self.change(pid, &frame, false),
                Event::Lost { pid, reason } => self.lost(pid, &reason, false),
                _ => {}
            },
        }
    }

    pub(crate) fn now(&self) -> Millis {
        self.volatile.now
    }

    /// A process as the file system knows it.
    pub(crate) fn who(&self, pid: i32) -> Result<vfs::Caller, Errno> {
        let process = self.state.processes.get(&pid).ok_or(Errno::ESRCH)?;
        Ok(vfs::Caller { uid: process.uid, gid: process.gid, cwd: process.cwd, now: self.nanos() })
    }

    /// Nanoseconds since 1970.
    pub(crate) fn nanos(&self) -> vfs::Nanos {
        i64::try_from(self.now()).unwrap_or(i64::MAX).saturating_mul(1_000_000)
    }

    pub(crate) fn emit(&mut self, effect: Effect) {
        self.volatile.out.push(effect);
    }

    pub(crate) fn new_object(&mut self) -> u32 {
        let id = self.state.next_object;
        self.state.next_object = id.wrapping_add(1);
        id
    }

    /// Emits a reply with a payload.
    pub(crate) fn reply(&mut self, pid: i32, seq: u32, result: Result<&[u8], Errno>) {
        self.reply_marked(pid, seq, 0, result);
    }

    /// [`Self::reply`] to a call with paths.
    pub(crate) fn reply_marked(&mut self, pid: i32, seq: u32, marks: u16, result: Result<&[u8], Errno>) {
        let mut reply = Vec::new();
        frame::Reply::begin(seq, result.err(), &mut reply);
        if let Ok(payload) = result {
            reply.extend_from_slice(payload);
        }
        frame::Reply::tell(&mut reply, marks, self.foreign(pid));
        frame::finish(&mut reply);
        self.emit(Effect::Reply { pid, frame: reply });
    }
}
