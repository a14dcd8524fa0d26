//! Snapshots of all files: taken, listed, put back, removed.
//!
//! A snapshot is a copy of the root directory by reference ([`super::clone`]): it costs an inode a file, and no contents. Putting it back copies it again, so
//! that it can be put back as often as one likes.

use porthole_abi::Errno;

use super::attic::Shelf;
use super::{Ino, Inode, NAME_MAX, Name, Nanos, ROOT, Vfs};

impl Vfs {
    /// # Errors
    /// `EINVAL`: not a name; `EEXIST`: there is one of that name; `ENOSPC`: too many files.
    pub fn take_snapshot(&mut self, name: &[u8], now: Nanos) -> Result<(), Errno> {
        let shelf = self.shelf(Shelf::Snapshots, now)?;
        let strange = |byte: &u8| byte.is_ascii_control() || *byte == b'/';
        if name.is_empty() || name.len() > NAME_MAX || name == b"." || name == b".." || name.iter().any(strange) {
            return Err(Errno::EINVAL);
        }
        if self.inode(shelf)?.directory()?.entries.contains_key(name) {
            return Err(Errno::EEXIST);
        }
        self.copy_exactly(ROOT, shelf, name.into(), now)?;
        Ok(())
    }

    /// # Errors
    /// `ENOENT`: there is none of that name.
    pub fn remove_snapshot(&mut self, name: &[u8], now: Nanos) -> Result<(), Errno> {
        let shelf = self.shelf(Shelf::Snapshots, now)?;
        self.discard(shelf, name, now)
    }

    /// Replaces every file by the snapshot's. What is open or stood in stays as it was, without a name. Mount points are the caller's to find again.
    ///
    /// # Errors
    /// `ENOENT`: there is none of that name; `ENOSPC`: too many files.
    pub fn restore_snapshot(&mut self, name: &[u8], now: Nanos) -> Result<(), Errno> {
        let shelf = self.shelf(Shelf::Snapshots, now)?;
        let kept = self.inode(shelf)?.directory()?.entries.get(name).copied().ok_or(Errno::ENOENT)?;
        let copy = self.copy_nameless(kept, now)?;
        let mut gone: Vec<Ino> = Vec::new();
        for name in self.names_shown(ROOT)? {
            gone.push(self.take_name(ROOT, &name, now)?);
        }
        for name in self.names_shown(copy)? {
            let ino = self.inode(copy)?.directory()?.entries.get(&name).copied().ok_or(Errno::ENOENT)?;
            let (ctime, nlink) = (self.inode(ino)?.ctime, self.inode(ino)?.nlink);
            self.take_name(copy, &name, now)?;
            self.add_name(ROOT, name, ino, now)?;
            // It has moved, not changed.
            let inode = self.inode_mut(ino)?;
            (inode.ctime, inode.nlink) = (ctime, nlink);
        }
        let Inode { mode, uid, gid, atime, mtime, ctime, birthtime, .. } = *self.inode(kept)?;
        let root = self.inode_mut(ROOT)?;
        (root.mode, root.uid, root.gid) = (mode, uid, gid);
        (root.atime, root.mtime, root.ctime, root.birthtime) = (atime, mtime, ctime, birthtime);
        self.inodes.remove(copy);
        gone.into_iter().try_for_each(|ino| self.discard_file(ino, now))
    }

    fn names_shown(&self, dir: Ino) -> Result<Vec<Name>, Errno> {
        Ok(self.shown_entries(dir)?.map(|(name, _)| name.clone()).collect())
    }
}
