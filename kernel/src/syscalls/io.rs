//! Calls on any descriptor.

use porthole_abi::{Errno, flags, frame, reply};

use super::fs;
use crate::descriptor::{Description, Device};
use crate::machine::Machine;

/// The most that one `read` answers: a reply stays below `frame::MAX_FRAME`.
const MAX_READ: usize = frame::MAX_FRAME - 256;

pub fn close(machine: &mut Machine, pid: i32, fd: i32) -> Result<reply::Close, Errno> {
    machine.close_descriptor(pid, fd)?;
    Ok(reply::Close {})
}

pub fn read(machine: &mut Machine, pid: i32, fd: i32, len: u32, position: i64) -> Result<reply::Read, Errno> {
    let len = (len as usize).min(MAX_READ);
    let (_, what) = machine.description(pid, fd)?;
    if position >= 0 && !is_seekable(what) {
        return Err(Errno::ESPIPE);
    }
    let data = match what {
        Description::File { .. } => fs::read_description(machine, pid, fd, len, position),
        Description::Tree { .. } => machine.tree_read(pid, fd, len, position),
        Description::Device { device, .. } => {
            let device = *device;
            read_device(machine, device, len)
        }
        Description::PipeReader { pipe } => {
            let pipe = *pipe;
            machine.pipe_read(pipe, len)
        }
        Description::Socket { socket } => {
            let socket = *socket;
            machine.socket_read(socket, len)
        }
        Description::PtyMaster { pty } => {
            let pty = *pty;
            machine.pty_master_read(pty, len)
        }
        Description::PtySlave { pty } => {
            let pty = *pty;
            machine.pty_slave_read(pty, len)
        }
        Description::Fetch { fetch } => {
            let fetch = *fetch;
            machine.fetch_read(fetch, len)
        }
        Description::PathWatch { .. } => fs::read_watch(machine, pid, fd, len),
        Description::Listener { .. } => Err(Errno::ENOTCONN),
        Description::PipeWriter { .. } => Err(Errno::EBADF),
    };
    Ok(reply::Read { data: data? })
}

/// Whether there are positions in it.
fn is_seekable(what: &Description) -> bool {
    matches!(what, Description::File { .. } | Description::Tree { .. } | Description::Device { .. })
}

fn read_device(machine: &mut Machine, device: Device, len: usize) -> Result<Vec<u8>, Errno> {
    match device {
        Device::Null => Ok(Vec::new()),
        Device::Zero | Device::Full => Ok(vec![0; len]),
        Device::Random | Device::Urandom => {
            let mut data = vec![0; len];
            machine.state.random.fill(&mut data);
            Ok(data)
        }
        Device::Tty => Err(Errno::ENXIO),
    }
}

pub fn write(machine: &mut Machine, pid: i32, fd: i32, data: &[u8], position: i64) -> Result<reply::Write, Errno> {
    if position >= 0 && !is_seekable(machine.description(pid, fd)?.1) {
        return Err(Errno::ESPIPE);
    }
    let written = write_at(machine, pid, fd, data, position)?;
    // `O_SYNC` has the bit of `O_DSYNC`, and here no less is written for the one than for the other.
    if matches!(machine.description(pid, fd)?.1, Description::File { flags, .. } if flags & flags::O_DSYNC != 0) {
        machine.await_durable();
    }
    Ok(reply::Write { written: written as u32 })
}

fn write_at(machine: &mut Machine, pid: i32, fd: i32, data: &[u8], position: i64) -> Result<usize, Errno> {
    match machine.description(pid, fd)?.1 {
        Description::File { .. } => fs::write_description(machine, pid, fd, data, position),
        Description::Tree { .. } => machine.tree_write(pid, fd, data, position),
        Description::Device { device, .. } => match device {
            Device::Null | Device::Zero | Device::Random | Device::Urandom => Ok(data.len()),
            Device::Full => Err(Errno::ENOSPC),
            Device::Tty => Err(Errno::ENXIO),
        },
        Description::PipeWriter { pipe } => {
            let pipe = *pipe;
            machine.pipe_write(pipe, data)
        }
        Description::Socket { socket } => {
            let socket = *socket;
            machine.socket_write(socket, data)
        }
        Description::PtyMaster { pty } => {
            let pty = *pty;
            machine.pty_master_write(pty, data)
        }
        Description::PtySlave { pty } => {
            let pty = *pty;
            machine.pty_slave_write(pty, data)
        }
        Description::Fetch { fetch } => {
            let fetch = *fetch;
            machine.fetch_write(fetch, data)
        }
        Description::Listener { .. } => Err(Errno::ENOTCONN),
        Description::PipeReader { .. } | Description::PathWatch { .. } => Err(Errno::EBADF),
    }
}

impl Machine {
    /// Writes for a process what it did not write itself, as far as there is room.
    pub(crate) fn write_to(&mut self, pid: i32, fd: i32, data: &[u8]) -> Result<usize, Errno> {
        write_at(self, pid, fd, data, -1)
    }
}

pub fn dup(machine: &mut Machine, pid: i32, fd: i32, least: i32) -> Result<reply::Dup, Errno> {
    let description = machine.descriptor(pid, fd)?.description;
    Ok(reply::Dup { fd: machine.share(pid, description, least)? })
}

pub fn dup2(machine: &mut Machine, pid: i32, fd: i32, onto: i32) -> Result<reply::Dup2, Errno> {
    let description = machine.descriptor(pid, fd)?.description;
    if onto < 0 || onto as u32 >= machine.state.config.descriptors {
        return Err(Errno::EBADF);
    }
    if fd != onto {
        if machine.descriptor(pid, onto).is_ok() {
            machine.close_descriptor(pid, onto)?;
        }
        machine.share_as(pid, description, onto)?;
    }
    Ok(reply::Dup2 {})
}

pub fn fd_kind(machine: &Machine, pid: i32, fd: i32) -> Result<reply::FdKind, Errno> {
    let (_, what) = machine.description(pid, fd)?;
    Ok(reply::FdKind { kind: machine.kind_of(what) })
}

pub fn pipe(machine: &mut Machine, pid: i32) -> Result<reply::Pipe, Errno> {
    machine.room_for(pid, 2)?;
    let id = machine.new_object();
    let mut pipe = crate::net::pipe::Pipe::new(machine.state.config.pipe_bytes);
    let (reader, reading) = machine.install_known(pid, Description::PipeReader { pipe: id })?;
    let (writer, writing) = machine.install_known(pid, Description::PipeWriter { pipe: id })?;
    pipe.reader = Some(reading);
    pipe.writer = Some(writing);
    machine.state.pipes.insert(id, pipe);
    Ok(reply::Pipe { reader, writer })
}

pub fn watch(machine: &mut Machine, pid: i32, fd: i32, mask: u8) -> Result<reply::Watch, Errno> {
    let (id, what) = machine.description(pid, fd)?;
    // As epoll: a file is always ready, there is nothing to wait for.
    machine.readiness(what).ok_or(Errno::EPERM)?;
    let mask = mask & (flags::READABLE | flags::WRITABLE | flags::HANGUP | flags::ERROR);
    if let Some(open) = machine.state.descriptions.get_mut(&id) {
        if mask == 0 {
            open.watchers.remove(&(pid, fd));
        } else {
            open.watchers.insert((pid, fd));
        }
    }
    if let Some(descriptor) = machine.state.processes.get_mut(&pid).and_then(|process| process.descriptors.table.get_mut(&fd)) {
        descriptor.watch = mask;
        descriptor.told = false;
    }
    machine.tell_if_ready(pid, fd);
    Ok(reply::Watch {})
}
