//! The tab's side: who does what when, and whether it is answered as it should be.

use std::collections::{BTreeMap, VecDeque};

use porthole_abi::wire::{Reader, Wire};
use porthole_abi::{Call, Errno, Reply, Request, reply};
use porthole_kernel::{Census, Config, Effect, Event, Machine};

use crate::browser::Browser;
use crate::dice::Dice;
use crate::guest::{Guest, OwnedCall, Role, Server};
use crate::memory::Memory;
use crate::model::{DESCRIPTORS, Expected, Model, PIPE, PROCESSES, SOCKET, without_stat};
use crate::store::Store;

const STEPS: usize = 400;

pub struct Host {
    pub seed: u64,
    pub dice: Dice,
    pub now: u64,
    pub machine: Machine,
    pub memory: Memory,
    pub store: Store,
    pub guests: BTreeMap<i32, Guest>,
    pub model: Model,
    /// What the model says of each call that was applied.
    pub expected: BTreeMap<(i32, u32), Expected>,
    /// Which of those promise that files are safe, and how many records of this life's log came before.
    promised: BTreeMap<(i32, u32), usize>,
    pub browser: Browser,
    pub timer: Option<u64>,
    /// Chunks that the machine has asked for.
    pub wanted: Vec<u64>,
    /// A chunk that is there is just said not to be.
    refusing: bool,
    /// Commits are just said not to be safe.
    failing: bool,
    /// Whether the kernel may still die.
    mortal: bool,
    /// Bytes of contents in the machine's memory.
    pub cache: u64,
    pub tally: Tally,
    /// One effect in so many is the kernel's last.
    peril: usize,
    trace: bool,
}

pub fn config() -> Config {
    Config { processes: PROCESSES as u32, descriptors: DESCRIPTORS as u32, pipe_bytes: PIPE as u32, socket_bytes: SOCKET as u32, ..Config::default() }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub calls: usize,
    /// Calls whose answer the model knew.
    pub known: usize,
    pub deaths: usize,
    pub tab_deaths: usize,
    pub commits: usize,
    pub lost_commits: usize,
    pub loads: usize,
    /// Calls that were answered `EIO` because a chunk could not be had.
    pub unreadable: usize,
    /// Answers that promised that files are safe.
    pub promises: usize,
    pub requests_answered: usize,
    pub requests_failed: usize,
}

pub fn run(seed: u64) -> Tally {
    let mut host = Host {
        seed,
        dice: Dice::new(seed),
        now: 1_700_000_000_000,
        machine: Machine::new(config()),
        memory: Memory::default(),
        store: Store::default(),
        guests: BTreeMap::from([(1, Guest::new(1, Role::Random, false))]),
        model: Model::new(),
        expected: BTreeMap::new(),
        promised: BTreeMap::new(),
        browser: Browser::default(),
        timer: None,
        wanted: vec![],
        refusing: false,
        failing: false,
        mortal: false,
        cache: [0, 6_000, 40_000, 16 << 20][seed as usize / 3 % 4],
        tally: Tally::default(),
        peril: [60, 300, 1500][seed as usize % 3],
        trace: std::env::var_os("PORTHOLE_TRACE").is_some(),
    };
    host.machine.set_cache(host.cache);
    host.event(Event::Boot { seed });
    host.mortal = true;
    if seed.is_multiple_of(2) {
        for _ in 0..2 {
            host.make(1, &OwnedCall::Spawn { file: b"sh", fds: vec![] });
        }
    }
    for _ in 0..STEPS {
        host.step();
    }
    host.finish();
    let answered = Tally { requests_answered: host.browser.answered, requests_failed: host.browser.failed, ..host.tally };
    Tally { commits: host.store.last() as usize, ..answered }
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.calls += other.calls;
        self.known += other.known;
        self.deaths += other.deaths;
        self.tab_deaths += other.tab_deaths;
        self.commits += other.commits;
        self.lost_commits += other.lost_commits;
        self.loads += other.loads;
        self.unreadable += other.unreadable;
        self.promises += other.promises;
        self.requests_answered += other.requests_answered;
        self.requests_failed += other.requests_failed;
    }
}

