//! From a path to a file.

use porthole_abi::Errno;
use porthole_abi::flags::X_OK;

use super::inode::Node;
use super::{Caller, Ino, NAME_MAX, PATH_MAX, ROOT, Vfs};

/// Links on the way are always followed; at most so many of them.
const LINKS_MAX: u32 = 40;

/// What to do with a link at the end of the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Links {
    Follow,
    /// Take the link itself, unless a slash follows it.
    Keep,
    /// A file may be made there: follow, but not where a slash says that the name is a directory's.
    Create,
    /// The name itself matters, not what it stands for: never follow.
    Parent,
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
    /// The directory that holds the last name.
    pub dir: Ino,
    pub last: Last<'a>,
    ino: Option<Ino>,
    /// The last name is too long to be anywhere.
    too_long: bool,
    /// Whether the path ends in a slash.
    pub slash: bool,
}

impl Place<'_> {
    /// The file, where there is one.
    ///
    /// # Errors
    /// `ENAMETOOLONG`. Of the last name that is found out late, as in Linux: after all that is wrong with the way there.
    pub fn entry(&self) -> Result<Option<Ino>, Errno> {
        if self.too_long { Err(Errno::ENAMETOOLONG) } else { Ok(self.ino) }
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

    /// # Errors
    /// `ENOENT`: nothing there; `ENOTDIR`: a slash behind the name of what is no directory.
    pub(super) fn found(&self, place: &Place<'_>) -> Result<Ino, Errno> {
        let ino = place.entry()?.ok_or(Errno::ENOENT)?;
        if place.slash && !self.inode(ino)?.is_directory() {
            return Err(Errno::ENOTDIR);
        }
        Ok(ino)
    }

    pub(super) fn walk<'a>(&'a self, who: &Caller, path: &'a [u8], links: Links) -> Result<Place<'a>, Errno> {
        check(path)?;
        let mut dir = if path.starts_with(b"/") { ROOT } else { who.cwd };
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
                    None => return Ok(Place { dir, last: Last::Root, ino: Some(dir), too_long: false, slash }),
                }
                continue;
            }
            let end = text.iter().position(|&byte| byte == b'/').unwrap_or(text.len());
            let (name, after) = text.split_at(end);
            let beyond = without_slashes(after);
            let is_last = beyond.is_empty() && rest.is_empty();
            slash |= is_last && !after.is_empty();
            let inode = self.inode(dir)?;
            let directory = inode.directory()?;
            self.may(who, inode, X_OK)?;
            // In a directory that has been removed, Linux finds nothing before it looks at the name.
            let too_long = name.len() > NAME_MAX && inode.nlink > 0;
            let (last, next) = match name {
                b"." => (Last::Dot, Some(dir)),
                b".." => (Last::DotDot, Some(inode.home)),
                _ if too_long && !is_last => return Err(Errno::ENAMETOOLONG),
                _ => (Last::Name(name), directory.entries.get(name).copied()),
            };
            let follow = !is_last
                || match links {
                    Links::Follow => true,
                    Links::Keep => slash,
                    Links::Create => !slash,
                    Links::Parent => false,
                };
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
                    dir = ROOT;
                }
                text = target;
                continue;
            }
            if is_last {
                return Ok(Place { dir, last, ino: next, too_long, slash });
            }
            dir = next.ok_or(Errno::ENOENT)?;
            text = beyond;
        }
    }
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
