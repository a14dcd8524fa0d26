//! A path that leads out of the file system, followed to its end.
//!
//! Trees and file system take turns: a tree's link or mount may lead back into the file system, whose link or mount may lead into a tree. What a path
//! comes to outside the file system is a [`Site`]. A walk that stays in the file system never comes here.

use std::collections::VecDeque;

use porthole_abi::Errno;
use porthole_abi::flags::X_OK;

use super::node::Node;
use super::tree::{At, Is, Leads};
use crate::descriptor::DescriptionId;
use crate::machine::Machine;
use crate::vfs::{Caller, ELSEWHERE, Elsewhere, Links, MountId, Spot, Vfs};

/// Turns that one path may take, and links that it may have in trees; as many as a walk of the file system follows.
const TURNS_MAX: u32 = 40;
const NAME_MAX: usize = 255;

/// Where a path ends.
#[derive(Clone, Debug)]
pub enum Reached {
    /// In the file system after all: for whom to walk which path, which stays in it.
    Files(Caller, Vec<u8>),
    Elsewhere(Site),
}

/// What a path comes to outside the file system.
#[derive(Clone, Debug)]
pub enum Site {
    Tree(Entry),
    /// What a link to a descriptor stands for (`/proc/5/fd/3`).
    Description(DescriptionId),
}

/// A place in a tree.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub mount: MountId,
    /// The directory in which the last name is looked for, and what has that name.
    pub directory: Node,
    pub node: Option<Node>,
    pub last: End,
    pub slash: bool,
}

/// The last part of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Name,
    Dot,
    DotDot,
    /// There was none: the path leads to the root of a mount.
    Root,
}

impl Entry {
    /// # Errors
    /// `ENOENT`: nothing is there; `ENOTDIR`: a slash behind the name of what is no directory.
    pub fn found(&self) -> Result<Node, Errno> {
        let node = self.node.ok_or(Errno::ENOENT)?;
        if self.slash && !node.is_directory() { Err(Errno::ENOTDIR) } else { Ok(node) }
    }
}

/// A turn's end.
enum Turn {
    Done(Site),
    /// Into the file system.
    Out(Spot, Vec<u8>),
}

impl Machine {
    /// Follows a path that the file system said leads elsewhere.
    ///
    /// # Errors
    /// Those of a walk.
    pub(crate) fn site(&self, pid: i32, who: &Caller, path: &[u8], links: Links) -> Result<Reached, Errno> {
        let (mut who, mut path) = (*who, path.to_vec());
        for _ in 0..TURNS_MAX {
            let Some(there) = self.state.vfs.elsewhere(&who, &path, links)? else { return Ok(Reached::Files(who, path)) };
            match self.tree_walk(pid, &who, there, links)? {
                Turn::Done(site) => return Ok(Reached::Elsewhere(site)),
                Turn::Out(from, rest) => (who.cwd, path) = (from, rest),
            }
        }
        Err(Errno::ELOOP)
    }

    fn tree_walk(&self, pid: i32, who: &Caller, there: Elsewhere, links: Links) -> Result<Turn, Errno> {
        let mut mount = there.at.mount;
        let mut at = self.tree_node(there.at)?;
        let slash = there.rest.ends_with(b"/");
        let mut parts: VecDeque<Vec<u8>> = parts_of(&there.rest).collect();
        let mut followed = 0;
        if parts.is_empty() {
            return Ok(Turn::Done(Site::Tree(Entry { mount, directory: at, node: Some(at), last: End::Root, slash })));
        }
        loop {
            let Some(name) = parts.pop_front() else { return Err(Errno::ENOENT) };
            let is_last = parts.is_empty();
            if !at.is_directory() {
                return Err(Errno::ENOTDIR);
            }
            self.tree_may(who, at, X_OK)?;
            let (last, next) = match name.as_slice() {
                b"." => (End::Dot, Some(at)),
                b".." if at.row == 0 => {
                    let under = self.state.vfs.under(Spot { mount, ino: at.number() });
                    if self.state.vfs.foreign(under).is_none() {
                        parts.push_front(name);
                        return Ok(Turn::Out(under, rejoined(Vec::new(), &parts, slash)));
                    }
                    mount = under.mount;
                    (End::DotDot, Some(self.tree_node(under)?.parent()))
                }
                b".." => (End::DotDot, Some(at.parent())),
                name if name.len() > NAME_MAX => return Err(Errno::ENAMETOOLONG),
                name => (End::Name, self.tree_child(at, name)),
            };
            let follow = !is_last || links.follow_last(slash);
            if let Some(link) = next
                && follow
                && let Some(Is::Link(leads)) = link.row().map(|row| row.is)
            {
                followed += 1;
                if followed > TURNS_MAX {
                    return Err(Errno::ELOOP);
                }
                match leads(self, At { node: link, caller: pid })? {
                    Leads::Path(target) if target.starts_with(b"/") => {
                        return Ok(Turn::Out(Spot::ROOT, rejoined(target, &parts, slash)));
                    }
                    Leads::Path(target) => {
                        for part in parts_of(&target).collect::<Vec<_>>().into_iter().rev() {
                            parts.push_front(part);
                        }
                        continue;
                    }
                    Leads::Spot(spot, _) if self.state.vfs.foreign(spot).is_none() => {
                        return Ok(Turn::Out(spot, rejoined(Vec::new(), &parts, slash)));
                    }
                    Leads::Spot(spot, _) => {
                        (mount, at) = (spot.mount, self.tree_node(spot)?);
                        if is_last {
                            return Ok(Turn::Done(Site::Tree(Entry { mount, directory: at, node: Some(at), last: End::Root, slash })));
                        }
                        continue;
                    }
                    Leads::Description(id, _) if is_last && !slash => return Ok(Turn::Done(Site::Description(id))),
                    Leads::Description(..) => return Err(Errno::ENOTDIR),
                }
            }
            let mut on = mount;
            let mut seen = next;
            if let Some(next) = next
                && last != End::Dot
                && !(is_last && links == Links::Parent)
            {
                let spot = Spot { mount, ino: next.number() };
                let shown = self.state.vfs.cross(spot);
                if shown != spot {
                    if self.state.vfs.foreign(shown).is_none() {
                        return Ok(Turn::Out(shown, rejoined(Vec::new(), &parts, slash)));
                    }
                    (on, seen) = (shown.mount, Some(self.tree_node(shown)?));
                }
            }
            if is_last {
                return Ok(Turn::Done(Site::Tree(Entry { mount: on, directory: at, node: seen, last, slash })));
            }
            (mount, at) = (on, seen.ok_or(Errno::ENOENT)?);
        }
    }

