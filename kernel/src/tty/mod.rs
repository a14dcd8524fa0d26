//! Terminals: pairs of a master (what shows the terminal) and slaves (what programs have), with a line discipline between them.
//!
//! Source: termios(3), tty_ioctl(4); the modes are libuv's (`uv_tty_set_mode`).

pub mod line;

use porthole_abi::{Errno, flags, signal};
use rkyv::{Archive, Deserialize, Serialize};

use crate::descriptor::{Description, DescriptionId};
use crate::machine::Machine;
use crate::map::Set;
use crate::net::buffer::Buffer;
use line::{Key, Line};

/// Bytes of output that nobody has read, and of input that no program has.
const CAPACITY: usize = 64 << 10;

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Pty {
    pub master: Option<DescriptionId>,
    pub slaves: Set<DescriptionId>,
    pub columns: u16,
    pub rows: u16,
    pub line: Line,
    output: Buffer,
    /// The session whose terminal it is; 0: none yet.
    pub session: i32,
    /// The group that hears `^C`; 0: none yet.
    pub group: i32,
}

impl Pty {
    pub fn new(columns: u16, rows: u16) -> Self {
        Self { master: None, slaves: Set::new(), columns, rows, line: Line::default(), output: Buffer::default(), session: 0, group: 0 }
    }

    pub fn master_readiness(&self) -> u8 {
        let mut mask = if self.line.waiting() < CAPACITY { flags::WRITABLE } else { 0 };
        if !self.output.is_empty() {
            mask |= flags::READABLE;
        }
        if self.slaves.is_empty() {
            mask |= flags::HANGUP | flags::READABLE;
        }
        mask
    }

    pub fn slave_readiness(&self) -> u8 {
        let mut mask = if self.output_room() > 0 { flags::WRITABLE } else { 0 };
        if self.line.is_readable() {
            mask |= flags::READABLE;
        }
        if self.master.is_none() {
            mask |= flags::HANGUP | flags::READABLE | flags::WRITABLE;
        }
        mask
    }

    fn output_room(&self) -> usize {
        if self.line.held { 0 } else { CAPACITY.saturating_sub(self.output.len()) }
    }
}

impl Machine {
    pub(crate) fn open_pty(&mut self, pid: i32, columns: u16, rows: u16) -> Result<(i32, i32), Errno> {
        self.room_for(pid, 2)?;
        let id = self.new_object();
        let mut pty = Pty::new(columns, rows);
        let (master, mastering) = self.install_known(pid, Description::PtyMaster { pty: id })?;
        let (slave, slaving) = self.install_known(pid, Description::PtySlave { pty: id })?;
        pty.master = Some(mastering);
        pty.slaves.insert(slaving);
        self.state.ptys.insert(id, pty);
        Ok((master, slave))
    }

    /// Another slave, for `/dev/tty` of a process whose session has this terminal. `ENXIO`: it has none.
    pub(crate) fn open_own_terminal(&mut self, pid: i32) -> Result<i32, Errno> {
        let session = self.state.processes.get(&pid).ok_or(Errno::ESRCH)?.sid;
        let id = self.state.ptys.iter().find(|(_, pty)| pty.session == session && pty.master.is_some()).map(|(id, _)| *id).ok_or(Errno::ENXIO)?;
        self.room_for(pid, 1)?;
        let (fd, description) = self.install_known(pid, Description::PtySlave { pty: id })?;
        if let Some(pty) = self.state.ptys.get_mut(&id) {
            pty.slaves.insert(description);
        }
        Ok(fd)
    }

    /// A process has been started on a terminal as its standard input: a session's first one makes it the session's, and its group the foreground.
    pub(crate) fn take_terminal(&mut self, pid: i32) {
        let Ok((_, Description::PtySlave { pty })) = self.description(pid, 0) else { return };
        let pty = *pty;
        let Some((sid, pgid)) = self.state.processes.get(&pid).map(|process| (process.sid, process.pgid)) else { return };
        let group = self.state.ptys.get(&pty).map_or(0, |pty| pty.group);
        let abandoned = !self.state.processes.values().any(|process| process.pgid == group && process.is_live());
        if let Some(pty) = self.state.ptys.get_mut(&pty)
            && abandoned
        {
            (pty.session, pty.group) = (sid, pgid);
        }
    }

    pub(crate) fn pty_master_read(&mut self, id: u32, len: usize) -> Result<Vec<u8>, Errno> {
        let pty = self.state.ptys.get_mut(&id).ok_or(Errno::EBADF)?;
        let data = pty.output.take(len);
        if data.is_empty() && len > 0 {
            return Err(if pty.slaves.is_empty() { Errno::EIO } else { Errno::EAGAIN });
        }
        self.slaves_changed(id);
        Ok(data)
    }

