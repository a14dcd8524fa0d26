//! The directory of a zip archive (PKWARE's APPNOTE 6.3.10): its end record, its central directory, and what its symbolic links say.

use miniz_oxide::inflate::decompress_slice_iter_to_slice;
use rkyv::{Archive, Deserialize, Serialize};

use super::zip_extra::{Extra, dos_time};
use super::{Crc32, Kind, LONGEST, MEMBERS_MAX, Member, Packing, Step, little, shown};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END64: u32 = 0x0606_4b50;
const LOCATOR64: u32 = 0x0706_4b50;

pub const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
const END64_BYTES: usize = 56;
const LOCATOR64_BYTES: usize = 20;
const COMMENT_MAX: usize = 0xffff;

/// So much of the directory is read at one go.
const WINDOW: usize = 64 << 10;
/// The most that deflate makes of a byte, and what the smallest stream may do beside.
const RATIO: u64 = 1032;
/// A link's text at most, packed or not.
const LINK_MAX: u64 = 4096;

const ENCRYPTED: u16 = 1;
const BY_UNIX: u8 = 3;
const BY_MACOS: u8 = 19;

/// Contents in a zip archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Packed {
    /// Where the local header is, behind which they begin.
    pub header: u64,
    /// How many bytes they take there.
    pub len: u64,
    pub crc: u32,
    /// Deflated; else as they are.
    pub deflated: bool,
}

/// Where contents begin behind a local header of [`LOCAL_BYTES`] bytes that is there. `None`: it is none.
pub fn begin(header: u64, local: &[u8]) -> Option<u64> {
    (little::u32(local, 0) == LOCAL).then(|| header + LOCAL_BYTES as u64 + u64::from(little::u16(local, 26)) + u64::from(little::u16(local, 28)))
}

#[derive(Clone, Debug)]
enum Phase {
    Begin,
    /// The end of the archive has been asked for, from this byte.
    Tail(u64),
    /// The end record of 64 bits.
    Tail64 {
        end: u64,
    },
    Directory,
    /// The local header of the link with this number.
    Header(usize),
    /// Its text.
    Text(usize),
    /// Nothing is wanted any more.
    Over,
}

#[derive(Clone, Debug)]
pub struct Scan {
    len: u64,
    phase: Phase,
    /// What is left of the directory, how many members it is to have, and what has been read of the next.
    at: u64,
    end: u64,
    count: u64,
    carry: Vec<u8>,
    /// Bytes before the archive proper, as in one that unpacks itself.
    shift: u64,
    /// Where the directory begins: contents lie before it.
    start: u64,
    members: Vec<Member>,
    /// Those of them that are links.
    links: Vec<(usize, Packed, u64)>,
    /// Bytes of archive that the members together say they take.
    taken: u64,
}

fn damaged(why: impl std::fmt::Display) -> String {
    format!("the zip archive cannot be read: {why}")
}

fn refused(name: &[u8], why: impl std::fmt::Display) -> String {
    format!("the member {} is refused: {why}", shown(name))
}

impl Scan {
    pub fn new(len: u64) -> Self {
        Self {
            len,
            phase: Phase::Begin,
            at: 0,
            end: 0,
            count: 0,
            carry: Vec::new(),
            shift: 0,
            start: 0,
            members: Vec::new(),
            links: Vec::new(),
            taken: 0,
        }
    }

