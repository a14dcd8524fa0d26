//! Events that have to wait: for contents of files, or until the disk has caught up.
//!
//! A call that needs contents that are not in memory is not begun: its frame waits, those of the same process behind it, and other processes go on. It is
//! logged when it is handled, and not before, so to a replay it never waited. What waits is lost with the kernel; processes send it again.

use std::collections::VecDeque;

use porthole_abi::syscall::Kind;
use porthole_abi::{Call, Errno, Request};

use crate::descriptor::Description;
use crate::images::Brought;
use crate::machine::Machine;
use crate::map::{Map, Set};
use crate::process::Process;
use crate::vfs::Vfs;
use crate::vfs::chunks::{ChunkId, Filled};
use crate::{Effect, Event, Millis, syscalls};

#[derive(Debug, Default)]
pub(crate) struct Parked {
    /// By process.
    queues: Map<i32, Queue>,
    /// Chunks that have been asked for.
    wanted: Set<ChunkId>,
    /// The chunk that just turned out not to be had.
    lost: Option<ChunkId>,
    /// What the event that has its turn has missed.
    turn: Vec<ChunkId>,
}

#[derive(Debug, Default)]
struct Queue {
    events: VecDeque<Event>,
    /// What the first of them waits for, including what has come meanwhile: it must not go before the rest is there.
    needs: Vec<ChunkId>,
    /// What it has missed before: one may lead to the next, and must not go while that comes.
    kept: Vec<ChunkId>,
    /// The first of them waits until less is on its way to the disk.
    pressed: bool,
}

impl Parked {
    pub fn len(&self) -> usize {
        self.queues.values().map(|queue| queue.events.len()).sum()
    }

    /// Whether the chunk just turned out not to be had.
    pub fn is_lost(&self, id: ChunkId) -> bool {
        self.lost == Some(id)
    }

    /// The event that has its turn has missed these.
    pub fn missed(&mut self, missing: &[ChunkId]) {
        self.turn.extend(missing);
        self.turn.sort_unstable();
        self.turn.dedup();
        if self.turn.len() > KEPT_MAX {
            // Those that were missed before are of something that it reads on and on.
            self.turn = missing.to_vec();
        }
    }

    /// Whether the chunk has been asked for.
    pub fn is_wanted(&self, id: ChunkId) -> bool {
        self.wanted.contains(&id)
    }

    pub fn want(&mut self, id: ChunkId) {
        self.wanted.insert(id);
    }

    pub fn forget(&mut self, pid: i32) {
        self.queues.remove(&pid);
    }
}

/// So many chunks that an event has missed stay while it waits for more: as many as any call looks at at once, and some.
const KEPT_MAX: usize = 96;

/// What an event came to.
enum Attempt {
    Done,
    /// It has not begun: these contents are missing.
    Missing(Event, Vec<ChunkId>),
    /// It has not begun: too much is on its way to the disk.
    Pressed(Event),
}

impl Machine {
    /// Handles an event of a process after those of the same process that wait.
    pub(crate) fn in_turn(&mut self, pid: i32, event: Event) {
        if let Some(queue) = self.volatile.parked.queues.get_mut(&pid) {
            queue.events.push_back(event);
        } else {
            let attempt = self.attempt(event, Vec::new());
            self.park_what_waits(pid, attempt);
        }
    }

    /// Takes a chunk that `Effect::Load` asked for; `None`: it cannot be had, and who waits for it gets `EIO`.
    pub fn loaded(&mut self, now: Millis, id: ChunkId, data: Option<Vec<u8>>, out: &mut Vec<Effect>) {
        self.volatile.now = now;
        let lost = data.is_none_or(|data| self.state.vfs.fill(id, data) == Filled::Wrong);
        self.arrived(&[id], lost);
        self.leave(out);
    }

    /// What was asked for has come, or is `lost`: those who waited for it go on.
    pub(crate) fn arrived(&mut self, ids: &[ChunkId], lost: bool) {
        let parked = &mut self.volatile.parked;
        parked.wanted.retain(|id| !ids.contains(id));
        let needed = |queue: &Queue| queue.needs.iter().copied().find(|need| ids.contains(need));
        let complete = |queue: &Queue| lost || queue.needs.iter().all(|need| !parked.wanted.contains(need));
        let ready = parked.queues.iter().filter(|(_, queue)| complete(queue)).filter_map(|(pid, queue)| Some((*pid, needed(queue)?)));
        let ready: Vec<(i32, ChunkId)> = ready.collect();
        for (pid, id) in ready {
            self.volatile.parked.lost = lost.then_some(id);
            self.resume(pid);
        }
        self.volatile.parked.lost = None;
    }

    /// Lets contents go that are too many to be kept in memory.
    pub(crate) fn evict(&mut self) {
        let queues = &self.volatile.parked.queues;
        self.state.vfs.evict(self.state.durability.durable, &|id| queues.values().any(|queue| queue.needs.contains(&id) || queue.kept.contains(&id)));
    }

