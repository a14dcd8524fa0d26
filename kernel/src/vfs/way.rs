//! How a path leads to its name: whether another path may mean the same.

use porthole_abi::flags::X_OK;

use super::mount::MAIN;
use super::{Caller, Ino, Node, ROOT, Spot, Vfs};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Through directories that are there, to a name that is no link or not there.
    Plain,
    /// The same, but the name is a symbolic link's.
    LinkAtTheEnd,
    /// Through a symbolic link or a mount; or the path has `..`, slashes twice or at its end, or `.` elsewhere than at its beginning.
    Link,
    /// A directory on the way is not there.
    Gap,
    /// From a working directory that its absolute path does not lead to: something is mounted on the way, or may not be searched.
    Apart,
}

/// Whether a part of a path is a name, and nothing else.
fn is_name(part: &[u8]) -> bool {
    !matches!(part, b"" | b"." | b"..")
}

impl Vfs {
    /// The way of a path for somebody. Knows nothing of permissions on it.
    pub fn way(&self, who: &Caller, path: &[u8]) -> Way {
        let (mut dir, mut rest) = match path.strip_prefix(b"/") {
            Some(rest) => (ROOT, rest),
            None if self.is_at_its_path(who) => (who.cwd.ino, path),
            None => return Way::Apart,
        };
        while let Some(after) = rest.strip_prefix(b"./") {
            rest = after;
        }
        if rest.is_empty() {
            return Way::Plain;
        }
        loop {
            let end = rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if !is_name(name) {
                return Way::Link;
            }
            let directory = self.inode(dir).ok().and_then(|inode| inode.directory().ok());
            let next = directory.and_then(|directory| directory.entries.get(name).copied());
            if next.is_some_and(|next| self.mounts.is_point(next)) {
                return Way::Link;
            }
            let is_link = next.is_some_and(|next| self.inode(next).is_ok_and(|inode| matches!(inode.node, Node::Link(_))));
            match (after.strip_prefix(b"/"), next) {
                (None, _) if directory.is_none() => return Way::Gap,
                (None, _) if is_link => return Way::LinkAtTheEnd,
                (None, _) => return Way::Plain,
                (Some(_), _) if is_link => return Way::Link,
                (Some(after), None) if after.split(|&byte| byte == b'/').all(is_name) => return Way::Gap,
                (Some(_), None) => return Way::Link,
                (Some(after), Some(next)) => (dir, rest) = (next, after),
            }
        }
    }
    /// Whether the absolute path of the working directory leads there, without mounts.
    fn is_at_its_path(&self, who: &Caller) -> bool {
        let Spot { mount, ino } = who.cwd;
        let mut at = ino;
        while mount == MAIN && at != ROOT {
            if self.mounts.is_point(at) {
                return false;
            }
            let Ok(inode) = self.inode(at) else { return false };
            at = inode.home;
            if !self.inode(at).is_ok_and(|above| self.may(who, above, X_OK).is_ok()) {
                return false;
            }
        }
        mount == MAIN
    }

    /// Whether something is mounted on a directory's entries: then its names are not those that a walk finds.
    pub fn holds_points(&self, dir: Ino) -> bool {
        self.mounts.points().any(|point| self.inode(point).is_ok_and(|inode| inode.home == dir))
    }
}
