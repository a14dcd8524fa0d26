//! What a tree is made of.

use porthole_abi::Errno;

use super::node::Node;
use super::orders::Verb;
use crate::descriptor::DescriptionId;
use crate::machine::Machine;
use crate::vfs::Spot;

/// One tree.
#[derive(Debug)]
pub struct Tree {
    /// As the list of mounts calls it.
    pub kind: &'static str,
    /// The directory on which boot mounts it.
    pub at: &'static str,
    /// Whose its nodes are that are of no process: user 0's (and so nobody's to write), or the container's user's.
    pub owner: Owner,
    /// Parents before children; the first is the root, whose path is empty.
    pub rows: &'static [Row],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    System,
    User,
}

/// A kind of node.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// From the root of the tree. A part in brackets stands for many names: `<pid>` (of a process), `<task>` (of a process or of a task that has not
    /// begun), `<fd>`, `<stdio>` (0, 1, 2), `<port>`, `<container>`.
    pub path: &'static str,
    /// Permission bits.
    pub mode: u32,
    pub is: Is,
}

/// What is computed of a node, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct At {
    pub node: Node,
    /// The process that asks.
    pub caller: i32,
}

pub type Text = fn(&Machine, At) -> Result<Vec<u8>, Errno>;

#[derive(Clone, Copy, Debug)]
pub enum Is {
    Directory,
    /// A file that says something.
    Text(Text),
    /// A file that says something, and takes something else: all that has been written since it was opened is given at each write.
    Field {
        says: Text,
        takes: fn(&mut Machine, At, &[u8]) -> Result<(), Errno>,
    },
    /// A file that takes orders, one a line; reading it answers how the reader's last order went.
    Orders(&'static [Verb]),
    /// A file whose opening makes a task; it says the task's number.
    NewTask,
    /// A symbolic link.
    Link(fn(&Machine, At) -> Result<Leads, Errno>),
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To a path.
    Path(Vec<u8>),
    /// To a directory, whatever its path is now; the text is what `readlink` says.
    Spot(Spot, Vec<u8>),
    /// To what a descriptor stands for.
    Description(DescriptionId, Vec<u8>),
}

impl Leads {
    pub fn text(self) -> Vec<u8> {
        match self {
            Leads::Path(text) | Leads::Spot(_, text) | Leads::Description(_, text) => text,
        }
    }
}

pub const fn directory(path: &'static str, mode: u32) -> Row {
    Row { path, mode, is: Is::Directory }
}

pub const fn text(path: &'static str, mode: u32, says: Text) -> Row {
    Row { path, mode, is: Is::Text(says) }
}

pub const fn link(path: &'static str, leads: fn(&Machine, At) -> Result<Leads, Errno>) -> Row {
    Row { path, mode: 0o777, is: Is::Link(leads) }
}
