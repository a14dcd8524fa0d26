//! `stat` of nodes, and who may do what with them.

use porthole_abi::flags::{S_IFDIR, S_IFLNK, S_IFREG, X_OK};
use porthole_abi::{Errno, Stat};

use super::TREES;
use super::node::Node;
use super::tree::{Is, Owner};
use crate::machine::Machine;
use crate::process::FIRST;
use crate::vfs::{Caller, MountId};

/// As `/proc` has it.
const BLOCK: u32 = 1024;

impl Machine {
    /// Owner and group of a node: those of the process that it is about.
    fn tree_owner(&self, node: Node) -> (u32, u32) {
        let processes = &self.state.processes;
        let about = node.row().is_some_and(|row| row.path.starts_with("<pid>") || row.path.starts_with("<task>"));
        let owner = match TREES.get(usize::from(node.tree)).map(|tree| tree.owner) {
            _ if about => processes.get(&node.pid()).or_else(|| processes.get(&FIRST)),
            Some(Owner::User) => processes.get(&FIRST),
            _ => None,
        };
        owner.map_or((0, 0), |process| (process.uid, process.gid))
    }

    /// # Errors
    /// `EACCES`; `ENOENT`: no such node.
    pub(crate) fn tree_may(&self, who: &Caller, node: Node, want: u32) -> Result<(), Errno> {
        let row = node.row().ok_or(Errno::ENOENT)?;
        let (uid, gid) = self.tree_owner(node);
        let granted = match () {
            () if who.uid == 0 => {
                if row.mode & 0o111 != 0 {
                    7
                } else {
                    7 & !X_OK
                }
            }
            () if who.uid == uid => row.mode >> 6,
            () if who.gid == gid => row.mode >> 3,
            () => row.mode,
        };
        if want & !granted == 0 { Ok(()) } else { Err(Errno::EACCES) }
    }

    /// The bits of `S_IFMT`.
    pub(crate) fn tree_kind(node: Node) -> u32 {
        match node.row().map(|row| row.is) {
            Some(Is::Directory) => S_IFDIR,
            Some(Is::Link(_)) => S_IFLNK,
            _ => S_IFREG,
        }
    }

    /// Sizes are 0, as in `/proc`: what a file says is known when it is opened.
    ///
    /// # Errors
    /// `ENOENT`: no such node any more.
    pub(crate) fn tree_stat(&self, mount: MountId, node: Node) -> Result<Stat, Errno> {
        let row = node.row().filter(|_| self.tree_has(node)).ok_or(Errno::ENOENT)?;
        let (uid, gid) = self.tree_owner(node);
        let since = match self.state.processes.get(&node.pid()) {
            Some(process) if node.subject != 0 => process.started,
            _ => self.state.begun,
        };
        let since = i64::try_from(since).unwrap_or(0).saturating_mul(1_000_000);
        Ok(Stat {
            dev: self.state.vfs.device(mount),
            ino: node.shown(),
            mode: Self::tree_kind(node) | row.mode,
            nlink: if node.is_directory() { 2 } else { 1 },
            uid,
            gid,
            rdev: 0,
            size: 0,
            blksize: BLOCK,
            blocks: 0,
            atime: since,
            mtime: since,
            ctime: since,
            birthtime: since,
        })
    }
}

/// Whether a node is the caller's own.
pub fn owns(machine: &Machine, who: &Caller, node: Node) -> bool {
    who.uid == 0 || machine.tree_owner(node).0 == who.uid
}
