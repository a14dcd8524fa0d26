//! A machine whose frames are raw bytes, and whose log is kept.

use std::collections::BTreeMap;

use porthole_abi::{Call, Reply, Request, frame};
use porthole_kernel::{Config, Effect, Event, Machine};

use crate::world::store::Store;

pub struct Host {
    pub machine: Machine,
    pub now: u64,
    pub records: Vec<Vec<u8>>,
    /// Effects that nobody has looked at.
    pub effects: Vec<Effect>,
    store: Store,
    seq: BTreeMap<i32, u32>,
}

impl Host {
    pub fn new() -> Self {
        let machine = Machine::new(Config::default());
        let mut host =
            Host { machine, now: 1_700_000_000_000, records: Vec::new(), effects: Vec::new(), store: Store::default(), seq: BTreeMap::new() };
        host.event(Event::Boot { seed: 7 });
        host.event(Event::Commit);
        host.effects.clear();
        host
    }

    pub fn event(&mut self, event: Event) {
        let mut out = Vec::new();
        self.machine.handle(self.now, event, &mut out);
        self.carry_out(out);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Log { record } => self.records.push(record),
                Effect::Commit(commit) => {
                    self.store.keep(&commit);
                    self.event(Event::Durable { commit: commit.number, failed: false });
                }
                Effect::Load { chunks } => {
                    for id in chunks {
                        let data = self.store.chunks.get(&id).cloned();
                        let mut out = Vec::new();
                        self.machine.loaded(self.now, id, data, &mut out);
                        self.carry_out(out);
                    }
                }
                Effect::Fault { message } => panic!("{message}"),
                other => self.effects.push(other),
            }
        }
    }

    /// Answers an `Effect::Get`.
    pub fn got(&mut self, id: u64, answer: porthole_kernel::vfs::image::Answer<'_>) {
        let mut out = Vec::new();
        self.machine.got(self.now, id, Ok(answer), &mut out);
        self.carry_out(out);
    }

    /// A whole frame with the next number.
    pub fn frame(&mut self, pid: i32, number: u16, args: &[u8]) -> Vec<u8> {
        let seq = self.seq.entry(pid).or_default();
        *seq += 1;
        let mut bytes = Vec::new();
        Request::begin(number, *seq, seq.saturating_sub(1), 0, &mut bytes);
        bytes.extend_from_slice(args);
        frame::finish(&mut bytes);
        bytes
    }

    /// Makes a call that must be answered, and gives back its payload.
    pub fn call(&mut self, pid: i32, call: &Call<'_>) -> Result<Vec<u8>, porthole_abi::Errno> {
        let mut args = Vec::new();
        call.put(&mut args);
        let frame = self.frame(pid, call.number(), &args);
        let seq = self.seq[&pid];
        self.event(Event::Frame { pid, frame });
        let at = self
            .effects
            .iter()
            .position(
                |effect| matches!(effect, Effect::Reply { pid: to, frame } if *to == pid && Reply::get(frame).is_ok_and(|reply| reply.seq == seq)),
            )
            .unwrap_or_else(|| panic!("{call:?} of process {pid} was not answered"));
        let Effect::Reply { frame, .. } = self.effects.remove(at) else { unreachable!() };
        Reply::get(&frame).unwrap().result.map(<[u8]>::to_vec)
    }

    /// From here on calls of this process are numbered so that noise has not used up their numbers.
    pub fn skip_numbers(&mut self, pid: i32) {
        self.seq.insert(pid, u32::MAX - 1_000_000);
    }

    /// The log makes the same machine again, and its state can be put away and taken out.
    pub fn is_replayed(&mut self) {
        let mut again = Machine::new(Config::default());
        for record in &self.records {
            for _ in 0.. {
                let mut out = Vec::new();
                let missing = again.replay(record, &mut out).unwrap();
                if missing.is_empty() {
                    break;
                }
                for id in missing {
                    assert!(again.fill(id, self.store.chunks[&id].clone()));
                }
            }
        }
        let (one, other) = (state(&mut self.machine, self.now), state(&mut again, self.now));
        assert!(one == other, "what the log makes is another machine");
        let mut restored = Machine::restore(&one).unwrap();
        assert!(state(&mut restored, self.now) == one, "what was put away comes out changed");
    }
}

pub fn state(machine: &mut Machine, now: u64) -> Vec<u8> {
    machine.checkpoint(now, &mut Vec::new()).state
}
