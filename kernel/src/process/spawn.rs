//! Processes made.

use porthole_abi::syscall::Inherit;
use porthole_abi::{Errno, flags};

use crate::Effect;
use crate::descriptor::DescriptionId;
use crate::machine::Machine;
use crate::process::kinds::{KINDS, Kind};
use crate::process::{FIRST, Process};

/// What `spawn` asks for.
pub struct Order<'a> {
    pub file: &'a [u8],
    pub argv: Vec<Vec<u8>>,
    pub env: Vec<Vec<u8>>,
    pub cwd: &'a [u8],
    pub fds: &'a [Inherit],
    pub flags: u32,
}

/// A program found.
pub struct Program {
    pub kind: &'static Kind,
    pub argv: Vec<Vec<u8>>,
}

impl Machine {
    pub(crate) fn spawn(&mut self, parent: i32, order: Order<'_>) -> Result<i32, Errno> {
        if self.state.processes.len() >= self.state.config.processes as usize {
            return Err(Errno::EAGAIN);
        }
        let size: usize = order.argv.iter().chain(&order.env).map(|word| word.len() + 1).sum();
        if size > self.state.config.argument_bytes as usize {
            return Err(Errno::E2BIG);
        }
        let now = self.now();
        let maker = self.state.processes.get(&parent).ok_or(Errno::ESRCH)?;
        let mut child = maker.child(parent, now);
        let mut inherited: Vec<(i32, DescriptionId)> = Vec::with_capacity(order.fds.len());
        for pair in order.fds {
            if pair.child < 0 || pair.child as u32 >= self.state.config.descriptors || inherited.iter().any(|(fd, _)| *fd == pair.child) {
                return Err(Errno::EINVAL);
            }
            inherited.push((pair.child, self.descriptor(parent, pair.parent)?.description));
        }
        let program = self.find_program(order.file, order.argv)?;
        let pid = self.state.next_pid;
        self.state.next_pid += 1;
        child.exe = program.kind.path.as_bytes().to_vec();
        child.argv = program.argv;
        child.env = order.env;
        // What the page starts is a job of its own, as a terminal emulator's child is.
        if order.flags & flags::SPAWN_DETACHED != 0 || parent == FIRST {
            (child.sid, child.pgid) = (pid, pid);
        } else if order.flags & flags::SPAWN_NEW_GROUP != 0 {
            child.pgid = pid;
        }
        self.state.processes.insert(pid, child);
        for (fd, description) in inherited {
            self.share_as(pid, description, fd)?;
        }
        self.take_terminal(pid);
        self.emit(Effect::Spawn { pid });
        Ok(pid)
    }

    fn find_program(&self, file: &[u8], argv: Vec<Vec<u8>>) -> Result<Program, Errno> {
        let kind = KINDS.iter().find(|kind| kind.name.as_bytes() == file || kind.path.as_bytes() == file).ok_or(Errno::ENOENT)?;
        Ok(Program { kind, argv })
    }
}

impl Process {
    /// Whether the process has a descriptor.
    pub fn holds(&self, fd: i32) -> bool {
        self.descriptors.table.contains_key(&fd)
    }
}
