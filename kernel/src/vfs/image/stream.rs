//! Members of zip archives, read from their beginning on.
//!
//! Deflated contents have no middle: what comes before a chunk is inflated too. A [`Stream`] is where that stopped, to go on from there. Nothing here is
//! part of the state: another kernel begins again.

use super::inflate::Inflate;
use crate::archive::{Crc32, zip};
use crate::map::{Map, Set};
use crate::vfs::body::Body;
use crate::vfs::chunks::{CHUNK, ChunkId, Chunks};

/// Streams that are kept for whoever reads on.
const KEPT: usize = 4;
/// So many chunks behind the one that is wanted are kept of what is inflated anyway.
const AHEAD: u64 = 16;
/// So many bytes of the archive are asked for together.
const INPUT: usize = 256 << 10;

/// The bytes of an archive, as far as they are in memory.
#[derive(Clone, Copy)]
pub struct Archive<'a> {
    pub body: &'a Body,
    pub chunks: &'a Chunks,
}

/// Why a member cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// These chunks of the archive are not in memory.
    Missing(Vec<ChunkId>),
    Broken(&'static str),
}

impl Archive<'_> {
    /// Exactly these bytes. `ahead`: how many more are worth asking for when they are not here.
    pub fn read(self, at: u64, len: usize, ahead: usize) -> Result<Vec<u8>, Stop> {
        let mut missing = Vec::new();
        self.body.missing_to_read(self.chunks, at, len, &mut missing);
        if !missing.is_empty() {
            self.body.missing_to_read(self.chunks, at, ahead, &mut missing);
            return Err(Stop::Missing(missing));
        }
        let mut data = Vec::new();
        match self.body.read(self.chunks, at, len, &mut data) {
            Ok(()) if data.len() == len => Ok(data),
            _ => Err(Stop::Broken("the archive ends before it does")),
        }
    }
}

#[derive(Clone)]
enum How {
    Plain,
    Deflated(Box<Inflate>),
}

#[derive(Clone)]
pub struct Stream {
    how: How,
    /// Where the contents begin in the archive, how many bytes they take there, and how many of these have been taken.
    begin: u64,
    packed: u64,
    taken: u64,
    /// Input that has been read and not taken.
    input: Vec<u8>,
    len: u64,
    /// The chunk that is being made, and what there is of it.
    index: u64,
    piece: Vec<u8>,
    /// The checksum of everything, if it was read from its beginning.
    sum: Option<Crc32>,
    crc: u32,
    /// Whole chunks that are to be kept.
    pub ready: Vec<(u64, Vec<u8>)>,
    /// All chunks before it have gone by.
    pub ended: bool,
}

impl Stream {
    /// From chunk `index` on, or from the beginning where the contents have no middle.
    pub fn open(archive: Archive<'_>, packed: zip::Packed, len: u64, index: u64) -> Result<Stream, Stop> {
        let local = archive.read(packed.header, zip::LOCAL_BYTES, zip::LOCAL_BYTES)?;
        let begin = zip::begin(packed.header, &local).filter(|begin| begin.checked_add(packed.len).is_some_and(|end| end <= archive.body.len()));
        let begin = begin.ok_or(Stop::Broken("it is not where the archive's directory says"))?;
        let index = if packed.deflated { 0 } else { index };
        Ok(Stream {
            how: if packed.deflated { How::Deflated(Box::new(Inflate::new())) } else { How::Plain },
            begin,
            packed: packed.len,
            taken: index * CHUNK as u64,
            input: Vec::new(),
            len,
            index,
            piece: Vec::new(),
            sum: (index == 0).then(Crc32::default),
            crc: packed.crc,
            ready: Vec::new(),
            ended: false,
        })
    }

    /// Whether it has seen everything from the beginning, so that it will know whether the checksum is right.
    pub fn verifies(&self) -> bool {
        self.sum.is_some()
    }

    /// Whether a chunk has been made and kept.
    pub fn has(&self, index: u64) -> bool {
        self.ready.iter().any(|(at, _)| *at == index)
    }

    /// The next chunk that it makes.
    pub fn next(&self) -> u64 {
        self.index
    }

