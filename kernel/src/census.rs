//! What a machine holds, counted: for tests and for whoever looks for a leak.

use crate::machine::Machine;
use crate::process::Process;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Census {
    pub processes: usize,
    pub zombies: usize,
    pub descriptors: usize,
    pub descriptions: usize,
    pub pipes: usize,
    pub sockets: usize,
    pub listeners: usize,
    pub terminals: usize,
    pub fetches: usize,
    /// Connections of the browser, kept ones included.
    pub connections: usize,
    /// Requests of the browser that run.
    pub requests: usize,
    /// Events that nobody has heard, and replies that nobody has acknowledged.
    pub unheard: usize,
    pub unacknowledged: usize,
    /// Events that wait for contents of files, and calls that wait until a commit is safe.
    pub parked: usize,
    pub withheld: usize,
}

impl Machine {
    pub fn census(&self) -> Census {
        let state = &self.state;
        let live = || state.processes.values().filter(|process| process.is_live());
        let (connections, requests) = state.browser.count();
        let sum = |of: fn(&Process) -> usize| live().map(of).sum();
        Census {
            processes: live().count(),
            zombies: state.processes.len() - live().count(),
            descriptors: sum(|process| process.descriptors.table.len()),
            descriptions: state.descriptions.len(),
            pipes: state.pipes.len(),
            sockets: state.sockets.len(),
            listeners: state.listeners.len(),
            terminals: state.ptys.len(),
            fetches: state.fetches.len(),
            connections,
            requests,
            unheard: sum(|process| process.unheard.len()),
            unacknowledged: sum(|process| process.replies.len()),
            parked: self.volatile.parked.len(),
            withheld: self.count_waiting(),
        }
    }
}
