//! From a list of members to a tree of inodes: names checked, directories made up, several names of one file kept together.

use std::collections::BTreeMap;

use super::links::stays_inside;
use super::{Origin, number};
use crate::archive::{Kind, LONGEST, Member, Packing, shown};
use crate::vfs::body::Body;
use crate::vfs::chunks::{CHUNK, ChunkId};
use crate::vfs::{Ino, Inode, NAME_MAX, Name, Nanos, Node, PATH_MAX};

/// What an archive does not say of its files.
#[derive(Clone, Copy, Debug)]
pub struct Seed {
    pub uid: u32,
    pub gid: u32,
    /// For directories that are not listed, and where a time is missing.
    pub mtime: Nanos,
    /// A later member of the same name replaces the earlier one, as in tar archives that were added to. Else it is refused.
    pub replaces: bool,
}

enum What {
    Directory(BTreeMap<Name, usize>),
    File { len: u64, packing: Packing, path: Box<[u8]> },
    Link(Box<[u8]>),
}

struct Plant {
    what: What,
    mode: u32,
    mtime: Nanos,
    nlink: u32,
    home: usize,
    name: Name,
    /// The archive lists it.
    listed: bool,
}

/// A tree that has no numbers yet.
pub struct Planted {
    plants: Vec<Plant>,
    seed: Seed,
}

fn refused(path: &[u8], why: &str) -> String {
    format!("the member {} is refused: {why}", shown(path))
}

/// The names of a member's path. Names such as `./a` are common, others that are no plain path are not.
fn parts(path: &[u8]) -> Result<Vec<&[u8]>, String> {
    if path.is_empty() {
        return Err(refused(path, "it has no name"));
    }
    if path.starts_with(b"/") {
        return Err(refused(path, "its path is absolute"));
    }
    if path.contains(&0) {
        return Err(refused(path, "its path has a null byte"));
    }
    if path.len() > PATH_MAX {
        return Err(refused(path, "its path is too long"));
    }
    let names = path.split(|byte| *byte == b'/').filter(|name| !name.is_empty() && *name != b".");
    names
        .map(|name| match name {
            b".." => Err(refused(path, "its path leads out of the archive")),
            _ if name.len() > NAME_MAX => Err(refused(path, "a name in its path is too long")),
            name => Ok(name),
        })
        .collect()
}

/// # Errors
/// The member that is refused, and why.
pub fn plant(members: &[Member], seed: Seed) -> Result<Planted, String> {
    let root =
        Plant { what: What::Directory(BTreeMap::new()), mode: 0o755, mtime: seed.mtime, nlink: 2, home: 0, name: Name::default(), listed: false };
    let mut planted = Planted { plants: vec![root], seed };
    let mut bytes = 0u64;
    for member in members {
        planted.add(member)?;
        if let Kind::File { len, .. } = member.kind {
            bytes = bytes.saturating_add(len);
        }
        if bytes > LONGEST {
            return Err(refused(&member.path, "all members together would be larger than any disk"));
        }
    }
    Ok(planted)
}

impl Planted {
    /// How many inodes it will have.
    pub(super) fn count(&self) -> usize {
        self.plants.len()
    }

    fn entries(&mut self, dir: usize) -> Option<&mut BTreeMap<Name, usize>> {
        match self.plants.get_mut(dir).map(|plant| &mut plant.what) {
            Some(What::Directory(entries)) => Some(entries),
            _ => None,
        }
    }

    fn find(&self, names: &[&[u8]]) -> Option<usize> {
        names.iter().try_fold(0, |dir, name| match &self.plants.get(dir)?.what {
            What::Directory(entries) => entries.get(*name).copied(),
            _ => None,
        })
    }

    /// A directory below another, made where it is missing.
    fn directory(&mut self, dir: usize, name: &[u8], path: &[u8]) -> Result<usize, String> {
        let next = self.plants.len();
        let Some(entries) = self.entries(dir) else { return Err(refused(path, "it would lie in what is no directory")) };
        let found = *entries.entry(name.into()).or_insert(next);
        if found == next {
            let mtime = self.seed.mtime;
            let what = What::Directory(BTreeMap::new());
            self.plants.push(Plant { what, mode: 0o755, mtime, nlink: 2, home: dir, name: name.into(), listed: false });
            if let Some(parent) = self.plants.get_mut(dir) {
                parent.nlink += 1;
            }
        }
        if self.entries(found).is_none() {
            return Err(refused(path, "it would lie in what is no directory"));
        }
        Ok(found)
    }

