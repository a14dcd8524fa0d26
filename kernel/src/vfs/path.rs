//! From a file back to a path.

use porthole_abi::{Errno, Stat};

use super::mount::Spot;
use super::walk::{Last, Links};
use super::{Caller, Ino, Vfs};

impl Vfs {
    /// # Errors
    /// Those of a lookup.
    pub fn stat(&self, who: &Caller, path: &[u8], follow: bool) -> Result<Stat, Errno> {
        let spot = self.lookup_spot(who, path, if follow { Links::Follow } else { Links::Keep })?;
        self.stat_at(spot)
    }

    /// `stat` of a file in a mount.
    ///
    /// # Errors
    /// `ENOENT`: there is none.
    pub fn stat_at(&self, spot: Spot) -> Result<Stat, Errno> {
        Ok(Stat { dev: self.device(spot.mount), ..self.stat_of(spot.ino)? })
    }

    /// A directory in which a file has a name, and the name.
    pub fn home_of(&self, ino: Ino) -> Option<(Ino, Vec<u8>)> {
        let inode = self.inode(ino).ok().filter(|inode| inode.nlink > 0)?;
        Some((inode.home, self.name_in(inode.home, ino)?.to_vec()))
    }

    /// The number of the file at a path, links followed.
    ///
    /// # Errors
    /// Those of a lookup.
    pub fn ino(&self, who: &Caller, path: &[u8]) -> Result<Ino, Errno> {
        self.lookup(who, path, Links::Follow)
    }

    /// A file's directory and its name there; of a directory itself. Without links, `.` and `..`.
    ///
    /// # Errors
    /// Those of a lookup.
    pub fn real(&self, who: &Caller, path: &[u8]) -> Result<(Spot, Option<Vec<u8>>), Errno> {
        let place = self.walk(who, path, Links::Follow)?;
        let ino = self.found(&place)?;
        Ok(match place.last {
            Last::Name(name) if !self.inode(ino)?.is_directory() => (Spot { mount: place.mount, ino: place.dir }, Some(name.to_vec())),
            _ => (Spot { mount: place.on(), ino }, None),
        })
    }

    /// A directory's names from the root down, with a slash before each, and where they begin: at the root of the file system, or at a place in a foreign
    /// tree, by which one gets there. Of what is in a mount, the way through the mount.
    ///
    /// # Errors
    /// `ENOENT`: it has been removed, or moved to where its mount does not show it; `ENOTDIR`.
    pub fn climb(&self, directory: Spot) -> Result<(Spot, Vec<u8>), Errno> {
        let mut names: Vec<&[u8]> = Vec::new();
        let mut at = directory;
        loop {
            if self.mounts.is_foreign(at.mount) {
                break;
            }
            at = self.mounts.under(at);
            if at == Spot::ROOT || self.mounts.is_foreign(at.mount) {
                break;
            }
            let inode = self.inode(at.ino)?;
            if inode.nlink == 0 || inode.home == at.ino {
                return Err(Errno::ENOENT);
            }
            names.push(&inode.directory()?.name);
            at.ino = inode.home;
        }
        let mut path = Vec::new();
        for name in names.into_iter().rev() {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        Ok((at, path))
    }
}
