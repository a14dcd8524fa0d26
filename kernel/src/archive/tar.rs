//! The headers of a tar archive: ustar, pax, GNU's long names and large numbers, and what was before them.
//!
//! A tar archive has no directory. Its headers are found one after the other, so a scan reads a part of the archive for each member, and skips contents.

use super::{Kind, LONGEST, MEMBERS_MAX, Member, Packing, Step, pax, shown};

const BLOCK: u64 = 512;
/// The longest extended header: names in it are refused long before.
const EXTENDED_MAX: u64 = 1 << 20;

#[derive(Clone, Debug)]
enum Phase {
    Begin,
    Header,
    /// The text of an extended header of this kind.
    Extended(u8),
}

#[derive(Clone, Debug)]
pub struct Scan {
    len: u64,
    phase: Phase,
    /// The next header, or the text that has been asked for.
    at: u64,
    /// What extended headers say of all members, and of the next.
    all: pax::Said,
    next: pax::Said,
    members: Vec<Member>,
}

fn damaged(why: impl std::fmt::Display) -> String {
    format!("the tar archive cannot be read: {why}")
}

fn refused(name: &[u8], why: impl std::fmt::Display) -> String {
    format!("the member {} is refused: {why}", shown(name))
}

impl Scan {
    pub fn new(len: u64) -> Self {
        Self { len, phase: Phase::Begin, at: 0, all: pax::Said::new(), next: pax::Said::new(), members: Vec::new() }
    }

    /// # Errors
    /// What is wrong with the archive.
    pub fn step(&mut self, data: &[u8]) -> Result<Step, String> {
        match self.phase {
            Phase::Begin => self.header(),
            Phase::Header => self.read(data),
            Phase::Extended(kind) => {
                match kind {
                    b'L' => drop(self.next.insert(b"path".to_vec(), unended(data).to_vec())),
                    b'K' => drop(self.next.insert(b"linkpath".to_vec(), unended(data).to_vec())),
                    kind => {
                        let said = pax::read(data).ok_or_else(|| damaged(format_args!("the extended header at byte {} is malformed", self.at)))?;
                        if kind == b'g' { self.all.extend(said) } else { self.next.extend(said) }
                    }
                }
                self.at += padded(data.len() as u64);
                self.header()
            }
        }
    }

    /// Wants the next header.
    fn header(&mut self) -> Result<Step, String> {
        if self.at + BLOCK > self.len {
            return Err(damaged(if self.at >= self.len {
                "it ends without its end mark: it may be cut off"
            } else {
                "it ends in the middle of a header"
            }));
        }
        self.phase = Phase::Header;
        Ok(Step::Want { at: self.at, len: BLOCK as usize })
    }

    fn read(&mut self, head: &[u8]) -> Result<Step, String> {
        let at = self.at;
        if head.iter().all(|byte| *byte == 0) {
            if !self.next.is_empty() {
                return Err(damaged("it ends after an extended header that is about nothing"));
            }
            return Ok(Step::Done(std::mem::take(&mut self.members)));
        }
        if at == 0 && head.starts_with(&[0x1f, 0x8b]) {
            return Err("the archive is compressed as a whole (gzip), so that no part of it can be read without all before it: unpack it (gunzip), or make a zip archive".into());
        }
        if !sum_is_right(head) {
            return Err(damaged(format_args!("there is no header with a right checksum at byte {at}")));
        }
        let wrong = |what: &str| damaged(format_args!("the header at byte {at} has a {what} that cannot be"));
        let kind = head.get(156).copied().unwrap_or(0);
        let size = number(head, 124, 12).and_then(|size| u64::try_from(size).ok()).filter(|size| *size <= LONGEST).ok_or_else(|| wrong("size"))?;
        match kind {
            b'x' | b'X' | b'g' | b'L' | b'K' => {
                if size > EXTENDED_MAX || at + BLOCK + size > self.len {
                    return Err(damaged(format_args!("the extended header at byte {at} has {size} bytes")));
                }
                self.at += BLOCK;
                self.phase = Phase::Extended(kind);
                Ok(Step::Want { at: self.at, len: size as usize })
            }
            // A volume's label.
            b'V' => self.skip(size),
            _ => {
                let next = std::mem::take(&mut self.next);
                let mut said = self.all.clone();
                said.extend(next);
                // An empty value takes back what was said of all.
                said.retain(|_, value| !value.is_empty());
                let mtime = match said.get(&b"mtime"[..]) {
                    Some(text) => pax::time(text),
                    None => number(head, 136, 12).and_then(|seconds| seconds.checked_mul(1_000_000_000)),
                };
                let mtime = mtime.ok_or_else(|| wrong("time"))?;
                let mode = number(head, 100, 8).and_then(|mode| u32::try_from(mode).ok()).ok_or_else(|| wrong("mode"))? & 0o7777;
                self.member(head, kind, size, mode, mtime, &said)
            }
        }
    }

