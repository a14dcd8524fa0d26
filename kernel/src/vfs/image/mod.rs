//! Images: trees of files whose contents are somewhere else, in an archive or on a web server, and are made when they are read.
//!
//! An image has inodes of its own beside those of the file system, which walks meet in the same way; nothing can change them, and no journal knows them, since
//! mounts end with their tab. Their contents are chunks as all others are, but for their numbers, which begin at [`DERIVED`]: nobody stores them, and one
//! that is not in memory is *derived* ([`derive`]): out of chunks of the archive, or of what a server answers. They share the page cache and its budget.
//!
//! An image lives as long as something of it is held: a mount, a descriptor, a working directory. An archive's bytes are kept by reference, so that whatever
//! becomes of the file, the image has those that it was mounted with.

mod derive;
mod inflate;
mod links;
mod plant;
mod stream;
mod web;

use porthole_abi::Errno;
use rkyv::{Archive, Deserialize, Serialize};

use super::body::Body;
use super::chunks::{CHUNK, ChunkId, DERIVED};
use super::{Ino, Inode, Spot, Vfs};
use crate::archive::{Format, MEMBERS_MAX, Packing, Scan};
use crate::map::Map;
pub use derive::Derived;
pub use plant::{Planted, Seed, plant};
pub(super) use stream::Streams;
pub use web::{Answer, PIECE_MAX, Piece, Taken};

/// Set in the lower half of the number of a file of an image; the file system's own numbers do not get there. The upper half is the image's number.
const MARK: u64 = 1 << 31;
/// Numbers of images are below 2^21, as `Ino` stays exact in JavaScript.
const IMAGES_EVER: u32 = 1 << 21;

pub type ImageId = u32;

/// Where an image's contents come from.
#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub enum Source {
    /// A file of the file system, by its chunks.
    Archive(Body),
    /// A directory of a web server: its address, with a slash at the end.
    Web(Box<[u8]>),
}

/// One file's contents.
#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub(super) struct Origin {
    /// Its first chunk; the others follow.
    first: ChunkId,
    len: u64,
    packing: Packing,
    /// Of a web server's: its path, and what the server said of its state when it was first read.
    path: Box<[u8]>,
    state: Option<Box<[u8]>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Image {
    /// The root first.
    inodes: Vec<Inode>,
    /// By their first chunks.
    origins: Vec<Origin>,
    source: Source,
    /// Mounts, descriptors and working directories that need it.
    held: u32,
    chunks: Range,
    /// Bytes of all files.
    bytes: u64,
    /// What last went wrong with it, in words.
    pub trouble: Box<[u8]>,
}

/// Chunks from one up to before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
struct Range {
    from: ChunkId,
    to: ChunkId,
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Images {
    table: Map<ImageId, Image>,
    last: ImageId,
    next: ChunkId,
}

impl Default for Images {
    fn default() -> Self {
        Self { table: Map::new(), last: 0, next: DERIVED }
    }
}

/// The image that a file is in, and its place there.
fn place(ino: Ino) -> Option<(ImageId, usize)> {
    (ino & MARK != 0).then_some(((ino >> 32) as ImageId, (ino as u32 & !(MARK as u32)) as usize))
}

fn number(image: ImageId, at: usize) -> Ino {
    u64::from(image) << 32 | MARK | at as u64
}

impl Images {
    pub fn get(&self, ino: Ino) -> Option<&Inode> {
        let (image, at) = place(ino)?;
        self.table.get(&image)?.inodes.get(at)
    }

    fn of_chunk(&self, id: ChunkId) -> Option<(ImageId, &Image, usize)> {
        self.table.iter().find(|(_, image)| (image.chunks.from..image.chunks.to).contains(&id)).and_then(|(number, image)| {
            let at = image.origins.partition_point(|origin| origin.first <= id).checked_sub(1)?;
            Some((*number, image, at))
        })
    }
}

impl Origin {
    fn chunk_len(&self, index: u64) -> usize {
        self.len.saturating_sub(index * CHUNK as u64).min(CHUNK as u64) as usize
    }
}

impl Vfs {
    /// Whether a file is in an image.
    pub fn is_in_image(&self, ino: Ino) -> bool {
        self.inodes.images.get(ino).is_some()
    }

    /// The image of a file that is in one.
    pub fn image_of(&self, ino: Ino) -> Option<&Image> {
        self.inodes.images.table.get(&place(ino)?.0)
    }

    pub fn image_mut(&mut self, image: ImageId) -> Option<&mut Image> {
        self.inodes.images.table.get_mut(&image)
    }

    /// Blocks of an image, and how many files it has.
    pub(super) fn image_size(&self, ino: Ino) -> Option<(u64, u64)> {
        let image = self.image_of(ino)?;
        Some((image.bytes.div_ceil(super::inode::BLOCK), image.inodes.len() as u64))
    }

    /// Makes an image of what was planted, and answers its root, which nobody holds yet.
    ///
    /// # Errors
    /// `ENOSPC`: there are too many files in images. The source is given back.
    pub fn add_image(&mut self, planted: Planted, source: Source) -> Result<Ino, (Errno, Source)> {
        let images = &mut self.inodes.images;
        let all: usize = images.table.values().map(|image| image.inodes.len()).sum();
        if all + planted.count() > MEMBERS_MAX * 2 || images.last + 1 >= IMAGES_EVER {
            return Err((Errno::ENOSPC, source));
        }
        images.last += 1;
        let id = images.last;
        let from = images.next;
        let (inodes, origins, to) = planted.numbered(id, from);
        images.next = to;
        let bytes = origins.iter().map(|origin| origin.len).fold(0, u64::saturating_add);
        let image = Image { inodes, origins, source, held: 0, chunks: Range { from, to }, bytes, trouble: Box::default() };
        images.table.insert(id, image);
        self.chunks.set_lazy(images.table.len());
        Ok(number(id, 0))
    }

