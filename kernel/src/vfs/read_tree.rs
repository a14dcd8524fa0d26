//! `read_tree`: a whole tree in few calls, as an exporter reads it.
//!
//! Nothing is remembered between two calls: a page begins after a path, whether that is still there or not. So names that come and go meanwhile neither
//! repeat others nor hide them.

use std::collections::btree_map::Range;
use std::ops::Bound::{Excluded, Unbounded};

use porthole_abi::Errno;
use porthole_abi::flags::{R_OK, X_OK};
use porthole_abi::syscall::TreeNode;

use super::mount::{MountId, Spot};
use super::tree::parts;
use super::walk::Links;
use super::{Caller, Ino, Name, Node, PATH_MAX, Vfs};

/// Bytes of an entry in a frame beside its path and content.
const ENTRY_BYTES: usize = 40;

/// What one call answers, not yet read.
pub struct Page {
    pub entries: Vec<Planned>,
    /// Nothing follows.
    pub end: bool,
}

pub struct Planned {
    /// Below the base.
    path: Vec<u8>,
    pub ino: Ino,
    /// Whether its content goes along.
    pub content: bool,
}

/// A directory on the way: what is left of it, the mount through which it is seen, and how long its path is.
struct Level<'v> {
    names: Range<'v, Name, Ino>,
    mount: MountId,
    prefix: usize,
}

impl Vfs {
    /// Which files a call of `read_tree` answers, parents before what is in them: at least one where any is left, and no more than fit in `limit` bytes. A file
    /// that is longer than `limit`, or that the caller may not read, comes without its content. What is mounted below the base is what is there, but a foreign
    /// tree is an empty directory.
    ///
    /// # Errors
    /// Those of a lookup; `ENOTDIR`: the base is no directory; `EINVAL`: `after` is no path below it. `EACCES`: the page would begin in a directory that the
    /// caller may not read; `ENAMETOOLONG`: or with a path that no call can name.
    pub fn tree_page(&self, who: &Caller, base: &[u8], after: &[u8], limit: usize) -> Result<Page, Errno> {
        let base = self.lookup_spot(who, base, Links::Follow)?;
        let (mut levels, mut path) = self.resume(who, base, after)?;
        let mut entries: Vec<Planned> = Vec::new();
        let mut room = limit;
        while let Some(level) = levels.last_mut() {
            path.truncate(level.prefix);
            let Some((name, &ino)) = level.names.next() else {
                levels.pop();
                continue;
            };
            let spot = Spot { mount: level.mount, ino };
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(name);
            if path.len() > PATH_MAX {
                return stop(entries, Errno::ENAMETOOLONG);
            }
            let spot = self.seen(spot);
            // Of a foreign tree there is nothing here but the directory that it hides.
            let ino = spot.map_or(ino, |spot| spot.ino);
            let inode = self.inode(ino)?;
            let (size, content) = match &inode.node {
                Node::File(body) if body.len() <= limit as u64 && self.may(who, inode, R_OK).is_ok() => (body.len() as usize, true),
                Node::Link(target) => (target.len(), true),
                _ => (0, false),
            };
            let bytes = ENTRY_BYTES + path.len() + size;
            if bytes > room && !entries.is_empty() {
                return Ok(Page { entries, end: false });
            }
            room = room.saturating_sub(bytes);
            entries.push(Planned { path: path.clone(), ino, content });
            if let Some(spot) = spot.filter(|_| inode.is_directory()) {
                match self.level(who, spot, None, path.len()) {
                    Ok(level) => levels.push(level),
                    Err(errno) => return stop(entries, errno),
                }
            }
        }
        Ok(Page { entries, end: true })
    }

    /// An entry as it travels.
    pub fn tree_node(&self, planned: &Planned) -> Result<TreeNode, Errno> {
        let inode = self.inode(planned.ino)?;
        let size = if inode.is_directory() { 0 } else { inode.size() };
        let data = match &inode.node {
            Node::File(_) if planned.content => self.read_of(planned.ino, 0, size as usize)?,
            Node::Link(target) => target.to_vec(),
            _ => Vec::new(),
        };
        let mode = inode.node.kind() | inode.mode;
        Ok(TreeNode { path: planned.path.clone(), mode, mtime: inode.mtime, ino: planned.ino, nlink: inode.nlink, size, data })
    }

    /// The levels between the base and what follows `after`.
    fn resume(&self, who: &Caller, base: Spot, after: &[u8]) -> Result<(Vec<Level<'_>>, Vec<u8>), Errno> {
        let names = if after.is_empty() { Vec::new() } else { parts(after)? };
        let mut levels = vec![self.level(who, base, names.first().copied(), 0)?];
        let (mut dir, mut path) = (base, Vec::new());
        for (at, name) in names.iter().enumerate() {
            let Some(&ino) = self.inode(dir.ino)?.directory()?.entries.get(*name) else { break };
            let Some(next) = self.seen(Spot { ino, ..dir }) else { break };
            let passed_over = at + 1 == names.len() && after.ends_with(b"/");
            if passed_over || !self.inode(next.ino)?.is_directory() {
                break;
            }
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(name);
            dir = next;
            levels.push(self.level(who, dir, names.get(at + 1).copied(), path.len())?);
        }
        Ok((levels, path))
    }

    /// What is to be seen at a place; `None`: a tree of which nothing is known here.
    fn seen(&self, spot: Spot) -> Option<Spot> {
        let seen = if self.mounts.may_hide(spot.ino) { self.mounts.cross(spot) } else { spot };
        Some(seen).filter(|seen| !self.mounts.is_foreign(seen.mount))
    }

    fn level(&self, who: &Caller, dir: Spot, after: Option<&[u8]>, prefix: usize) -> Result<Level<'_>, Errno> {
        let inode = self.inode(dir.ino)?;
        let entries = &inode.directory()?.entries;
        self.may(who, inode, R_OK | X_OK)?;
        let names = match after {
            Some(name) => entries.range::<[u8], _>((Excluded(name), Unbounded)),
            None => entries.range::<[u8], _>(..),
        };
        Ok(Level { names, mount: dir.mount, prefix })
    }
}

/// An error waits for the call that begins with it, so that the caller knows what it is about.
fn stop(entries: Vec<Planned>, errno: Errno) -> Result<Page, Errno> {
    if entries.is_empty() { Err(errno) } else { Ok(Page { entries, end: false }) }
}
