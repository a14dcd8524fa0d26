//! When changes of files are committed, and who waits until they are safe.
//!
//! All of it follows from logged events and their times, so a replay makes the same commits with the same numbers.

use std::collections::VecDeque;

use porthole_abi::{Errno, frame};
use rkyv::{Archive, Deserialize, Serialize};

use crate::machine::Machine;
use crate::map::Map;
use crate::vfs::journal::Commit;
use crate::{Effect, Millis};

/// A change is committed after this at the latest.
const PATIENCE: Millis = 50;
/// So many bytes of new contents are committed at once: no commit on its way out is much larger than this and a frame.
const MOST_FRESH: u64 = 1 << 20;

/// So many bytes may be on their way to the disk; then whoever writes more waits. Otherwise a program that is faster than the disk would fill the memory of
/// whoever carries its contents there.
const MOST_ON_THE_WAY: u64 = 32 << 20;

/// Commits that have been handed out and are not safe, with their bytes. Not part of the state: events wait before they are logged, so no replay can tell.
#[derive(Debug, Default)]
pub(crate) struct OnTheWay {
    commits: VecDeque<(u64, u64)>,
    bytes: u64,
}

impl OnTheWay {
    fn add(&mut self, commit: &Commit) {
        let bytes = commit.chunks.iter().map(|(_, data)| data.len() as u64).sum::<u64>() + commit.transaction.len() as u64;
        self.commits.push_back((commit.number, bytes));
        self.bytes += bytes;
    }

    /// Commits up to this one have arrived, or never will.
    fn arrived(&mut self, up_to: u64) {
        while let Some((_, bytes)) = self.commits.pop_front_if(|(number, _)| *number <= up_to) {
            self.bytes -= bytes;
        }
    }
}

#[derive(Debug, Default, Archive, Serialize, Deserialize)]
pub(crate) struct Durability {
    /// Commits up to this one are safe.
    pub durable: u64,
    /// Commits up to this one that are not safe could not be made so.
    failed: u64,
    /// When the first change came that is not committed.
    since: Option<Millis>,
    /// Calls (process, number) that have been applied and are answered when a commit is safe.
    waiting: Map<(i32, u32), Waiting>,
}

#[derive(Debug, Archive, Serialize, Deserialize)]
struct Waiting {
    commit: u64,
    /// The reply, ready to send.
    reply: Vec<u8>,
}

impl Machine {
    /// Commits what has changed, if anything has.
    pub(crate) fn commit(&mut self) {
        self.state.durability.since = None;
        if let Some(commit) = self.state.vfs.commit()
            && commit.number > self.volatile.known
        {
            self.volatile.on_the_way.add(&commit);
            self.emit(Effect::Commit(commit));
        }
    }

    pub(crate) fn commit_if_due(&mut self) {
        if !self.state.vfs.is_dirty() {
            self.state.durability.since = None;
            return;
        }
        let now = self.now();
        self.state.durability.since.get_or_insert(now);
        if self.commit_is_due() || self.state.vfs.fresh() > MOST_FRESH {
            self.commit();
        }
    }

    /// Whether a change has waited long enough. A clock that was set back counts as well as one that went on.
    pub(crate) fn commit_is_due(&self) -> bool {
        self.state.durability.since.is_some_and(|since| self.now().abs_diff(since) >= PATIENCE)
    }

    /// When the next commit is due.
    pub(crate) fn next_commit(&self) -> Option<Millis> {
        self.state.durability.since.map(|since| since.saturating_add(PATIENCE))
    }

    /// Whether so much is on its way to the disk that nothing more should be written.
    pub(crate) fn is_pressed(&self) -> bool {
        self.volatile.on_the_way.bytes > MOST_ON_THE_WAY
    }

    /// The call that is being handled is to be answered when all that has changed is safe.
    pub(crate) fn await_durable(&mut self) {
        self.commit();
        self.volatile.awaited = Some(self.state.vfs.committed());
    }

    /// Whether a call has been applied and is not answered yet.
    pub(crate) fn is_waiting(&self, pid: i32, seq: u32) -> bool {
        self.state.durability.waiting.contains_key(&(pid, seq))
    }

    /// What becomes of the reply to a call that awaits a commit: `None`: it is kept until then.
    pub(crate) fn withhold(&mut self, pid: i32, seq: u32, commit: u64, reply: Vec<u8>) -> Option<Vec<u8>> {
        let durability = &mut self.state.durability;
        if commit <= durability.durable {
            return Some(reply);
        }
        if commit <= durability.failed {
            return Some(failure(seq));
        }
        durability.waiting.insert((pid, seq), Waiting { commit, reply });
        None
    }

    /// Commits have become safe, or have failed to.
    pub(crate) fn durable(&mut self, commit: u64, failed: bool) {
        let commit = commit.min(self.state.vfs.committed());
        let durability = &mut self.state.durability;
        let reached = if failed { &mut durability.failed } else { &mut durability.durable };
        *reached = commit.max(*reached);
        let durable = durability.durable;
        self.volatile.on_the_way.arrived(commit);
        let durability = &mut self.state.durability;
        let over: Vec<(i32, u32)> = durability.waiting.iter().filter(|(_, it)| it.commit <= commit).map(|(call, _)| *call).collect();
        for (pid, seq) in over {
            let Some(waiting) = self.state.durability.waiting.remove(&(pid, seq)) else { continue };
            let mut reply = if waiting.commit <= durable { waiting.reply } else { failure(seq) };
            // Others may have changed something since the call was made.
            frame::Reply::tell_foreign(&mut reply, self.foreign(pid));
            self.answer(pid, seq, reply);
        }
    }

    /// The process is no more.
    pub(crate) fn stop_waiting(&mut self, pid: i32) {
        self.state.durability.waiting.retain(|(waiter, _), _| *waiter != pid);
    }

    /// How many calls wait.
    pub(crate) fn count_waiting(&self) -> usize {
        self.state.durability.waiting.len()
    }
}

fn failure(seq: u32) -> Vec<u8> {
    let mut reply = Vec::new();
    frame::Reply::begin(seq, Some(Errno::EIO), &mut reply);
    frame::finish(&mut reply);
    reply
}
