//! Who wants to hear of changes, and what they have not yet read.
//!
//! The events are inotify's as libuv sums them up: `Rename` when a name comes or goes, `Change` when a file's contents or attributes do. A watched
//! directory hears of what is directly in it, a recursive watch of all below, by the path from the watched directory; a watched file hears of itself,
//! by its own name. A change that comes through a descriptor is told to the directory where the file got its newest name.

use crate::map::Map;
use std::collections::VecDeque;

use porthole_abi::Errno;
use porthole_abi::flags::R_OK;
use rkyv::{Archive, Deserialize, Serialize};

use super::walk::Links;
use super::{Caller, Ino, PATH_MAX, Vfs};

pub type WatchId = u32;

/// Unread records of one watch, as inotify's `max_queued_events`; what comes beyond is lost.
const QUEUE_MAX: usize = 16_384;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub enum Kind {
    Rename = 0,
    Change = 1,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub(super) struct Watches {
    list: Map<WatchId, Watch>,
    /// The watches of a file.
    of: Map<Ino, Vec<WatchId>>,
    last: WatchId,
    /// Watches that got something to read since [`Vfs::woken`] was last asked.
    woken: Vec<WatchId>,
    /// How many changes there have been, watched or not; wraps around.
    changes: Count,
}

/// A count that tells the past apart, and not what there is: file systems that hold the same are equal.
#[derive(Clone, Copy, Debug, Default, Archive, Serialize, Deserialize)]
struct Count(u32);

impl PartialEq for Count {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Count {}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
struct Watch {
    ino: Ino,
    recursive: bool,
    /// The last part of the path as it was given.
    name: Box<[u8]>,
    queue: VecDeque<Record>,
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
struct Record {
    kind: Kind,
    name: Box<[u8]>,
}

impl Vfs {
    /// Starts to watch a file or directory.
    ///
    /// # Errors
    /// Those of a lookup; `EACCES`: not readable.
    pub fn watch(&mut self, who: &Caller, path: &[u8], recursive: bool) -> Result<WatchId, Errno> {
        let ino = self.lookup(who, path, Links::Follow)?;
        self.may(who, self.inode(ino)?, R_OK)?;
        let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default().into();
        let watches = &mut self.watches;
        watches.last += 1;
        watches.list.insert(watches.last, Watch { ino, recursive, name, queue: VecDeque::new() });
        watches.of.get_or_insert_with(ino, Default::default).push(watches.last);
        Ok(watches.last)
    }

    pub fn unwatch(&mut self, id: WatchId) {
        let Some(watch) = self.watches.list.remove(&id) else { return };
        if let Some(ids) = self.watches.of.get_mut(&watch.ino) {
            ids.retain(|&other| other != id);
            if ids.is_empty() {
                self.watches.of.remove(&watch.ino);
            }
        }
        self.watches.woken.retain(|&other| other != id);
    }

    /// How many changes of names, contents and attributes there have been. Wraps around.
    pub fn changes(&self) -> u32 {
        self.watches.changes.0
    }

    /// Whether there is something to read.
    pub fn watch_is_ready(&self, id: WatchId) -> bool {
        self.watches.list.get(&id).is_some_and(|watch| !watch.queue.is_empty())
    }

    /// The watches that got something to read since the last time.
    pub fn woken(&mut self) -> Vec<WatchId> {
        std::mem::take(&mut self.watches.woken)
    }

    /// As many whole records as fit into `len` bytes: `kind:u8 len:u16 name`.
    ///
    /// # Errors
    /// `EAGAIN`: nothing has happened; `EINVAL`: `len` is too small for the next record.
    pub fn watch_read(&mut self, id: WatchId, len: usize) -> Result<Vec<u8>, Errno> {
        let watch = self.watches.list.get_mut(&id).ok_or(Errno::EBADF)?;
        let mut out = Vec::new();
        while let Some(record) = watch.queue.front() {
            if out.len() + 3 + record.name.len() > len {
                break;
            }
            out.push(record.kind as u8);
            out.extend_from_slice(&(record.name.len() as u16).to_le_bytes());
            out.extend_from_slice(&record.name);
            watch.queue.pop_front();
        }
        match (out.is_empty(), watch.queue.is_empty()) {
            (true, true) => Err(Errno::EAGAIN),
            (true, false) => Err(Errno::EINVAL),
            _ => Ok(out),
        }
    }

    /// A file's contents or attributes have changed: tells its own watches and those of its directory.
    pub(super) fn tell(&mut self, ino: Ino, kind: Kind) {
        self.watches.count_change();
        if self.watches.list.is_empty() {
            return;
        }
        let Ok(inode) = self.inode(ino) else { return };
        // inotify marks events of directories as such, which libuv takes for a rename.
        let kind = if inode.is_directory() { Kind::Rename } else { kind };
        self.tell_file(ino, kind);
        let Ok(inode) = self.inode(ino) else { return };
        let home = inode.home;
        if home != ino
            && inode.nlink > 0
            && let Some(name) = self.name_in(home, ino).map(<[u8]>::to_vec)
        {
            self.tell_directory(home, &name, kind);
        }
    }

    /// Tells the watches of a file itself.
    pub(super) fn tell_file(&mut self, ino: Ino, kind: Kind) {
        self.watches.count_change();
        for id in self.watches.of.get(&ino).cloned().unwrap_or_default() {
            if let Some(name) = self.watches.list.get(&id).map(|watch| watch.name.clone()) {
                self.watches.push(id, kind, name);
            }
        }
    }

    /// Tells the watches of a directory, and recursive ones of those above it, of something at a name in it.
    pub(super) fn tell_directory(&mut self, dir: Ino, name: &[u8], kind: Kind) {
        self.watches.count_change();
        if self.watches.list.is_empty() {
            return;
        }
        let mut at = dir;
        let mut path = name.to_vec();
        loop {
            for id in self.watches.of.get(&at).cloned().unwrap_or_default() {
                if at == dir || self.watches.list.get(&id).is_some_and(|watch| watch.recursive) {
                    self.watches.push(id, kind, path.as_slice().into());
                }
            }
            let Ok(inode) = self.inode(at) else { return };
            let Ok(directory) = inode.directory() else { return };
            if inode.home == at {
                return;
            }
            path = [&directory.name, b"/".as_slice(), &path].concat();
            at = inode.home;
        }
    }
}

impl Watches {
    /// Something has changed that a process may have asked about.
    pub(super) fn count_change(&mut self) {
        self.changes.0 = self.changes.0.wrapping_add(1);
    }

    fn push(&mut self, id: WatchId, kind: Kind, name: Box<[u8]>) {
        let Some(watch) = self.list.get_mut(&id) else { return };
        let record = Record { kind, name };
        // As inotify: the same thing twice in a row is said once. A path too long to be used is not said at all.
        if record.name.len() > PATH_MAX || watch.queue.len() >= QUEUE_MAX || watch.queue.back() == Some(&record) {
            return;
        }
        if watch.queue.is_empty() {
            self.woken.push(id);
        }
        watch.queue.push_back(record);
    }
}
