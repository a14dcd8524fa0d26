//! What a new kernel does about the workers it finds.

use crate::machine::Machine;
use crate::map::Set;
use crate::park::Parked;
use crate::process::{FIRST, Process};
use crate::{Effect, Event};

impl Machine {
    pub(crate) fn epoch(&mut self, live: &[i32]) {
        self.volatile.polls.clear();
        self.volatile.notified.clear();
        self.volatile.timer = None;
        self.volatile.parked = Parked::default();
        self.abort_all_requests();
        self.fail_all_fetches();
        let live: Set<i32> = live.iter().copied().collect();
        for pid in live.iter().copied().filter(|pid| *pid != FIRST) {
            if !self.state.processes.get(&pid).is_some_and(Process::is_live) {
                self.emit(Effect::Terminate { pid });
            }
        }
        for pid in self.state.processes.keys().copied().collect::<Vec<_>>() {
            let Some(process) = self.state.processes.get(&pid).filter(|process| process.is_live()) else { continue };
            if pid == FIRST || live.contains(&pid) {
                self.volatile.loud.insert(pid);
            } else if process.seen {
                // An event of its own: what is written about it may have to wait for the file that it is written to.
                self.volatile.after.push_back(Event::Lost { pid, reason: b"its worker was gone when the kernel came back".to_vec() });
            } else {
                self.emit(Effect::Spawn { pid });
                self.volatile.loud.insert(pid);
            }
        }
    }
}
