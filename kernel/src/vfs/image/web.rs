//! Files of a web server: which bytes are asked for, and what is made of the answer.
//!
//! A file's chunks come by requests for ranges, more at a time the longer somebody reads on. What the server says of a file's state with the first answer
//! (`ETag`, else `Last-Modified`) must stay as it is: two states of one file are never mixed. What came from outside cannot be had again for certain, so what
//! a logged call needs of it is logged before it ([`crate::Event::Piece`]).

use super::{Image, ImageId, Source};
use crate::vfs::Vfs;
use crate::vfs::chunks::{CHUNK, ChunkId, Origin};

/// The most that is asked for at a time. How much it is, is for the machine to say.
pub const PIECE_MAX: u64 = 1 << 20;
/// A server that knows no ranges sends the whole file; if it is longer, that is not taken.
const WHOLE_MAX: u64 = 64 << 20;

/// So much of a file that came whole is kept from what was asked for on: asking again costs the whole file again.
const WHOLE_KEPT: usize = 4 << 20;

/// Bytes of a web server's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub image: ImageId,
    /// The file's first chunk.
    pub file_id: ChunkId,
    /// The chunks that it makes, from this one on.
    pub first: ChunkId,
    pub chunks: u64,
    pub url: Vec<u8>,
    pub at: u64,
    pub len: u64,
    /// How long the whole file is, and the most that an answer may have.
    pub file: u64,
    pub most: u64,
}

/// What is right with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Chunks with their bytes.
    pub chunks: Vec<(ChunkId, Vec<u8>)>,
    /// What the server says of the file's state, where that is news.
    pub state: Option<Vec<u8>>,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    pub status: u16,
    /// Values of headers; empty: none.
    pub etag: &'a [u8],
    pub modified: &'a [u8],
    pub range: &'a [u8],
    pub body: &'a [u8],
}

impl Image {
    /// The piece that has a chunk, from its file's chunk `id` on.
    pub(super) fn piece(&self, image: ImageId, at: usize, id: ChunkId) -> Piece {
        let (base, origin) = match (&self.source, self.origins.get(at)) {
            (Source::Web(base), Some(origin)) => (base, origin),
            _ => return Piece { image, file_id: id, first: id, chunks: 0, url: Vec::new(), at: 0, len: 0, file: 0, most: 0 },
        };
        let start = (id - origin.first) * CHUNK as u64;
        let len = origin.len.saturating_sub(start).min(PIECE_MAX);
        let url = [base, escaped(&origin.path).as_slice()].concat();
        let most = if origin.len <= WHOLE_MAX { origin.len } else { len };
        let chunks = len.div_ceil(CHUNK as u64);
        Piece { image, file_id: origin.first, first: id, chunks, url, at: start, len, file: origin.len, most }
    }
}

impl Piece {
    /// Only the first so many chunks of it.
    pub fn shortened(self, chunks: u64) -> Piece {
        let chunks = self.chunks.min(chunks.max(1));
        Piece { chunks, len: self.len.min(chunks * CHUNK as u64), ..self }
    }
}

/// A path as a part of an address: all but letters, digits and `-._~/` by their numbers.
fn escaped(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len());
    for byte in path {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(*byte),
            byte => out.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
    out
}

/// `bytes FROM-TO/ALL` of a `Content-Range`.
fn content_range(text: &[u8]) -> Option<(u64, Option<u64>)> {
    let (range, all) = std::str::from_utf8(text).ok()?.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (from, _) = range.split_once('-')?;
    Some((from.parse().ok()?, all.parse().ok()))
}

