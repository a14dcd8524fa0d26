//! Descriptors and the descriptions behind them.
//!
//! A *descriptor* is a number of one process; a *description* is what `open`, `pipe` or `accept` made: `dup` and `spawn` share it, and it ends with
//! its last holder.

use porthole_abi::{Errno, flags};
use rkyv::{Archive, Deserialize, Serialize};

use crate::machine::Machine;
use crate::map::{Map, Set};
use crate::synthetic::node::Node;
use crate::vfs::{Inode, MountId, WatchId};

pub type DescriptionId = u32;

/// What a descriptor stands for.
#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub enum Description {
    /// A file or directory of the file system. `flags`: `O_*` of its opening.
    File {
        /// The mount through which it was opened.
        mount: MountId,
        ino: u64,
        flags: u32,
        offset: u64,
    },
    /// A node of a synthetic tree, with what it said when it was opened, or has been told since.
    Tree {
        mount: MountId,
        node: u64,
        flags: u32,
        offset: u64,
        content: Vec<u8>,
    },
    /// A character device.
    Device {
        device: Device,
        flags: u32,
    },
    PipeReader {
        pipe: u32,
    },
    PipeWriter {
        pipe: u32,
    },
    Socket {
        socket: u32,
    },
    Listener {
        listener: u32,
    },
    PtyMaster {
        pty: u32,
    },
    PtySlave {
        pty: u32,
    },
    /// Changes at a path (`watch_path`).
    PathWatch {
        watch: WatchId,
    },
    /// A request to another host.
    Fetch {
        fetch: u64,
    },
}

/// The character devices. Their numbers (`st_rdev`) are Linux's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Archive, Serialize, Deserialize)]
pub enum Device {
    Null,
    Zero,
    Full,
    Random,
    Urandom,
    /// The caller's terminal.
    Tty,
}

impl Device {
    /// The device with a number (major, minor).
    pub fn of_number(major: u32, minor: u32) -> Option<Device> {
        Some(match (major, minor) {
            (1, 3) => Device::Null,
            (1, 5) => Device::Zero,
            (1, 7) => Device::Full,
            (1, 8) => Device::Random,
            (1, 9) => Device::Urandom,
            (5, 0) => Device::Tty,
            _ => return None,
        })
    }

    pub fn number(self) -> (u32, u32) {
        match self {
            Device::Null => (1, 3),
            Device::Zero => (1, 5),
            Device::Full => (1, 7),
            Device::Random => (1, 8),
            Device::Urandom => (1, 9),
            Device::Tty => (5, 0),
        }
    }
}

/// A description with who holds it.
#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Open {
    pub what: Description,
    /// Descriptors that share it.
    pub holders: u32,
    /// Descriptors (process, number) that `watch` it.
    pub watchers: Set<(i32, i32)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Descriptor {
    pub description: DescriptionId,
    /// Readiness asked for by `watch`; 0: none.
    pub watch: u8,
    /// The process has been told `Ready` and has not made an I/O call on the descriptor since.
    pub told: bool,
}

/// The descriptors of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Descriptors {
    pub table: Map<i32, Descriptor>,
    /// No number below it is free.
    lowest: i32,
}

impl Descriptors {
    /// The lowest free number from `least`.
    fn free_from(&self, least: i32) -> i32 {
        let mut fd = least.max(self.lowest);
        for taken in self.table.range(fd..).map(|(taken, _)| *taken) {
            if taken != fd {
                break;
            }
            fd += 1;
        }
        fd
    }

    /// Under the lowest free number.
    fn insert_lowest(&mut self, description: DescriptionId) -> i32 {
        let fd = self.free_from(0);
        self.insert(fd, description);
        self.lowest = fd + 1;
        fd
    }

    pub fn insert(&mut self, fd: i32, description: DescriptionId) {
        self.table.insert(fd, Descriptor { description, watch: 0, told: false });
        if fd == self.lowest {
            self.lowest += 1;
        }
    }

