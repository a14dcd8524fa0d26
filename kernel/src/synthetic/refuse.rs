//! What cannot be done in a tree: nothing can be made, named or removed there. Which errno says so, and in which order, is Linux's `/proc`'s way, tried out
//! there: what is missing stays missing (`ENOENT`), what is there is there (`EEXIST`), and what is to go will not (`EACCES`, or `EPERM` where the directory
//! is one's own).

use porthole_abi::Errno;

use super::attributes::owns;
use super::site::{End, Reached, Site};
use crate::machine::Machine;
use crate::vfs::Caller;

/// To make something.
pub fn make<T>(site: &Site) -> Result<T, Errno> {
    Err(match site {
        Site::Tree(entry) if entry.node.is_none() => Errno::ENOENT,
        _ => Errno::EEXIST,
    })
}

/// [`make`], where the path may have come back to the file system, whose own answer would name another path.
pub fn make_where<T>(reached: Reached) -> Result<T, Errno> {
    match reached {
        Reached::Files(..) => Err(Errno::EXDEV),
        Reached::Elsewhere(site) => make(&site),
    }
}

/// To remove a name; `directory`: by `rmdir`.
pub fn remove<T>(machine: &Machine, who: &Caller, site: &Site, directory: bool) -> Result<T, Errno> {
    let Site::Tree(entry) = site else { return Err(Errno::EPERM) };
    match (entry.last, directory) {
        (End::Name, _) => {}
        (End::Dot, true) => return Err(Errno::EINVAL),
        (End::DotDot, true) => return Err(Errno::ENOTEMPTY),
        (End::Root, true) => return Err(Errno::EBUSY),
        _ => return Err(Errno::EISDIR),
    }
    let node = entry.node.ok_or(Errno::ENOENT)?;
    if !owns(machine, who, entry.directory) {
        return Err(Errno::EACCES);
    }
    Err(if directory && !node.is_directory() { Errno::ENOTDIR } else { Errno::EPERM })
}

/// To rename or to link, where at least one of the two is in a tree.
pub fn rename<T>(machine: &Machine, who: &Caller, from: &Reached, to: &Reached) -> Result<T, Errno> {
    let (Reached::Elsewhere(Site::Tree(from)), Reached::Elsewhere(Site::Tree(to))) = (from, to) else { return Err(Errno::EXDEV) };
    if from.mount != to.mount {
        return Err(Errno::EXDEV);
    }
    if from.last != End::Name || to.last != End::Name {
        return Err(Errno::EBUSY);
    }
    if from.node.is_none() || to.node.is_none() {
        return Err(Errno::ENOENT);
    }
    Err(if owns(machine, who, from.directory) { Errno::EPERM } else { Errno::EACCES })
}

/// To change mode, owner or times.
pub fn change<T>(site: &Site) -> Result<T, Errno> {
    if let Site::Tree(entry) = site {
        entry.found()?;
    }
    Err(Errno::EPERM)
}