    /// # Errors
    /// What is wrong with the archive.
    pub fn step(&mut self, data: &[u8]) -> Result<Step, String> {
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Begin => {
                let len = self.len.min((END_BYTES + COMMENT_MAX + LOCATOR64_BYTES) as u64);
                self.phase = Phase::Tail(self.len - len);
                Ok(Step::Want { at: self.len - len, len: len as usize })
            }
            Phase::Tail(from) => self.tail(from, data),
            Phase::Tail64 { end } => {
                if little::u32(data, 0) != END64 {
                    return Err(damaged("its zip64 end record is not where it should be"));
                }
                self.directory(little::u64(data, 48), little::u64(data, 40), little::u64(data, 32), end, false)
            }
            Phase::Directory => {
                self.at += data.len() as u64;
                self.carry.extend_from_slice(data);
                self.listed()?;
                self.window()
            }
            Phase::Header(link) => {
                let Some((member, packed, _)) = self.links.get(link) else { return self.link(link) };
                let at = begin(packed.header, data).filter(|at| at.checked_add(packed.len).is_some_and(|end| end <= self.start));
                let Some(at) = at else { return Err(refused(self.name(*member), "it is not where the directory says")) };
                self.phase = Phase::Text(link);
                Ok(Step::Want { at, len: packed.len as usize })
            }
            Phase::Text(link) => {
                self.text(link, data)?;
                self.link(link + 1)
            }
            Phase::Over => Err(damaged("its directory has been read already")),
        }
    }

    fn name(&self, member: usize) -> &[u8] {
        self.members.get(member).map_or(b"", |member| &member.path)
    }

    fn tail(&mut self, from: u64, data: &[u8]) -> Result<Step, String> {
        let is_end = |at: &usize| little::u32(data, *at) == END && at + END_BYTES + usize::from(little::u16(data, at + 20)) == data.len();
        let mut ends = (0..(data.len() + 1).saturating_sub(END_BYTES)).rev().filter(is_end);
        let Some(at) = ends.next() else { return Err(damaged("its directory is missing: it may be cut off, or no zip archive")) };
        if ends.next().is_some() {
            return Err(damaged("it has two directories, of which programs take one or the other"));
        }
        if little::u16(data, at + 4) != little::u16(data, at + 6) {
            return Err(damaged("it is one of several volumes"));
        }
        let locator = at.checked_sub(LOCATOR64_BYTES).filter(|at| little::u32(data, *at) == LOCATOR64);
        let end = from + at as u64;
        if let Some(locator) = locator {
            let record = little::u64(data, locator + 8);
            if record.checked_add(END64_BYTES as u64).is_none_or(|end| end > from + locator as u64) {
                return Err(damaged("its zip64 end record is not where it should be"));
            }
            self.phase = Phase::Tail64 { end: record };
            return Ok(Step::Want { at: record, len: END64_BYTES });
        }
        let (start, len, count) = (little::u32(data, at + 16), little::u32(data, at + 12), little::u16(data, at + 10));
        self.directory(start.into(), len.into(), count.into(), end, true)
    }

    fn directory(&mut self, start: u64, len: u64, count: u64, end: u64, may_shift: bool) -> Result<Step, String> {
        let told_end = start.checked_add(len).filter(|told| *told <= end).ok_or_else(|| damaged("its directory is longer than the archive"))?;
        // What stands before an archive that unpacks itself moves everything behind.
        self.shift = if may_shift { end - told_end } else { 0 };
        if count > MEMBERS_MAX as u64 {
            return Err(format!("the archive has {count} members, and {MEMBERS_MAX} can be mounted"));
        }
        if count * CENTRAL_BYTES as u64 > len {
            return Err(damaged(format_args!("its directory of {len} bytes cannot have {count} members")));
        }
        (self.at, self.end, self.count) = (start + self.shift, start + self.shift + len, count);
        self.start = self.at;
        self.window()
    }

    /// Wants the next part of the directory, or goes on to the links.
    fn window(&mut self) -> Result<Step, String> {
        if self.members.len() as u64 == self.count {
            if self.carry.starts_with(&CENTRAL.to_le_bytes()) {
                return Err(damaged(format_args!("its directory has more than the {} members that it says", self.count)));
            }
            if self.taken > self.start {
                return Err(damaged("its members share their contents, as in archives that unpack to what no disk can hold"));
            }
            self.carry = Vec::new();
            return self.link(0);
        }
        let len = (self.end - self.at).min(WINDOW as u64) as usize;
        if len == 0 {
            return Err(damaged(format_args!("member {} of its directory is malformed", self.members.len())));
        }
        self.phase = Phase::Directory;
        Ok(Step::Want { at: self.at, len })
    }

    /// Takes the members that have been read whole.
    fn listed(&mut self) -> Result<(), String> {
        let carry = std::mem::take(&mut self.carry);
        let mut rest = carry.as_slice();
        while (self.members.len() as u64) < self.count && rest.len() >= CENTRAL_BYTES {
            if little::u32(rest, 0) != CENTRAL {
                return Err(damaged(format_args!("member {} of its directory is malformed", self.members.len())));
            }
            let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(little::u16(rest, at)));
            let Some((record, after)) = rest.split_at_checked(CENTRAL_BYTES + name + extra + comment) else { break };
            let (name, fields) = record[CENTRAL_BYTES..CENTRAL_BYTES + name + extra].split_at(name);
            self.member(record, name, fields)?;
            rest = after;
        }
        self.carry = rest.to_vec();
        Ok(())
    }

    fn member(&mut self, record: &[u8], name: &[u8], fields: &[u8]) -> Result<(), String> {
        let mut extra = Extra::read(fields).ok_or_else(|| refused(name, "a field of the directory is longer than there is room"))?;
        let (flags, method, by) = (little::u16(record, 8), little::u16(record, 10), record[5]);
        let crc = little::u32(record, 16);
        let len = extra.or(little::u32(record, 24));
        let packed_len = extra.or(little::u32(record, 20));
        let header = extra.or(little::u32(record, 42)).saturating_add(self.shift);
        let stat = if by == BY_UNIX || by == BY_MACOS { u32::from(little::u16(record, 40)) } else { 0 };
        let mtime = extra.mtime.or_else(|| dos_time(little::u16(record, 14), little::u16(record, 12)));
        // Some Windows programs write their own separator.
        let path =
            if by == 0 && !name.contains(&b'/') { name.iter().map(|&byte| if byte == b'\\' { b'/' } else { byte }).collect() } else { name.to_vec() };
        let slash = path.last() == Some(&b'/');
        let mode = if stat & 0o7777 != 0 || stat & 0o170_000 != 0 {
            stat & 0o7777
        } else if slash {
            0o755
        } else {
            0o644
        };
        let number = self.members.len();
        let kind = match stat & 0o170_000 {
            0o040_000 => Kind::Directory,
            _ if slash => Kind::Directory,
            kind @ (0 | 0o100_000 | 0o120_000) => {
                let packed = Packed { header, len: packed_len, crc, deflated: method == 8 };
                self.check(name, flags, method, len, packed)?;
                if kind == 0o120_000 {
                    if len == 0 || len > LINK_MAX || packed_len > LINK_MAX {
                        return Err(refused(name, format_args!("it is a symbolic link of {len} bytes")));
                    }
                    self.links.push((number, packed, len));
                }
                Kind::File { len, packing: Packing::Zip(packed) }
            }
            _ => return Err(refused(name, "it is neither a file nor a directory nor a link")),
        };
        self.members.push(Member { path, kind, mode, mtime });
        Ok(())
    }

    fn check(&mut self, name: &[u8], flags: u16, method: u16, len: u64, packed: Packed) -> Result<(), String> {
        if flags & ENCRYPTED != 0 {
            return Err(refused(name, "it is encrypted"));
        }
        if method != 0 && method != 8 {
            return Err(refused(name, format_args!("it is packed by method {method}, and only stored (0) and deflated (8) members can be read")));
        }
        if len > LONGEST || (method == 0 && len != packed.len) || len > packed.len.saturating_mul(RATIO) {
            return Err(refused(name, format_args!("its {} packed bytes cannot be {len}", packed.len)));
        }
        let takes = (LOCAL_BYTES as u64).saturating_add(packed.len);
        if packed.header.checked_add(takes).is_none_or(|end| end > self.start) {
            return Err(refused(name, "the archive ends before it does"));
        }
        self.taken = self.taken.saturating_add(takes);
        Ok(())
    }

    fn link(&mut self, link: usize) -> Result<Step, String> {
        match self.links.get(link) {
            Some((_, packed, _)) => {
                self.phase = Phase::Header(link);
                Ok(Step::Want { at: packed.header, len: LOCAL_BYTES })
            }
            None => Ok(Step::Done(std::mem::take(&mut self.members))),
        }
    }

    fn text(&mut self, link: usize, data: &[u8]) -> Result<(), String> {
        let Some(&(number, packed, len)) = self.links.get(link) else { return Ok(()) };
        let mut text = vec![0; len as usize];
        let whole = if packed.deflated {
            decompress_slice_iter_to_slice(&mut text, std::iter::once(data), false, true) == Ok(len as usize)
        } else {
            text.copy_from_slice(data);
            true
        };
        let mut crc = Crc32::default();
        crc.add(&text);
        if !whole || crc.value() != packed.crc {
            return Err(refused(self.name(number), "it is damaged: its checksum is wrong"));
        }
        if let Some(member) = self.members.get_mut(number) {
            member.kind = Kind::Link(text);
        }
        Ok(())
    }
}
