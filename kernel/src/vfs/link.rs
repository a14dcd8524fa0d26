//! More names for one file, and fewer.

use porthole_abi::Errno;

use super::mount::Spot;
use super::walk::{Last, Links};
use super::watch::Kind;
use super::{Caller, Ino, Nanos, Node, Vfs};

/// As ext4.
const LINKS_MAX: u32 = 65_000;

impl Vfs {
    /// Another name for a file; a symbolic link at `from` is what gets it, not what it points at. Where relative paths start, may
    /// differ for the two.
    ///
    /// # Errors
    /// Those of both walks; `EEXIST`, `EROFS`; `EXDEV`: in another mount; `EACCES`; `EPERM`: a directory; `EMLINK`.
    pub fn link(&mut self, who: &Caller, from: &[u8], there: &Caller, to: &[u8]) -> Result<(), Errno> {
        let Spot { mount, ino } = self.lookup_spot(who, from, Links::Keep)?;
        let (Spot { mount: there, ino: dir }, name) = self.free_name(there, to, false)?;
        if mount != there {
            return Err(Errno::EXDEV);
        }
        self.may_add(who, dir)?;
        let inode = self.inode(ino)?;
        match inode.nlink {
            _ if inode.is_directory() => return Err(Errno::EPERM),
            0 => return Err(Errno::ENOENT),
            LINKS_MAX.. => return Err(Errno::EMLINK),
            _ => {}
        }
        self.add_name(dir, name, ino, who.now)?;
        self.tell_file(ino, Kind::Change);
        Ok(())
    }

    /// Removes a name. The file stays while it has others or is held.
    ///
    /// # Errors
    /// Those of a walk; `EROFS`, `EACCES`, `EPERM` (sticky directory); `EISDIR`.
    pub fn unlink(&mut self, who: &Caller, path: &[u8]) -> Result<(), Errno> {
        let place = self.walk(who, path, Links::Parent)?;
        let Last::Name(name) = place.last else { return Err(Errno::EISDIR) };
        self.mounts.writable(place.mount)?;
        let ino = place.entry()?.ok_or(Errno::ENOENT)?;
        if place.slash {
            return Err(if self.inode(ino)?.is_directory() { Errno::EISDIR } else { Errno::ENOTDIR });
        }
        let (dir, name) = (place.dir, name.to_vec());
        self.may_take(who, dir, ino, false)?;
        self.take_name(dir, &name, who.now)?;
        self.lose_link(ino, who.now)
    }

    /// A file has one name less.
    pub(super) fn lose_link(&mut self, ino: Ino, now: Nanos) -> Result<(), Errno> {
        let inode = self.inode_mut(ino)?;
        inode.ctime = now;
        if inode.is_directory() {
            inode.nlink = 0;
        } else {
            inode.nlink = inode.nlink.saturating_sub(1);
            self.tell_file(ino, Kind::Change);
        }
        self.forget_unneeded(ino);
        Ok(())
    }

    /// Drops a file that has no name and is not held.
    pub(super) fn forget_unneeded(&mut self, ino: Ino) {
        let Some(inode) = self.inodes.get(ino) else { return };
        if inode.nlink > 0 || inode.held > 0 {
            return;
        }
        self.tell_file(ino, Kind::Rename);
        if let Some(Node::File(mut body)) = self.inodes.remove(ino).map(|inode| inode.node) {
            body.clear(&mut self.chunks);
        }
    }
}
