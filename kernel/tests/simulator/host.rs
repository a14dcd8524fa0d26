//! The supervisor's side: the log, the checkpoint, and a kernel that dies.

use std::collections::BTreeMap;

use porthole_abi::wire::{Reader, Wire};
use porthole_abi::{Call, Errno, Reply, Request, reply};
use porthole_kernel::{Census, Config, Effect, Event, Machine};

use crate::browser::Browser;
use crate::dice::Dice;
use crate::guest::{Guest, OwnedCall, Role, Server};
use crate::model::{DESCRIPTORS, Expected, Model, PIPE, PROCESSES, SOCKET, without_stat};

const STEPS: usize = 400;

struct Host {
    seed: u64,
    dice: Dice,
    now: u64,
    machine: Machine,
    /// Since the checkpoint.
    log: Vec<(u64, Vec<u8>)>,
    state: Option<Vec<u8>>,
    chunks: BTreeMap<u64, Vec<u8>>,
    guests: BTreeMap<i32, Guest>,
    model: Model,
    /// What the model says of each call that was applied.
    expected: BTreeMap<(i32, u32), Expected>,
    browser: Browser,
    timer: Option<u64>,
    /// Whether the kernel may still die.
    mortal: bool,
    deaths: usize,
    /// One effect in so many is the kernel's last.
    peril: usize,
    trace: bool,
}

fn config() -> Config {
    Config { processes: PROCESSES as u32, descriptors: DESCRIPTORS as u32, pipe_bytes: PIPE as u32, socket_bytes: SOCKET as u32, ..Config::default() }
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub calls: usize,
    /// Calls whose answer the model knew.
    pub known: usize,
    pub deaths: usize,
    pub requests_answered: usize,
    pub requests_failed: usize,
}

pub fn run(seed: u64) -> Tally {
    let mut host = Host {
        seed,
        dice: Dice::new(seed),
        now: 1_700_000_000_000,
        machine: Machine::new(config()),
        log: vec![],
        state: None,
        chunks: BTreeMap::new(),
        guests: BTreeMap::from([(1, Guest::new(1, Role::Random, false))]),
        model: Model::new(),
        expected: BTreeMap::new(),
        browser: Browser::default(),
        timer: None,
        mortal: false,
        deaths: 0,
        peril: [60, 300, 1500][seed as usize % 3],
        trace: std::env::var_os("PORTHOLE_TRACE").is_some(),
    };
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
    Tally {
        calls: host.expected.len(),
        known: host.expected.values().flatten().count(),
        deaths: host.deaths,
        requests_answered: host.browser.answered,
        requests_failed: host.browser.failed,
    }
}

impl Tally {
    pub fn add(&mut self, other: Tally) {
        self.calls += other.calls;
        self.known += other.known;
        self.deaths += other.deaths;
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

    fn event(&mut self, event: Event) {
        if self.mortal && self.dice.one_in(self.peril) {
            // Lost on the way to a kernel that was dead.
            return self.rebirth(None);
        }
        let logged = event.is_logged();
        if logged {
            let mut record = Vec::new();
            event.put(&mut record);
            self.log.push((self.now, record));
        }
        self.predict(&event);
        if self.mortal && logged && self.dice.one_in(self.peril) {
            // In the log, and nothing done about it.
            return self.rebirth(Some(event));
        }
        let mut out = Vec::new();
        self.machine.handle(self.now, event, &mut out);
        for effect in out {
            if self.mortal && self.dice.one_in(self.peril) {
                return self.rebirth(None);
            }
            self.carry_out(effect);
        }
    }

    /// Tells the model what is going to happen.
    fn predict(&mut self, event: &Event) {
        if self.trace && matches!(event, Event::Lost { .. } | Event::Epoch { .. }) {
            eprintln!("{event:?}");
        }
        match event {
            Event::Frame { pid, frame } => {
                let request = Request::get(frame).unwrap();
                let call = Call::get(request.number, request.args).unwrap();
                let pure = call.row().kind == porthole_abi::syscall::Kind::Pure;
                if self.model.alive(*pid) && (pure || !self.expected.contains_key(&(*pid, request.seq))) {
                    let expected = self.model.apply(*pid, &call);
                    if self.trace {
                        eprintln!(
                            "{pid}.{} {} -> {:?}",
                            request.seq,
                            short(&call),
                            expected.as_ref().map(|it| it.as_ref().map(|bytes| &bytes[..bytes.len().min(16)]))
                        );
                    }
                    self.expected.insert((*pid, request.seq), expected);
                }
            }
            Event::Lost { pid, .. } => self.model.lose(*pid, "out of memory"),
            Event::Epoch { live } => self.model.epoch(live),
            _ => {}
        }
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
                let role = if self.model.processes.get(pid).is_some_and(|it| it.opaque) { Role::Server(Server::default()) } else { Role::Random };
                self.guests.insert(*pid, Guest::new(*pid, role, pid % 2 == 0));
            }
            Effect::Terminate { pid } => drop(self.guests.remove(pid)),
            Effect::Timer { at } => self.timer = *at,
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

    fn checkpoint(&mut self) {
        let checkpoint = self.machine.checkpoint();
        for id in checkpoint.dropped_chunks {
            assert!(self.chunks.remove(&id).is_some(), "chunk {id} was dropped and never kept");
        }
        self.chunks.extend(checkpoint.new_chunks);
        self.state = Some(checkpoint.state);
        self.log.clear();
    }

    /// A machine from what was kept.
    fn replayed(&self) -> Machine {
        let mut machine = match &self.state {
            Some(state) => Machine::restore(state, &mut |id| self.chunks.get(&id).cloned()).unwrap(),
            None => Machine::new(config()),
        };
        for (now, record) in &self.log {
            machine.handle(*now, Event::get(record).unwrap(), &mut Vec::new());
        }
        machine
    }

    /// The kernel dies and is made again. `missed`: an event that is in the log and that the dead one did not handle.
    fn rebirth(&mut self, missed: Option<Event>) {
        self.deaths += 1;
        let reborn = self.replayed();
        let mut dead = std::mem::replace(&mut self.machine, reborn);
        if let Some(event) = missed {
            dead.handle(self.now, event, &mut Vec::new());
        }
        assert!(self.replayed().checkpoint() == dead.checkpoint(), "seed {}: the replayed machine is another one", self.seed);
        self.timer = None;
        self.browser.epoch();
        let live = self.guests.keys().copied().collect();
        self.event(Event::Epoch { live });
        for pid in self.guests.keys().copied().collect::<Vec<_>>() {
            let unanswered: Vec<Vec<u8>> = self.guests.get(&pid).map(|guest| guest.unanswered.values().cloned().collect()).unwrap_or_default();
            for frame in unanswered {
                self.event(Event::Frame { pid, frame });
            }
        }
    }

    /// Lets all that is under way come to its end, then ends everything and looks for what is left.
    fn finish(&mut self) {
        self.mortal = false;
        self.rebirth(None);
        while let Some(at) = self.timer.take() {
            self.now = self.now.max(at);
            self.event(Event::Timer);
        }
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
        let census = self.machine.census();
        let nothing = Census { processes: 1, unheard: census.unheard, unacknowledged: census.unacknowledged, ..Census::default() };
        assert_eq!(census, nothing, "seed {}: something is left", self.seed);
        assert!(self.replayed().checkpoint() == self.machine.checkpoint());
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
