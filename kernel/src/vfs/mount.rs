//! What is mounted where: directories that show another directory, or another tree altogether.
//!
//! A directory of the file system may be seen through several mounts, so where somebody stands is a [`Spot`]: the mount through which they came, and the
//! file. A mount shows either a directory of this file system (a bind mount, an overlay) or a *foreign tree*, of which nothing is known here but its
//! number: a walk that reaches one stops with [`ELSEWHERE`], and [`Vfs::elsewhere`] says where it was and what is left of the path.
//!
//! The table is part of the state that a kernel's death does not touch, and is not part of the files that outlive the tab: as after a reboot of Linux,
//! nothing is mounted but what boot mounts.

use crate::map::Map;
use porthole_abi::Errno;
use rkyv::{Archive, Deserialize, Serialize};

use super::inode::DEVICE;
use super::walk::Links;
use super::{Caller, Ino, Nanos, ROOT, Vfs};

pub type MountId = u32;

/// The file system itself. It is in no table.
pub const MAIN: MountId = 0;

/// What a walk says that has left the file system. No process ever sees it: whoever asks goes on in the other tree.
pub const ELSEWHERE: Errno = Errno::ESTALE;

/// Mounts at a time.
const MOUNTS_MAX: usize = 1000;

/// A file and the mount through which it was reached. In a foreign tree `ino` is that tree's own number of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Archive, Serialize, Deserialize)]
#[rkyv(derive(PartialEq, Eq, PartialOrd, Ord))]
pub struct Spot {
    pub mount: MountId,
    pub ino: Ino,
}

impl Spot {
    pub const ROOT: Spot = Spot { mount: MAIN, ino: ROOT };
}

