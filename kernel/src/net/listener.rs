//! Listeners and their backlogs.

use std::collections::VecDeque;

use porthole_abi::{Errno, Event, flags};
use rkyv::{Archive, Deserialize, Serialize};

use super::endpoint::Endpoint;
use super::socket::{Owner, Socket, SocketId};
use crate::descriptor::{Description, DescriptionId};
use crate::machine::Machine;
use crate::process::FIRST;

/// Linux's `net.core.somaxconn`.
const MOST_BACKLOG: u32 = 4096;

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Listener {
    pub local: Endpoint,
    pub description: DescriptionId,
    pub backlog: u32,
    /// Our ends of connections that nobody has accepted yet.
    pub ready: VecDeque<SocketId>,
    /// Their ends of connections that the backlog has no room for.
    pub waiting: VecDeque<SocketId>,
}

impl Listener {
    pub fn readiness(&self) -> u8 {
        if self.ready.is_empty() { 0 } else { flags::READABLE }
    }
}

impl Machine {
    /// A listener at an address of this container. For a path, the caller has made its name in the file system.
    pub(crate) fn open_listener(&mut self, pid: i32, at: Endpoint, backlog: u32) -> Result<(i32, Endpoint), Errno> {
        self.room_for(pid, 1)?;
        let at = if at.port() == 0 && !matches!(at, Endpoint::Path(_)) { at.with_port(self.state.ports.ephemeral()?) } else { at };
        if !self.state.ports.is_free(&at) {
            return Err(Errno::EADDRINUSE);
        }
        let id = self.new_object();
        let (fd, description) = self.install_known(pid, Description::Listener { listener: id })?;
        let backlog = backlog.clamp(1, MOST_BACKLOG);
        self.state.listeners.insert(id, Listener { local: at.clone(), description, backlog, ready: VecDeque::new(), waiting: VecDeque::new() });
        if self.state.ports.take(at.clone(), id) {
            self.tell(FIRST, &Event::Port { port: at.port(), open: 1 });
        }
        Ok((fd, at))
    }

    /// A connection from `local` to whoever listens at `target`. `ECONNREFUSED`: nobody does.
    pub(crate) fn open_connection(&mut self, owner: Owner, local: Endpoint, target: Endpoint) -> Result<SocketId, Errno> {
        let listener = self.state.ports.find(&target).ok_or(Errno::ECONNREFUSED)?;
        let id = self.new_object();
        let mut socket = Socket::new(owner, local, target);
        socket.connecting = true;
        self.state.sockets.insert(id, socket);
        if let Some(listener) = self.state.listeners.get_mut(&listener) {
            listener.waiting.push_back(id);
        }
        self.fill_backlog(listener);
        Ok(id)
    }

    /// Lets connections that wait into the backlog, while it has room.
    fn fill_backlog(&mut self, id: u32) {
        loop {
            let Some(listener) = self.state.listeners.get_mut(&id) else { return };
            if listener.ready.len() >= listener.backlog as usize {
                return;
            }
            let Some(theirs) = listener.waiting.pop_front() else { return };
            let (family, description) = (listener.local.clone(), listener.description);
            let Some(client) = self.state.sockets.get(&theirs) else { continue };
            let (local, remote) = match &family {
                Endpoint::Path(_) => (family.clone(), Endpoint::NAMELESS),
                _ => (client.remote.seen_by(&family), client.local.seen_by(&family)),
            };
            let ours = self.new_object();
            self.state.sockets.insert(ours, Socket::new(Owner::Backlog(id), local, remote));
            self.join(ours, theirs);
            if let Some(listener) = self.state.listeners.get_mut(&id) {
                listener.ready.push_back(ours);
            }
            self.changed(description);
            self.socket_changed(theirs);
        }
    }

    pub(crate) fn accept(&mut self, pid: i32, id: u32) -> Result<(i32, Endpoint), Errno> {
        let listener = self.state.listeners.get(&id).ok_or(Errno::EINVAL)?;
        let ours = *listener.ready.front().ok_or(Errno::EAGAIN)?;
        self.room_for(pid, 1)?;
        if let Some(listener) = self.state.listeners.get_mut(&id) {
            listener.ready.pop_front();
        }
        let (fd, description) = self.install_known(pid, Description::Socket { socket: ours })?;
        let remote = match self.state.sockets.get_mut(&ours) {
            Some(socket) => {
                socket.owner = Owner::Description(description);
                socket.remote.clone()
            }
            None => Endpoint::NAMELESS,
        };
        self.fill_backlog(id);
        Ok((fd, remote))
    }

    pub(crate) fn listener_gone(&mut self, id: u32) {
        let Some(listener) = self.state.listeners.remove(&id) else { return };
        if self.state.ports.free(&listener.local, id) {
            self.tell(FIRST, &Event::Port { port: listener.local.port(), open: 0 });
        }
        for ours in listener.ready {
            self.socket_gone(ours, true);
        }
        for theirs in listener.waiting {
            if let Some(socket) = self.state.sockets.get_mut(&theirs) {
                socket.connecting = false;
                socket.ended = true;
                socket.error = Errno::ECONNREFUSED.number();
                self.socket_changed(theirs);
            }
        }
    }
}
