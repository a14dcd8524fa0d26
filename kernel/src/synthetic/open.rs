//! Descriptors of nodes, and of what links to descriptors stand for.

use porthole_abi::flags::{O_ACCMODE, O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY, R_OK, SEEK_CUR, SEEK_SET, W_OK};
use porthole_abi::{Errno, reply};

use super::node::Node;
use super::site::{End, Entry, Site};
use super::tree::{At, Is};
use crate::descriptor::{Description, DescriptionId};
use crate::machine::Machine;
use crate::vfs::{Caller, MountId, Spot};

/// The access modes that ask for reading, and for writing.
fn wanted(flags: u32) -> u32 {
    match flags & O_ACCMODE {
        O_RDONLY => R_OK,
        O_WRONLY => W_OK,
        _ => R_OK | W_OK,
    }
}

impl Machine {
    /// `open` of what a path comes to outside the file system.
    pub(crate) fn open_site(&mut self, pid: i32, who: &Caller, site: Site, flags: u32) -> Result<i32, Errno> {
        match site {
            Site::Tree(entry) => self.open_entry(pid, who, &entry, flags),
            Site::Description(_) if flags & (O_CREAT | O_EXCL) == O_CREAT | O_EXCL => Err(Errno::EEXIST),
            Site::Description(id) => self.open_through(pid, who, id, flags),
        }
    }

    fn open_entry(&mut self, pid: i32, who: &Caller, entry: &Entry, flags: u32) -> Result<i32, Errno> {
        let has = |flag: u32| flags & flag != 0;
        if has(O_CREAT) && entry.last == End::Name && entry.slash {
            return Err(Errno::EISDIR);
        }
        let node = entry.node.ok_or(Errno::ENOENT)?;
        let row = node.row().ok_or(Errno::ENOENT)?;
        if has(O_CREAT) && has(O_EXCL) {
            return Err(Errno::EEXIST);
        }
        let want = wanted(flags) | if has(O_TRUNC) { W_OK } else { 0 };
        match row.is {
            Is::Directory if has(O_CREAT) || want & W_OK != 0 => return Err(Errno::EISDIR),
            Is::Directory => {}
            _ if entry.slash || has(O_DIRECTORY) => return Err(Errno::ENOTDIR),
            Is::Link(_) => return Err(Errno::ELOOP),
            _ => {}
        }
        self.tree_may(who, node, want)?;
        let content = match row.is {
            Is::Field { .. } if has(O_TRUNC) => Vec::new(),
            Is::NewTask => format!("{}\n", self.new_task(pid)?).into_bytes(),
            _ => self.tree_says(pid, node)?,
        };
        self.install(pid, Description::Tree { mount: entry.mount, node: node.number(), flags, offset: 0, content })
    }

    /// What a file says now, to a process that has asked for it. Of `/task/new` that is for `open` alone.
    ///
    /// # Errors
    /// `EINVAL`: it must be opened; `ESRCH`: what it is about has ended.
    pub(crate) fn tree_says(&self, pid: i32, node: Node) -> Result<Vec<u8>, Errno> {
        let at = At { node, caller: pid };
        match node.row().ok_or(Errno::ENOENT)?.is {
            Is::Text(says) | Is::Field { says, .. } => says(self, at),
            Is::Orders(verbs) => Ok(self.answer_to_orders(pid, verbs)),
            Is::Directory => Ok(Vec::new()),
            Is::NewTask | Is::Link(_) => Err(Errno::EINVAL),
        }
    }

    /// What a link says.
    ///
    /// # Errors
    /// `EINVAL`: it is none.
    pub(crate) fn tree_link(&self, pid: i32, node: Node) -> Result<Vec<u8>, Errno> {
        match node.row().ok_or(Errno::ENOENT)?.is {
            Is::Link(leads) => Ok(leads(self, At { node, caller: pid })?.text()),
            _ => Err(Errno::EINVAL),
        }
    }

    /// `open` of what a descriptor of some process stands for: a file anew, from its start; a pipe at the end that is asked for; a terminal shared.
    ///
    /// # Errors
    /// `ENXIO`: a socket of another process, or the end of a pipe that is gone.
    fn open_through(&mut self, pid: i32, who: &Caller, id: DescriptionId, flags: u32) -> Result<i32, Errno> {
        let writes = flags & O_ACCMODE != O_RDONLY;
        let what = self.state.descriptions.get(&id).map(|open| open.what.clone()).ok_or(Errno::ENOENT)?;
        let end = match what {
            Description::File { mount, ino, .. } => {
                let ino = self.state.vfs.open_found(who, Spot { mount, ino }, flags & !(O_CREAT | O_EXCL))?.ino;
                return self.install(pid, Description::File { mount, ino, flags, offset: 0 });
            }
            Description::Device { device, .. } => return self.install(pid, Description::Device { device, flags }),
            Description::Tree { mount, node, .. } => {
                let node = self.tree_node(Spot { mount, ino: node })?;
                let entry = Entry { mount, directory: node.parent(), node: Some(node), last: End::Name, slash: false };
                return self.open_entry(pid, who, &entry, flags);
            }
            Description::PipeReader { pipe } if writes => self.state.pipes.get(&pipe).and_then(|pipe| pipe.writer),
            Description::PipeWriter { pipe } if !writes => self.state.pipes.get(&pipe).and_then(|pipe| pipe.reader),
            Description::PipeReader { .. } | Description::PipeWriter { .. } | Description::PtyMaster { .. } | Description::PtySlave { .. } => {
                Some(id)
            }
            Description::Socket { .. } | Description::Listener { .. } | Description::PathWatch { .. } | Description::Fetch { .. } => {
                let own = self.state.processes.get(&pid).is_some_and(|process| process.descriptors.table.values().any(|fd| fd.description == id));
                own.then_some(id)
            }
        };
        self.room_for(pid, 1)?;
        self.share(pid, end.ok_or(Errno::ENXIO)?, 0)
    }

