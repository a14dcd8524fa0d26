//! The file system: POSIX's rules over inodes in memory.
//!
//! What it does *not* know: processes, descriptors and their offsets, clocks, randomness, wire formats. Who asks, from where and when comes in as a
//! [`Caller`]; what goes wrong comes out as an [`Errno`] of the kind Linux would give, in the order in which Linux looks.
//!
//! - A file lives as long as it has a name or is held ([`Vfs::hold`], [`Vfs::release`]): an open descriptor holds, a working directory holds.
//! - Contents are in chunks ([`chunks`]) that are stored apart from the rest, and only when they have changed. Their bytes may be elsewhere: whoever
//!   calls asks first what is missing ([`residency`]).
//! - What changes is noted, and written down as a transaction when the caller says so ([`journal`]). A file without a name is not in it.
//! - Images ([`image`]) are files too, whose contents are made when they are read; nothing changes them.
//! - Reading never changes a file's `atime` (`noatime`): most reads are calls that are not logged, so they may not leave a trace. Reading through a
//!   descriptor follows the same rule, since programs cannot tell the two apart.
//! - Modes are enforced by owner, group and other; user 0 passes everywhere (but executes only what has an `x`). The caller has applied its umask.

mod attic;
mod body;
pub mod chunks;
mod clone;
mod copy;
mod create;
mod directory;
mod file;
pub mod image;
pub mod inode;
pub mod journal;
mod link;
pub mod mount;
mod open;
mod path;
mod permission;
mod quota;
mod read_tree;
mod remove;
mod rename;
pub mod residency;
mod slab;
mod snapshots;
mod survey;
mod times;
mod tree;
mod walk;
pub mod watch;
mod way;

use std::collections::BTreeSet;

use porthole_abi::Errno;
use rkyv::with::Skip;
use rkyv::{Archive, Deserialize, Serialize};

pub use attic::Shelf;
pub use body::LONGEST;
pub use inode::{Inode, Node};
pub use mount::{ELSEWHERE, Mount, MountId, Shows, Spot};
pub use open::Opened;
pub use quota::Limits;
pub use slab::Ino;
pub(crate) use walk::{Elsewhere, Links};
pub use watch::WatchId;
pub use way::Way;

/// Nanoseconds since 1970.
pub type Nanos = i64;

/// A name in a directory: 1 to 255 bytes, no `/`.
pub type Name = Box<[u8]>;

/// The root directory.
pub const ROOT: Ino = 1;

/// Longest name and longest path (one less than Linux's `PATH_MAX`, which counts the final zero).
pub const NAME_MAX: usize = 255;
pub const PATH_MAX: usize = 4095;

/// Who asks, from which directory, and when.
#[derive(Clone, Copy, Debug)]
pub struct Caller {
    pub uid: u32,
    pub gid: u32,
    /// Where relative paths start.
    pub cwd: Spot,
    pub now: Nanos,
}

impl Caller {
    /// The kernel itself: user 0 at the root.
    pub fn kernel(now: Nanos) -> Self {
        Self { uid: 0, gid: 0, cwd: Spot::ROOT, now }
    }
}

/// One container's files.
#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Vfs {
    inodes: slab::Inodes,
    chunks: chunks::Chunks,
    limits: Limits,
    watches: watch::Watches,
    mounts: mount::Mounts,
    #[rkyv(with = Skip)]
    streams: image::Streams,
    /// The number of the last commit; 0 before the first.
    committed: u64,
    /// Names, by directory, that have come, gone or changed hands since. Empty in an archive, which is made after a commit.
    #[rkyv(with = Skip)]
    renamed: BTreeSet<(Ino, Name)>,
}

impl Vfs {
    /// An empty file system: a root directory of user 0, mode 755.
    pub fn new(now: Nanos, limits: Limits) -> Self {
        let mut inodes = slab::Inodes::default();
        let root = inodes.insert(Inode::new(Node::directory(Name::default()), 0o755, 0, 0, ROOT, now));
        debug_assert_eq!(root, ROOT);
        Self {
            inodes,
            chunks: chunks::Chunks::new(limits.bytes),
            limits,
            watches: watch::Watches::default(),
            mounts: mount::Mounts::default(),
            streams: image::Streams::default(),
            committed: 0,
            renamed: BTreeSet::new(),
        }
    }

    /// # Errors
    /// `ENOENT`: no file has this number any more.
    pub fn inode(&self, ino: Ino) -> Result<&Inode, Errno> {
        self.inodes.get(ino).ok_or(Errno::ENOENT)
    }

    fn inode_mut(&mut self, ino: Ino) -> Result<&mut Inode, Errno> {
        self.inodes.get_mut(ino).ok_or(Errno::ENOENT)
    }
}