    pub(crate) fn pty_slave_read(&mut self, id: u32, len: usize) -> Result<Vec<u8>, Errno> {
        let pty = self.state.ptys.get_mut(&id).ok_or(Errno::EBADF)?;
        if len == 0 {
            return Ok(Vec::new());
        }
        match pty.line.read(len) {
            Some(data) => {
                if let Some(master) = pty.master {
                    self.changed(master);
                }
                Ok(data)
            }
            None if pty.master.is_none() => Ok(Vec::new()),
            None => Err(Errno::EAGAIN),
        }
    }

    /// What is typed: edited, echoed, and turned into signals.
    pub(crate) fn pty_master_write(&mut self, id: u32, data: &[u8]) -> Result<usize, Errno> {
        let mut written = 0;
        let mut pending = Vec::new();
        let pty = self.state.ptys.get_mut(&id).ok_or(Errno::EBADF)?;
        // An edited line is bounded and not counted.
        let room = CAPACITY.saturating_sub(pty.line.waiting());
        for byte in &data[..data.len().min(room)] {
            written += 1;
            let mut echo = Vec::new();
            if let Key::Signal(signal) = pty.line.key(*byte, &mut echo) {
                pending.push(signal);
            }
            // Output that has no room is lost, as on a real line.
            let room = CAPACITY.saturating_sub(pty.output.len());
            pty.output.push(&echo[..echo.len().min(room)]);
        }
        let (group, master) = (pty.group, pty.master);
        if written == 0 && !data.is_empty() {
            return Err(Errno::EAGAIN);
        }
        self.slaves_changed(id);
        if let Some(master) = master {
            self.changed(master);
        }
        for signal in pending.into_iter().filter(|_| group != 0) {
            self.signal_group(group, signal);
        }
        Ok(written)
    }

    pub(crate) fn pty_slave_write(&mut self, id: u32, data: &[u8]) -> Result<usize, Errno> {
        let pty = self.state.ptys.get_mut(&id).ok_or(Errno::EBADF)?;
        let Some(master) = pty.master else { return Err(Errno::EIO) };
        if data.is_empty() {
            return Ok(0);
        }
        let room = pty.output_room();
        let mut out = Vec::with_capacity(data.len().min(room));
        let mut written = 0;
        for byte in data {
            // Both of libuv's modes end lines with both characters.
            let cooked: &[u8] = if *byte == b'\n' { b"\r\n" } else { std::slice::from_ref(byte) };
            if out.len() + cooked.len() > room {
                break;
            }
            out.extend_from_slice(cooked);
            written += 1;
        }
        if written == 0 {
            return Err(Errno::EAGAIN);
        }
        pty.output.push(&out);
        self.changed(master);
        Ok(written)
    }

    fn slaves_changed(&mut self, id: u32) {
        for slave in self.state.ptys.get(&id).map(|pty| pty.slaves.clone()).unwrap_or_default() {
            self.changed(slave);
        }
    }

    /// The terminal's window was closed.
    pub(crate) fn pty_master_gone(&mut self, id: u32) {
        let Some(pty) = self.state.ptys.get_mut(&id) else { return };
        pty.master = None;
        let (group, session) = (pty.group, pty.session);
        if pty.slaves.is_empty() {
            self.state.ptys.remove(&id);
            return;
        }
        self.slaves_changed(id);
        if session != 0 {
            self.deliver(session, signal::SIGHUP);
        }
        if group != 0 {
            for member in self.group(group).into_iter().filter(|member| *member != session) {
                self.deliver(member, signal::SIGHUP);
            }
            self.signal_group(group, signal::SIGCONT);
        }
    }

    pub(crate) fn pty_slave_gone(&mut self, id: u32, description: DescriptionId) {
        let Some(pty) = self.state.ptys.get_mut(&id) else { return };
        pty.slaves.remove(&description);
        if !pty.slaves.is_empty() {
            return;
        }
        match pty.master {
            Some(master) => self.changed(master),
            None => drop(self.state.ptys.remove(&id)),
        }
    }

    pub(crate) fn set_pty_mode(&mut self, id: u32, raw: bool) {
        let Some(pty) = self.state.ptys.get_mut(&id) else { return };
        pty.line.set_raw(raw);
        self.slaves_changed(id);
    }

    pub(crate) fn resize_pty(&mut self, id: u32, columns: u16, rows: u16) {
        let Some(pty) = self.state.ptys.get_mut(&id) else { return };
        if (pty.columns, pty.rows) == (columns, rows) {
            return;
        }
        (pty.columns, pty.rows) = (columns, rows);
        let group = pty.group;
        if group != 0 {
            self.signal_group(group, signal::SIGWINCH);
        }
    }
}
