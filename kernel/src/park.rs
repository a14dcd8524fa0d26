//! Events that have to wait for contents of files.
//!
//! A call that needs contents that are not in memory is not begun: its frame waits, those of the same process behind it, and other processes go on. It is
//! logged when it is handled, and not before, so to a replay it never waited. What waits is lost with the kernel; processes send it again.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use porthole_abi::syscall::Kind;
use porthole_abi::{Call, Errno, Request};

use crate::machine::Machine;
use crate::process::Process;
use crate::vfs::chunks::{ChunkId, Filled};
use crate::{Effect, Event, Millis, syscalls};

#[derive(Debug, Default)]
pub(crate) struct Parked {
    /// By process.
    queues: BTreeMap<i32, Queue>,
    /// Chunks that have been asked for.
    wanted: BTreeSet<ChunkId>,
    /// The chunk that just turned out not to be had.
    lost: Option<ChunkId>,
}

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<Event>,
    /// What the first of them waits for, including what has come meanwhile: it must not go before the rest is there.
    needs: Vec<ChunkId>,
}

impl Parked {
    pub fn len(&self) -> usize {
        self.queues.values().map(|queue| queue.events.len()).sum()
    }

    pub fn forget(&mut self, pid: i32) {
        self.queues.remove(&pid);
    }
}

/// What an event came to.
enum Attempt {
    Done,
    /// It has not begun: these contents are missing.
    Missing(Event, Vec<ChunkId>),
}

impl Machine {
    /// Handles an event of a process after those of the same process that wait.
    pub(crate) fn in_turn(&mut self, pid: i32, event: Event) {
        if let Some(queue) = self.volatile.parked.queues.get_mut(&pid) {
            queue.events.push_back(event);
        } else if let Attempt::Missing(event, needs) = self.attempt(event) {
            self.park(pid, event, needs);
        }
    }

    /// Takes a chunk that `Effect::Load` asked for; `None`: it cannot be had, and who waits for it gets `EIO`.
    pub fn loaded(&mut self, now: Millis, id: ChunkId, data: Option<Vec<u8>>, out: &mut Vec<Effect>) {
        self.volatile.now = now;
        let lost = data.is_none_or(|data| self.state.vfs.fill(id, data) == Filled::Wrong);
        let parked = &mut self.volatile.parked;
        parked.wanted.remove(&id);
        parked.lost = lost.then_some(id);
        let complete = |queue: &Queue| lost || queue.needs.iter().all(|need| !parked.wanted.contains(need));
        let ready = parked.queues.iter().filter(|(_, queue)| queue.needs.contains(&id) && complete(queue));
        let ready: Vec<i32> = ready.map(|(pid, _)| *pid).collect();
        for pid in ready {
            self.resume(pid);
        }
        self.volatile.parked.lost = None;
        self.leave(out);
    }

    /// Lets contents go that are too many to be kept in memory.
    pub(crate) fn evict(&mut self) {
        let queues = &self.volatile.parked.queues;
        self.state.vfs.evict(self.state.durability.durable, &|id| queues.values().any(|queue| queue.needs.contains(&id)));
    }

    fn resume(&mut self, pid: i32) {
        // An event may end the process, and the queue with it.
        while let Some(queue) = self.volatile.parked.queues.get_mut(&pid) {
            let Some(event) = queue.events.pop_front() else { return self.volatile.parked.forget(pid) };
            if let Attempt::Missing(event, needs) = self.attempt(event) {
                return self.park(pid, event, needs);
            }
        }
    }

    /// Puts an event in front of its process's queue and asks for what it needs.
    fn park(&mut self, pid: i32, event: Event, needs: Vec<ChunkId>) {
        let parked = &mut self.volatile.parked;
        let mut chunks: Vec<ChunkId> = needs.iter().copied().filter(|id| parked.wanted.insert(*id)).collect();
        if let Some(last) = chunks.last() {
            chunks.extend(self.state.vfs.ahead(*last).into_iter().filter(|id| parked.wanted.insert(*id)));
        }
        let queue = parked.queues.entry(pid).or_default();
        queue.events.push_front(event);
        queue.needs = needs;
        if !chunks.is_empty() {
            self.emit(Effect::Load { chunks });
        }
    }

    fn attempt(&mut self, event: Event) -> Attempt {
        if let Event::Frame { pid, frame } = &event {
            if !self.state.processes.get(pid).is_some_and(Process::is_live) {
                return Attempt::Done;
            }
            let Ok(request) = Request::get(frame) else {
                // Nothing changes, so nothing is logged.
                if let Some(seq) = frame.get(8..12).and_then(|seq| seq.try_into().ok()) {
                    self.reply(*pid, u32::from_le_bytes(seq), Err(Errno::EINVAL));
                }
                return Attempt::Done;
            };
            let Some(row) = Call::row_of(request.number) else {
                self.reply(*pid, request.seq, Err(Errno::ENOSYS));
                return Attempt::Done;
            };
            if row.kind == Kind::Pure {
                let lost = self.volatile.parked.lost;
                let missing = syscalls::pure(self, *pid, &request, row.right, lost);
                return if missing.is_empty() { Attempt::Done } else { Attempt::Missing(event, missing) };
            }
        }
        let missing = self.missing(&event);
        if missing.is_empty() {
            self.apply(event);
            Attempt::Done
        } else if self.volatile.parked.lost.is_some_and(|lost| missing.contains(&lost)) {
            self.apply(Event::Unreadable(Box::new(event)));
            Attempt::Done
        } else {
            Attempt::Missing(event, missing)
        }
    }

    /// Which contents an event that changes something needs that are not in memory.
    pub(crate) fn missing(&self, event: &Event) -> Vec<ChunkId> {
        if self.state.vfs.all_here() {
            return Vec::new();
        }
        match event {
            Event::Frame { pid, frame } => Request::get(frame).map_or_else(|_| Vec::new(), |request| syscalls::missing(self, *pid, &request)),
            Event::Lost { pid, reason } => self.missing_to_complain(*pid, reason),
            _ => Vec::new(),
        }
    }
}