    /// The contents of the regular file at a place, to be an image's: they stay as they are now, whatever becomes of the file.
    ///
    /// # Errors
    /// `EISDIR`, `EINVAL`: it has none.
    pub fn keep_contents(&mut self, ino: Ino) -> Result<Source, Errno> {
        let Some(inode) = self.inodes.get(ino) else { return Err(Errno::ENOENT) };
        Ok(Source::Archive(inode.body()?.share(&mut self.chunks)))
    }

    /// Gives contents up that did not become an image's.
    pub fn give_up(&mut self, source: Source) {
        if let Source::Archive(mut body) = source {
            body.clear(&mut self.chunks);
        }
    }

    pub(super) fn hold_image(&mut self, ino: Ino) -> Option<()> {
        self.inodes.images.get(ino)?;
        self.image_mut(place(ino)?.0)?.held += 1;
        Some(())
    }

    pub(super) fn release_image(&mut self, ino: Ino) {
        let Some((id, _)) = place(ino) else { return };
        let Some(image) = self.image_mut(id) else { return };
        image.held = image.held.saturating_sub(1);
        if image.held == 0 {
            self.drop_image(id);
        }
    }

    /// What could not be mounted is not kept.
    pub fn drop_unheld_image(&mut self, root: Ino) {
        if let Some((id, _)) = place(root).filter(|(id, _)| self.inodes.images.table.get(id).is_some_and(|image| image.held == 0)) {
            self.drop_image(id);
        }
    }

    fn drop_image(&mut self, id: ImageId) {
        let Some(image) = self.inodes.images.table.remove(&id) else { return };
        self.streams.forget(image.chunks.from, image.chunks.to);
        self.chunks.forget_derived(image.chunks.from, image.chunks.to);
        self.chunks.set_lazy(self.inodes.images.table.len());
        self.give_up(image.source);
    }
}

/// The reading of an archive's directory, as far as its bytes have come.
#[derive(Clone, Debug)]
pub struct Reading {
    format: Format,
    body: Body,
    /// None of its chunks can change any more without getting another number.
    fixed: bool,
    scan: Scan,
    wanted: Option<(u64, usize)>,
    done: Option<Result<Vec<crate::archive::Member>, String>>,
}

impl Vfs {
    /// Whether a reading is of this archive as it is now.
    pub fn is_of(&self, reading: &Reading, ino: Ino, format: Format) -> bool {
        let body = self.inode(ino).ok().and_then(|inode| inode.body().ok());
        reading.fixed && reading.format == format && body.is_some_and(|body| reading.body == *body)
    }

    /// Begins to read the directory of an archive, or goes on with what has been read of the same one.
    ///
    /// # Errors
    /// `EISDIR`, `EINVAL`: no regular file.
    pub fn reading(&self, ino: Ino, format: Format, known: Option<Reading>) -> Result<Reading, Errno> {
        let body = self.inode(ino)?.body()?;
        match known {
            Some(known) => Ok(known),
            None => Ok(Reading {
                format,
                body: body.clone(),
                fixed: body.chunk_ids().all(|id| self.chunks.is_frozen(id)),
                scan: Scan::new(format, body.len()),
                wanted: None,
                done: None,
            }),
        }
    }

    /// Reads on until it is done (`Ok`) or chunks are missing.
    pub fn read_on(&self, reading: &mut Reading) -> Result<Result<Vec<crate::archive::Member>, String>, Vec<ChunkId>> {
        use crate::archive::Step;
        if let Some(done) = &reading.done {
            return Ok(done.clone());
        }
        let mut step = match reading.wanted {
            Some((at, len)) => Step::Want { at, len },
            None => reading.scan.step(&[]),
        };
        let done = loop {
            match step {
                Step::Want { at, len } => {
                    reading.wanted = Some((at, len));
                    let mut missing = Vec::new();
                    reading.body.missing_to_read(&self.chunks, at, len, &mut missing);
                    if !missing.is_empty() {
                        return Err(missing);
                    }
                    let mut data = Vec::new();
                    match reading.body.read(&self.chunks, at, len, &mut data) {
                        Ok(()) if data.len() == len => step = reading.scan.step(&data),
                        _ => break Err("the archive ends before what its directory speaks of".to_owned()),
                    }
                }
                Step::Done(members) => break Ok(members),
                Step::Refused(words) => break Err(words),
            }
        };
        reading.done = Some(done.clone());
        Ok(done)
    }

    /// The regular file at a path that the caller may read, and its place.
    ///
    /// # Errors
    /// Those of a lookup; `EACCES`; `EISDIR`, `EINVAL`: no regular file.
    pub fn archive_at(&self, who: &super::Caller, path: &[u8]) -> Result<Spot, Errno> {
        let spot = self.lookup_spot(who, path, super::walk::Links::Follow)?;
        let inode = self.inode(spot.ino)?;
        self.may(who, inode, porthole_abi::flags::R_OK)?;
        inode.body()?;
        Ok(spot)
    }
}
