//! Removing directories, empty and not.

use porthole_abi::Errno;
use porthole_abi::flags::R_OK;

use super::walk::{Last, Links};
use super::{Caller, Ino, ROOT, Vfs};

impl Vfs {
    /// # Errors
    /// Those of a walk; `EACCES`, `EPERM` (sticky directory), `ENOTDIR`, `ENOTEMPTY`; `EINVAL`: the path ends in `.`; `EROFS`; `EBUSY`: the root, or something is
    /// mounted there.
    pub fn rmdir(&mut self, who: &Caller, path: &[u8]) -> Result<(), Errno> {
        let place = self.walk(who, path, Links::Parent)?;
        let name = match place.last {
            Last::Name(name) => name.to_vec(),
            Last::Dot => return Err(Errno::EINVAL),
            Last::DotDot => return Err(Errno::ENOTEMPTY),
            Last::Root => return Err(Errno::EBUSY),
        };
        self.mounts.writable(place.mount)?;
        let ino = place.entry()?.ok_or(Errno::ENOENT)?;
        let dir = place.dir;
        self.may_take(who, dir, ino, true)?;
        if self.mounts.is_point(ino) {
            return Err(Errno::EBUSY);
        }
        if !self.inode(ino)?.directory()?.entries.is_empty() {
            return Err(Errno::ENOTEMPTY);
        }
        self.take_name(dir, &name, who.now)?;
        self.lose_link(ino, who.now)
    }

    /// Removes a name and, where it is a directory's, all that is below it; links are removed, not followed. Stops at the first error, with what came
    /// before it gone. Where something is mounted in it, nothing is removed.
    ///
    /// # Errors
    /// Those of `unlink` and `rmdir`; `EBUSY`: something is mounted there or below; `EACCES`: a directory below may not be read.
    pub fn remove_tree(&mut self, who: &Caller, path: &[u8]) -> Result<(), Errno> {
        let place = self.walk(who, path, Links::Parent)?;
        match place.last {
            Last::Name(_) => {}
            Last::Dot => return Err(Errno::EINVAL),
            Last::DotDot => return Err(Errno::ENOTEMPTY),
            Last::Root => return Err(Errno::EBUSY),
        }
        self.mounts.writable(place.mount)?;
        let ino = self.found(&place)?;
        if !self.inode(ino)?.is_directory() {
            return self.unlink(who, path);
        }
        if ino == ROOT || self.mounts.points().any(|point| self.is_within(point, ino)) {
            return Err(Errno::EBUSY);
        }
        // Directories entered and not yet empty, outermost first.
        let mut entered: Vec<Ino> = vec![ino];
        while let Some(&dir) = entered.last() {
            let inode = self.inode(dir)?;
            let directory = inode.directory()?;
            match directory.entries.first_key_value() {
                Some((name, &child)) => {
                    self.may(who, inode, R_OK)?;
                    if self.inode(child)?.is_directory() {
                        entered.push(child);
                        continue;
                    }
                    let name = name.clone();
                    self.may_take(who, dir, child, false)?;
                    self.take_name(dir, &name, who.now)?;
                    self.lose_link(child, who.now)?;
                }
                None => {
                    let (parent, name) = (inode.home, directory.name.clone());
                    self.may_take(who, parent, dir, true)?;
                    self.take_name(parent, &name, who.now)?;
                    self.lose_link(dir, who.now)?;
                    entered.pop();
                }
            }
        }
        Ok(())
    }
}
