//! What a checkpoint of the machine needs of the file system.
//!
//! The archived `Vfs` holds everything but the contents of chunks. To store: [`Vfs::checkpoint`], archive, and each of the new chunks by
//! [`Vfs::chunk`]. To restore: the archived `Vfs`, then [`Vfs::restore`] with something that finds chunks by number.

use super::Vfs;
use super::chunks::{ChunkId, Delta};
use super::inode::Node;

impl Vfs {
    /// Freezes the contents of all files, and says which chunks are new and which are gone since this was last called. Archive the `Vfs` after it.
    pub fn checkpoint(&mut self) -> Delta {
        self.chunks.checkpoint()
    }

    /// The bytes of a chunk, at most [`super::chunks::CHUNK`].
    pub fn chunk(&self, id: ChunkId) -> &[u8] {
        self.chunks.get(id)
    }

    /// Fetches the contents of all files after the rest has come out of an archive.
    ///
    /// # Errors
    /// The first chunk that `load` did not have, or that is too long.
    pub fn restore(&mut self, load: &mut dyn FnMut(ChunkId) -> Option<Vec<u8>>) -> Result<(), ChunkId> {
        for inode in self.inodes.iter() {
            if let Node::File(body) = &inode.node
                && let Some(missing) = body.chunk_ids().find(|&id| !self.chunks.restore(id, load))
            {
                return Err(missing);
            }
        }
        Ok(())
    }
}