    fn remove(&mut self, fd: i32) -> Option<Descriptor> {
        let gone = self.table.remove(&fd)?;
        self.lowest = self.lowest.min(fd);
        Some(gone)
    }
}

impl Machine {
    pub(crate) fn descriptor(&self, pid: i32, fd: i32) -> Result<&Descriptor, Errno> {
        self.state.processes.get(&pid).and_then(|process| process.descriptors.table.get(&fd)).ok_or(Errno::EBADF)
    }

    /// What a descriptor stands for, with the description's id.
    pub(crate) fn description(&self, pid: i32, fd: i32) -> Result<(DescriptionId, &Description), Errno> {
        let id = self.descriptor(pid, fd)?.description;
        self.state.descriptions.get(&id).map(|open| (id, &open.what)).ok_or(Errno::EBADF)
    }

    pub(crate) fn description_mut(&mut self, pid: i32, fd: i32) -> Result<&mut Description, Errno> {
        let id = self.descriptor(pid, fd)?.description;
        self.state.descriptions.get_mut(&id).map(|open| &mut open.what).ok_or(Errno::EBADF)
    }

    /// Whether a process may have `more` new descriptors, each with a new description. Asked before anything is made, so that nothing need be undone.
    pub(crate) fn room_for(&self, pid: i32, more: usize) -> Result<(), Errno> {
        let process = self.state.processes.get(&pid).ok_or(Errno::ESRCH)?;
        if process.descriptors.table.len() + more > self.state.config.descriptors as usize {
            return Err(Errno::EMFILE);
        }
        if self.state.descriptions.len() + more > self.state.config.descriptions as usize {
            return Err(Errno::ENFILE);
        }
        Ok(())
    }

    /// Gives a process the lowest free descriptor for a new description.
    pub(crate) fn install(&mut self, pid: i32, what: Description) -> Result<i32, Errno> {
        self.room_for(pid, 1)?;
        let (fd, _) = self.install_known(pid, what)?;
        Ok(fd)
    }

    /// [`Machine::install`] that also tells the description's id.
    pub(crate) fn install_known(&mut self, pid: i32, what: Description) -> Result<(i32, DescriptionId), Errno> {
        let id = self.state.next_description;
        let process = self.state.processes.get_mut(&pid).ok_or(Errno::ESRCH)?;
        let fd = process.descriptors.insert_lowest(id);
        self.state.next_description = id.wrapping_add(1);
        self.state.descriptions.insert(id, Open { what, holders: 1, watchers: Set::new() });
        Ok((fd, id))
    }

    /// Another descriptor, the lowest free one from `least`, for a description.
    pub(crate) fn share(&mut self, pid: i32, description: DescriptionId, least: i32) -> Result<i32, Errno> {
        let limit = self.state.config.descriptors;
        let process = self.state.processes.get_mut(&pid).ok_or(Errno::ESRCH)?;
        if least < 0 || least as u32 >= limit {
            return Err(Errno::EINVAL);
        }
        let fd = process.descriptors.free_from(least);
        if fd as u32 >= limit || process.descriptors.table.len() >= limit as usize {
            return Err(Errno::EMFILE);
        }
        process.descriptors.insert(fd, description);
        if let Some(open) = self.state.descriptions.get_mut(&description) {
            open.holders += 1;
        }
        Ok(fd)
    }

    /// Puts a description under a number that is free.
    pub(crate) fn share_as(&mut self, pid: i32, description: DescriptionId, fd: i32) -> Result<(), Errno> {
        if fd < 0 || fd as u32 >= self.state.config.descriptors {
            return Err(Errno::EBADF);
        }
        let process = self.state.processes.get_mut(&pid).ok_or(Errno::ESRCH)?;
        process.descriptors.insert(fd, description);
        if let Some(open) = self.state.descriptions.get_mut(&description) {
            open.holders += 1;
        }
        Ok(())
    }