impl Host {
    fn step(&mut self) {
        self.now += self.dice.below(4) as u64;
        if self.timer.is_some_and(|at| at <= self.now) {
            self.timer = None;
            self.event(Event::Timer);
        }
        if self.dice.one_in(6)
            && let Some(event) = self.browser.next(&mut self.dice, &self.guests[&1].ports)
        {
            return self.event(event);
        }
        if self.dice.one_in(200) {
            let pids: Vec<i32> = self.guests.keys().copied().filter(|pid| *pid != 1).collect();
            if let Some(pid) = self.dice.of(&pids) {
                self.guests.remove(&pid);
                self.event(Event::Lost { pid, reason: b"out of memory".to_vec() });
            }
            return;
        }
        if self.dice.one_in(40) {
            self.checkpoint();
        }
        if self.dice.one_in(50) {
            self.flush();
        }
        if !self.dice.one_in(3) {
            self.load();
        }
        if self.seed.is_multiple_of(5) && self.dice.one_in(120) {
            return self.tab_dies();
        }
        let idle: Vec<i32> = self.guests.values().filter(|guest| !guest.busy() && self.model.alive(guest.pid)).map(|guest| guest.pid).collect();
        let servers: Vec<i32> = idle.iter().copied().filter(|pid| matches!(self.guests[pid].role, Role::Server(_))).collect();
        let busy = !self.browser.still_running().is_empty() && !self.dice.one_in(3);
        let Some(pid) = self.dice.of(&servers).filter(|_| busy).or_else(|| self.dice.of(&idle)) else { return };
        // The page may have several calls under way.
        let calls = if pid == 1 { 1 + self.dice.below(3) } else { 1 };
        for _ in 0..calls {
            if !self.model.alive(pid) {
                break;
            }
            let Some(guest) = self.guests.get_mut(&pid) else { break };
            let call = guest.next(&mut self.dice, &self.model);
            self.make(pid, &call);
        }
    }

    fn make(&mut self, pid: i32, call: &OwnedCall) {
        let Some(guest) = self.guests.get_mut(&pid) else { return };
        let (_, frame) = guest.frame(&call.call());
        self.event(Event::Frame { pid, frame: frame.clone() });
        if self.mortal && self.dice.one_in(15) {
            self.event(Event::Frame { pid, frame });
        }
    }

    pub fn event(&mut self, event: Event) {
        if self.mortal && self.dice.one_in(self.peril) {
            // Lost on the way to a kernel that was dead.
            return self.rebirth(vec![]);
        }
        let mut out = Vec::new();
        self.machine.handle(self.now, event, &mut out);
        self.carry_all_out(out);
    }

    pub fn carry_all_out(&mut self, out: Vec<Effect>) {
        let mut out = VecDeque::from(out);
        while let Some(effect) = out.pop_front() {
            if self.mortal && self.dice.one_in(self.peril) {
                out.push_front(effect);
                return self.rebirth(out.into());
            }
            self.carry_out(effect);
        }
    }

    /// One of the chunks that the machine asked for comes, or once in a while cannot be had.
    fn load(&mut self) {
        if self.wanted.is_empty() {
            return;
        }
        let id = self.wanted.swap_remove(self.dice.below(self.wanted.len()));
        self.tally.loads += 1;
        let refuse = self.mortal && self.seed % 7 == 3 && self.dice.one_in(4);
        let data = self.store.late_chunk(id).filter(|_| !refuse);
        let mut out = Vec::new();
        self.machine.loaded(self.now, id, data, &mut out);
        self.refusing = refuse;
        self.carry_all_out(out);
        self.refusing = false;
    }

    /// The store has written all it has, or could not.
    fn flush(&mut self) {
        let fail = self.mortal && self.seed % 7 == 5 && self.dice.one_in(3);
        if !fail && self.store.is_flushed() {
            return;
        }
        let commit = self.store.last();
        if fail {
            self.store.fail();
        } else {
            self.store.flush();
        }
        self.failing = fail;
        self.event(Event::Durable { commit, failed: fail });
        self.failing = false;
    }

