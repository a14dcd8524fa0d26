//! Names in directories: finding, adding, taking away, listing.

use porthole_abi::Errno;
use porthole_abi::flags::{R_OK, W_OK, X_OK};
use porthole_abi::stat::Dirent;

use super::walk::{Last, Links};
use super::watch::Kind;
use super::{Caller, Ino, Name, Nanos, Vfs};

impl Vfs {
    /// At most `limit` names of a directory after the first `skip`, rising by their bytes, without `.` and `..`. The order does not change while names
    /// come and go; what `skip` counts does, so whoever removes names between two calls must count anew.
    ///
    /// # Errors
    /// Those of a lookup; `ENOTDIR`; `EACCES`: not readable.
    pub fn readdir(&self, who: &Caller, path: &[u8], skip: usize, limit: usize) -> Result<Vec<Dirent>, Errno> {
        let ino = self.lookup(who, path, Links::Follow)?;
        let inode = self.inode(ino)?;
        let directory = inode.directory()?;
        self.may(who, inode, R_OK)?;
        let dirent =
            |(name, &ino): (&Name, &Ino)| -> Result<Dirent, Errno> { Ok(Dirent { ino, kind: self.inode(ino)?.dirent_kind(), name: name.to_vec() }) };
        directory.entries.iter().skip(skip).take(limit).map(dirent).collect()
    }

    /// Where a new file may be put: a directory that may be written, and a name that is free in it.
    ///
    /// # Errors
    /// `EEXIST` before `EACCES`, as in Linux; `ENOENT` for a slash behind the name of what is not to be a directory.
    pub(super) fn vacancy(&self, who: &Caller, path: &[u8], directory: bool) -> Result<(Ino, Name), Errno> {
        let place = self.walk(who, path, Links::Parent)?;
        let Last::Name(name) = place.last else { return Err(Errno::EEXIST) };
        if place.entry()?.is_some() {
            return Err(Errno::EEXIST);
        }
        if place.slash && !directory {
            return Err(Errno::ENOENT);
        }
        self.may_add(who, place.dir)?;
        Ok((place.dir, name.into()))
    }

    /// # Errors
    /// `ENOENT`: the directory itself has been removed; `EACCES`: not writable.
    pub(super) fn may_add(&self, who: &Caller, dir: Ino) -> Result<(), Errno> {
        let inode = self.inode(dir)?;
        if inode.nlink == 0 {
            return Err(Errno::ENOENT);
        }
        self.may(who, inode, W_OK | X_OK)
    }

    /// Puts a file under a name that is free.
    pub(super) fn add_name(&mut self, dir: Ino, name: Name, ino: Ino, now: Nanos) -> Result<(), Errno> {
        let child = self.inode_mut(ino)?;
        child.home = dir;
        child.ctime = now;
        let is_directory = child.is_directory();
        match child.directory_mut() {
            Ok(directory) => directory.name = name.clone(),
            Err(_) => child.nlink += 1,
        }
        let parent = self.inode_mut(dir)?;
        parent.nlink += u32::from(is_directory);
        parent.mtime = now;
        parent.ctime = now;
        self.tell_directory(dir, &name, Kind::Rename);
        self.renamed.insert((dir, name.clone()));
        self.inode_mut(dir)?.directory_mut()?.entries.insert(name, ino);
        Ok(())
    }

    /// Takes a name away, and answers whose it was. The file's link count is the caller's to lower.
    pub(super) fn take_name(&mut self, dir: Ino, name: &[u8], now: Nanos) -> Result<Ino, Errno> {
        let ino = self.inode_mut(dir)?.directory_mut()?.entries.remove(name).ok_or(Errno::ENOENT)?;
        let is_directory = self.inode(ino)?.is_directory();
        let parent = self.inode_mut(dir)?;
        parent.nlink -= u32::from(is_directory);
        parent.mtime = now;
        parent.ctime = now;
        self.renamed.insert((dir, name.into()));
        self.tell_directory(dir, name, Kind::Rename);
        Ok(ino)
    }

    /// The name under which a directory's file is found in it: of several the first.
    pub(super) fn name_in(&self, dir: Ino, ino: Ino) -> Option<&[u8]> {
        if let Ok(directory) = self.inode(ino).ok()?.directory() {
            return Some(&directory.name);
        }
        self.inode(dir).ok()?.directory().ok()?.entries.iter().find(|(_, entry)| **entry == ino).map(|(name, _)| &**name)
    }
}
