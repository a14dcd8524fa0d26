//! A journal, read: transaction by transaction into a table, and the table, once it has been looked over, into a file system.

use std::collections::BTreeMap;

use porthole_abi::wire::{Bytes, Malformed, Reader, Wire};

use super::{DEVICE, DIRECTORY, FIFO, FILE, JournalError, LINK, SOCKET, VERSION};
use crate::vfs::attic::ATTIC;
use crate::vfs::body::{Body, LONGEST, Slot};
use crate::vfs::chunks::{CHUNK, ChunkId, Chunks};
use crate::vfs::slab::{Inodes, number, place};
use crate::vfs::{Ino, Inode, Limits, NAME_MAX, Node, PATH_MAX, ROOT, Vfs, watch};

/// Numbers stay below it, so that they are exact in JavaScript and can be counted on from.
const MOST: u64 = 1 << 53;

/// What a journal has told so far.
#[derive(Clone, Debug, Default)]
pub struct Files {
    commit: u64,
    next: ChunkId,
    /// Lengths of all chunks.
    chunks: BTreeMap<ChunkId, u32>,
    /// How often each slot has been used before, and what is in it.
    slots: BTreeMap<usize, (u32, Option<Inode>)>,
}

/// What contradicts what.
type Contradiction = String;

/// What is wrong with one transaction.
enum Wrong {
    Malformed,
    Contradiction(Contradiction),
}

impl From<Malformed> for Wrong {
    fn from(_: Malformed) -> Self {
        Wrong::Malformed
    }
}

impl From<Contradiction> for Wrong {
    fn from(what: Contradiction) -> Self {
        Wrong::Contradiction(what)
    }
}

impl Files {
    /// Nothing, as it is before the first commit.
    pub fn new() -> Self {
        Self::default()
    }

    /// The commit that has been read last.
    pub fn commit(&self) -> u64 {
        self.commit
    }

    /// Takes the next transaction, or a snapshot that replaces all before it. Takes `self`, so that nobody goes on with what was half read.
    ///
    /// # Errors
    /// What is wrong with the transaction.
    pub fn apply(mut self, transaction: &[u8]) -> Result<Self, JournalError> {
        let after = self.commit;
        match self.read(&mut Reader::new(transaction)) {
            Ok(()) => Ok(self),
            Err(Wrong::Malformed) => match transaction.first() {
                Some(&version) if version != VERSION => Err(JournalError::Version(version)),
                _ => Err(JournalError::Malformed { after }),
            },
            Err(Wrong::Contradiction(what)) => Err(JournalError::Inconsistent { commit: self.commit, what }),
        }
    }

    fn read(&mut self, from: &mut Reader<'_>) -> Result<(), Wrong> {
        if u8::get(from)? != VERSION {
            return Err(Wrong::Malformed);
        }
        let whole = match u8::get(from)? {
            0 => false,
            1 => true,
            _ => return Err(Wrong::Malformed),
        };
        let before = if whole { None } else { Some((self.commit, self.next)) };
        if whole {
            *self = Self::default();
        }
        self.commit = u64::get(from)?;
        self.next = u64::get(from)?;
        if let Some((commit, next)) = before {
            ensure(commit.checked_add(1) == Some(self.commit), || format!("it comes after commit {commit}"))?;
            ensure(next <= self.next, || format!("chunk {} would be used twice", self.next))?;
        }
        ensure((1..MOST).contains(&self.commit), || "commits count from 1".into())?;
        ensure(self.next < MOST, || format!("there is no chunk {}", self.next))?;
        each(from, |from| {
            let (id, len) = (u64::get(from)?, u32::get(from)?);
            ensure((1..=CHUNK as u32).contains(&len), || format!("chunk {id} has {len} bytes"))?;
            let known = id == 0 || id >= self.next || self.chunks.insert(id, len).is_some();
            Ok(ensure(!known, || format!("chunk {id} is not new"))?)
        })?;
        each(from, |from| {
            let id = u64::get(from)?;
            Ok(ensure(self.chunks.remove(&id).is_some(), || format!("chunk {id} is dropped and was not there"))?)
        })?;
        each(from, |from| self.gone(u64::get(from)?))?;
        each(from, |from| self.inode(from))?;
        each(from, |from| self.name(from))?;
        Ok(from.finish()?)
    }

