//! Processes made.

use porthole_abi::syscall::Inherit;
use porthole_abi::{Errno, flags};

use crate::Effect;
use crate::descriptor::DescriptionId;
use crate::machine::Machine;
use crate::map::Map;
use crate::process::{FIRST, program};
use crate::vfs::Caller;
use crate::vfs::chunks::ChunkId;

/// What `spawn` asks for.
pub struct Order<'a> {
    pub file: &'a [u8],
    pub argv: Vec<Vec<u8>>,
    pub env: Vec<Vec<u8>>,
    pub cwd: &'a [u8],
    pub fds: &'a [Inherit],
    pub flags: u32,
}

impl Machine {
    pub(crate) fn spawn(&mut self, parent: i32, order: Order<'_>) -> Result<i32, Errno> {
        if self.state.processes.len() >= self.state.config.processes as usize && !self.forget_an_ended_task() {
            return Err(Errno::EAGAIN);
        }
        let size: usize = order.argv.iter().chain(&order.env).map(|word| word.len() + 1).sum();
        if size > self.state.config.argument_bytes as usize {
            return Err(Errno::E2BIG);
        }
        let now = self.now();
        let mut child = self.state.processes.get(&parent).ok_or(Errno::ESRCH)?.child(parent, now);
        let inherited = self.inherited(parent, order.fds)?;
        let mut who = self.who(parent)?;
        if order.cwd.is_empty() {
            self.state.vfs.hold_spot(child.cwd)?;
        } else {
            child.cwd = crate::syscalls::enter(self, parent, order.cwd)?;
        }
        who.cwd = child.cwd;
        let program = match program::find(self, &who, parent, &order) {
            Ok(program) => program,
            Err(errno) => {
                self.state.vfs.release_spot(child.cwd);
                return Err(errno);
            }
        };
        let pid = self.take_pid();
        child.exe = program.kind.path.as_bytes().to_vec();
        child.argv = program.argv;
        child.env = program.env;
        child.own_changes = self.state.vfs.changes();
        // What the page starts is a job of its own, as a terminal emulator's child is.
        if order.flags & flags::SPAWN_DETACHED != 0 || parent == FIRST {
            (child.sid, child.pgid) = (pid, pid);
        } else if order.flags & (flags::SPAWN_NEW_GROUP | flags::SPAWN_THREAD) != 0 {
            child.pgid = pid;
        }
        child.thread = order.flags & flags::SPAWN_THREAD != 0;
        self.state.processes.insert(pid, child);
        for (fd, description) in inherited {
            self.share_as(pid, description, fd)?;
        }
        self.take_terminal(pid);
        self.emit(Effect::Spawn { pid });
        Ok(pid)
    }

    /// A number that no process has had lately.
    pub(crate) fn take_pid(&mut self) -> i32 {
        let pid = self.state.next_pid;
        self.state.next_pid = pid.wrapping_add(1).max(2);
        pid
    }

    /// Which contents are missing to find out what an order starts. One may lead to the next.
    pub(crate) fn missing_to_spawn(&self, parent: i32, order: &Order<'_>) -> Vec<ChunkId> {
        let Ok(mut who) = self.who(parent) else { return Vec::new() };
        if !order.cwd.is_empty() {
            let Ok(cwd) = crate::syscalls::directory(self, parent, order.cwd, 0) else { return Vec::new() };
            who.cwd = cwd;
        }
        self.missing_to_find(&who, parent, order)
    }

    /// Which contents are missing to find the program of an order for whoever stands in its working directory.
    pub(crate) fn missing_to_find(&self, who: &Caller, parent: i32, order: &Order<'_>) -> Vec<ChunkId> {
        let found = program::find(self, who, parent, order);
        let missed = self.state.vfs.take_missed();
        if found.is_err() { missed } else { Vec::new() }
    }

    /// The child's numbers with the parent's descriptions. `EBADF`: the parent has no such descriptor; `EINVAL`: a number that cannot be, or twice.
    fn inherited(&self, parent: i32, fds: &[Inherit]) -> Result<Map<i32, DescriptionId>, Errno> {
        let mut inherited = Map::new();
        for pair in fds {
            let description = self.descriptor(parent, pair.parent)?.description;
            let possible = pair.child >= 0 && (pair.child as u32) < self.state.config.descriptors;
            if !possible || inherited.insert(pair.child, description).is_some() {
                return Err(Errno::EINVAL);
            }
        }
        Ok(inherited)
    }
}
