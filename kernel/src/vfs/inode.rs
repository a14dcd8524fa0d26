//! What a file is, apart from its names.

use std::collections::BTreeMap;

use porthole_abi::{Errno, Stat, flags};
use rkyv::{Archive, Deserialize, Serialize};

use super::body::Body;
use super::{Ino, Name, Nanos, Vfs};

/// The device number of all files.
pub const DEVICE: u64 = 0x17;
/// Block size for `stat` and `statfs`; also what a directory claims to take.
pub const BLOCK: u64 = 4096;

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Inode {
    /// The low twelve bits of `st_mode`.
    pub mode: u32,
    pub nlink: u32,
    pub uid: u32,
    pub gid: u32,
    pub atime: Nanos,
    pub mtime: Nanos,
    pub ctime: Nanos,
    pub birthtime: Nanos,
    /// How many descriptors and working directories keep it alive.
    pub(super) held: u32,
    /// The directory that it is in; for a file with several names, where the newest one was made. Tells watchers of that directory about changes
    /// that come through a descriptor.
    pub(super) home: Ino,
    pub node: Node,
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub enum Node {
    Directory(Directory),
    File(Body),
    Link(Box<[u8]>),
    Device { major: u32, minor: u32 },
    Fifo,
    Socket,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Directory {
    /// Its own name in `home`; empty for the root.
    pub(super) name: Name,
    pub(super) entries: BTreeMap<Name, Ino>,
}

impl Node {
    pub fn directory(name: Name) -> Self {
        Node::Directory(Directory { name, entries: BTreeMap::new() })
    }

    /// The bits of `S_IFMT`.
    pub fn kind(&self) -> u32 {
        match self {
            Node::Directory(_) => flags::S_IFDIR,
            Node::File(_) => flags::S_IFREG,
            Node::Link(_) => flags::S_IFLNK,
            Node::Device { .. } => flags::S_IFCHR,
            Node::Fifo => flags::S_IFIFO,
            Node::Socket => flags::S_IFSOCK,
        }
    }
}

impl Inode {
    pub(super) fn new(node: Node, mode: u32, uid: u32, gid: u32, home: Ino, now: Nanos) -> Self {
        let nlink = if matches!(node, Node::Directory(_)) { 2 } else { 0 };
        Self { mode: mode & 0o7777, nlink, uid, gid, atime: now, mtime: now, ctime: now, birthtime: now, held: 0, home, node }
    }

    pub fn is_directory(&self) -> bool {
        matches!(self.node, Node::Directory(_))
    }

    /// # Errors
    /// `ENOTDIR`.
    pub(super) fn directory(&self) -> Result<&Directory, Errno> {
        match &self.node {
            Node::Directory(directory) => Ok(directory),
            _ => Err(Errno::ENOTDIR),
        }
    }

    /// # Errors
    /// `ENOTDIR`.
    pub(super) fn directory_mut(&mut self) -> Result<&mut Directory, Errno> {
        match &mut self.node {
            Node::Directory(directory) => Ok(directory),
            _ => Err(Errno::ENOTDIR),
        }
    }

    /// The contents of a regular file.
    ///
    /// # Errors
    /// `EISDIR`, or `EINVAL` for anything else without contents of its own.
    pub(super) fn body(&self) -> Result<&Body, Errno> {
        match &self.node {
            Node::File(body) => Ok(body),
            Node::Directory(_) => Err(Errno::EISDIR),
            _ => Err(Errno::EINVAL),
        }
    }

    /// The length in bytes: of a file's contents, of a link's target.
    pub fn size(&self) -> u64 {
        match &self.node {
            Node::File(body) => body.len(),
            Node::Link(target) => target.len() as u64,
            Node::Directory(_) => BLOCK,
            _ => 0,
        }
    }

    /// The type in `readdir` (`flags::DT_*`).
    pub fn dirent_kind(&self) -> u8 {
        (self.node.kind() >> 12) as u8
    }
}

impl Vfs {
    /// `stat` of a file by number.
    ///
    /// # Errors
    /// `ENOENT`: there is none.
    pub fn stat_of(&self, ino: Ino) -> Result<Stat, Errno> {
        let inode = self.inode(ino)?;
        Ok(Stat {
            dev: DEVICE,
            ino,
            mode: inode.node.kind() | inode.mode,
            nlink: inode.nlink,
            uid: inode.uid,
            gid: inode.gid,
            rdev: match inode.node {
                Node::Device { major, minor } => device_number(major, minor),
                _ => 0,
            },
            size: inode.size(),
            blksize: BLOCK as u32,
            blocks: match &inode.node {
                Node::File(body) => body.blocks(),
                Node::Directory(_) => BLOCK / 512,
                _ => 0,
            },
            atime: inode.atime,
            mtime: inode.mtime,
            ctime: inode.ctime,
            birthtime: inode.birthtime,
        })
    }
}

/// Linux's `makedev`.
fn device_number(major: u32, minor: u32) -> u64 {
    let (major, minor) = (u64::from(major), u64::from(minor));
    (major & 0xfff) << 8 | (major & !0xfff) << 32 | (minor & 0xff) | (minor & !0xff) << 12
}