    fn resume(&mut self, pid: i32) {
        // An event may end the process, and the queue with it.
        while let Some(queue) = self.volatile.parked.queues.get_mut(&pid) {
            let Some(event) = queue.events.pop_front() else { return self.volatile.parked.forget(pid) };
            let kept = std::mem::take(&mut queue.kept);
            queue.pressed = false;
            let attempt = self.attempt(event, kept);
            if self.park_what_waits(pid, attempt) {
                return;
            }
        }
    }

    /// Lets those go on who waited for the disk.
    pub(crate) fn relieve(&mut self) {
        let pressed: Vec<i32> = self.volatile.parked.queues.iter().filter(|(_, queue)| queue.pressed).map(|(pid, _)| *pid).collect();
        for pid in pressed {
            if !self.is_pressed() {
                self.resume(pid);
            }
        }
    }

    /// Whether it waits.
    fn park_what_waits(&mut self, pid: i32, attempt: Attempt) -> bool {
        match attempt {
            Attempt::Done => return false,
            Attempt::Missing(event, needs) => self.park(pid, event, needs),
            Attempt::Pressed(event) => {
                let queue = self.volatile.parked.queues.get_or_insert_with(pid, Default::default);
                queue.events.push_front(event);
                queue.needs.clear();
                queue.pressed = true;
            }
        }
        true
    }

    /// Puts an event in front of its process's queue and asks for what it needs.
    fn park(&mut self, pid: i32, event: Event, needs: Vec<ChunkId>) {
        let parked = &mut self.volatile.parked;
        let stored = needs.iter().copied().filter(|id| !Vfs::is_derived(*id));
        let mut chunks: Vec<ChunkId> = stored.filter(|id| !self.state.vfs.is_here(*id) && parked.wanted.insert(*id)).collect();
        if let Some(last) = chunks.last() {
            chunks.extend(self.state.vfs.ahead(*last).into_iter().filter(|id| parked.wanted.insert(*id)));
        }
        let queue = parked.queues.get_or_insert_with(pid, Default::default);
        queue.events.push_front(event);
        queue.needs = needs;
        queue.kept = std::mem::take(&mut parked.turn);
        if !chunks.is_empty() {
            self.emit(Effect::Load { chunks });
        }
    }

    /// `kept`: what it has missed before.
    fn attempt(&mut self, event: Event, kept: Vec<ChunkId>) -> Attempt {
        self.volatile.parked.turn = kept;
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
                let mut lost = self.volatile.parked.lost;
                loop {
                    let missing = syscalls::pure(self, *pid, &request, row.right, lost);
                    if missing.is_empty() {
                        return Attempt::Done;
                    }
                    match self.bring(missing, false) {
                        Brought::All => {}
                        Brought::Lost(id) => lost = Some(id),
                        Brought::Needs(needs) => return Attempt::Missing(event, needs),
                    }
                }
            }
        }
        if self.is_pressed() && self.brings_contents(&event) {
            return Attempt::Pressed(event);
        }
        loop {
            // What it needs from outside must be in the log.
            self.state.vfs.count_unlogged(true);
            let missing = self.missing(&event);
            self.state.vfs.count_unlogged(false);
            if missing.is_empty() {
                self.apply(event);
                return Attempt::Done;
            }
            match self.bring(missing, true) {
                Brought::All => {}
                Brought::Lost(_) => {
                    self.apply(Event::Unreadable(Box::new(event)));
                    return Attempt::Done;
                }
                Brought::Needs(needs) => return Attempt::Missing(event, needs),
            }
        }
    }

    /// Whether an event is a call that makes new contents of files.
    fn brings_contents(&self, event: &Event) -> bool {
        let Event::Frame { pid, frame } = event else { return false };
        let Ok(request) = Request::get(frame) else { return false };
        // One that was applied is answered, whatever there is on the way.
        let process = self.state.processes.get(pid);
        if process.is_none_or(|process| request.seq <= process.acked || process.replies.contains_key(&request.seq)) {
            return false;
        }
        match Call::get(request.number, request.args) {
            Ok(Call::WriteFile { data, .. }) => !data.is_empty(),
            Ok(Call::WriteTree { .. }) => true,
            Ok(Call::Write { fd, .. }) => matches!(self.description(*pid, fd), Ok((_, Description::File { .. }))),
            _ => false,
        }
    }

    /// Which contents an event that changes something needs that are not in memory.
    pub(crate) fn missing(&self, event: &Event) -> Vec<ChunkId> {
        if self.state.vfs.all_here() && !syscalls::may_mount(event) {
            return Vec::new();
        }
        match event {
            Event::Frame { pid, frame } => Request::get(frame).map_or_else(|_| Vec::new(), |request| syscalls::missing(self, *pid, &request)),
            Event::Lost { pid, reason } => self.missing_to_complain(*pid, reason),
            _ => Vec::new(),
        }
    }
}
