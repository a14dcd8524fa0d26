//! What archives and indexes list: their bytes in, members out.
//!
//! What is *not* known here: files, chunks, where bytes come from. A [`Scan`] says which bytes it wants next and is given them, so that an archive whose
//! bytes come one by one is read once, and only where its directory is. Contents are not looked at, but those of symbolic links in a zip archive, which
//! say where the links lead. Whatever the bytes are, a scan ends with members or with words that say what is wrong.

mod crc32;
pub mod index;
mod little;
mod pax;
pub mod tar;
pub mod zip;
mod zip_extra;

pub use crc32::Crc32;
use rkyv::{Archive, Deserialize, Serialize};

/// Members of one archive at most.
pub const MEMBERS_MAX: usize = 200_000;

/// Bytes of the longest member: exact in JavaScript, and far from any overflow.
pub const LONGEST: u64 = 1 << 43;

/// One thing that an archive lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// As it is listed; whoever plants it checks it.
    pub path: Vec<u8>,
    pub kind: Kind,
    /// The low twelve bits of `st_mode`.
    pub mode: u32,
    /// Nanoseconds since 1970; `None` where the archive does not say.
    pub mtime: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Directory,
    File {
        len: u64,
        packing: Packing,
    },
    /// A symbolic link, with what it says.
    Link(Vec<u8>),
    /// Another name of an earlier member.
    Twin(Vec<u8>),
}

/// Where and how contents are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub enum Packing {
    /// As they are, from this byte of the archive.
    Plain { at: u64 },
    /// In a zip archive.
    Zip(zip::Packed),
    /// Each in a resource of its own.
    Apart,
}

/// What a scan does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// It wants these bytes, all of which the archive has.
    Want {
        at: u64,
        len: usize,
    },
    Done(Vec<Member>),
    /// In words.
    Refused(String),
}

/// The kinds of archives that can be read in pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    Zip,
    Tar,
}

/// The reading of one archive's directory.
#[derive(Clone, Debug)]
pub enum Scan {
    Zip(zip::Scan),
    Tar(tar::Scan),
}

impl Scan {
    /// Of an archive of so many bytes.
    pub fn new(format: Format, len: u64) -> Self {
        match format {
            Format::Zip => Scan::Zip(zip::Scan::new(len)),
            Format::Tar => Scan::Tar(tar::Scan::new(len)),
        }
    }

    /// Goes on with the bytes that it wanted; with none to begin.
    pub fn step(&mut self, data: &[u8]) -> Step {
        let step = match self {
            Scan::Zip(scan) => scan.step(data),
            Scan::Tar(scan) => scan.step(data),
        };
        step.unwrap_or_else(Step::Refused)
    }
}

/// A name in a message: quoted, control characters visible, not too long.
pub fn shown(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    let mut short: String = text.chars().take(200).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("'{}'", short.escape_debug())
}