    /// Tells the model what happens now.
    fn predict(&mut self, event: &Event, readable: bool) {
        if self.trace && !matches!(event, Event::Frame { .. }) {
            eprintln!("{event:?}");
        }
        match event {
            Event::Frame { pid, frame } => {
                let request = Request::get(frame).unwrap();
                let call = Call::get(request.number, request.args).unwrap();
                if self.model.alive(*pid) && !self.expected.contains_key(&(*pid, request.seq)) {
                    if self.model.promises(*pid, &call) {
                        self.promised.insert((*pid, request.seq), self.memory.begun + self.memory.log.len());
                    }
                    self.expect(*pid, request.seq, &call, readable);
                }
            }
            Event::Lost { pid, reason } => self.model.lose(*pid, std::str::from_utf8(reason).unwrap(), readable),
            Event::Unreadable(event) => {
                assert!(self.refusing, "seed {}: {event:?} could have been handled", self.seed);
                self.predict(event, false);
            }
            _ => {}
        }
    }

    /// Nobody is left to whom anything was promised.
    pub fn forget_promises(&mut self) {
        self.promised.clear();
    }

    fn expect(&mut self, pid: i32, seq: u32, call: &Call<'_>, readable: bool) {
        let expected = if readable { self.model.apply(pid, call) } else { self.model.refuse(pid) };
        if self.trace {
            let shown = expected.as_ref().map(|it| it.as_ref().map(|bytes| &bytes[..bytes.len().min(16)]));
            eprintln!("{pid}.{seq} {} -> {shown:?}", short(call));
        }
        self.tally.calls += 1;
        self.tally.known += usize::from(expected.is_some());
        self.tally.unreadable += usize::from(!readable);
        self.expected.insert((pid, seq), expected);
    }

    fn carry_out(&mut self, effect: Effect) {
        match &effect {
            Effect::Reply { pid, frame } => self.answered(*pid, frame),
            Effect::Notify { pid, frame } => {
                if let Some(guest) = self.guests.get_mut(pid).filter(|guest| !guest.polls) {
                    guest.hear(Reply::get(frame).unwrap().result.unwrap());
                }
            }
            Effect::Spawn { pid } => {
                assert!(!self.guests.contains_key(pid), "process {pid} was started twice");
                // A worker that died before its process changed anything is replaced, and what it asked is not what the next one asks.
                self.expected.retain(|(asker, _), _| asker != pid);
                let role = if self.model.processes.get(pid).is_some_and(|it| it.opaque) { Role::Server(Server::default()) } else { Role::Random };
                self.guests.insert(*pid, Guest::new(*pid, role, pid % 2 == 0));
            }
            Effect::Terminate { pid } => drop(self.guests.remove(pid)),
            Effect::Timer { at } => self.timer = *at,
            Effect::Log { record } => {
                self.predict(&Event::of_record(record).unwrap().1, true);
                self.memory.append(record.clone(), self.model.tree());
            }
            Effect::Commit(commit) => self.store.keep(commit, self.memory.last()),
            Effect::Load { chunks } => self.wanted.extend(chunks),
            Effect::Fault { message } => panic!("{message}"),
            _ => self.browser.effect(&effect),
        }
    }

    fn answered(&mut self, pid: i32, frame: &[u8]) {
        let Some(guest) = self.guests.get_mut(&pid) else { return };
        let Some((seq, sent, result)) = guest.receive(frame) else { return };
        let request = Request::get(&sent).unwrap();
        let call = Call::get(request.number, request.args).unwrap();
        guest.used(&call, result.is_ok());
        if call.row().kind == porthole_abi::syscall::Kind::Pure && self.model.alive(pid) {
            // What changes nothing is in no log: it happens when it is answered.
            if result == Err(Errno::EIO) && self.refusing {
                self.tally.unreadable += 1;
                return;
            }
            self.expect(pid, seq, &call, true);
        }
        if let Some(log) = self.promised.remove(&(pid, seq)) {
            if result == Err(Errno::EIO) {
                assert!(self.refusing || self.failing || self.store.has_failed(), "seed {}: no reason to doubt what is safe", self.seed);
                return;
            }
            if result.is_ok() {
                self.tally.promises += 1;
                assert!(self.store.is_safe(log), "seed {}: process {pid}, call {seq} {} was answered too early", self.seed, short(&call));
            }
        }
        let result = without_stat(&call, result);
        let expected = self.expected.get(&(pid, seq)).unwrap_or_else(|| panic!("process {pid} got an answer to {call:?}, which never arrived"));
        if let Some(expected) = expected {
            let shown = |result: &Result<Vec<u8>, Errno>| result.as_ref().map(|bytes| bytes[..bytes.len().min(40)].to_vec()).map_err(|errno| *errno);
            assert!(
                *expected == result,
                "seed {}: process {pid}, call {seq} {}: expected {:?}, got {:?}",
                self.seed,
                short(&call),
                shown(expected),
                shown(&result)
            );
        }
    }

