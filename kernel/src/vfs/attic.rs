//! What is kept out of sight: snapshots, and what overlays show.
//!
//! Both are ordinary directories below one that stands in the root under a name that no path can have, so that whatever keeps files keeps them too. A
//! snapshot is seen through a read-only mount of [`Vfs::shelf`]; an overlay through its own.

use porthole_abi::Errno;

use super::{Caller, Ino, Inode, Name, Nanos, Node, ROOT, Vfs};

/// The attic's name in the root directory: a path is split at it. Nothing lists it, and the root's link count leaves it out.
pub(super) const ATTIC: &[u8] = b"/";

/// A directory in the attic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    Snapshots,
    /// Goes with its mount; what a boot finds there is from a life before.
    Overlays,
}

impl Shelf {
    fn name(self) -> &'static [u8] {
        match self {
            Shelf::Snapshots => b"snapshots",
            Shelf::Overlays => b"overlays",
        }
    }
}

impl Vfs {
    /// A directory of the attic, made where it is missing.
    pub fn shelf(&mut self, shelf: Shelf, now: Nanos) -> Result<Ino, Errno> {
        let attic = match self.inode(ROOT)?.directory()?.entries.get(ATTIC).copied() {
            Some(attic) => attic,
            None => {
                let attic = self.inodes.insert(Inode::new(Node::directory(ATTIC.into()), 0o755, 0, 0, ROOT, now));
                self.inode_mut(ROOT)?.directory_mut()?.entries.insert(ATTIC.into(), attic);
                self.renamed.insert((ROOT, ATTIC.into()));
                attic
            }
        };
        match self.inode(attic)?.directory()?.entries.get(shelf.name()).copied() {
            Some(shelf) => Ok(shelf),
            None => {
                let root = self.inode(ROOT)?;
                let (uid, gid) = (root.uid, root.gid);
                let made = self.inodes.insert(Inode::new(Node::directory(shelf.name().into()), 0o755, uid, gid, attic, now));
                self.add_name(attic, shelf.name().into(), made, now)?;
                Ok(made)
            }
        }
    }

    /// A directory's entries, without the attic.
    pub(super) fn shown_entries(&self, dir: Ino) -> Result<impl Iterator<Item = (&Name, &Ino)>, Errno> {
        Ok(self.inode(dir)?.directory()?.entries.iter().filter(move |(name, _)| dir != ROOT || &***name != ATTIC))
    }

    /// A copy of a tree for an overlay to show. It is nobody's but the mount's: [`Vfs::discard_overlay`] when that goes.
    ///
    /// # Errors
    /// `EACCES`: something may not be read; `ENOSPC`: too many files.
    pub fn make_overlay(&mut self, who: &Caller, lower: Ino) -> Result<Ino, Errno> {
        let shelf = self.shelf(Shelf::Overlays, who.now)?;
        let last = self.inode(shelf)?.directory()?.entries.keys().filter_map(|name| std::str::from_utf8(name).ok()?.parse::<u64>().ok()).max();
        let name: Name = (last.unwrap_or(0) + 1).to_string().into_bytes().into();
        self.copy_readable(who, lower, shelf, name)
    }

    /// # Errors
    /// `ENOENT`: it is gone.
    pub fn discard_overlay(&mut self, root: Ino, now: Nanos) -> Result<(), Errno> {
        let (home, name) = self.home_of(root).ok_or(Errno::ENOENT)?;
        self.discard(home, &name, now)
    }

    /// Takes away what overlays of a life before have left.
    ///
    /// # Errors
    /// When the attic is not what it should be.
    pub fn clear_overlays(&mut self, now: Nanos) -> Result<(), Errno> {
        let shelf = self.shelf(Shelf::Overlays, now)?;
        let names: Vec<Name> = self.inode(shelf)?.directory()?.entries.keys().cloned().collect();
        names.iter().try_for_each(|name| self.discard(shelf, name, now))
    }

    /// Takes a name and all below it away, whatever its modes are.
    pub(super) fn discard(&mut self, dir: Ino, name: &[u8], now: Nanos) -> Result<(), Errno> {
        let ino = self.take_name(dir, name, now)?;
        self.discard_file(ino, now)
    }

    /// All below a file whose name has been taken away, and the file itself.
    pub(super) fn discard_file(&mut self, top: Ino, now: Nanos) -> Result<(), Errno> {
        // Directories entered, each below the one before it.
        let mut entered: Vec<Ino> = vec![top];
        while let Some(&dir) = entered.last() {
            let child = match self.inode(dir)?.directory() {
                Ok(directory) => directory.entries.first_key_value().map(|(name, child)| (name.clone(), *child)),
                Err(_) => None,
            };
            match child {
                Some((_, child)) if self.inode(child)?.directory().is_ok_and(|directory| !directory.entries.is_empty()) => entered.push(child),
                Some((name, child)) => {
                    self.take_name(dir, &name, now)?;
                    self.lose_link(child, now)?;
                }
                None => {
                    entered.pop();
                    if entered.is_empty() {
                        self.lose_link(top, now)?;
                    }
                }
            }
        }
        Ok(())
    }
}