    fn gone(&mut self, ino: Ino) -> Result<(), Wrong> {
        let (slot, used) = place(ino).ok_or(Wrong::Malformed)?;
        let next = number(slot as u32, used + 1);
        // The last use of a slot leaves it as it is.
        let used = place(next).map_or(used, |(_, used)| used);
        let at = self.slots.entry(slot).or_default();
        if at.0 <= used {
            *at = (used, None);
        }
        Ok(())
    }

    fn inode(&mut self, from: &mut Reader<'_>) -> Result<(), Wrong> {
        let ino = u64::get(from)?;
        let (slot, used) = place(ino).ok_or(Wrong::Malformed)?;
        let kind = u8::get(from)?;
        let (mode, uid, gid) = (u32::get(from)?, u32::get(from)?, u32::get(from)?);
        let [atime, mtime, ctime, birthtime] = [i64::get(from)?, i64::get(from)?, i64::get(from)?, i64::get(from)?];
        let home = u64::get(from)?;
        let node = match kind {
            DIRECTORY => Node::directory(Bytes::get(from)?.into()),
            FILE => {
                let len = u64::get(from)?;
                let mut slots: Vec<Slot> = Vec::new();
                each(from, |from| {
                    slots.push(Slot { index: u32::get(from)?, id: u64::get(from)? });
                    Ok(())
                })?;
                ensure(slots.is_sorted_by(|a, b| a.index < b.index), || format!("file {ino} has its chunks in disorder"))?;
                slots.shrink_to_fit();
                Node::File(Body::from_slots(len, slots))
            }
            LINK => {
                let target = Bytes::get(from)?;
                let possible = !target.is_empty() && target.len() <= PATH_MAX && !target.contains(&0);
                ensure(possible, || format!("link {ino} has an impossible target"))?;
                Node::Link(target.into())
            }
            DEVICE => Node::Device { major: u32::get(from)?, minor: u32::get(from)? },
            FIFO => Node::Fifo,
            SOCKET => Node::Socket,
            _ => return Err(Wrong::Malformed),
        };
        ensure(mode <= 0o7777, || format!("file {ino} has mode {mode:o}"))?;
        let mut inode = Inode { atime, mtime, ctime, birthtime, ..Inode::new(node, mode, uid, gid, home, 0) };
        let at = self.slots.entry(slot).or_default();
        ensure(at.0 <= used, || format!("file {ino} was gone"))?;
        if let (Node::Directory(new), Some(Inode { node: Node::Directory(old), .. })) = (&mut inode.node, &mut at.1)
            && at.0 == used
        {
            new.entries = std::mem::take(&mut old.entries);
        }
        *at = (used, Some(inode));
        Ok(())
    }

    fn name(&mut self, from: &mut Reader<'_>) -> Result<(), Wrong> {
        let (dir, ino, name) = (u64::get(from)?, u64::get(from)?, Bytes::get(from)?);
        let (slot, used) = place(dir).ok_or(Wrong::Malformed)?;
        let entries = match self.slots.get_mut(&slot) {
            Some((now, Some(Inode { node: Node::Directory(directory), .. }))) if *now == used => &mut directory.entries,
            _ => return Err(Wrong::Contradiction(format!("file {dir} is no directory, and has a name in it"))),
        };
        let possible = (1..=NAME_MAX).contains(&name.len()) && name != b"." && name != b".." && !name.contains(&b'/') && !name.contains(&0);
        let possible = possible || (dir == ROOT && name == ATTIC);
        ensure(possible, || format!("directory {dir} has an impossible name in it"))?;
        match ino {
            0 => entries.remove(name),
            ino => entries.insert(name.into(), ino),
        };
        Ok(())
    }

