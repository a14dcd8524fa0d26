//! How much fits.

use porthole_abi::Errno;
use porthole_abi::stat::Statfs;
use rkyv::{Archive, Deserialize, Serialize};

use super::inode::BLOCK;
use super::walk::Links;
use super::{Caller, Vfs};

/// Linux's `TMPFS_MAGIC`: files in memory.
const KIND: u64 = 0x0102_1994;
/// Linux's `FUSE_SUPER_MAGIC`, as what mounts archives there says.
const IMAGE: u64 = 0x6573_5546;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of contents: shared chunks count once, holes not at all.
    pub bytes: u64,
    /// Files of any kind.
    pub inodes: u32,
}

impl Vfs {
    /// The most that contents may take from now on. What is there already stays.
    pub fn set_limit(&mut self, bytes: u64) {
        self.limits.bytes = bytes;
        self.chunks.set_limit(bytes);
    }

    /// Bytes that files' contents take.
    pub fn bytes(&self) -> u64 {
        self.chunks.bytes()
    }

    /// Files of any kind that there are, and numbers that are used up.
    pub fn files(&self) -> usize {
        self.inodes.taken()
    }

    /// # Errors
    /// Those of a lookup.
    pub fn statfs(&self, who: &Caller, path: &[u8]) -> Result<Statfs, Errno> {
        let ino = self.lookup(who, path, Links::Follow)?;
        if let Some((blocks, files)) = self.image_size(ino) {
            return Ok(Statfs { kind: IMAGE, bsize: BLOCK, blocks, bfree: 0, bavail: 0, files, ffree: 0 });
        }
        let blocks = self.limits.bytes / BLOCK;
        let free = blocks.saturating_sub(self.chunks.bytes().div_ceil(BLOCK));
        let files = u64::from(self.limits.inodes);
        Ok(Statfs { kind: KIND, bsize: BLOCK, blocks, bfree: free, bavail: free, files, ffree: files.saturating_sub(self.inodes.taken() as u64) })
    }
}