    /// Goes on up to and with chunk `last`, and keeps what it makes from `wanted` on.
    pub fn run(&mut self, archive: Archive<'_>, wanted: u64, last: u64) -> Result<(), Stop> {
        while self.index <= last && !self.ended {
            let before = self.piece.len();
            self.step(archive)?;
            let made = self.index * CHUNK as u64 + self.piece.len() as u64;
            if made > self.len {
                return Err(Stop::Broken("it unpacks to more than the archive's directory says"));
            }
            if let Some(sum) = &mut self.sum {
                sum.add(&self.piece[before..]);
            }
            if self.ended && made < self.len {
                return Err(Stop::Broken("it unpacks to less than the archive's directory says"));
            }
            if self.ended && self.sum.is_some_and(|sum| sum.value() != self.crc) {
                return Err(Stop::Broken("its checksum (CRC-32) is wrong"));
            }
            if self.piece.len() == CHUNK || self.ended {
                let piece = std::mem::take(&mut self.piece);
                if (wanted..wanted + AHEAD).contains(&self.index) && !piece.is_empty() {
                    self.ready.push((self.index, piece));
                }
                self.index += 1;
            }
        }
        Ok(())
    }

    /// Makes some more of the chunk.
    fn step(&mut self, archive: Archive<'_>) -> Result<(), Stop> {
        let left = self.packed - self.taken;
        if self.input.is_empty() && left > 0 {
            // Up to where the archive's next chunk begins.
            let at = self.begin + self.taken;
            let len = (CHUNK as u64 - at % CHUNK as u64).min(left) as usize;
            self.input = archive.read(at, len, (INPUT as u64).min(left) as usize)?;
        }
        let more = left > self.input.len() as u64;
        let taken = match &mut self.how {
            How::Plain => {
                let taken = self.input.len().min(CHUNK - self.piece.len());
                self.piece.extend_from_slice(&self.input[..taken]);
                self.ended = self.taken + taken as u64 == self.packed;
                taken
            }
            How::Deflated(inflate) => {
                let stepped = inflate.step(&self.input, more, &mut self.piece).ok_or(Stop::Broken("what is packed is damaged"))?;
                self.ended = stepped.ended;
                stepped.taken
            }
        };
        self.taken += taken as u64;
        self.input.drain(..taken.min(self.input.len()));
        Ok(())
    }
}

/// What is remembered of members that are being read.
#[derive(Clone, Default)]
pub struct Streams {
    /// By first chunk; the ones used last at the end.
    open: Vec<(ChunkId, ChunkId, Stream)>,
    /// Members whose checksum is right, and what is wrong with others.
    pub sound: Set<ChunkId>,
    pub broken: Map<ChunkId, &'static str>,
}

impl Streams {
    /// The stream of a member, if it has not passed the chunk.
    pub fn take(&mut self, member: ChunkId, index: u64) -> Option<Stream> {
        let at = self.open.iter().position(|(first, ..)| *first == member)?;
        let (.., stream) = self.open.remove(at);
        Some(stream).filter(|stream| stream.next() <= index && !stream.ended)
    }

    /// Keeps a stream; `wanted` is the chunk for which it was used.
    pub fn keep(&mut self, member: ChunkId, wanted: ChunkId, stream: Stream) {
        if !stream.ended {
            self.open.push((member, wanted, stream));
        }
    }

    /// Lets streams go that are too many, but for those that `keep` names by the chunk that is waited for.
    pub fn evict(&mut self, keep: &dyn Fn(ChunkId) -> bool) {
        let mut more = self.open.len().saturating_sub(KEPT);
        self.open.retain(|(_, wanted, _)| {
            let goes = more > 0 && !keep(*wanted);
            more -= usize::from(goes);
            !goes
        });
    }

    /// An image is gone.
    pub fn forget(&mut self, from: ChunkId, to: ChunkId) {
        let gone = |member: &ChunkId| (from..to).contains(member);
        self.open.retain(|(member, ..)| !gone(member));
        self.sound.retain(|member| !gone(member));
        self.broken.retain(|member, _| !gone(member));
    }
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} streams", self.open.len())
    }
}

/// No part of what the files are.
impl PartialEq for Streams {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Streams {}