    /// A descriptor for changes at a path.
    pub(crate) fn install_path_watch(&mut self, pid: i32, watch: WatchId) -> Result<i32, Errno> {
        self.room_for(pid, 1)?;
        let (fd, description) = self.install_known(pid, Description::PathWatch { watch })?;
        self.state.path_watches.insert(watch, description);
        Ok(fd)
    }

    /// `open` of a character device, whose file the caller has looked up and may open. `ENXIO`: there is nothing behind its number.
    pub(crate) fn open_device(&mut self, pid: i32, major: u32, minor: u32, flags: u32) -> Result<i32, Errno> {
        match Device::of_number(major, minor).ok_or(Errno::ENXIO)? {
            Device::Tty => self.open_own_terminal(pid),
            device => self.install(pid, Description::Device { device, flags }),
        }
    }

    pub(crate) fn close_descriptor(&mut self, pid: i32, fd: i32) -> Result<(), Errno> {
        let process = self.state.processes.get_mut(&pid).ok_or(Errno::ESRCH)?;
        let gone = process.descriptors.remove(fd).ok_or(Errno::EBADF)?;
        self.drop_descriptor(pid, fd, gone.description);
        Ok(())
    }

    /// What a closed descriptor leaves to be done.
    pub(crate) fn drop_descriptor(&mut self, pid: i32, fd: i32, description: DescriptionId) {
        if let Some(open) = self.state.descriptions.get_mut(&description) {
            open.watchers.remove(&(pid, fd));
        }
        self.let_go(description);
    }

    /// One holder less; the last one takes the description with it.
    pub(crate) fn let_go(&mut self, id: DescriptionId) {
        let Some(open) = self.state.descriptions.get_mut(&id) else { return };
        open.holders = open.holders.saturating_sub(1);
        if open.holders > 0 {
            return;
        }
        let Some(open) = self.state.descriptions.remove(&id) else { return };
        match open.what {
            Description::PipeReader { pipe } => self.pipe_reader_gone(pipe),
            Description::PipeWriter { pipe } => self.pipe_writer_gone(pipe),
            Description::Socket { socket } => self.socket_gone(socket, false),
            Description::Listener { listener } => self.listener_gone(listener),
            Description::Fetch { fetch } => self.fetch_gone(fetch),
            Description::PtyMaster { pty } => self.pty_master_gone(pty),
            Description::PtySlave { pty } => self.pty_slave_gone(pty, id),
            Description::Device { .. } | Description::Tree { .. } => {}
            Description::File { ino, .. } => self.state.vfs.release(ino),
            Description::PathWatch { watch } => {
                self.state.path_watches.remove(&watch);
                self.state.vfs.unwatch(watch);
            }
        }
    }

    /// `flags::FD_*` of a description.
    pub(crate) fn kind_of(&self, what: &Description) -> u8 {
        match what {
            Description::File { ino, .. } if self.state.vfs.inode(*ino).is_ok_and(Inode::is_directory) => flags::FD_DIR,
            Description::Tree { mount, node, .. } if self.tree_of(*mount, *node).is_some_and(Node::is_directory) => flags::FD_DIR,
            Description::File { .. } | Description::Tree { .. } => flags::FD_FILE,
            Description::Device { .. } => flags::FD_CHAR,
            Description::PipeReader { .. } | Description::PipeWriter { .. } => flags::FD_PIPE,
            Description::Socket { socket } => match self.state.sockets.get(socket) {
                // Node knows a socket with a path as a pipe.
                Some(socket) if socket.is_path() => flags::FD_PIPE,
                _ => flags::FD_TCP,
            },
            Description::Listener { .. } => flags::FD_LISTENER,
            Description::PtyMaster { .. } | Description::PtySlave { .. } => flags::FD_TTY,
            Description::PathWatch { .. } => flags::FD_WATCH,
            Description::Fetch { .. } => flags::FD_FETCH,
        }
    }
}
