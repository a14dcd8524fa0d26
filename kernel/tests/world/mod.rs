//! A machine with processes that a test plays by hand.
#![allow(dead_code)]

pub mod store;
pub mod text;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};

use porthole_abi::event::get_batch;
use porthole_abi::{Call, Errno, Reply, Request, Syscalls, frame};
use porthole_kernel::{Config, Effect, Event, Machine};
use store::Store;

/// The machine with what it has sent and nobody has looked at yet.
pub struct World {
    pub machine: RefCell<Machine>,
    pub now: Cell<u64>,
    seqs: RefCell<BTreeMap<i32, u32>>,
    replies: RefCell<BTreeMap<(i32, u32), Vec<u8>>>,
    events: RefCell<BTreeMap<i32, VecDeque<porthole_abi::Event>>>,
    heard: RefCell<BTreeMap<i32, u32>>,
    /// All effects that are neither replies nor notifications, nor done with by the world itself.
    pub effects: RefCell<Vec<Effect>>,
    pub store: RefCell<Store>,
    /// Whether the world says at once that commits are safe, and brings contents that are asked for.
    pub prompt: Cell<bool>,
    /// Chunks that are to be brought, one after the other.
    loading: RefCell<VecDeque<u64>>,
    /// All that the machine logged.
    pub log: RefCell<Vec<Vec<u8>>>,
}

impl World {
    pub fn new() -> Self {
        Self::with(Config::default())
    }

    pub fn with(config: Config) -> Self {
        Self::of(Machine::new(config), Store::default())
    }

    /// Boots a machine whose files, if it has any, are kept.
    pub fn of(machine: Machine, store: Store) -> Self {
        let world = World {
            machine: RefCell::new(machine),
            now: Cell::new(1_700_000_000_000),
            seqs: RefCell::default(),
            replies: RefCell::default(),
            events: RefCell::default(),
            heard: RefCell::default(),
            effects: RefCell::default(),
            store: RefCell::new(store),
            prompt: Cell::new(true),
            loading: RefCell::default(),
            log: RefCell::default(),
        };
        world.event(Event::Boot { seed: 7 });
        world.event(Event::Commit);
        world.take_effects();
        world
    }

