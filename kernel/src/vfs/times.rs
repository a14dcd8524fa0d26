//! `utimes`.

use porthole_abi::Errno;

use super::walk::Links;
use super::watch::Kind;
use super::{Caller, Ino, Nanos, Vfs};

impl Vfs {
    /// # Errors
    /// Those of a lookup; `EROFS`; `EPERM`: not the owner.
    pub fn utimes(&mut self, who: &Caller, path: &[u8], atime: Nanos, mtime: Nanos, follow: bool) -> Result<(), Errno> {
        let ino = self.lookup_to_change(who, path, if follow { Links::Follow } else { Links::Keep })?;
        self.utimes_of(who, ino, atime, mtime)
    }

    /// # Errors
    /// `EPERM`: not the owner.
    pub fn utimes_of(&mut self, who: &Caller, ino: Ino, atime: Nanos, mtime: Nanos) -> Result<(), Errno> {
        let inode = self.inode_mut(ino)?;
        if who.uid != 0 && who.uid != inode.uid {
            return Err(Errno::EPERM);
        }
        inode.atime = atime;
        inode.mtime = mtime;
        inode.ctime = who.now;
        self.tell(ino, Kind::Change);
        Ok(())
    }
}
