//! Pipes, as in pipe(7).

use porthole_abi::{Errno, flags};
use rkyv::{Archive, Deserialize, Serialize};

use super::buffer::Buffer;
use crate::descriptor::DescriptionId;
use crate::machine::Machine;

/// A write of so many bytes or fewer goes in whole or not at all (pipe(7)).
pub const PIPE_BUF: usize = 4096;

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Pipe {
    pub buffer: Buffer,
    capacity: u32,
    /// The two ends' descriptions, while they live.
    pub reader: Option<DescriptionId>,
    pub writer: Option<DescriptionId>,
}

impl Pipe {
    pub fn new(capacity: u32) -> Self {
        Self { buffer: Buffer::default(), capacity, reader: None, writer: None }
    }

    fn room(&self) -> usize {
        (self.capacity as usize).saturating_sub(self.buffer.len())
    }

    pub fn reader_readiness(&self) -> u8 {
        let mut mask = 0;
        if !self.buffer.is_empty() {
            mask |= flags::READABLE;
        }
        if self.writer.is_none() {
            mask |= flags::HANGUP | flags::READABLE;
        }
        mask
    }

    pub fn writer_readiness(&self) -> u8 {
        if self.reader.is_none() {
            return flags::WRITABLE | flags::ERROR;
        }
        // Writable when a write of `PIPE_BUF` would succeed, so that a small write never meets EAGAIN after readiness.
        if self.room() >= PIPE_BUF.min(self.capacity as usize) { flags::WRITABLE } else { 0 }
    }
}

impl Machine {
    pub(crate) fn pipe_read(&mut self, id: u32, len: usize) -> Result<Vec<u8>, Errno> {
        let pipe = self.state.pipes.get_mut(&id).ok_or(Errno::EBADF)?;
        if len == 0 {
            return Ok(Vec::new());
        }
        if pipe.buffer.is_empty() {
            return if pipe.writer.is_some() { Err(Errno::EAGAIN) } else { Ok(Vec::new()) };
        }
        let data = pipe.buffer.take(len);
        if let Some(writer) = pipe.writer {
            self.changed(writer);
        }
        Ok(data)
    }

    /// How many bytes went in. `EPIPE` when nobody can read them any more.
    pub(crate) fn pipe_write(&mut self, id: u32, data: &[u8]) -> Result<usize, Errno> {
        let pipe = self.state.pipes.get_mut(&id).ok_or(Errno::EBADF)?;
        let Some(reader) = pipe.reader else { return Err(Errno::EPIPE) };
        let room = pipe.room();
        if data.is_empty() {
            return Ok(0);
        }
        if room == 0 || (data.len() <= PIPE_BUF && data.len() > room) {
            return Err(Errno::EAGAIN);
        }
        let len = data.len().min(room);
        pipe.buffer.push(&data[..len]);
        self.changed(reader);
        Ok(len)
    }

    pub(crate) fn pipe_reader_gone(&mut self, id: u32) {
        let Some(pipe) = self.state.pipes.get_mut(&id) else { return };
        pipe.reader = None;
        pipe.buffer.clear();
        match pipe.writer {
            Some(writer) => self.changed(writer),
            None => drop(self.state.pipes.remove(&id)),
        }
    }

    pub(crate) fn pipe_writer_gone(&mut self, id: u32) {
        let Some(pipe) = self.state.pipes.get_mut(&id) else { return };
        pipe.writer = None;
        match pipe.reader {
            Some(reader) => self.changed(reader),
            None => drop(self.state.pipes.remove(&id)),
        }
    }
}
