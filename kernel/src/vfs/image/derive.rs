//! Chunks of images made of what they are kept in.

use super::stream::{Archive, Stop, Stream};
use super::web::Piece;
use super::{ImageId, Source};
use crate::archive::{Packing, shown, zip};
use crate::vfs::Vfs;
use crate::vfs::chunks::{CHUNK, ChunkId, DERIVED, Origin};

/// Members up to this length are looked at whole before any of their bytes is shown; of longer ones whoever reads from beginning to end is told at the end.
const VERIFIED_FIRST: u64 = 16 << 20;

/// What came of asking for a chunk of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Derived {
    /// It is in memory now.
    Here,
    /// These chunks, of an archive, are needed first.
    Needs(Vec<ChunkId>),
    /// A web server has it.
    Web(Piece),
    /// It cannot be had, and why. Of no image: it is gone.
    Broken(Option<(ImageId, String)>),
}

impl Vfs {
    /// Whether a chunk is one of an image.
    pub fn is_derived(id: ChunkId) -> bool {
        id >= DERIVED
    }

    /// Brings a chunk of an image into memory, if that can be done with what is there. `trusting`: it is known to be readable, so no checksum is asked.
    pub fn derive(&mut self, id: ChunkId, trusting: bool) -> Derived {
        if self.is_here(id) {
            return Derived::Here;
        }
        let Some((number, image, at)) = self.inodes.images.of_chunk(id) else { return Derived::Broken(None) };
        let Some(origin) = image.origins.get(at) else { return Derived::Broken(None) };
        let Source::Archive(body) = &image.source else { return Derived::Web(image.piece(number, at, id)) };
        let archive = Archive { body, chunks: &self.chunks };
        let (first, len, index) = (origin.first, origin.len, id - origin.first);
        let made = match origin.packing {
            Packing::Plain { at } => {
                let offset = index * CHUNK as u64;
                let rest = (len.saturating_sub(offset)).min(256 << 10) as usize;
                archive.read(at + offset, origin.chunk_len(index), rest).map(|data| vec![(index, data)])
            }
            Packing::Zip(packed) => {
                let member = Member { first, len, index, packed };
                member.derive(archive, &mut self.streams, trusting)
            }
            Packing::Apart => Err(Stop::Broken("it is in no archive")),
        };
        match made {
            Ok(pieces) => {
                for (index, data) in pieces {
                    self.chunks.put_derived(first + index, data, Origin::Archive);
                }
                Derived::Here
            }
            Err(Stop::Missing(chunks)) => Derived::Needs(chunks),
            Err(Stop::Broken(why)) => {
                Derived::Broken(Some((number, format!("{} cannot be read: {why}", shown(&self.path_of_origin(number, first))))))
            }
        }
    }

    /// The path of a file within its image, for messages.
    fn path_of_origin(&self, image: ImageId, first: ChunkId) -> Vec<u8> {
        let Some(image) = self.inodes.images.table.get(&image) else { return Vec::new() };
        let is_it = |node: &crate::vfs::Node| matches!(node, crate::vfs::Node::File(body) if body.first_derived() == Some(first));
        let Some(at) = image.inodes.iter().position(|inode| is_it(&inode.node)) else { return Vec::new() };
        let mut path: Vec<u8> = Vec::new();
        let mut at = at;
        while let Some(inode) = image.inodes.get(at)
            && let Some((_, home)) = super::place(inode.home)
            && home != at
        {
            let Some(Ok(directory)) = image.inodes.get(home).map(crate::vfs::Inode::directory) else { break };
            let name =
                directory.entries.iter().find(|(_, ino)| super::place(**ino).is_some_and(|(_, place)| place == at)).map(|(name, _)| name.clone());
            let slash: &[u8] = if path.is_empty() { b"" } else { b"/" };
            path = [&*name.unwrap_or_default(), slash, &path].concat();
            at = home;
        }
        path
    }
}

/// A member of a zip archive, and the chunk of it that is wanted.
struct Member {
    first: ChunkId,
    len: u64,
    index: u64,
    packed: zip::Packed,
}

impl Member {
    fn derive(&self, archive: Archive<'_>, streams: &mut super::Streams, trusting: bool) -> Result<Vec<(u64, Vec<u8>)>, Stop> {
        if let Some(why) = streams.broken.get(&self.first).filter(|_| !trusting) {
            return Err(Stop::Broken(why));
        }
        let whole = !trusting && self.len <= VERIFIED_FIRST && !streams.sound.contains(&self.first);
        let mut stream = match streams.take(self.first, if whole { u64::MAX } else { self.index }).filter(|stream| !whole || stream.verifies()) {
            Some(stream) => stream,
            None => Stream::open(archive, self.packed, self.len, if whole { 0 } else { self.index })?,
        };
        let last = if whole { u64::MAX } else { self.index };
        let ran = stream.run(archive, self.index, last);
        match ran {
            Err(Stop::Broken(_)) if trusting && stream.has(self.index) => {}
            Err(Stop::Broken(why)) => {
                streams.broken.insert(self.first, why);
                return Err(Stop::Broken(why));
            }
            Err(missing) => {
                streams.keep(self.first, self.first + self.index, stream);
                return Err(missing);
            }
            Ok(()) => {}
        }
        if whole {
            streams.sound.insert(self.first);
        }
        let ready = std::mem::take(&mut stream.ready);
        if !ready.iter().any(|(index, _)| *index == self.index) {
            return Err(Stop::Broken("it ends before the archive's directory says"));
        }
        streams.keep(self.first, self.first + self.index, stream);
        Ok(ready)
    }
}
