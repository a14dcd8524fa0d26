//! Requests to other hosts, which the browser makes. A descriptor carries the body out and the answer in.

use porthole_abi::syscall::Header;
use porthole_abi::wire::{List, Wire};
use porthole_abi::{Errno, flags};
use rkyv::{Archive, Deserialize, Serialize};

use super::buffer::Buffer;
use crate::Effect;
use crate::descriptor::{Description, DescriptionId};
use crate::machine::Machine;

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Fetch {
    pub description: DescriptionId,
    /// The process still sends the request's body.
    pub sending: bool,
    /// The answer's head has come.
    answered: bool,
    inbox: Buffer,
    ended: bool,
    failed: bool,
}

impl Fetch {
    pub fn readiness(&self) -> u8 {
        let mut mask = 0;
        if !self.inbox.is_empty() || self.ended {
            mask |= flags::READABLE;
        }
        if self.sending {
            mask |= flags::WRITABLE;
        }
        if self.failed {
            mask |= flags::ERROR;
        }
        mask
    }
}

impl Machine {
    pub(crate) fn open_fetch(&mut self, pid: i32, method: &[u8], url: &[u8], headers: Vec<Header>, body: bool) -> Result<i32, Errno> {
        self.room_for(pid, 1)?;
        let id = u64::from(self.new_object());
        let (fd, description) = self.install_known(pid, Description::Fetch { fetch: id })?;
        self.state.fetches.insert(id, Fetch { description, sending: body, answered: false, inbox: Buffer::default(), ended: false, failed: false });
        self.emit(Effect::Fetch { id, method: method.to_vec(), url: url.to_vec(), headers, body });
        Ok(fd)
    }

    pub(crate) fn fetch_read(&mut self, id: u64, len: usize) -> Result<Vec<u8>, Errno> {
        let fetch = self.state.fetches.get_mut(&id).ok_or(Errno::EBADF)?;
        match fetch.inbox.take(len) {
            data if !data.is_empty() || len == 0 => Ok(data),
            _ if fetch.failed => Err(Errno::EIO),
            _ if fetch.ended => Ok(Vec::new()),
            _ => Err(Errno::EAGAIN),
        }
    }

    pub(crate) fn fetch_write(&mut self, id: u64, data: &[u8]) -> Result<usize, Errno> {
        let fetch = self.state.fetches.get(&id).ok_or(Errno::EBADF)?;
        if !fetch.sending {
            return Err(Errno::EPIPE);
        }
        self.emit(Effect::FetchBody { id, data: data.to_vec(), last: false });
        Ok(data.len())
    }

    /// Ends the request's body.
    pub(crate) fn fetch_sent(&mut self, id: u64) -> Result<(), Errno> {
        let fetch = self.state.fetches.get_mut(&id).ok_or(Errno::EBADF)?;
        if std::mem::take(&mut fetch.sending) {
            self.emit(Effect::FetchBody { id, data: Vec::new(), last: true });
        }
        Ok(())
    }

    pub(crate) fn fetch_head(&mut self, id: u64, status: u16, url: Vec<u8>, text: Vec<u8>, headers: Vec<Header>) {
        let Some(fetch) = self.state.fetches.get_mut(&id).filter(|fetch| !fetch.answered && !fetch.ended) else { return };
        fetch.answered = true;
        fetch.inbox.push(&head(status, url, text, headers));
        let description = fetch.description;
        self.changed(description);
    }

    pub(crate) fn fetch_body(&mut self, id: u64, data: &[u8], last: bool) {
        let limit = self.state.config.fetch_bytes as usize;
        let Some(fetch) = self.state.fetches.get_mut(&id).filter(|fetch| fetch.answered && !fetch.ended) else { return };
        fetch.inbox.push(data);
        fetch.ended = last;
        let (description, unread) = (fetch.description, fetch.inbox.len());
        self.changed(description);
        if unread > limit && !last {
            self.fetch_failed(id, Vec::new());
            self.emit(Effect::FetchAbort { id });
        }
    }

    /// The request failed: whoever reads gets what came before, then `EIO`. Before the head, a head of status 0 says why.
    pub(crate) fn fetch_failed(&mut self, id: u64, reason: Vec<u8>) {
        let Some(fetch) = self.state.fetches.get_mut(&id).filter(|fetch| !fetch.ended) else { return };
        if !fetch.answered {
            fetch.inbox.push(&head(0, Vec::new(), reason, Vec::new()));
        }
        fetch.answered = true;
        fetch.ended = true;
        fetch.failed = true;
        fetch.sending = false;
        let description = fetch.description;
        self.changed(description);
    }

    pub(crate) fn fetch_gone(&mut self, id: u64) {
        if self.state.fetches.remove(&id).is_some_and(|fetch| !fetch.ended) {
            self.emit(Effect::FetchAbort { id });
        }
    }

    /// A new kernel does not have the browser's streams of the old one.
    pub(crate) fn fail_all_fetches(&mut self) {
        for id in self.state.fetches.keys().copied().collect::<Vec<_>>() {
            self.fetch_failed(id, b"the service worker was restarted while the request ran".to_vec());
        }
    }
}

/// A head as the process reads it: its length, then its fields.
fn head(status: u16, url: Vec<u8>, text: Vec<u8>, headers: Vec<Header>) -> Vec<u8> {
    let mut fields = Vec::new();
    status.put(&mut fields);
    url.put(&mut fields);
    text.put(&mut fields);
    List(headers).put(&mut fields);
    let mut out = Vec::new();
    fields.put(&mut out);
    out
}
