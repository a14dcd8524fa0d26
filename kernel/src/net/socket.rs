//! Stream sockets, as tcp(7) and unix(7) have them: two queues of bytes with half-close, resets and back-pressure.

use std::collections::VecDeque;

use porthole_abi::{Errno, flags};
use rkyv::{Archive, Deserialize, Serialize};

use super::buffer::Buffer;
use super::endpoint::Endpoint;
use crate::descriptor::DescriptionId;
use crate::machine::Machine;

pub type SocketId = u32;

/// Who is told when something happens to a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub enum Owner {
    Description(DescriptionId),
    /// In a listener's backlog.
    Backlog(u32),
    /// The kernel's own end of a connection that carries browser requests.
    Browser(u32),
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Socket {
    pub owner: Owner,
    pub local: Endpoint,
    pub remote: Endpoint,
    /// Not there yet: the listener's backlog is full.
    pub connecting: bool,
    /// The other end, while it exists.
    pub peer: Option<SocketId>,
    /// Received and not yet read.
    pub inbox: Buffer,
    /// The other side will send no more.
    pub ended: bool,
    pub read_shut: bool,
    pub write_shut: bool,
    /// A write has met a peer that was gone: the next one fails.
    pub write_failed: bool,
    /// An errno's number to report once, or 0.
    pub error: u16,
    /// Descriptions that were passed to whoever reads here, each held.
    pub passed: VecDeque<DescriptionId>,
}

impl Socket {
    pub fn new(owner: Owner, local: Endpoint, remote: Endpoint) -> Self {
        Self {
            owner,
            local,
            remote,
            connecting: false,
            peer: None,
            inbox: Buffer::default(),
            ended: false,
            read_shut: false,
            write_shut: false,
            write_failed: false,
            error: 0,
            passed: VecDeque::new(),
        }
    }

    pub fn is_path(&self) -> bool {
        matches!(self.remote, Endpoint::Path(_))
    }

    fn take_error(&mut self) -> Option<Errno> {
        Errno::from_number(std::mem::take(&mut self.error))
    }
}

impl Machine {
    pub(crate) fn socket(&self, id: SocketId) -> Result<&Socket, Errno> {
        self.state.sockets.get(&id).ok_or(Errno::EBADF)
    }

    /// How much the other side still takes.
    pub(crate) fn socket_room(&self, socket: &Socket) -> usize {
        match socket.peer.and_then(|peer| self.state.sockets.get(&peer)) {
            Some(peer) if peer.read_shut => usize::MAX,
            Some(peer) => (self.state.config.socket_bytes as usize).saturating_sub(peer.inbox.len()),
            None => usize::MAX,
        }
    }

    pub(crate) fn socket_readiness(&self, id: SocketId) -> u8 {
        let Some(socket) = self.state.sockets.get(&id) else { return flags::HANGUP };
        if socket.connecting {
            return 0;
        }
        let mut mask = 0;
        if !socket.inbox.is_empty() || socket.ended || socket.read_shut || socket.error != 0 {
            mask |= flags::READABLE;
        }
        // A quarter free, so that a writer does not wake for every byte that is read.
        if socket.write_shut || self.socket_room(socket) >= self.state.config.socket_bytes as usize / 4 {
            mask |= flags::WRITABLE;
        }
        if socket.ended && socket.write_shut {
            mask |= flags::HANGUP;
        }
        if socket.error != 0 {
            mask |= flags::ERROR | flags::HANGUP;
        }
        mask
    }

    /// Tells whoever has the socket that it changed.
    pub(crate) fn socket_changed(&mut self, id: SocketId) {
        match self.state.sockets.get(&id).map(|socket| socket.owner) {
            Some(Owner::Description(description)) => self.changed(description),
            Some(Owner::Browser(connection)) => drop(self.volatile.woken.insert(connection)),
            Some(Owner::Backlog(_)) | None => {}
        }
    }

