//! Making directories, links and special files.

use porthole_abi::Errno;

use super::walk::Links;
use super::{Caller, Ino, Inode, Name, Node, PATH_MAX, Vfs};

/// What `mkdtemp` makes names of.
const LETTERS: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const MKDTEMP_TRIES: u32 = 100;

impl Vfs {
    /// # Errors
    /// Those of a walk; `EEXIST`, `EACCES`, `ENOSPC`.
    pub fn mkdir(&mut self, who: &Caller, path: &[u8], mode: u32) -> Result<(), Errno> {
        let (dir, name) = self.vacancy(who, path, true)?;
        self.create(who, dir, name, Node::directory(Name::default()), mode & 0o1777)?;
        Ok(())
    }

    /// Makes a directory and its missing parents. Answers the path of the first that was made, in the words of `path`; nothing where all were there.
    ///
    /// # Errors
    /// As Node's: `EEXIST` where the path itself is a file, `ENOTDIR` where one of its parents is; else those of `mkdir`.
    pub fn mkdir_all(&mut self, who: &Caller, path: &[u8], mode: u32) -> Result<Option<Vec<u8>>, Errno> {
        // Upwards to what is there, then down again.
        let mut missing: Vec<&[u8]> = Vec::new();
        let mut at = path;
        loop {
            match self.mkdir(who, at, mode) {
                Ok(()) => break,
                Err(Errno::ENOENT) => match parent_of(at) {
                    Some(parent) => missing.push(std::mem::replace(&mut at, parent)),
                    None => return Err(Errno::ENOENT),
                },
                Err(Errno::EEXIST) => {
                    let directory = match self.lookup(who, at, Links::Follow) {
                        Ok(ino) => self.inode(ino)?.is_directory(),
                        // A link that leads nowhere.
                        Err(Errno::ENOENT) if missing.is_empty() => return Err(Errno::ENOENT),
                        Err(errno) => return Err(errno),
                    };
                    if !directory {
                        return Err(if missing.is_empty() { Errno::EEXIST } else { Errno::ENOTDIR });
                    }
                    at = b"";
                    break;
                }
                Err(errno) => return Err(errno),
            }
        }
        let mut first = (!at.is_empty()).then(|| at.to_vec());
        while let Some(next) = missing.pop() {
            match self.mkdir(who, next, mode) {
                Ok(()) => first = first.or_else(|| Some(next.to_vec())),
                // `a/..` and `a/.` are there as soon as `a` is.
                Err(Errno::EEXIST) => {}
                Err(errno) => return Err(errno),
            }
        }
        Ok(first)
    }

    /// Makes a directory, mode 700, named `prefix` and six random characters; answers its path.
    ///
    /// # Errors
    /// Those of `mkdir`; `EEXIST`: a hundred names were taken.
    pub fn mkdtemp(&mut self, who: &Caller, prefix: &[u8], random: &mut dyn FnMut() -> u64) -> Result<Vec<u8>, Errno> {
        for _ in 0..MKDTEMP_TRIES {
            let mut dice = random();
            let mut path = prefix.to_vec();
            for _ in 0..6 {
                path.push(LETTERS[(dice % 62) as usize]);
                dice /= 62;
            }
            match self.mkdir(who, &path, 0o700) {
                Ok(()) => return Ok(path),
                Err(Errno::EEXIST) => {}
                Err(errno) => return Err(errno),
            }
        }
        Err(Errno::EEXIST)
    }

    /// # Errors
    /// Those of a walk; `ENOENT`: the target is empty; `ENAMETOOLONG`, `EEXIST`, `EACCES`, `ENOSPC`.
    pub fn symlink(&mut self, who: &Caller, target: &[u8], path: &[u8]) -> Result<(), Errno> {
        match target {
            [] => return Err(Errno::ENOENT),
            _ if target.len() > PATH_MAX => return Err(Errno::ENAMETOOLONG),
            _ if target.contains(&0) => return Err(Errno::EINVAL),
            _ => {}
        }
        let (dir, name) = self.vacancy(who, path, false)?;
        self.create(who, dir, name, Node::Link(target.into()), 0o777)?;
        Ok(())
    }

    /// A special file: what the kernel puts into `/dev`, and where a socket is bound.
    ///
    /// # Errors
    /// Those of a walk; `EEXIST`, `EACCES`, `ENOSPC`.
    pub fn mknod(&mut self, who: &Caller, path: &[u8], node: Node, mode: u32) -> Result<Ino, Errno> {
        let (dir, name) = self.vacancy(who, path, false)?;
        self.create(who, dir, name, node, mode)
    }

    /// Puts a new file under a free name in a directory in which the caller may.
    pub(super) fn create(&mut self, who: &Caller, dir: Ino, name: Name, node: Node, mode: u32) -> Result<Ino, Errno> {
        if self.inodes.taken() >= self.limits.inodes as usize {
            return Err(Errno::ENOSPC);
        }
        let (gid, mode) = self.inherit(who, dir, mode, matches!(node, Node::Directory(_)))?;
        let ino = self.inodes.insert(Inode::new(node, mode, who.uid, gid, dir, who.now));
        self.add_name(dir, name, ino, who.now)?;
        Ok(ino)
    }

    /// The target of a link.
    ///
    /// # Errors
    /// Those of a lookup; `EINVAL`: not a link.
    pub fn readlink(&self, who: &Caller, path: &[u8]) -> Result<&[u8], Errno> {
        let place = self.walk(who, path, Links::Keep)?;
        match &self.inode(self.found(&place)?)?.node {
            Node::Link(target) => Ok(target),
            _ => Err(Errno::EINVAL),
        }
    }
}

/// A path without its last part and the slashes before it: `/a/b/` gives `/a`. `None`: there is only one part.
fn parent_of(path: &[u8]) -> Option<&[u8]> {
    let trimmed = |mut path: &'_ [u8]| -> usize {
        while let [rest @ .., b'/'] = path {
            path = rest;
        }
        path.len()
    };
    let path = &path[..trimmed(path)];
    let slash = path.iter().rposition(|&byte| byte == b'/')?;
    let parent = &path[..trimmed(&path[..slash])];
    (!parent.is_empty()).then_some(parent)
}