    /// Lets all that is under way come to its end, then ends everything and looks for what is left.
    fn finish(&mut self) {
        self.mortal = false;
        self.rebirth(vec![]);
        self.come_to_rest();
        for guest in self.guests.values() {
            assert!(!guest.busy(), "seed {}: process {} has calls without an answer", self.seed, guest.pid);
        }
        self.no_wake_up_was_lost();
        self.make(1, &OwnedCall::Exit { code: 0 });
        assert_eq!(self.guests.keys().copied().collect::<Vec<_>>(), [1], "process 1 ends all others");
        let mut ended = Vec::new();
        loop {
            let (seq, frame) = self.guests.get_mut(&1).unwrap().frame(&Call::Wait { pid: -1 });
            self.event(Event::Frame { pid: 1, frame });
            match self.expected[&(1, seq)].as_ref().unwrap() {
                Ok(payload) => ended.push(reply::Wait::get(&mut Reader::new(payload)).unwrap().pid),
                Err(errno) => break assert_eq!(*errno, Errno::ECHILD),
            }
        }
        let heard = &self.guests[&1].child_exits;
        assert!(ended.iter().all(|pid| heard.contains(pid)), "seed {}: process 1 was not told of all ends", self.seed);
        assert!(self.model.processes[&1].bereaved.iter().all(|pid| heard.contains(pid)), "seed {}: process 1 was not told of all ends", self.seed);
        for fd in self.model.processes[&1].fds.keys().copied().collect::<Vec<_>>() {
            self.make(1, &OwnedCall::Close { fd });
        }
        assert!(self.browser.still_running().is_empty(), "seed {}: requests {:?} have no answer", self.seed, self.browser.still_running());
        self.come_to_rest();
        let census = self.machine.census();
        let nothing = Census { processes: 1, unheard: census.unheard, unacknowledged: census.unacknowledged, ..Census::default() };
        assert_eq!(census, nothing, "seed {}: something is left", self.seed);
        self.rebirth(vec![]);
        self.come_to_rest();
        self.tab_dies();
    }

    /// All that was asked for comes, all timers go off, all commits become safe.
    fn come_to_rest(&mut self) {
        loop {
            while !self.wanted.is_empty() {
                self.load();
            }
            self.flush();
            let Some(at) = self.timer.take() else { break };
            self.now = self.now.max(at);
            self.event(Event::Timer);
        }
        assert!(self.wanted.is_empty() && self.store.is_flushed());
    }

    /// Whoever watches a descriptor that can be read has been told so.
    fn no_wake_up_was_lost(&mut self) {
        for pid in self.guests.keys().copied().collect::<Vec<_>>() {
            if self.guests[&pid].polls && self.model.alive(pid) {
                self.make(pid, &OwnedCall::Poll { timeout: 0 });
            }
        }
        for guest in self.guests.values().filter(|guest| matches!(guest.role, Role::Random)) {
            for (fd, told) in &guest.watched {
                assert!(
                    *told || !self.model.readable(guest.pid, *fd),
                    "seed {}: process {} was not told that {fd} is readable",
                    self.seed,
                    guest.pid
                );
            }
        }
    }
}

fn short(call: &Call<'_>) -> String {
    let text = format!("{call:?}");
    text.chars().take(120).collect()
}