    fn add(&mut self, member: &Member) -> Result<(), String> {
        let path = member.path.as_slice();
        let names = parts(path)?;
        let mtime = member.mtime.unwrap_or(self.seed.mtime);
        let Some((name, above)) = names.split_last() else {
            // The root itself.
            if member.kind != Kind::Directory {
                return Err(refused(path, "it has no name"));
            }
            return self.listed(0, member.mode, mtime, path);
        };
        let dir = above.iter().try_fold(0, |dir, name| self.directory(dir, name, path))?;
        let what = match &member.kind {
            Kind::Directory => {
                let dir = self.directory(dir, name, path)?;
                return self.listed(dir, member.mode, mtime, path);
            }
            Kind::File { len, packing } => {
                What::File { len: *len, packing: *packing, path: if *packing == Packing::Apart { names.join(&b'/').into() } else { Box::default() } }
            }
            Kind::Link(target) => {
                if target.is_empty() || target.len() > PATH_MAX || target.contains(&0) {
                    return Err(refused(path, "it is a symbolic link to what is no path"));
                }
                if !stays_inside(above.len(), target) {
                    return Err(refused(path, &format!("it is a symbolic link to {}, which leads out of the archive", shown(target))));
                }
                What::Link(target.as_slice().into())
            }
            Kind::Twin(target) => {
                let one =
                    self.find(&parts(target)?).filter(|one| self.plants.get(*one).is_some_and(|plant| !matches!(plant.what, What::Directory(_))));
                let Some(one) = one else { return Err(refused(path, &format!("it is another name of {}, which is no earlier file", shown(target)))) };
                return self.name(dir, name, one, path);
            }
        };
        let mode = if matches!(what, What::Link(_)) { 0o777 } else { member.mode };
        self.plants.push(Plant { what, mode, mtime, nlink: 0, home: dir, name: Name::default(), listed: true });
        self.name(dir, name, self.plants.len() - 1, path)
    }

    /// The archive says what a directory is like; the last word counts where words are allowed to be repeated.
    fn listed(&mut self, dir: usize, mode: u32, mtime: Nanos, path: &[u8]) -> Result<(), String> {
        let replaces = self.seed.replaces;
        let Some(plant) = self.plants.get_mut(dir) else { return Ok(()) };
        if plant.listed && !replaces {
            return Err(refused(path, "it is listed twice"));
        }
        (plant.mode, plant.mtime, plant.listed) = (mode, mtime, true);
        Ok(())
    }

    fn name(&mut self, dir: usize, name: &[u8], one: usize, path: &[u8]) -> Result<(), String> {
        let replaces = self.seed.replaces;
        let Some(entries) = self.entries(dir) else { return Err(refused(path, "it would lie in what is no directory")) };
        let old = entries.insert(name.into(), one);
        if let Some(old) = old {
            let Some(plant) = self.plants.get_mut(old) else { return Ok(()) };
            if matches!(plant.what, What::Directory(_)) {
                return Err(refused(path, "it is a directory too"));
            }
            if !replaces {
                return Err(refused(path, "it is listed twice"));
            }
            plant.nlink -= 1;
        }
        if let Some(plant) = self.plants.get_mut(one) {
            plant.nlink += 1;
        }
        Ok(())
    }

    /// Inodes and where their contents are, with chunks from `from` on; the last of the three is the first chunk that is free.
    pub(super) fn numbered(self, image: super::ImageId, from: ChunkId) -> (Vec<Inode>, Vec<Origin>, ChunkId) {
        let Seed { uid, gid, .. } = self.seed;
        let mut next = from;
        let mut origins = Vec::new();
        let ino = |at: usize| -> Ino { number(image, at) };
        let inodes = self.plants.into_iter().map(|plant| {
            let node = match plant.what {
                What::Directory(entries) => {
                    let mut node = crate::vfs::inode::Directory { name: plant.name, ..Default::default() };
                    node.entries = entries.into_iter().map(|(name, at)| (name, ino(at))).collect();
                    Node::Directory(node)
                }
                What::Link(target) => Node::Link(target),
                What::File { len, packing, path } => {
                    let body = Body::derived(len, next);
                    origins.push(Origin { first: next, len, packing, path, state: None });
                    // An empty file has a number too, so that no two have the same first.
                    next += len.div_ceil(CHUNK as u64).max(1);
                    Node::File(body)
                }
            };
            let mut inode = Inode::new(node, plant.mode, uid, gid, ino(plant.home), plant.mtime);
            inode.nlink = plant.nlink;
            inode
        });
        let inodes = inodes.collect();
        (inodes, origins, next)
    }
}
