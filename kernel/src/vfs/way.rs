//! How a path leads to its name: whether another path may mean the same.

use super::{Ino, Node, ROOT, Vfs};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Through directories that are there, to a name that is no link or not there.
    Plain,
    /// The same, but the name is a symbolic link's.
    LinkAtTheEnd,
    /// Through a symbolic link; or the path has `..`, slashes twice or at its end, or `.` elsewhere than at its beginning.
    Link,
    /// A directory on the way is not there.
    Gap,
}

impl Vfs {
    /// The way of a path that starts at `cwd` unless it starts at the root. Knows nothing of permissions.
    pub fn way(&self, cwd: Ino, path: &[u8]) -> Way {
        let (mut dir, mut rest) = match path.strip_prefix(b"/") {
            Some(rest) => (ROOT, rest),
            None => (cwd, path),
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
            if matches!(name, b"" | b"." | b"..") {
                return Way::Link;
            }
            let directory = self.inode(dir).ok().and_then(|inode| inode.directory().ok());
            let next = directory.and_then(|directory| directory.entries.get(name).copied());
            let is_link = next.is_some_and(|next| self.inode(next).is_ok_and(|inode| matches!(inode.node, Node::Link(_))));
            match (after.strip_prefix(b"/"), next) {
                (None, _) if directory.is_none() => return Way::Gap,
                (None, _) if is_link => return Way::LinkAtTheEnd,
                (None, _) => return Way::Plain,
                (Some(_), _) if is_link => return Way::Link,
                (Some(_), None) => return Way::Gap,
                (Some(after), Some(next)) => (dir, rest) = (next, after),
            }
        }
    }
}