    /// Process `pid`'s side.
    pub fn as_process(&self, pid: i32) -> Caller<'_> {
        Caller { world: self, pid }
    }

    pub fn event(&self, event: Event) {
        let mut out = Vec::new();
        self.machine.borrow_mut().handle(self.now.get(), event, &mut out);
        self.carry_out(out);
    }

    /// Brings a chunk as it is kept, or says that it cannot be had.
    pub fn load(&self, id: u64) {
        let data = self.store.borrow().chunks.get(&id).cloned();
        let mut out = Vec::new();
        self.machine.borrow_mut().loaded(self.now.get(), id, data, &mut out);
        self.carry_out(out);
    }

    /// Answers an `Effect::Get`.
    pub fn got(&self, id: u64, answer: Result<porthole_kernel::vfs::image::Answer<'_>, String>) {
        let mut out = Vec::new();
        self.machine.borrow_mut().got(self.now.get(), id, answer, &mut out);
        self.carry_out(out);
    }

    /// A machine that the log has made, from nothing.
    pub fn replayed(&self, config: Config) -> Machine {
        let mut machine = Machine::new(config);
        for record in self.log.borrow().iter() {
            loop {
                let missing = machine.replay(record, &mut Vec::new()).unwrap();
                if missing.is_empty() {
                    break;
                }
                missing.into_iter().for_each(|id| assert!(machine.fill(id, self.store.borrow().chunks[&id].clone())));
            }
        }
        machine
    }

    /// The kernel is another one, made from the state of this one; all contents are elsewhere.
    pub fn reborn(&self) {
        let mut out = Vec::new();
        let checkpoint = self.machine.borrow_mut().checkpoint(self.now.get(), &mut out);
        self.carry_out(out);
        self.store.borrow_mut().release(checkpoint.commit);
        self.machine.replace(Machine::restore(&checkpoint.state).unwrap());
        self.log.borrow_mut().clear();
        let live: Vec<i32> = (1..100).collect();
        self.event(Event::Epoch { live });
        // What the old kernel was told after that state is told again.
        self.event(Event::Durable { commit: checkpoint.commit, failed: false });
        self.effects.borrow_mut().retain(|effect| !matches!(effect, Effect::Terminate { .. }));
    }

    /// Another life of the container, from what is committed.
    pub fn risen(&self) -> World {
        let mut store = self.store.borrow().clone();
        store.release(u64::MAX);
        World::of(Machine::from_files(Config::default(), store.files().unwrap()).unwrap(), store)
    }

    fn carry_out(&self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Log { record } => self.log.borrow_mut().push(record),
                Effect::Commit(commit) => {
                    self.store.borrow_mut().keep(&commit);
                    if self.prompt.get() {
                        self.event(Event::Durable { commit: commit.number, failed: false });
                    } else {
                        self.effects.borrow_mut().push(Effect::Commit(commit));
                    }
                }
                Effect::Load { chunks } if self.prompt.get() => {
                    let first = self.loading.borrow().is_empty();
                    self.loading.borrow_mut().extend(chunks);
                    while first && let Some(id) = { self.loading.borrow().front().copied() } {
                        self.load(id);
                        self.loading.borrow_mut().pop_front();
                    }
                }
                Effect::Fault { message } => panic!("{message}"),
                Effect::Reply { pid, frame } => {
                    let seq = Reply::get(&frame).unwrap().seq;
                    let twice = self.replies.borrow_mut().insert((pid, seq), frame);
                    assert!(twice.is_none(), "process {pid} had its call {seq} answered twice");
                }
                Effect::Notify { pid, frame } => self.hear(pid, Reply::get(&frame).unwrap().result.unwrap()),
                other => self.effects.borrow_mut().push(other),
            }
        }
    }

    fn hear(&self, pid: i32, batch: &[u8]) {
        let (first, events) = get_batch(batch).unwrap();
        let mut heard = self.heard.borrow_mut();
        let heard = heard.entry(pid).or_default();
        assert!(first <= *heard, "process {pid} missed events {heard}..{first}");
        let new = events.len().saturating_sub((*heard - first) as usize);
        let skip = events.len() - new;
        *heard += new as u32;
        self.events.borrow_mut().entry(pid).or_default().extend(events.into_iter().skip(skip));
    }

    /// What a process has heard since it was last asked.
    pub fn heard(&self, pid: i32) -> Vec<porthole_abi::Event> {
        self.events.borrow_mut().remove(&pid).unwrap_or_default().into()
    }

    pub fn take_effects(&self) -> Vec<Effect> {
        self.effects.take()
    }

    /// Starts a `node` that process 1 knows, with its descriptors `fds` shared under the same numbers.
    pub fn spawn(&self, fds: &[(i32, i32)]) -> i32 {
        use porthole_abi::syscall::Inherit;
        use porthole_abi::wire::List;
        let fds = fds.iter().map(|(child, parent)| Inherit { child: *child, parent: *parent }).collect();
        self.as_process(1).spawn(b"node", List(vec![b"node".to_vec()]), List(vec![]), b"", List(fds), 0).unwrap().pid
    }

    /// Sends a frame and leaves the reply where `reply` finds it.
    pub fn send(&self, pid: i32, call: &Call<'_>) -> u32 {
        let seq = {
            let mut seqs = self.seqs.borrow_mut();
            let seq = seqs.entry(pid).or_default();
            *seq += 1;
            *seq
        };
        let mut frame = Vec::new();
        Request::begin(call.number(), seq, seq - 1, self.heard.borrow().get(&pid).copied().unwrap_or(0), &mut frame);
        call.put(&mut frame);
        frame::finish(&mut frame);
        self.event(Event::Frame { pid, frame });
        seq
    }

    pub fn reply(&self, pid: i32, seq: u32) -> Option<Result<Vec<u8>, Errno>> {
        let frame = self.replies.borrow_mut().remove(&(pid, seq))?;
        Some(Reply::get(&frame).unwrap().result.map(<[u8]>::to_vec))
    }
}

/// Makes calls as a process.
#[derive(Clone, Copy)]
pub struct Caller<'w> {
    world: &'w World,
    pub pid: i32,
}

impl Syscalls for Caller<'_> {
    fn transact(&self, call: &Call<'_>) -> Result<Vec<u8>, Errno> {
        let seq = self.world.send(self.pid, call);
        self.world.reply(self.pid, seq).unwrap_or_else(|| panic!("process {} got no answer to {call:?}", self.pid))
    }
}
