//! `survey`: a directory, what is in it and the contents of its small files at one go, for whoever will ask about them one by one.

use std::collections::VecDeque;

use porthole_abi::Errno;
use porthole_abi::flags::{R_OK, X_OK};
use porthole_abi::syscall::{Seen, Surveyed};
use porthole_abi::wire::List;

use super::mount::Spot;
use super::walk::Links;
use super::{Caller, Ino, Inode, Node, Vfs};

/// Entries of all directories together.
const ENTRIES_MAX: usize = 2048;
/// A longer file is read by whoever wants it.
const CONTENTS_MAX: u64 = 64 << 10;

impl Vfs {
    /// The directory at `path`, then those in it, `depth` levels down and each whole or not at all; none called `except`, and none whose names are not what
    /// is seen there. Contents come along as far as `limit` bytes go.
    ///
    /// # Errors
    /// Those of a lookup; `ENOTDIR`; `EACCES`: the caller may not read and search it; `E2BIG`: it holds more than 2048 names; `EXDEV`: something is mounted in it.
    pub fn survey(&self, who: &Caller, path: &[u8], depth: u32, except: &[u8], limit: usize) -> Result<Vec<Surveyed>, Errno> {
        let base = self.lookup_spot(who, path, Links::Follow)?;
        let mut found = Vec::new();
        let (mut room, mut names) = (limit as u64, ENTRIES_MAX);
        // All contents are tried before one fails: what is not in memory is then loaded at one go.
        let mut missing = Ok(());
        let mut open = VecDeque::from([(Vec::new(), base.ino, 0)]);
        while let Some((path, ino, level)) = open.pop_front() {
            match self.may_survey(who, ino, names) {
                Ok(count) => names -= count,
                Err(errno) if found.is_empty() => return Err(errno),
                Err(_) => continue,
            }
            let mut entries = Vec::new();
            for (name, &child) in &self.inode(ino)?.directory()?.entries {
                let inode = self.inode(child)?;
                if level < depth && inode.is_directory() && **name != *except && !name.starts_with(b".") {
                    let below = if path.is_empty() { name.to_vec() } else { [&path, b"/".as_slice(), name].concat() };
                    open.push_back((below, child, level + 1));
                }
                let stat = self.stat_at(Spot { ino: child, ..base })?;
                let data = match self.small(who, inode, room) {
                    Some(len) => {
                        room -= len;
                        self.read_of(child, 0, len as usize).map(Some).unwrap_or_else(|errno| {
                            missing = Err(errno);
                            None
                        })
                    }
                    None => None,
                };
                entries.push(Seen { name: name.to_vec(), stat, whole: data.is_some().into(), data: data.unwrap_or_default() });
            }
            found.push(Surveyed { path, stat: self.stat_at(Spot { ino, ..base })?, entries: List(entries) });
        }
        missing.map(|()| found)
    }

    /// How many names a directory holds.
    fn may_survey(&self, who: &Caller, ino: Ino, most: usize) -> Result<usize, Errno> {
        let inode = self.inode(ino)?;
        let count = inode.directory()?.entries.len();
        self.may(who, inode, R_OK | X_OK)?;
        if self.holds_points(ino) {
            return Err(Errno::EXDEV);
        }
        if count > most { Err(Errno::E2BIG) } else { Ok(count) }
    }

    /// The length of a file whose contents shall come along. Those in an image are made, or fetched, for whoever reads them: not for whoever looks around.
    fn small(&self, who: &Caller, inode: &Inode, room: u64) -> Option<u64> {
        match &inode.node {
            Node::File(body) if body.first_derived().is_some() => None,
            Node::File(body) if body.len() <= room.min(CONTENTS_MAX) && room > 0 && self.may(who, inode, R_OK).is_ok() => Some(body.len()),
            _ => None,
        }
    }
}
