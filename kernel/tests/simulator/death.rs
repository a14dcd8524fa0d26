//! Deaths of the kernel and of the tab, and what comes after them.

use std::collections::BTreeMap;

use porthole_abi::wire::{Reader, Wire};
use porthole_abi::{Call, Reply, Request, frame, reply};
use porthole_kernel::{Effect, Event, Machine};

use crate::guest::{Guest, Role};
use crate::host::{Host, config};
use crate::memory::Memory;
use crate::model::Tree;

impl Host {
    pub fn checkpoint(&mut self) {
        let mut out = Vec::new();
        let checkpoint = self.machine.checkpoint(self.now, &mut out);
        let deaths = self.tally.deaths;
        self.carry_all_out(out);
        // A kernel that died on the way there never sent it.
        if self.tally.deaths == deaths {
            assert_eq!(checkpoint.commit, self.store.last());
            self.memory.checkpoint(checkpoint.state);
            self.store.release(checkpoint.commit);
        }
    }

    /// A machine from what is kept, with records that only a dead kernel knew of, and the commits that it made.
    fn replayed(&self, more: &[Vec<u8>]) -> (Machine, Vec<(Effect, usize)>) {
        let mut machine = match &self.memory.state {
            Some(state) => Machine::restore(state).unwrap(),
            None => Machine::from_files(config(), self.store.files(self.memory.born)).unwrap(),
        };
        machine.set_cache(self.cache);
        machine.knows(self.store.last());
        let (mut commits, mut loaded) = (Vec::new(), BTreeMap::new());
        for (at, record) in self.memory.log.iter().map(|(record, _)| record).chain(more).enumerate() {
            let mut out = Vec::new();
            loop {
                let missing = machine.replay(record, &mut out).unwrap();
                if missing.is_empty() {
                    break;
                }
                for id in missing {
                    // What replay has committed again may not be stored yet, but then it is not asked for.
                    let data = loaded.get(&id).cloned().unwrap_or_else(|| self.store.chunk(id));
                    assert!(machine.fill(id, data));
                }
            }
            for effect in out {
                let Effect::Commit(commit) = &effect else { panic!("seed {}: {effect:?} in a replay", self.seed) };
                loaded.extend(commit.chunks.iter().map(|(id, data)| (*id, data.to_vec())));
                commits.push((effect, at));
            }
        }
        (machine, commits)
    }

    /// The kernel dies and is made again. `undone`: what the dead one wanted done and nobody did.
    pub fn rebirth(&mut self, undone: Vec<Effect>) {
        self.tally.deaths += 1;
        let unlogged: Vec<Vec<u8>> =
            undone.into_iter().filter_map(|effect| if let Effect::Log { record } = effect { Some(record) } else { None }).collect();
        let state = |mut machine: Machine| machine.checkpoint(self.now, &mut Vec::new());
        let (twin, _) = self.replayed(&unlogged);
        let dead = std::mem::replace(&mut self.machine, Machine::new(config()));
        assert!(state(twin) == state(dead), "seed {}: the replayed machine is another one", self.seed);
        let (reborn, commits) = self.replayed(&[]);
        self.machine = reborn;
        for (effect, at) in commits {
            if let Effect::Commit(commit) = effect {
                self.store.keep(&commit, (self.memory.begun + at + 1, &self.memory.log[at].1));
            }
        }
        self.timer = None;
        self.wanted.clear();
        self.browser.epoch();
        if self.memory.is_empty() {
            // The kernel died before its first record was kept.
            self.event(Event::Boot { seed: self.seed });
        } else {
            let live = self.guests.keys().copied().collect();
            self.event(Event::Epoch { live });
        }
        self.event(Event::Durable { commit: self.store.durable(), failed: false });
        for pid in self.guests.keys().copied().collect::<Vec<_>>() {
            let unanswered: Vec<Vec<u8>> = self.guests.get(&pid).map(|guest| guest.unanswered.values().cloned().collect()).unwrap_or_default();
            for frame in unanswered {
                self.event(Event::Frame { pid, frame });
            }
        }
    }

    /// The tab dies, and with it all processes, the log, and commits that were not written. Another tab takes the files over.
    pub fn tab_dies(&mut self) {
        self.tally.tab_deaths += 1;
        let unwritten = (self.store.last() - self.store.durable()) as usize;
        let spared = self.dice.below(unwritten + 1);
        self.tally.lost_commits += unwritten - spared;
        let tree = self.store.crash(spared as u64);
        let born = self.store.last();
        assert_eq!(self.read_all(born), readable(&tree), "seed {}: the files are not what they were at commit {born}", self.seed);
        self.memory = Memory::of(born, self.memory.last().0, tree.clone());
        self.model.rise(&tree);
        self.guests = BTreeMap::from([(1, Guest::new(1, Role::Random, false))]);
        self.expected.clear();
        self.forget_promises();
        self.browser.epoch();
        self.timer = None;
        self.wanted.clear();
        self.machine = Machine::from_files(config(), self.store.files(born)).unwrap();
        self.machine.set_cache(self.cache);
        self.machine.knows(born);
        let mut out = Vec::new();
        self.machine.handle(self.now, Event::Boot { seed: self.seed ^ born }, &mut out);
        self.carry_all_out(out);
    }

    /// The contents of all files, as a machine shows them that is made for that alone.
    fn read_all(&self, commit: u64) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let mut machine = Machine::from_files(config(), self.store.files(commit)).unwrap();
        machine.handle(self.now, Event::Boot { seed: 1 }, &mut Vec::new());
        let mut call = |call: &Call<'_>| {
            let mut bytes = Vec::new();
            Request::begin(call.number(), 1, 0, 0, &mut bytes);
            call.put(&mut bytes);
            frame::finish(&mut bytes);
            let mut out = Vec::new();
            machine.handle(self.now, Event::Frame { pid: 1, frame: bytes }, &mut out);
            while let Some(at) = out.iter().position(|effect| matches!(effect, Effect::Load { .. })) {
                let Effect::Load { chunks } = out.remove(at) else { break };
                chunks.into_iter().for_each(|id| machine.loaded(self.now, id, Some(self.store.chunk(id)), &mut out));
            }
            let reply = out.iter().find_map(|effect| if let Effect::Reply { frame, .. } = effect { Some(frame.clone()) } else { None });
            Reply::get(reply.as_deref().unwrap_or_default()).ok().and_then(|reply| reply.result.ok().map(<[u8]>::to_vec))
        };
        let mut files = BTreeMap::new();
        // No container is so young that it has no `/tmp`, but one that died before its first commit.
        let Some(names) = call(&Call::Readdir { path: b"/tmp", skip: 0, limit: 1000 }) else { return files };
        for entry in reply::Readdir::get(&mut Reader::new(&names)).unwrap().entries.0 {
            let path = [b"/tmp/", entry.name.as_slice()].concat();
            let data = call(&Call::ReadFile { path: &path, limit: 1 << 20 }).unwrap();
            files.insert(path, reply::ReadFile::get(&mut Reader::new(&data)).unwrap().data);
        }
        files
    }
}

fn readable(tree: &Tree) -> BTreeMap<Vec<u8>, Vec<u8>> {
    tree.iter().map(|(name, content)| (name.clone(), content.to_vec())).collect()
}