    fn member(&mut self, head: &[u8], kind: u8, own_size: u64, mode: u32, mtime: i64, said: &pax::Said) -> Result<Step, String> {
        let path = said.get(&b"path"[..]).cloned().unwrap_or_else(|| own_name(head));
        if self.members.len() >= MEMBERS_MAX {
            return Err(format!("the archive has more than {MEMBERS_MAX} members, which is as many as can be mounted"));
        }
        if kind == b'S' || said.keys().any(|key| key.starts_with(b"GNU.sparse.")) {
            return Err(refused(&path, "it is stored as a sparse file: make the archive without --sparse"));
        }
        let told = said.get(&b"size"[..]);
        let size = match told {
            Some(text) => std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()).filter(|size| *size <= LONGEST),
            None => Some(own_size),
        };
        let size = size.ok_or_else(|| refused(&path, "it has a size that is no number"))?;
        let target = || said.get(&b"linkpath"[..]).cloned().unwrap_or_else(|| field(head, 157, 100).to_vec());
        let at = self.at + BLOCK;
        let what = match kind {
            b'1' => Kind::Twin(target()),
            b'2' => Kind::Link(target()),
            b'3' | b'4' => return Err(refused(&path, "it is a device")),
            b'6' => return Err(refused(&path, "it is a named pipe")),
            // GNU's incremental archives (D) list what a directory held. Before there was a kind for them, directories were files with a slash behind their names.
            b'5' | b'D' => Kind::Directory,
            _ if path.last() == Some(&b'/') => Kind::Directory,
            b'A'..=b'Z' => return Err(refused(&path, format_args!("it is of the kind '{}', which is not known", char::from(kind)))),
            _ => Kind::File { len: size, packing: Packing::Plain { at } },
        };
        // Links have no content, whatever size old writers give them, unless a pax header says so.
        let takes = if matches!(kind, b'1' | b'2') && told.is_none() { 0 } else { size };
        if at + takes > self.len {
            return Err(damaged(format_args!("it ends in the middle of {}", shown(&path))));
        }
        self.members.push(Member { path, kind: what, mode, mtime: Some(mtime) });
        self.skip(takes)
    }

    fn skip(&mut self, size: u64) -> Result<Step, String> {
        self.at += BLOCK + padded(size);
        self.header()
    }
}

fn padded(size: u64) -> u64 {
    size.div_ceil(BLOCK) * BLOCK
}

fn own_name(head: &[u8]) -> Vec<u8> {
    let name = field(head, 0, 100);
    // GNU's archives say `ustar` with a space, and have times where POSIX's have the beginning of a long name.
    let prefix = if head.get(257..263) == Some(b"ustar\0") { field(head, 345, 155) } else { b"" };
    if prefix.is_empty() { name.to_vec() } else { [prefix, b"/", name].concat() }
}

/// Text up to its first null byte, where there is one.
fn field(head: &[u8], at: usize, len: usize) -> &[u8] {
    let whole = head.get(at..at + len).unwrap_or_default();
    whole.split(|byte| *byte == 0).next().unwrap_or_default()
}

/// GNU's long names end with a null byte. Another one before it stays, and refuses the name.
fn unended(name: &[u8]) -> &[u8] {
    name.strip_suffix(b"\0").unwrap_or(name)
}

fn number(head: &[u8], at: usize, len: usize) -> Option<i64> {
    let bytes = head.get(at..at + len)?;
    let first = *bytes.first()?;
    if first & 0x80 != 0 {
        // GNU's large numbers: base 256, two's complement.
        let begin = if first == 0xff { -1 } else { i64::from(first & 0x7f) };
        return bytes[1..].iter().try_fold(begin, |value, byte| value.checked_mul(256)?.checked_add(i64::from(*byte)));
    }
    let digits = field(head, at, len).trim_ascii();
    digits.iter().try_fold(0i64, |value, digit| value.checked_mul(8)?.checked_add(i64::from(digit.checked_sub(b'0').filter(|digit| *digit < 8)?)))
}

/// The sum of all bytes, the checksum's own counted as spaces. Some old writers took the bytes as signed.
fn sum_is_right(head: &[u8]) -> bool {
    let others = || head.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { b' ' } else { *byte });
    let told = number(head, 148, 8).filter(|_| !field(head, 148, 8).is_empty());
    let sum: i64 = others().map(i64::from).sum();
    let signed: i64 = others().map(|byte| i64::from(byte.cast_signed())).sum();
    told.is_some_and(|told| told == sum || told == signed)
}