impl Vfs {
    /// What an answer brings. Nothing has changed yet.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn judge(&self, piece: &Piece, answer: &Answer<'_>) -> Result<Taken, String> {
        let state = match (answer.etag, answer.modified) {
            (b"", b"") => None,
            (b"", modified) => Some(modified),
            (etag, _) => Some(etag),
        };
        let known = self.origin(piece.first).and_then(|origin| origin.state.as_deref());
        if let (Some(known), Some(state)) = (known, state)
            && known != state
        {
            return Err("the file has changed on the server since it was first read: mount it again".into());
        }
        let news = state.filter(|_| known.is_none()).map(<[u8]>::to_vec);
        let (from, bytes) = match answer.status {
            206 => {
                let (from, all) = match content_range(answer.range) {
                    Some((from, all)) => (from, all),
                    // A server of another origin need not show it.
                    None if answer.range.is_empty() => (piece.at, None),
                    None => return Err("the server's Content-Range makes no sense".into()),
                };
                if let Some(all) = all
                    && all != piece.file
                {
                    return Err(format!("the index says that it has {} bytes, the server says {all}", piece.file));
                }
                (from, answer.body)
            }
            200 if answer.body.len() as u64 == piece.file => (0, answer.body),
            200 if answer.body.len() as u64 > piece.most => {
                return Err(format!("the server sends nothing but whole files (no ranges), and {} bytes are too many for that", piece.file));
            }
            200 => return Err(format!("the index says that it has {} bytes, the server sent {}", piece.file, answer.body.len())),
            416 => return Err(format!("the index says that it has {} bytes, and the server has fewer", piece.file)),
            status => return Err(format!("the server answered {status}")),
        };
        let skip = usize::try_from(piece.at.saturating_sub(from)).unwrap_or(usize::MAX);
        let part = if from > piece.at { None } else { bytes.get(skip..).and_then(|rest| rest.get(..piece.len as usize)) };
        let part = part.ok_or_else(|| format!("the server sent other bytes than the {} from {} on", piece.len, piece.at))?;
        let part = match answer.status {
            200 => bytes.get(skip..).map_or(part, |rest| &rest[..rest.len().min(WHOLE_KEPT)]),
            _ => part,
        };
        let chunks = part.chunks(CHUNK).enumerate().map(|(at, data)| (piece.first + at as u64, data.to_vec())).collect();
        Ok(Taken { chunks, state: news })
    }

    fn origin(&self, id: ChunkId) -> Option<&super::Origin> {
        let (_, image, at) = self.inodes.images.of_chunk(id)?;
        image.origins.get(at).filter(|_| matches!(image.source, Source::Web(_)))
    }

    /// Remembers what a server says of a file's state.
    pub fn set_web_state(&mut self, id: ChunkId, state: Vec<u8>) {
        let Some((number, _, at)) = self.inodes.images.of_chunk(id) else { return };
        if let Some(origin) = self.image_mut(number).and_then(|image| image.origins.get_mut(at)) {
            origin.state = Some(state.into());
        }
    }

    /// Takes bytes of a chunk of a web server's file; `logged`: they are in the log. `false`: there is no such chunk, or it has another length.
    pub fn put_piece(&mut self, id: ChunkId, data: Vec<u8>, logged: bool) -> bool {
        let fits = self.origin(id).is_some_and(|origin| !data.is_empty() && data.len() == origin.chunk_len(id - origin.first));
        if fits {
            self.chunks.put_derived(id, data, if logged { Origin::Logged } else { Origin::Outside });
        }
        fits
    }

    /// The bytes of a chunk that came from outside and is not in the log.
    pub fn unlogged(&self, id: ChunkId) -> Option<Vec<u8>> {
        self.chunks.unlogged(id).map(<[u8]>::to_vec)
    }

    /// Whether chunks that are not in the log count as missing: for calls that will be in it.
    pub fn count_unlogged(&self, count: bool) {
        self.chunks.count_unlogged(count);
    }

    /// The log begins anew.
    pub fn log_is_new(&mut self) {
        self.chunks.log_is_new();
    }

    /// A log is being replayed: what it brings of the outside stays until that is over.
    pub fn set_replaying(&mut self, replaying: bool) {
        self.chunks.set_replaying(replaying);
    }
}
