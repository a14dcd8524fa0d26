//! From a path to a file.

use porthole_abi::Errno;
use porthole_abi::flags::X_OK;

use super::inode::Node;
use super::mount::{ELSEWHERE, MAIN, MountId, Spot};
use super::{Caller, Ino, NAME_MAX, PATH_MAX, Vfs};

/// Links on the way are always followed; at most so many of them.
const LINKS_MAX: u32 = 40;

/// What to do with a link at the end of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    Follow,
    /// Take the link itself, unless a slash follows it.
    Keep,
    /// A file may be made there: follow, but not where a slash says that the name is a directory's.
    Create,
    /// The name itself matters, not what it stands for: never follow.
    Parent,
}

impl Links {
    /// Whether a link at the end of the path is followed; `slash`: one follows it.
    pub(crate) fn follow_last(self, slash: bool) -> bool {
        match self {
            Links::Follow => true,
            Links::Keep => slash,
            Links::Create => !slash,
            Links::Parent => false,
        }
    }
}

/// The last part of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Last<'a> {
    Name(&'a [u8]),
    Dot,
    DotDot,
    /// The path was `/`.
    Root,
}

/// Where a path leads.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// The directory that holds the last name, and the mount through which it was reached.
    pub dir: Ino,
    pub mount: MountId,
    pub last: Last<'a>,
    ino: Option<Ino>,
    /// The mount of what is there: another one than the directory's where something is mounted on it.
    on: MountId,
    /// The last name is too long to be anywhere.
    too_long: bool,
    /// Whether the path ends in a slash.
    pub slash: bool,
}

/// Where a walk left the file system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// A place in a foreign tree.
    pub at: Spot,
    /// The path from there. Empty: the place itself; it may end in a slash.
    pub rest: Vec<u8>,
}

/// The two ends of a walk.
enum Walked<'a> {
    Here(Place<'a>),
    Elsewhere(Elsewhere),
}

impl Place<'_> {
    /// The file, where there is one.
    ///
    /// # Errors
    /// `ENAMETOOLONG`. Of the last name that is found out late, as in Linux: after all that is wrong with the way there.
    pub fn entry(&self) -> Result<Option<Ino>, Errno> {
        if self.too_long { Err(Errno::ENAMETOOLONG) } else { Ok(self.ino) }
    }

    /// The mount of the file that is there.
    pub fn on(&self) -> MountId {
        self.on
    }
}

impl Vfs {
    /// The file at a path.
    ///
    /// # Errors
    /// `ENOENT`, `ENOTDIR`, `EACCES`, `ELOOP`, `ENAMETOOLONG`, by the first part of the path that is wrong.
    pub(super) fn lookup(&self, who: &Caller, path: &[u8], links: Links) -> Result<Ino, Errno> {
        let place = self.walk(who, path, links)?;
        self.found(&place)
    }

    /// The file at a path and its mount.
    ///
    /// # Errors
    /// See [`Vfs::lookup`].
    pub(super) fn lookup_spot(&self, who: &Caller, path: &[u8], links: Links) -> Result<Spot, Errno> {
        let place = self.walk(who, path, links)?;
        Ok(Spot { ino: self.found(&place)?, mount: place.on })
    }

    /// The file at a path, to be changed.
    ///
    /// # Errors
    /// Those of [`Vfs::lookup`]; `EROFS`.
    pub(super) fn lookup_to_change(&self, who: &Caller, path: &[u8], links: Links) -> Result<Ino, Errno> {
        let spot = self.lookup_spot(who, path, links)?;
        self.mounts.writable(spot.mount)?;
        Ok(spot.ino)
    }

    /// Where a walk leaves the file system that answered [`ELSEWHERE`]; `None`: it does not.
    ///
    /// # Errors
    /// Those of a walk.
    pub(crate) fn elsewhere(&self, who: &Caller, path: &[u8], links: Links) -> Result<Option<Elsewhere>, Errno> {
        match self.walk_on(who, path, links)? {
            Walked::Here(_) => Ok(None),
            Walked::Elsewhere(there) => Ok(Some(there)),
        }
    }

    /// # Errors
    /// `ENOENT`: nothing there; `ENOTDIR`: a slash behind the name of what is no directory.
    pub(super) fn found(&self, place: &Place<'_>) -> Result<Ino, Errno> {
        let ino = place.entry()?.ok_or(Errno::ENOENT)?;
        if place.slash && !self.inode(ino)?.is_directory() {
            return Err(Errno::ENOTDIR);
        }
        Ok(ino)
    }

