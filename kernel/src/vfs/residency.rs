//! Which contents a call needs that are not in memory. Whoever calls asks here first, brings what is missing ([`Vfs::fill`]), and asks again.
//!
//! A question never fails: where the call itself will fail, nothing is needed for it.

use porthole_abi::Errno;
use porthole_abi::flags::{O_APPEND, O_TRUNC};

use super::chunks::{ChunkId, Filled};
use super::walk::Links;
use super::{Caller, Ino, Node, Vfs};

impl Vfs {
    /// Whether no question need be asked.
    pub fn all_here(&self) -> bool {
        self.chunks.all_here()
    }

    /// What is missing for a `read` of a file by number.
    pub fn missing_to_read(&self, ino: Ino, offset: u64, len: usize) -> Vec<ChunkId> {
        let mut missing = Vec::new();
        if let Some(Node::File(body)) = self.inodes.get(ino).map(|inode| &inode.node) {
            body.missing_to_read(&self.chunks, offset, len, &mut missing);
        }
        missing
    }

    /// What is missing for a `write` to a file by number; `offset` `None`: at its end.
    pub fn missing_to_write(&self, ino: Ino, offset: Option<u64>, len: usize) -> Vec<ChunkId> {
        let mut missing = Vec::new();
        if let Some(Node::File(body)) = self.inodes.get(ino).map(|inode| &inode.node) {
            body.missing_to_write(&self.chunks, offset.unwrap_or(body.len()), len, &mut missing);
        }
        missing
    }

    /// What is missing for a new length of a file by number.
    pub fn missing_to_truncate(&self, ino: Ino, len: u64) -> Vec<ChunkId> {
        let mut missing = Vec::new();
        if let Some(Node::File(body)) = self.inodes.get(ino).map(|inode| &inode.node) {
            body.missing_to_truncate(&self.chunks, len, &mut missing);
        }
        missing
    }

    /// What is missing for [`Vfs::write_file`].
    pub fn missing_to_write_file(&self, who: &Caller, path: &[u8], flags: u32, len: usize) -> Vec<ChunkId> {
        match self.lookup(who, path, Links::Follow) {
            Ok(ino) if flags & O_TRUNC == 0 => self.missing_to_write(ino, (flags & O_APPEND == 0).then_some(0), len),
            _ => Vec::new(),
        }
    }

    /// What is missing for a new length of the file at a path.
    pub fn missing_to_truncate_path(&self, who: &Caller, path: &[u8], len: u64) -> Vec<ChunkId> {
        self.lookup(who, path, Links::Follow).map_or_else(|_| Vec::new(), |ino| self.missing_to_truncate(ino, len))
    }

    /// What reads were refused for with `EIO`, since this was last asked. For calls that change nothing this is the cheaper question: make the call.
    pub fn take_missed(&self) -> Vec<ChunkId> {
        self.chunks.take_missed()
    }

    /// Whether a chunk's bytes are in memory.
    pub fn is_here(&self, id: ChunkId) -> bool {
        let mut missing = Vec::new();
        self.chunks.want(id, &mut missing);
        missing.is_empty()
    }

    /// What is likely to be missing soon when this chunk is.
    pub fn ahead(&self, id: ChunkId) -> Vec<ChunkId> {
        self.chunks.ahead(id)
    }

    /// Takes a chunk's bytes.
    pub fn fill(&mut self, id: ChunkId, data: Vec<u8>) -> Filled {
        self.chunks.fill(id, data)
    }

    /// The bytes of a chunk.
    ///
    /// # Errors
    /// `EIO`: they are not in memory.
    pub fn chunk(&self, id: ChunkId) -> Result<&[u8], Errno> {
        self.chunks.get(id)
    }

    /// Numbers of all committed contents.
    pub fn committed_chunks(&self) -> impl Iterator<Item = ChunkId> {
        self.chunks.committed().map(|(id, _)| id)
    }

    /// Bytes of committed contents that are in memory.
    pub fn cached(&self) -> u64 {
        self.chunks.cached()
    }

    /// How many bytes of committed contents may be in memory.
    pub fn set_budget(&mut self, bytes: u64) {
        self.chunks.set_budget(bytes);
    }

    /// Lets contents beyond the budget go. Spared are chunks that `keep` names, and all that commits after `durable` brought.
    pub fn evict(&mut self, durable: u64, keep: &dyn Fn(ChunkId) -> bool) {
        self.chunks.evict(durable, keep);
        self.streams.evict(keep);
    }
}
