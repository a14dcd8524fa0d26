//! Readiness: level-triggered and coalesced. See `porthole_abi::Event::Ready`.

use porthole_abi::{Event, flags};

use crate::descriptor::{Description, DescriptionId};
use crate::machine::Machine;
use crate::net::fetch::Fetch;
use crate::net::listener::Listener;
use crate::tty::Pty;

/// Reported whether asked for or not.
const ALWAYS: u8 = flags::HANGUP | flags::ERROR;

impl Machine {
    /// What a description is ready for; `None` for those that cannot be watched (files).
    pub(crate) fn readiness(&self, what: &Description) -> Option<u8> {
        match what {
            Description::File { .. } | Description::Tree { .. } => None,
            Description::Device { .. } => Some(flags::READABLE | flags::WRITABLE),
            Description::PipeReader { pipe } => self.state.pipes.get(pipe).map(|pipe| pipe.reader_readiness()),
            Description::PipeWriter { pipe } => self.state.pipes.get(pipe).map(|pipe| pipe.writer_readiness()),
            Description::Socket { socket } => Some(self.socket_readiness(*socket)),
            Description::Listener { listener } => self.state.listeners.get(listener).map(Listener::readiness),
            Description::PtyMaster { pty } => self.state.ptys.get(pty).map(Pty::master_readiness),
            Description::PtySlave { pty } => self.state.ptys.get(pty).map(Pty::slave_readiness),
            Description::Fetch { fetch } => self.state.fetches.get(fetch).map(Fetch::readiness),
            Description::PathWatch { watch } => Some(if self.state.vfs.watch_is_ready(*watch) { flags::READABLE } else { 0 }),
        }
    }

    /// Something changed behind a description: whoever watches it and has not been told yet is told.
    pub(crate) fn changed(&mut self, id: DescriptionId) {
        let Some(open) = self.state.descriptions.get(&id) else { return };
        if open.watchers.is_empty() {
            return;
        }
        for (pid, fd) in open.watchers.iter().copied().collect::<Vec<_>>() {
            self.tell_if_ready(pid, fd);
        }
    }

    /// Tells those who watch paths where something has happened.
    pub(crate) fn tell_path_watchers(&mut self) {
        for watch in self.state.vfs.woken() {
            if let Some(description) = self.state.path_watches.get(&watch).copied() {
                self.changed(description);
            }
        }
    }

    /// An I/O call on the descriptor has returned: what it was told no longer counts.
    pub(crate) fn used(&mut self, pid: i32, fd: i32) {
        let Some(descriptor) = self.state.processes.get_mut(&pid).and_then(|process| process.descriptors.table.get_mut(&fd)) else { return };
        if descriptor.watch != 0 {
            descriptor.told = false;
            self.tell_if_ready(pid, fd);
        }
    }

    pub(crate) fn tell_if_ready(&mut self, pid: i32, fd: i32) {
        let Ok(descriptor) = self.descriptor(pid, fd) else { return };
        if descriptor.watch == 0 || descriptor.told {
            return;
        }
        let asked = descriptor.watch | ALWAYS;
        let Some(open) = self.state.descriptions.get(&descriptor.description) else { return };
        let mask = self.readiness(&open.what).unwrap_or(0) & asked;
        if mask == 0 {
            return;
        }
        if let Some(descriptor) = self.state.processes.get_mut(&pid).and_then(|process| process.descriptors.table.get_mut(&fd)) {
            descriptor.told = true;
        }
        self.tell(pid, &Event::Ready { fd, mask });
    }
}