/// What a mount shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub enum Shows {
    /// A directory, which is held.
    Directory(Ino),
    /// A tree that somebody else knows; its root has number 0.
    Foreign(u8),
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Mount {
    pub shows: Shows,
    /// The directory that it hides, which is held.
    pub at: Spot,
    pub read_only: bool,
    /// For lists: its kind, and what was mounted as whoever did it called it.
    pub kind: Box<[u8]>,
    pub source: Box<[u8]>,
    /// Made by boot: it is there again after files have been put back.
    pub fixed: bool,
    /// `st_dev` of what is in it.
    pub device: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub(super) struct Mounts {
    table: Map<MountId, Mount>,
    /// The newest mount on each mount point.
    at: Map<Spot, MountId>,
    /// Bit `ino % 64` is set when a file with such a number may be a mount point: nearly every step of a walk ends its search here.
    mask: u64,
    last: MountId,
}

impl Mounts {
    /// Whether the file may be a mount point.
    pub fn may_hide(&self, ino: Ino) -> bool {
        self.mask >> (ino & 63) & 1 != 0
    }

    /// Whether something is mounted on the file, through whichever mount that was.
    pub fn is_point(&self, ino: Ino) -> bool {
        self.may_hide(ino) && self.points().any(|point| point == ino)
    }

    /// The files of this file system on which something is mounted.
    pub fn points(&self) -> impl Iterator<Item = Ino> {
        self.at.keys().filter(|spot| !self.is_foreign(spot.mount)).map(|spot| spot.ino)
    }

    /// What is to be seen at a place: itself, or the root of what is mounted there.
    pub fn cross(&self, mut spot: Spot) -> Spot {
        while let Some(&mount) = self.at.get(&spot) {
            spot = self.root(mount);
        }
        spot
    }

    /// The root of a mount.
    pub fn root(&self, mount: MountId) -> Spot {
        match self.table.get(&mount).map(|mount| mount.shows) {
            Some(Shows::Directory(ino)) => Spot { mount, ino },
            Some(Shows::Foreign(_)) => Spot { mount, ino: 0 },
            None => Spot::ROOT,
        }
    }

    /// The directory that hides below a place, where that is the root of a mount.
    pub fn under(&self, mut spot: Spot) -> Spot {
        while let Some(mount) = self.table.get(&spot.mount)
            && self.root(spot.mount) == spot
        {
            spot = mount.at;
        }
        spot
    }

    pub fn is_foreign(&self, mount: MountId) -> bool {
        mount != MAIN && matches!(self.table.get(&mount), Some(Mount { shows: Shows::Foreign(_), .. }))
    }

    /// # Errors
    /// `EROFS`.
    pub fn writable(&self, mount: MountId) -> Result<(), Errno> {
        match self.table.get(&mount) {
            Some(mount) if mount.read_only => Err(Errno::EROFS),
            _ => Ok(()),
        }
    }

    fn insert(&mut self, mount: Mount) -> MountId {
        self.last += 1;
        self.put(self.last, mount);
        self.last
    }

    fn put(&mut self, id: MountId, mount: Mount) {
        self.mask |= 1 << (mount.at.ino & 63);
        self.at.insert(mount.at, id);
        self.table.insert(id, mount);
    }

    fn remove(&mut self, id: MountId) -> Option<Mount> {
        let mount = self.table.remove(&id)?;
        self.at.remove(&mount.at);
        self.mask = self.at.keys().fold(0, |mask, spot| mask | 1 << (spot.ino & 63));
        Some(mount)
    }
}

impl Vfs {
    /// Mounts something on a directory, which the caller has found and may mount on. A bind mount has the device number of the mount that it is `like`.
    ///
    /// # Errors
    /// `EBUSY`: on the root; `ENOENT`: a directory has been removed; `ENOSPC`: too many mounts.
    pub fn attach(&mut self, mut mount: Mount, like: Option<MountId>) -> Result<MountId, Errno> {
        mount.device = like.map_or(DEVICE + u64::from(self.mounts.last) + 1, |like| self.device(like));
        if mount.at == Spot::ROOT {
            return Err(Errno::EBUSY);
        }
        if self.mounts.table.len() >= MOUNTS_MAX {
            return Err(Errno::ENOSPC);
        }
        if let Shows::Directory(root) = mount.shows {
            self.hold(root)?;
        }
        if let Err(errno) = self.hold_spot(mount.at) {
            if let Shows::Directory(root) = mount.shows {
                self.release(root);
            }
            return Err(errno);
        }
        self.watches.count_change();
        Ok(self.mounts.insert(mount))
    }

    /// Takes a mount away. Whether somebody needs it is for the caller to know, as far as it is no other mount.
    ///
    /// # Errors
    /// `EINVAL`: no such mount; `EBUSY`: something is mounted in it.
    pub fn detach(&mut self, id: MountId) -> Result<(), Errno> {
        if self.mounts.table.values().any(|other| other.at.mount == id) {
            return Err(Errno::EBUSY);
        }
        let mount = self.mounts.remove(id).ok_or(Errno::EINVAL)?;
        self.watches.count_change();
        if let Shows::Directory(root) = mount.shows {
            self.release(root);
        }
        self.release_spot(mount.at);
        Ok(())
    }

    pub fn mount(&self, id: MountId) -> Option<&Mount> {
        self.mounts.table.get(&id)
    }

    /// All mounts, oldest first.
    pub fn mounts(&self) -> impl Iterator<Item = (MountId, &Mount)> {
        self.mounts.table.iter().map(|(id, mount)| (*id, mount))
    }

    /// The root of a mount.
    pub fn mount_root(&self, id: MountId) -> Spot {
        self.mounts.root(id)
    }

    /// The foreign tree that a place is in.
    pub fn foreign(&self, spot: Spot) -> Option<u8> {
        match self.mount(spot.mount)?.shows {
            Shows::Foreign(tree) => Some(tree),
            Shows::Directory(_) => None,
        }
    }

    /// `st_dev` of what is in a mount. A bind mount shows files that are elsewhere too, so it has their number, as in Linux.
    pub fn device(&self, id: MountId) -> u64 {
        self.mount(id).map_or(DEVICE, |mount| mount.device)
    }

    /// Moves a mount to the directory at a path, which is made where it is missing.
    ///
    /// # Errors
    /// Those of `mkdir`.
    pub fn move_mount(&mut self, id: MountId, path: &[u8], now: Nanos) -> Result<(), Errno> {
        let kernel = Caller::kernel(now);
        self.mkdir_all(&kernel, path, 0o755)?;
        let at = self.directory_at(&kernel, path, 0)?;
        self.hold_spot(at)?;
        let mut mount = self.mounts.remove(id).ok_or(Errno::EINVAL)?;
        let old = std::mem::replace(&mut mount.at, at);
        self.mounts.put(id, mount);
        self.watches.count_change();
        self.release_spot(old);
        Ok(())
    }

    /// A directory in which the caller may do `want`.
    ///
    /// # Errors
    /// Those of a lookup; `ENOTDIR`, `EACCES`.
    pub fn directory_at(&self, who: &Caller, path: &[u8], want: u32) -> Result<Spot, Errno> {
        let spot = self.lookup_spot(who, path, Links::Follow)?;
        let inode = self.inode(spot.ino)?;
        inode.directory()?;
        self.may(who, inode, want)?;
        Ok(spot)
    }

    /// What is to be seen at a place, for whoever walks in a foreign tree.
    pub fn cross(&self, spot: Spot) -> Spot {
        self.mounts.cross(spot)
    }

    /// The directory below the root of a mount, for whoever leaves it by `..`.
    pub fn under(&self, spot: Spot) -> Spot {
        self.mounts.under(spot)
    }

    /// A file and its mount.
    ///
    /// # Errors
    /// Those of a lookup.
    pub fn spot(&self, who: &Caller, path: &[u8]) -> Result<Spot, Errno> {
        self.lookup_spot(who, path, Links::Follow)
    }

    /// # Errors
    /// `EROFS`.
    pub fn writable(&self, mount: MountId) -> Result<(), Errno> {
        self.mounts.writable(mount)
    }

    /// [`Vfs::hold`] of a place that may be in a foreign tree, where there is nothing to hold.
    ///
    /// # Errors
    /// `ENOENT`: it is gone.
    pub fn hold_spot(&mut self, spot: Spot) -> Result<(), Errno> {
        if self.mounts.is_foreign(spot.mount) { Ok(()) } else { self.hold(spot.ino) }
    }

    pub fn release_spot(&mut self, spot: Spot) {
        if !self.mounts.is_foreign(spot.mount) {
            self.release(spot.ino);
        }
    }
}
