//! From a file back to a path.

use porthole_abi::{Errno, Stat};

use super::walk::{Last, Links};
use super::{Caller, Ino, ROOT, Vfs};

impl Vfs {
    /// # Errors
    /// Those of a lookup.
    pub fn stat(&self, who: &Caller, path: &[u8], follow: bool) -> Result<Stat, Errno> {
        let ino = self.lookup(who, path, if follow { Links::Follow } else { Links::Keep })?;
        self.stat_of(ino)
    }

    /// The number of the file at a path, links followed.
    ///
    /// # Errors
    /// Those of a lookup.
    pub fn ino(&self, who: &Caller, path: &[u8]) -> Result<Ino, Errno> {
        self.lookup(who, path, Links::Follow)
    }

    /// The absolute path without links, `.` and `..`.
    ///
    /// # Errors
    /// Those of a lookup.
    pub fn realpath(&self, who: &Caller, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let place = self.walk(who, path, Links::Follow)?;
        let ino = self.found(&place)?;
        match place.last {
            Last::Name(name) if !self.inode(ino)?.is_directory() => {
                let mut path = self.path_of(place.dir)?;
                if path != b"/" {
                    path.push(b'/');
                }
                path.extend_from_slice(name);
                Ok(path)
            }
            _ => self.path_of(ino),
        }
    }

    /// A directory's absolute path.
    ///
    /// # Errors
    /// `ENOENT`: it has been removed; `ENOTDIR`.
    pub fn path_of(&self, directory: Ino) -> Result<Vec<u8>, Errno> {
        let mut names: Vec<&[u8]> = Vec::new();
        let mut at = directory;
        while at != ROOT {
            let inode = self.inode(at)?;
            if inode.nlink == 0 {
                return Err(Errno::ENOENT);
            }
            names.push(&inode.directory()?.name);
            at = inode.home;
        }
        let mut path = Vec::new();
        for name in names.into_iter().rev() {
            path.push(b'/');
            path.extend_from_slice(name);
        }
        if path.is_empty() {
            path.push(b'/');
        }
        Ok(path)
    }
}
