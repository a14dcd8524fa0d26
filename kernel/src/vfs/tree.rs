//! `write_tree`: many files in one call, as an installer or an unpacker writes them.

use porthole_abi::Errno;
use porthole_abi::flags::{S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, TREE_EXACT};
use porthole_abi::syscall::TreeEntry;

use super::body::Body;
use super::mount::Spot;
use super::walk::Links;
use super::watch::Kind;
use super::{Caller, Ino, NAME_MAX, Name, Node, PATH_MAX, ROOT, Vfs};

impl Vfs {
    /// Writes all entries below `base`, which is made where it is missing. Files and links replace what has their name, other than a directory; they are new
    /// files, so that no other name of the old one changes. Directories that are there get the entry's mode. An `mtime` of 0 is now. Modes are under `umask`.
    /// Neither holds for entries with `TREE_EXACT`.
    ///
    /// All paths are checked before anything is written, so an entry that would lie elsewhere refuses the whole call. Errors found on the way stop it there.
    ///
    /// # Errors
    /// `EINVAL`: a path that is empty, absolute, has `..`, or goes through a link; a kind that is none of the three. `EISDIR`: a file for a directory;
    /// `EEXIST`: a directory for a file; `ENOTDIR`, `EACCES`, `ENOSPC`, `ENAMETOOLONG`, `EROFS`.
    pub fn write_tree(&mut self, who: &Caller, base: &[u8], entries: &[TreeEntry], umask: u32) -> Result<(), Errno> {
        for entry in entries {
            parts(&entry.path)?;
            match entry.mode & S_IFMT {
                0 | S_IFREG | S_IFDIR | S_IFLNK => {}
                _ => return Err(Errno::EINVAL),
            }
            if entry.mode & S_IFMT == S_IFLNK && (entry.data.is_empty() || entry.data.len() > PATH_MAX || entry.data.contains(&0)) {
                return Err(Errno::EINVAL);
            }
        }
        self.mkdir_all(who, base, 0o777 & !umask)?;
        let base = self.lookup_spot(who, base, Links::Follow)?;
        // Neighbours in the list are mostly neighbours in the tree.
        let mut last: (Vec<&[u8]>, Spot) = (Vec::new(), base);
        for entry in entries {
            let mut names = parts(&entry.path)?;
            let Some(name) = names.pop() else {
                // Dots alone: the base itself.
                match entry.mode & S_IFMT {
                    S_IFDIR => self.set_mode(who, base.ino, mode_of(entry, umask))?,
                    _ => return Err(Errno::EISDIR),
                }
                continue;
            };
            if last.0 != names {
                let dir = self.descend(who, base, &names, umask)?;
                last = (names, dir);
            }
            self.mounts.writable(last.1.mount)?;
            self.write_entry(who, last.1, name, entry, umask)?;
        }
        Ok(())
    }

    /// From a directory down by plain names, making what is missing.
    fn descend(&mut self, who: &Caller, mut dir: Spot, names: &[&[u8]], umask: u32) -> Result<Spot, Errno> {
        for name in names {
            let inode = self.inode(dir.ino)?;
            self.may(who, inode, porthole_abi::flags::X_OK)?;
            dir.ino = match inode.directory()?.entries.get(*name).copied() {
                Some(next) => match self.inode(next)?.node {
                    Node::Directory(_) if self.mounts.may_hide(next) => {
                        dir = self.seen_from_here(Spot { ino: next, ..dir })?;
                        dir.ino
                    }
                    Node::Directory(_) => next,
                    Node::Link(_) => return Err(Errno::EINVAL),
                    _ => return Err(Errno::ENOTDIR),
                },
                None => {
                    self.mounts.writable(dir.mount)?;
                    self.may_add(who, dir.ino)?;
                    self.create(who, dir.ino, (*name).into(), Node::directory(Name::default()), 0o777 & !umask)?
                }
            };
        }
        Ok(dir)
    }

    fn write_entry(&mut self, who: &Caller, Spot { mount, ino: dir }: Spot, name: &[u8], entry: &TreeEntry, umask: u32) -> Result<(), Errno> {
        self.may_add(who, dir)?;
        let mode = mode_of(entry, umask);
        let old = self.inode(dir)?.directory()?.entries.get(name).copied();
        let wants_directory = entry.mode & S_IFMT == S_IFDIR;
        if let Some(old) = old {
            match (wants_directory, self.inode(old)?.is_directory()) {
                (true, true) => {
                    let old = self.seen_from_here(Spot { mount, ino: old })?;
                    self.mounts.writable(old.mount)?;
                    let old = old.ino;
                    self.set_mode(who, old, mode)?;
                    return self.set_mtime(old, entry);
                }
                (true, false) => return Err(Errno::EEXIST),
                (false, true) => return Err(Errno::EISDIR),
                (false, false) => {
                    self.may_take(who, dir, old, false)?;
                    self.take_name(dir, name, who.now)?;
                    self.lose_link(old, who.now)?;
                }
            }
        }
        let node = match entry.mode & S_IFMT {
            S_IFDIR => Node::directory(Name::default()),
            S_IFLNK => Node::Link(entry.data.as_slice().into()),
            _ => Node::File(Body::default()),
        };
        let is_file = matches!(node, Node::File(_));
        let ino = self.create(who, dir, name.into(), node, if entry.mode & S_IFMT == S_IFLNK { 0o777 } else { mode })?;
        if is_file && self.write_of(who, ino, None, &entry.data)?.1 < entry.data.len() {
            return Err(Errno::ENOSPC);
        }
        self.set_mtime(ino, entry)
    }

    /// What is mounted on a directory. In a foreign tree nothing can be made.
    fn seen_from_here(&self, dir: Spot) -> Result<Spot, Errno> {
        let seen = self.mounts.cross(dir);
        if self.mounts.is_foreign(seen.mount) { Err(Errno::EROFS) } else { Ok(seen) }
    }

    fn set_mode(&mut self, who: &Caller, ino: Ino, mode: u32) -> Result<(), Errno> {
        if self.inode(ino)?.mode == mode & 0o7777 || (ino == ROOT && who.uid != 0) {
            return Ok(());
        }
        self.chmod_of(who, ino, mode)
    }

    fn set_mtime(&mut self, ino: Ino, entry: &TreeEntry) -> Result<(), Errno> {
        if entry.mtime != 0 || is_exact(entry) {
            self.inode_mut(ino)?.mtime = entry.mtime;
            self.tell(ino, Kind::Change);
        }
        Ok(())
    }
}

fn is_exact(entry: &TreeEntry) -> bool {
    entry.mode & TREE_EXACT != 0
}

fn mode_of(entry: &TreeEntry, umask: u32) -> u32 {
    entry.mode & 0o7777 & if is_exact(entry) { 0o7777 } else { !umask }
}

/// The names of a path that stays below where it starts. `.` and empty parts are left out.
pub(super) fn parts(path: &[u8]) -> Result<Vec<&[u8]>, Errno> {
    if path.is_empty() || path.starts_with(b"/") || path.contains(&0) {
        return Err(Errno::EINVAL);
    }
    if path.len() > PATH_MAX {
        return Err(Errno::ENAMETOOLONG);
    }
    let mut names = Vec::new();
    for name in path.split(|&byte| byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => return Err(Errno::EINVAL),
            _ if name.len() > NAME_MAX => return Err(Errno::ENAMETOOLONG),
            _ => names.push(name),
        }
    }
    Ok(names)
}