    /// The file system that the journal tells of, after it has been looked over: whatever was read, what comes out of here keeps all the promises that
    /// the rest of the file system relies on.
    ///
    /// # Errors
    /// What contradicts what.
    pub fn finish(mut self, limits: Limits) -> Result<Vfs, JournalError> {
        let commit = self.commit;
        let files = self.check().map_err(|what| JournalError::Inconsistent { commit, what })?;
        let chunks = self.chunks.iter().map(|(&id, &len)| (id, len, files.get(&id).copied().unwrap_or(0)));
        let chunks = Chunks::from_journal(chunks, self.next.max(1), limits.bytes);
        let inodes = Inodes::from_slots(self.slots.into_values());
        Ok(Vfs {
            inodes,
            chunks,
            limits,
            watches: watch::Watches::default(),
            mounts: Default::default(),
            streams: crate::vfs::image::Streams::default(),
            committed: commit,
            renamed: Default::default(),
        })
    }

    /// Follows all names from the root, and counts: links of files on the spot, files of chunks in the answer.
    fn check(&mut self) -> Result<BTreeMap<ChunkId, u32>, Contradiction> {
        let count = self.slots.len();
        ensure(self.slots.keys().next_back().map_or(0, |last| last + 1) == count, || "some files are missing".into())?;
        let root = self.live(ROOT).and_then(|inode| inode.directory().ok().filter(|_| inode.home == ROOT));
        ensure(root.is_some_and(|root| root.name.is_empty()), || "there is no root directory".into())?;
        // By slot: names found, for directories the directories in them and the two names that they always have.
        let mut links = vec![0u32; count];
        let mut entered: Vec<Ino> = vec![ROOT];
        let mut at = 0;
        add(&mut links, ROOT, 2);
        while let Some(&dir) = entered.get(at) {
            at += 1;
            let Some(directory) = self.live(dir).and_then(|inode| inode.directory().ok()) else { continue };
            for (name, &ino) in &directory.entries {
                let inode = self.live(ino).ok_or_else(|| format!("directory {dir} has a name of file {ino}, which is not there"))?;
                match inode.directory() {
                    Ok(child) => {
                        let at_home = inode.home == dir && child.name == *name && ino != ROOT;
                        ensure(at_home, || format!("directory {ino} is found where it is not"))?;
                        add(&mut links, ino, 2);
                        add(&mut links, dir, u32::from(**name != *ATTIC));
                        entered.push(ino);
                    }
                    Err(_) => add(&mut links, ino, 1),
                }
            }
        }
        let mut files = BTreeMap::new();
        for ((slot, (used, inode)), links) in self.slots.iter_mut().zip(links) {
            let Some(inode) = inode else { continue };
            let ino = number(*slot as u32, *used);
            ensure(links > 0, || format!("file {ino} has no name"))?;
            inode.nlink = links;
            let Node::File(body) = &inode.node else { continue };
            for slot in body.slots() {
                let len = *self.chunks.get(&slot.id).ok_or_else(|| format!("file {ino} has chunk {}, which is not there", slot.id))?;
                let end = u64::from(slot.index) * CHUNK as u64 + u64::from(len);
                ensure(end <= body.len(), || format!("file {ino} ends before its chunk {}", slot.id))?;
                *files.entry(slot.id).or_insert(0) += 1;
            }
            ensure(body.len() <= LONGEST, || format!("file {ino} is too long"))?;
        }
        Ok(files)
    }

    fn live(&self, ino: Ino) -> Option<&Inode> {
        let (slot, used) = place(ino)?;
        self.slots.get(&slot).filter(|(now, _)| *now == used)?.1.as_ref()
    }
}

fn add(links: &mut [u32], ino: Ino, more: u32) {
    if let Some(links) = place(ino).and_then(|(slot, _)| links.get_mut(slot)) {
        *links = links.saturating_add(more);
    }
}

/// Reads a list, item by item.
fn each<'a>(from: &mut Reader<'a>, mut item: impl FnMut(&mut Reader<'a>) -> Result<(), Wrong>) -> Result<(), Wrong> {
    for _ in 0..u32::get(from)? {
        item(from)?;
    }
    Ok(())
}

/// # Errors
/// Where it is not so: what then contradicts what.
fn ensure(so: bool, what: impl FnOnce() -> String) -> Result<(), Contradiction> {
    if so { Ok(()) } else { Err(what()) }
}
