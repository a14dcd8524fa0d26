//! What a process hears without having asked: numbered events, kept until it says that it has heard them.

use porthole_abi::wire::Wire;
use porthole_abi::{Event, frame};

use crate::machine::Machine;
use crate::process::FIRST;
use crate::{Effect, Millis};

/// A `poll` that waits for an event.
#[derive(Clone, Copy, Debug)]
pub struct ParkedPoll {
    pub seq: u32,
    /// The number of the first event that the process wants.
    pub from: u32,
    /// `None`: for ever.
    pub until: Option<Millis>,
}

impl Machine {
    /// Queues an event for a live process.
    pub(crate) fn tell(&mut self, pid: i32, event: &Event) {
        let limit = self.state.config.unheard_events as usize;
        let Some(process) = self.state.processes.get_mut(&pid).filter(|process| process.is_live()) else { return };
        let mut bytes = Vec::with_capacity(16);
        event.put(&mut bytes);
        process.unheard.push_back(bytes);
        if process.unheard.len() > limit {
            if pid == FIRST {
                // The page cannot be ended: it loses the oldest.
                process.unheard.pop_front();
                process.heard = process.heard.wrapping_add(1);
            } else {
                // After what is being handled, as an event of its own.
                process.unheard.pop_back();
                let event = crate::Event::Lost { pid, reason: b"it does not read its events".to_vec() };
                if !self.volatile.after.contains(&event) {
                    self.volatile.after.push_back(event);
                }
                return;
            }
        }
        self.volatile.loud.insert(pid);
    }

    /// The process has heard all events before number `heard`.
    pub(crate) fn heard(&mut self, pid: i32, heard: u32) {
        let Some(process) = self.state.processes.get_mut(&pid) else { return };
        let count = (heard.wrapping_sub(process.heard) as usize).min(process.unheard.len());
        // A number from the past wraps to a huge count: it says nothing new.
        if heard.wrapping_sub(process.heard) > i32::MAX as u32 {
            return;
        }
        process.unheard.drain(..count);
        process.heard = process.heard.wrapping_add(count as u32);
    }

    /// Events from number `from` on, as a batch; `None` if there are none.
    fn batch(&self, pid: i32, from: u32) -> Option<(u32, Vec<u8>)> {
        let process = self.state.processes.get(&pid)?;
        let skip = from.wrapping_sub(process.heard);
        let skip = if skip > i32::MAX as u32 { 0 } else { skip as usize };
        if skip >= process.unheard.len() {
            return None;
        }
        let mut batch = Vec::new();
        process.heard.wrapping_add(skip as u32).put(&mut batch);
        for event in process.unheard.iter().skip(skip) {
            batch.extend_from_slice(event);
        }
        Some((process.heard.wrapping_add(process.unheard.len() as u32), batch))
    }

    /// `poll`: answers at once if there is an event or `timeout` is 0, else parks. Changes nothing that is kept.
    pub(crate) fn poll(&mut self, pid: i32, seq: u32, from: u32, timeout: u32) {
        if let Some(older) = self.volatile.polls.remove(&pid)
            && older.seq != seq
        {
            self.answer_poll(pid, older);
        }
        let until = (timeout != u32::MAX).then(|| self.now().saturating_add(u64::from(timeout)));
        let poll = ParkedPoll { seq, from, until };
        if timeout == 0 || self.batch(pid, from).is_some() {
            self.answer_poll(pid, poll);
        } else {
            self.volatile.polls.insert(pid, poll);
        }
    }

    fn answer_poll(&mut self, pid: i32, poll: ParkedPoll) {
        let batch = match self.batch(pid, poll.from) {
            Some((end, batch)) => {
                self.volatile.notified.insert(pid, end);
                batch
            }
            None => poll.from.to_le_bytes().to_vec(),
        };
        let mut payload = Vec::new();
        batch.put(&mut payload);
        self.reply(pid, poll.seq, Ok(&payload));
    }

    /// Sends the events that came up while an event was handled.
    pub(crate) fn send_events(&mut self) {
        while let Some(pid) = self.volatile.loud.pop_first() {
            if let Some(poll) = self.volatile.polls.remove(&pid) {
                self.answer_poll(pid, poll);
                continue;
            }
            let from = self.volatile.notified.get(&pid).copied().unwrap_or(0);
            let Some((end, batch)) = self.batch(pid, from) else { continue };
            self.volatile.notified.insert(pid, end);
            let mut notice = Vec::new();
            frame::Reply::begin(0, None, &mut notice);
            notice.extend_from_slice(&batch);
            frame::Reply::tell(&mut notice, 0, self.foreign(pid));
            frame::finish(&mut notice);
            self.emit(Effect::Notify { pid, frame: notice });
        }
    }

    /// Answers the polls whose time is over.
    pub(crate) fn answer_late_polls(&mut self) {
        let now = self.now();
        let late: Vec<i32> =
            self.volatile.polls.iter().filter(|(_, poll)| poll.until.is_some_and(|until| until <= now)).map(|(pid, _)| *pid).collect();
        for pid in late {
            if let Some(poll) = self.volatile.polls.remove(&pid) {
                self.answer_poll(pid, poll);
            }
        }
    }

    pub(crate) fn set_timer(&mut self) {
        let next = self.volatile.polls.values().filter_map(|poll| poll.until).chain(self.next_commit()).min();
        if next != self.volatile.timer {
            self.volatile.timer = next;
            self.emit(Effect::Timer { at: next });
        }
    }
}