    /// # Errors
    /// Those of [`Vfs::lookup`] but for the last name; [`ELSEWHERE`]: the path leads into a foreign tree.
    pub(super) fn walk<'a>(&'a self, who: &Caller, path: &'a [u8], links: Links) -> Result<Place<'a>, Errno> {
        match self.walk_on(who, path, links)? {
            Walked::Here(place) => Ok(place),
            Walked::Elsewhere(_) => Err(ELSEWHERE),
        }
    }

    fn walk_on<'a>(&'a self, who: &Caller, path: &'a [u8], links: Links) -> Result<Walked<'a>, Errno> {
        check(path)?;
        let mut at = if path.starts_with(b"/") { Spot::ROOT } else { who.cwd };
        if self.mounts.is_foreign(at.mount) {
            return Ok(Walked::Elsewhere(Elsewhere { at, rest: path.to_vec() }));
        }
        let mut text = path;
        // What is left of each path in which a link was met.
        let mut rest: Vec<&'a [u8]> = Vec::new();
        let mut followed = 0;
        let mut slash = false;
        loop {
            text = without_slashes(text);
            if text.is_empty() {
                match rest.pop() {
                    Some(outer) => text = outer,
                    None => {
                        let Spot { mount, ino } = at;
                        return Ok(Walked::Here(Place { dir: ino, mount, last: Last::Root, ino: Some(ino), on: mount, too_long: false, slash }));
                    }
                }
                continue;
            }
            let end = text.iter().position(|&byte| byte == b'/').unwrap_or(text.len());
            let (name, after) = text.split_at(end);
            let beyond = without_slashes(after);
            let is_last = beyond.is_empty() && rest.is_empty();
            slash |= is_last && !after.is_empty();
            let inode = self.inode(at.ino)?;
            let directory = inode.directory()?;
            self.may(who, inode, X_OK)?;
            // In a directory that has been removed, Linux finds nothing before it looks at the name.
            let too_long = name.len() > NAME_MAX && inode.nlink > 0;
            let mut on = at.mount;
            let (last, mut next) = match name {
                b"." => (Last::Dot, Some(at.ino)),
                b".." if on != MAIN && self.mounts.root(on) == at => {
                    let under = self.mounts.under(at);
                    if self.mounts.is_foreign(under.mount) {
                        return Ok(Walked::Elsewhere(Elsewhere { at: under, rest: joined(text, &rest) }));
                    }
                    on = under.mount;
                    (Last::DotDot, Some(self.inode(under.ino)?.home))
                }
                b".." => (Last::DotDot, Some(inode.home)),
                _ if too_long && !is_last => return Err(Errno::ENAMETOOLONG),
                _ => (Last::Name(name), directory.entries.get(name).copied()),
            };
            let follow = !is_last || links.follow_last(slash);
            if let Some(next) = next
                && follow
                && let Node::Link(target) = &self.inode(next)?.node
            {
                followed += 1;
                if followed > LINKS_MAX {
                    return Err(Errno::ELOOP);
                }
                if !beyond.is_empty() {
                    rest.push(beyond);
                }
                if target.starts_with(b"/") {
                    at = Spot::ROOT;
                }
                text = target;
                continue;
            }
            // A link that is kept is no mount point, and only whoever is after the name itself wants what hides below a mount.
            if let Some(ino) = next
                && self.mounts.may_hide(ino)
                && last != Last::Dot
                && !(is_last && links == Links::Parent)
            {
                let seen = self.mounts.cross(Spot { mount: on, ino });
                if self.mounts.is_foreign(seen.mount) {
                    let rest = if is_last && slash { b"/".to_vec() } else { joined(beyond, &rest) };
                    return Ok(Walked::Elsewhere(Elsewhere { at: seen, rest }));
                }
                on = seen.mount;
                next = Some(seen.ino);
            }
            if is_last {
                return Ok(Walked::Here(Place { dir: at.ino, mount: at.mount, last, ino: next, on, too_long, slash }));
            }
            at = Spot { mount: on, ino: next.ok_or(Errno::ENOENT)? };
            text = beyond;
        }
    }
}

/// What is left of a path and of those around it.
fn joined(text: &[u8], rest: &[&[u8]]) -> Vec<u8> {
    let mut path = text.to_vec();
    for outer in rest.iter().rev() {
        path.push(b'/');
        path.extend_from_slice(outer);
    }
    path
}

/// # Errors
/// `ENOENT`: empty; `ENAMETOOLONG`; `EINVAL`: a zero byte, which no C program could have passed.
fn check(path: &[u8]) -> Result<(), Errno> {
    match path {
        [] => Err(Errno::ENOENT),
        _ if path.len() > PATH_MAX => Err(Errno::ENAMETOOLONG),
        _ if path.contains(&0) => Err(Errno::EINVAL),
        _ => Ok(()),
    }
}

fn without_slashes(mut path: &[u8]) -> &[u8] {
    while let [b'/', rest @ ..] = path {
        path = rest;
    }
    path
}