    pub(crate) fn socket_read(&mut self, id: SocketId, len: usize) -> Result<Vec<u8>, Errno> {
        let capacity = self.state.config.socket_bytes as usize;
        let socket = self.state.sockets.get_mut(&id).ok_or(Errno::EBADF)?;
        if socket.connecting {
            return Err(Errno::EAGAIN);
        }
        if len == 0 {
            return Ok(Vec::new());
        }
        if socket.inbox.is_empty() {
            if let Some(errno) = socket.take_error() {
                return Err(errno);
            }
            return if socket.ended || socket.read_shut || socket.peer.is_none() { Ok(Vec::new()) } else { Err(Errno::EAGAIN) };
        }
        let was_tight = capacity.saturating_sub(socket.inbox.len()) < capacity / 4;
        let data = socket.inbox.take(len);
        if was_tight && let Some(peer) = socket.peer {
            self.socket_changed(peer);
        }
        Ok(data)
    }

    /// How many bytes the other side took.
    pub(crate) fn socket_write(&mut self, id: SocketId, data: &[u8]) -> Result<usize, Errno> {
        let socket = self.state.sockets.get_mut(&id).ok_or(Errno::EBADF)?;
        if socket.connecting {
            return Err(Errno::EAGAIN);
        }
        if let Some(errno) = socket.take_error() {
            return Err(errno);
        }
        if socket.write_shut || socket.write_failed {
            return Err(Errno::EPIPE);
        }
        let Some(peer) = socket.peer else {
            if socket.is_path() {
                return Err(Errno::EPIPE);
            }
            // As over TCP: the first write after the other side has closed gets through to a reset, which the next one meets.
            socket.write_failed = true;
            return Ok(data.len());
        };
        let capacity = self.state.config.socket_bytes as usize;
        let Some(other) = self.state.sockets.get_mut(&peer) else { return Err(Errno::EPIPE) };
        if data.is_empty() {
            return Ok(0);
        }
        if other.read_shut {
            return Ok(data.len());
        }
        let len = data.len().min(capacity.saturating_sub(other.inbox.len()));
        if len == 0 {
            return Err(Errno::EAGAIN);
        }
        other.inbox.push(&data[..len]);
        self.socket_changed(peer);
        Ok(len)
    }

    pub(crate) fn socket_shutdown(&mut self, id: SocketId, how: u8) -> Result<(), Errno> {
        let socket = self.state.sockets.get_mut(&id).ok_or(Errno::EBADF)?;
        if how > flags::SHUT_RDWR {
            return Err(Errno::EINVAL);
        }
        if socket.connecting || (socket.peer.is_none() && !socket.ended) {
            return Err(Errno::ENOTCONN);
        }
        if how != flags::SHUT_WR {
            socket.read_shut = true;
        }
        if how != flags::SHUT_RD && !socket.write_shut {
            socket.write_shut = true;
            if let Some(peer) = socket.peer
                && let Some(other) = self.state.sockets.get_mut(&peer)
            {
                other.ended = true;
                self.socket_changed(peer);
            }
        }
        self.socket_changed(id);
        Ok(())
    }

    /// Closes a socket. `reset`: the other side hears `ECONNRESET` even if nothing was left unread.
    pub(crate) fn socket_gone(&mut self, id: SocketId, reset: bool) {
        let Some(socket) = self.state.sockets.remove(&id) else { return };
        for description in socket.passed {
            self.let_go(description);
        }
        if socket.connecting {
            for listener in self.state.listeners.values_mut() {
                listener.waiting.retain(|waiting| *waiting != id);
            }
        }
        let Some(peer) = socket.peer else { return };
        let Some(other) = self.state.sockets.get_mut(&peer) else { return };
        other.peer = None;
        if reset || !socket.inbox.is_empty() {
            other.error = Errno::ECONNRESET.number();
        }
        other.ended = true;
        self.socket_changed(peer);
    }

    /// Two sockets become each other's peers.
    pub(crate) fn join(&mut self, one: SocketId, other: SocketId) {
        for (id, peer) in [(one, other), (other, one)] {
            if let Some(socket) = self.state.sockets.get_mut(&id) {
                socket.peer = Some(peer);
                socket.connecting = false;
            }
        }
    }
}
