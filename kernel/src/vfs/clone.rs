//! Whole trees copied by reference: inodes are new, contents shared until one side writes.

use std::collections::BTreeMap;

use porthole_abi::Errno;
use porthole_abi::flags::{R_OK, X_OK};

use super::{Caller, Ino, Inode, Name, Nanos, Node, Vfs};

/// Set-user and set-group bits, which do not go along to another owner.
const SET_BITS: u32 = 0o6000;

/// Whose the copies are.
#[derive(Clone, Copy, Debug)]
enum Copies {
    /// Everything as it was, times of change and birth too: a snapshot.
    Exact,
    /// New files of the caller's, with the modes and times of the old.
    Of { uid: u32, gid: u32, now: Nanos },
}

impl Copies {
    fn inode(self, old: &Inode, node: Node, home: Ino) -> Inode {
        let Inode { mode, nlink, uid, gid, atime, mtime, ctime, birthtime, .. } = *old;
        let nlink = if old.is_directory() { nlink } else { 1 };
        let mut new = Inode { mode, nlink, uid, gid, atime, mtime, ctime, birthtime, held: 0, home, node };
        if let Copies::Of { uid, gid, now } = self {
            if (uid, gid) != (old.uid, old.gid) && uid != 0 {
                (new.uid, new.gid) = (uid, gid);
                new.mode &= !SET_BITS;
            }
            (new.ctime, new.birthtime) = (now, now);
        }
        new
    }
}

impl Vfs {
    /// Copies a directory and all below it to a path where nothing is. Modes, times, owners (for user 0; else all is the caller's) and names of one file
    /// stay; what is mounted below is not looked at. All or nothing.
    ///
    /// # Errors
    /// Those of `mkdir` for `to`; `EACCES`: something may not be read; `EINVAL`: into itself; `ENOSPC`: too many files.
    pub fn clone_tree(&mut self, who: &Caller, source: Ino, to: &[u8]) -> Result<Ino, Errno> {
        let (dir, name) = self.vacancy(who, to, true)?;
        if self.is_within(dir, source) {
            return Err(Errno::EINVAL);
        }
        self.copy_readable(who, source, dir, name)
    }

    /// A copy that is as the tree was in everything but its numbers, under a free name in a directory.
    ///
    /// # Errors
    /// `ENOSPC`: too many files.
    pub(super) fn copy_exactly(&mut self, source: Ino, dir: Ino, name: Name, now: Nanos) -> Result<Ino, Errno> {
        self.copy_to(&Caller::kernel(now), source, dir, name, Copies::Exact)
    }

    /// A copy for the caller, under a free name in a directory.
    ///
    /// # Errors
    /// `EACCES`: something may not be read; `ENOSPC`: too many files.
    pub(super) fn copy_readable(&mut self, who: &Caller, source: Ino, dir: Ino, name: Name) -> Result<Ino, Errno> {
        self.copy_to(who, source, dir, name, Copies::Of { uid: who.uid, gid: who.gid, now: who.now })
    }

    /// An exact copy without a name.
    ///
    /// # Errors
    /// `ENOSPC`: too many files.
    pub(super) fn copy_nameless(&mut self, source: Ino, now: Nanos) -> Result<Ino, Errno> {
        self.room_for_copy(&Caller::kernel(now), source)?;
        self.copy_below(source, source, &Name::default(), Copies::Exact)
    }

    fn copy_to(&mut self, who: &Caller, source: Ino, dir: Ino, name: Name, copies: Copies) -> Result<Ino, Errno> {
        self.room_for_copy(who, source)?;
        let root = self.copy_below(source, dir, &name, copies)?;
        let (ctime, old) = (self.inode(root)?.ctime, self.inode(source)?.ctime);
        self.add_name(dir, name, root, who.now)?;
        self.inode_mut(root)?.ctime = if matches!(copies, Copies::Exact) { old } else { ctime };
        Ok(root)
    }

    fn room_for_copy(&self, who: &Caller, source: Ino) -> Result<(), Errno> {
        let count = self.readable_tree(who, source)?;
        if self.inodes.taken() + count > self.limits.inodes as usize { Err(Errno::ENOSPC) } else { Ok(()) }
    }

    /// How many files a tree has, all of which the caller may read.
    fn readable_tree(&self, who: &Caller, top: Ino) -> Result<usize, Errno> {
        let mut count = 0;
        let mut open = vec![top];
        while let Some(dir) = open.pop() {
            let inode = self.inode(dir)?;
            self.may(who, inode, R_OK | X_OK)?;
            count += 1;
            for (_, &child) in self.shown_entries(dir)? {
                let inode = self.inode(child)?;
                match inode.node {
                    Node::Directory(_) => open.push(child),
                    Node::File(_) => {
                        self.may(who, inode, R_OK)?;
                        count += 1;
                    }
                    _ => count += 1,
                }
            }
        }
        Ok(count)
    }

    /// Copies a directory and what is below it. The copy has no name yet.
    fn copy_below(&mut self, source: Ino, home: Ino, name: &Name, copies: Copies) -> Result<Ino, Errno> {
        let old = self.inode(source)?;
        let root = copies.inode(old, Node::directory(name.clone()), home);
        let root = self.inodes.insert(root);
        // Files with several names, met once.
        let mut known: BTreeMap<Ino, Ino> = BTreeMap::new();
        let mut open = vec![(source, root)];
        while let Some((from, to)) = open.pop() {
            let entries: Vec<(Name, Ino)> = self.shown_entries(from)?.map(|(name, &ino)| (name.clone(), ino)).collect();
            let mut copied = BTreeMap::new();
            for (name, child) in entries {
                let old = self.inodes.get(child).ok_or(Errno::ENOENT)?;
                let shared = old.nlink > 1 && !old.is_directory();
                if shared && let Some(&twin) = known.get(&child) {
                    self.inode_mut(twin)?.nlink += 1;
                    copied.insert(name, twin);
                    continue;
                }
                let node = match &old.node {
                    Node::File(body) => Node::File(body.share(&mut self.chunks)),
                    Node::Directory(_) => Node::directory(name.clone()),
                    other => other.clone(),
                };
                let new = copies.inode(old, node, to);
                let twin = self.inodes.insert(new);
                if shared {
                    known.insert(child, twin);
                }
                if self.inode(twin)?.is_directory() {
                    open.push((child, twin));
                }
                copied.insert(name, twin);
            }
            self.renamed.extend(copied.keys().map(|name| (to, name.clone())));
            self.inode_mut(to)?.directory_mut()?.entries = copied;
        }
        Ok(root)
    }
}
