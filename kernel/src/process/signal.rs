//! Signals: who may be sent one, and what it does.

use porthole_abi::signal::{self, Action};
use porthole_abi::{Errno, Event, flags};

use crate::machine::Machine;
use crate::process::{FIRST, Run};

impl Machine {
    /// `kill`. A zombie may be sent signals, as in Linux; they do nothing.
    pub(crate) fn kill(&mut self, caller: i32, target: i32, signal: u8) -> Result<(), Errno> {
        if signal != 0 && signal::default_action(signal).is_none() {
            return Err(Errno::EINVAL);
        }
        let targets: Vec<i32> = match target {
            1.. => self.state.processes.contains_key(&target).then_some(target).into_iter().collect(),
            // All but process 1 and the caller.
            -1 => self.state.processes.keys().copied().filter(|pid| *pid != FIRST && *pid != caller).collect(),
            _ => {
                let group = if target == 0 {
                    self.state.processes.get(&caller).map(|process| process.pgid).ok_or(Errno::ESRCH)?
                } else {
                    target.checked_neg().ok_or(Errno::ESRCH)?
                };
                self.group(group)
            }
        };
        if targets.is_empty() {
            return Err(Errno::ESRCH);
        }
        if signal != 0 {
            // The caller last: it may be the one that ends.
            for pid in targets.iter().copied().filter(|pid| *pid != caller).chain(targets.contains(&caller).then_some(caller)) {
                self.deliver(pid, signal);
            }
        }
        Ok(())
    }

    /// The members of a process group.
    pub(crate) fn group(&self, pgid: i32) -> Vec<i32> {
        self.state.processes.iter().filter(|(_, process)| process.pgid == pgid).map(|(pid, _)| *pid).collect()
    }

    pub(crate) fn signal_group(&mut self, pgid: i32, signal: u8) {
        for pid in self.group(pgid) {
            self.deliver(pid, signal);
        }
    }

    /// Does to a process what a signal does.
    pub(crate) fn deliver(&mut self, pid: i32, signal: u8) {
        let Some(process) = self.state.processes.get_mut(&pid).filter(|process| process.is_live()) else { return };
        // A continue continues even when it is caught or ignored; so does the death of a stopped process need no continue first.
        if signal == signal::SIGCONT && process.run == Run::Stopped {
            process.run = Run::Running;
        }
        match process.dispositions.get(&signal).copied() {
            Some(flags::SIG_IGN) => return,
            Some(flags::SIG_CATCH) => return self.tell(pid, &Event::Signal { signal }),
            _ => {}
        }
        // As Linux's init, process 1 hears only what it catches.
        if pid == FIRST {
            return;
        }
        match signal::default_action(signal) {
            Some(Action::Terminate) => self.end_process(pid, 0, signal, b""),
            Some(Action::Stop) => process.run = Run::Stopped,
            Some(Action::Ignore | Action::Continue) | None => {}
        }
    }
}
