//! Who may do what.

use porthole_abi::Errno;
use porthole_abi::flags::{self, X_OK};

use super::walk::Links;
use super::watch::Kind;
use super::{Caller, Ino, Inode, Node, Vfs};

const SETUID: u32 = 0o4000;
const SETGID: u32 = 0o2000;
const STICKY: u32 = 0o1000;

/// `chown`: leave as it is.
const SAME: u32 = u32::MAX;

impl Vfs {
    /// Whether the caller may do all of `want` (`R_OK` and so on).
    ///
    /// # Errors
    /// `EACCES`.
    pub(super) fn may(&self, who: &Caller, inode: &Inode, want: u32) -> Result<(), Errno> {
        let granted = if who.uid == 0 {
            if inode.is_directory() || inode.mode & 0o111 != 0 { 7 } else { 7 & !X_OK }
        } else if who.uid == inode.uid {
            inode.mode >> 6
        } else if who.gid == inode.gid {
            inode.mode >> 3
        } else {
            inode.mode
        };
        if want & !granted == 0 { Ok(()) } else { Err(Errno::EACCES) }
    }

    /// # Errors
    /// Those of a lookup; `EINVAL`: `want` has unknown bits; `EACCES`, `EROFS`.
    pub fn access(&self, who: &Caller, path: &[u8], want: u32) -> Result<(), Errno> {
        if want & !7 != 0 {
            return Err(Errno::EINVAL);
        }
        let spot = self.lookup_spot(who, path, Links::Follow)?;
        let inode = self.inode(spot.ino)?;
        self.may(who, inode, want)?;
        // What a device does with what is written to it is no matter of the mount.
        match inode.node {
            Node::File(_) | Node::Directory(_) | Node::Link(_) if want & flags::W_OK != 0 => self.mounts.writable(spot.mount),
            _ => Ok(()),
        }
    }

    /// `open` of a file by number, for `#!` programs and the like: whether the caller may do `want` with it.
    ///
    /// # Errors
    /// `EACCES`.
    pub fn access_of(&self, who: &Caller, ino: Ino, want: u32) -> Result<(), Errno> {
        self.may(who, self.inode(ino)?, want)
    }

    /// # Errors
    /// Those of a lookup; `EROFS`; `ENOTSUP`: a link has no mode of its own; `EPERM`: not the owner.
    pub fn chmod(&mut self, who: &Caller, path: &[u8], mode: u32, follow: bool) -> Result<(), Errno> {
        let ino = self.lookup_to_change(who, path, if follow { Links::Follow } else { Links::Keep })?;
        self.chmod_of(who, ino, mode)
    }

    /// # Errors
    /// See [`Vfs::chmod`].
    pub fn chmod_of(&mut self, who: &Caller, ino: Ino, mode: u32) -> Result<(), Errno> {
        let inode = self.inode_mut(ino)?;
        if matches!(inode.node, Node::Link(_)) {
            return Err(Errno::ENOTSUP);
        }
        if who.uid != 0 && who.uid != inode.uid {
            return Err(Errno::EPERM);
        }
        let foreign_group = who.uid != 0 && who.gid != inode.gid;
        inode.mode = mode & if foreign_group { 0o7777 & !SETGID } else { 0o7777 };
        inode.ctime = who.now;
        self.tell(ino, Kind::Change);
        Ok(())
    }

    /// Sets owner and group; `u32::MAX` leaves one as it is.
    ///
    /// # Errors
    /// Those of a lookup; `EROFS`; `EPERM`: only user 0 gives files away; the owner may name its own group.
    pub fn chown(&mut self, who: &Caller, path: &[u8], uid: u32, gid: u32, follow: bool) -> Result<(), Errno> {
        let ino = self.lookup_to_change(who, path, if follow { Links::Follow } else { Links::Keep })?;
        self.chown_of(who, ino, uid, gid)
    }

    /// # Errors
    /// See [`Vfs::chown`].
    pub fn chown_of(&mut self, who: &Caller, ino: Ino, uid: u32, gid: u32) -> Result<(), Errno> {
        let inode = self.inode_mut(ino)?;
        let owner = who.uid == inode.uid;
        let uid_allowed = uid == SAME || (owner && uid == inode.uid);
        let gid_allowed = gid == SAME || (owner && (gid == inode.gid || gid == who.gid));
        if who.uid != 0 && !(uid_allowed && gid_allowed) {
            return Err(Errno::EPERM);
        }
        if uid != SAME {
            inode.uid = uid;
        }
        if gid != SAME {
            inode.gid = gid;
        }
        if !inode.is_directory() {
            inode.mode &= !SETUID;
            if inode.mode & 0o010 != 0 {
                inode.mode &= !SETGID;
            }
        }
        inode.ctime = who.now;
        self.tell(ino, Kind::Change);
        Ok(())
    }

    /// Whether a name may be taken from a directory, in Linux's order: the directory's permission, its sticky bit, the kind of the file.
    ///
    /// # Errors
    /// `EACCES`, `EPERM`; `ENOTDIR` and `EISDIR` by what is `wanted`.
    pub(super) fn may_take(&self, who: &Caller, dir: Ino, ino: Ino, directory: bool) -> Result<(), Errno> {
        let (parent, inode) = (self.inode(dir)?, self.inode(ino)?);
        self.may(who, parent, flags::W_OK | X_OK)?;
        if parent.mode & STICKY != 0 && who.uid != 0 && who.uid != parent.uid && who.uid != inode.uid {
            return Err(Errno::EPERM);
        }
        match (directory, inode.is_directory()) {
            (true, false) => Err(Errno::ENOTDIR),
            (false, true) => Err(Errno::EISDIR),
            _ => Ok(()),
        }
    }

    /// Group and mode of what is made in a directory: its group and, for directories, its set-group bit where that is set.
    pub(super) fn inherit(&self, who: &Caller, dir: Ino, mode: u32, directory: bool) -> Result<(u32, u32), Errno> {
        let parent = self.inode(dir)?;
        Ok(match (parent.mode & SETGID != 0, directory) {
            (true, true) => (parent.gid, mode | SETGID),
            (true, false) => (parent.gid, mode),
            _ => (who.gid, mode),
        })
    }

    /// Writing by others than user 0 takes the set-user and set-group bits away.
    pub(super) fn drop_set_bits(who: &Caller, inode: &mut Inode) {
        if who.uid != 0 {
            inode.mode &= !(SETUID | if inode.mode & 0o010 != 0 { SETGID } else { 0 });
        }
    }
}
