//! `rename`.

use porthole_abi::Errno;
use porthole_abi::flags::W_OK;

use super::walk::{Last, Links};
use super::watch::Kind;
use super::{Caller, Ino, Name, Vfs};

impl Vfs {
    /// Renames a file over what has the new name, or with `replace` false only where nothing has it. Where relative paths start, may differ for the two.
    ///
    /// # Errors
    /// In Linux's order: those of both walks; `EXDEV`: in different mounts; `EBUSY`: a path ends in `.` or `..`; `EROFS`; `ENOENT`; `EEXIST`; `ENOTDIR`: a slash behind what is no directory;
    /// `EINVAL`: into its own subtree; `ENOTEMPTY`: over a directory above it; `EACCES`, `EPERM`; `ENOTDIR`, `EISDIR`: over a file of another kind;
    /// `EBUSY`: something is mounted there; `ENOTEMPTY`: over a directory with names in it.
    pub fn rename(&mut self, who: &Caller, from: &[u8], there: &Caller, to: &[u8], replace: bool) -> Result<(), Errno> {
        let source = self.walk(who, from, Links::Parent)?;
        let target = self.walk(there, to, Links::Parent)?;
        if source.mount != target.mount {
            return Err(Errno::EXDEV);
        }
        let Last::Name(old_name) = source.last else { return Err(Errno::EBUSY) };
        let Last::Name(new_name) = target.last else { return Err(if replace { Errno::EBUSY } else { Errno::EEXIST }) };
        self.mounts.writable(source.mount)?;
        let ino = source.entry()?.ok_or(Errno::ENOENT)?;
        let over = target.entry()?;
        if !replace && over.is_some() {
            return Err(Errno::EEXIST);
        }
        let is_directory = self.inode(ino)?.is_directory();
        if !is_directory && (source.slash || target.slash) {
            return Err(Errno::ENOTDIR);
        }
        let (old_dir, new_dir) = (source.dir, target.dir);
        if self.is_within(new_dir, ino) {
            return Err(Errno::EINVAL);
        }
        if over.is_some_and(|over| self.is_within(old_dir, over)) {
            return Err(Errno::ENOTEMPTY);
        }
        if over == Some(ino) {
            // Two names of one file: POSIX wants both to stay.
            return Ok(());
        }
        self.may_take(who, old_dir, ino, is_directory)?;
        match over {
            Some(over) => self.may_take(who, new_dir, over, is_directory)?,
            None => self.may_add(who, new_dir)?,
        }
        if is_directory && old_dir != new_dir {
            // Its `..` changes.
            self.may(who, self.inode(ino)?, W_OK)?;
        }
        if self.mounts.is_point(ino) || over.is_some_and(|over| self.mounts.is_point(over)) {
            return Err(Errno::EBUSY);
        }
        if let Some(over) = over
            && self.inode(over)?.directory().is_ok_and(|directory| !directory.entries.is_empty())
        {
            return Err(Errno::ENOTEMPTY);
        }
        let (old_name, new_name): (Name, Name) = (old_name.into(), new_name.into());
        self.take_name(old_dir, &old_name, who.now)?;
        if !is_directory {
            self.inode_mut(ino)?.nlink -= 1;
        }
        if over.is_some() {
            self.take_name(new_dir, &new_name, who.now)?;
        }
        self.add_name(new_dir, new_name, ino, who.now)?;
        self.tell_file(ino, Kind::Rename);
        match over {
            Some(over) => self.lose_link(over, who.now),
            None => Ok(()),
        }
    }

    /// Whether `dir` is `top` or below it.
    pub(super) fn is_within(&self, mut dir: Ino, top: Ino) -> bool {
        loop {
            if dir == top {
                return true;
            }
            match self.inode(dir) {
                Ok(inode) if inode.home != dir => dir = inode.home,
                _ => return false,
            }
        }
    }
}