    /// # Errors
    /// `ENOENT`: nothing there any more.
    pub(crate) fn tree_node(&self, spot: Spot) -> Result<Node, Errno> {
        let tree = self.state.vfs.foreign(spot).ok_or(Errno::ENOENT)?;
        Some(Node::of(tree, spot.ino)).filter(|node| self.tree_has(*node)).ok_or(Errno::ENOENT)
    }

    /// The absolute path of a directory, in the file system or in a tree.
    ///
    /// # Errors
    /// `ENOENT`: it is gone.
    pub(crate) fn path_of(&self, spot: Spot) -> Result<Vec<u8>, Errno> {
        let mut path = Vec::new();
        let mut at = spot;
        loop {
            let (above, names) = self.state.vfs.climb(at)?;
            path = [names, path].concat();
            if above == Spot::ROOT {
                break;
            }
            path = [self.tree_node(above)?.path(self), path].concat();
            at = self.state.vfs.under(self.state.vfs.mount_root(above.mount));
        }
        if path.is_empty() {
            path.push(b'/');
        }
        Ok(path)
    }

    /// The absolute path without links, `.` and `..`.
    ///
    /// # Errors
    /// Those of a walk.
    pub(crate) fn realpath(&self, pid: i32, path: &[u8]) -> Result<Vec<u8>, Errno> {
        let (directory, name) = self.reach(
            pid,
            path,
            Links::Follow,
            |vfs, who, path| vfs.real(who, path),
            |machine, _, site| match site {
                Site::Tree(entry) => {
                    let node = entry.found()?;
                    if node.is_directory() {
                        return Ok((Spot { mount: entry.mount, ino: node.number() }, None));
                    }
                    Ok((Spot { mount: entry.mount, ino: entry.directory.number() }, Some(node.name(machine))))
                }
                Site::Description(id) => Ok((Spot::ROOT, Some(machine.description_path(id).ok_or(Errno::ENOENT)?))),
            },
        )?;
        match name {
            // A file that a descriptor stands for, whole.
            Some(name) if name.starts_with(b"/") => Ok(name),
            Some(name) => {
                let directory = self.path_of(directory)?;
                Ok([directory.strip_suffix(b"/").unwrap_or(&directory), b"/", &name].concat())
            }
            None => self.path_of(directory),
        }
    }

    /// What a call does on a path, wherever that leads: `files` does it in the file system, `other` where the path ends elsewhere.
    pub(crate) fn reach<T>(
        &self,
        pid: i32,
        path: &[u8],
        links: Links,
        files: impl Fn(&Vfs, &Caller, &[u8]) -> Result<T, Errno>,
        other: impl FnOnce(&Machine, &Caller, Site) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let who = self.who(pid)?;
        match files(&self.state.vfs, &who, path) {
            Err(ELSEWHERE) => match self.site(pid, &who, path, links)? {
                Reached::Files(who, path) => files(&self.state.vfs, &who, &path),
                Reached::Elsewhere(site) => other(self, &who, site),
            },
            done => done,
        }
    }

    /// [`Machine::reach`] for calls that change something.
    pub(crate) fn reach_mut<T>(
        &mut self,
        pid: i32,
        path: &[u8],
        links: Links,
        mut files: impl FnMut(&mut Vfs, &Caller, &[u8]) -> Result<T, Errno>,
        other: impl FnOnce(&mut Machine, &Caller, Site) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let who = self.who(pid)?;
        match files(&mut self.state.vfs, &who, path) {
            Err(ELSEWHERE) => match self.site(pid, &who, path, links)? {
                Reached::Files(who, path) => files(&mut self.state.vfs, &who, &path),
                Reached::Elsewhere(site) => other(self, &who, site),
            },
            done => done,
        }
    }
}

fn parts_of(path: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    path.split(|byte| *byte == b'/').filter(|part| !part.is_empty()).map(<[u8]>::to_vec)
}

/// What is left of a path behind what a link said; `.` when that is nothing at all.
fn rejoined(link: Vec<u8>, parts: &VecDeque<Vec<u8>>, slash: bool) -> Vec<u8> {
    let mut path = link;
    for part in parts {
        if !path.is_empty() {
            path.push(b'/');
        }
        path.extend_from_slice(part);
    }
    match (path.is_empty(), slash) {
        (true, _) => path.push(b'.'),
        (false, true) => path.push(b'/'),
        _ => {}
    }
    path
}