    /// `read` of a descriptor of a node. `position` −1: where it stands, and moves it.
    pub(crate) fn tree_read(&mut self, pid: i32, fd: i32, len: usize, position: i64) -> Result<Vec<u8>, Errno> {
        let at = (position >= 0).then_some(position as u64);
        let data = self.tree_read_at(pid, fd, len, at)?;
        if let Description::Tree { offset, .. } = self.description_mut(pid, fd)?
            && at.is_none()
        {
            *offset += data.len() as u64;
        }
        Ok(data)
    }

    /// Bytes of a descriptor of a node from a position on; `None` is where it stands.
    pub(crate) fn tree_read_at(&self, pid: i32, fd: i32, len: usize, position: Option<u64>) -> Result<Vec<u8>, Errno> {
        let Description::Tree { mount, node, flags, offset, content } = self.description(pid, fd)?.1 else { return Err(Errno::EBADF) };
        if flags & O_ACCMODE == O_WRONLY {
            return Err(Errno::EBADF);
        }
        if self.tree_of(*mount, *node).is_some_and(Node::is_directory) {
            return Err(Errno::EISDIR);
        }
        let from = usize::try_from(position.unwrap_or(*offset)).unwrap_or(usize::MAX).min(content.len());
        Ok(content[from..content.len().min(from.saturating_add(len))].to_vec())
    }

    /// `write` to a descriptor of a node.
    pub(crate) fn tree_write(&mut self, pid: i32, fd: i32, data: &[u8], position: i64) -> Result<usize, Errno> {
        let Description::Tree { mount, node, flags, offset, content } = self.description(pid, fd)?.1 else { return Err(Errno::EBADF) };
        if !matches!(flags & O_ACCMODE, O_WRONLY | O_RDWR) {
            return Err(Errno::EBADF);
        }
        let node = self.tree_of(*mount, *node).ok_or(Errno::ENOENT)?;
        match node.row().map(|row| row.is) {
            Some(Is::Orders(verbs)) => self.orders(pid, node, verbs, data).map(|()| data.len()),
            Some(Is::Field { takes, .. }) => {
                let from = if flags & O_APPEND != 0 {
                    content.len()
                } else {
                    usize::try_from(if position < 0 { *offset } else { position as u64 }).unwrap_or(usize::MAX)
                };
                let end = from.saturating_add(data.len());
                if end > self.state.config.argument_bytes as usize {
                    return Err(Errno::EFBIG);
                }
                let mut whole = content.clone();
                whole.resize(whole.len().max(end), 0);
                whole[from..end].copy_from_slice(data);
                takes(self, At { node, caller: pid }, &whole)?;
                if let Description::Tree { offset, content, .. } = self.description_mut(pid, fd)? {
                    *content = whole;
                    if position < 0 {
                        *offset = end as u64;
                    }
                }
                Ok(data.len())
            }
            _ => Err(Errno::EINVAL),
        }
    }

    /// `seek`. How long a file is, is not known: there is no seeking from its end.
    pub(crate) fn tree_seek(&mut self, pid: i32, fd: i32, to: i64, whence: u8) -> Result<reply::Seek, Errno> {
        let Description::Tree { offset, .. } = self.description_mut(pid, fd)? else { return Err(Errno::EBADF) };
        let from = match whence {
            SEEK_SET => 0,
            SEEK_CUR => *offset as i64,
            _ => return Err(Errno::EINVAL),
        };
        let position = from.checked_add(to).ok_or(Errno::EOVERFLOW)?;
        *offset = u64::try_from(position).map_err(|_| Errno::EINVAL)?;
        Ok(reply::Seek { position })
    }

    /// The node of a description, whether its subject is still there or not.
    pub(crate) fn tree_of(&self, mount: MountId, node: u64) -> Option<Node> {
        let spot = Spot { mount, ino: node };
        self.state.vfs.foreign(spot).map(|tree| Node::of(tree, node))
    }
}
