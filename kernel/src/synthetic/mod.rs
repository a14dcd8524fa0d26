//! The system as files: trees that are computed from the machine's state when somebody looks.
//!
//! A tree is one table ([`tree::Tree`]), a row for each kind of node, in a file of its own: [`proc`], [`task`], [`web`]. A new file of the system is a new
//! row. The file system knows no more of a tree than its number and where it is mounted; [`site`] takes a path that leads out of the file system on through
//! the trees, and back into the file system where a link or a mount leads there.
//!
//! - [`node`]: numbers of nodes, names below a node. [`attributes`]: `stat` and permissions.
//! - [`open`]: descriptors of nodes. Contents are computed at `open`, so that whoever reads piece by piece reads one state.
//! - [`refuse`]: what cannot be done in a tree, in the words in which Linux's `/proc` says it.
//! - [`orders`]: the `ctl` files; the verbs stand with [`task`] and [`container`]. [`tasks`]: programs that are started by files alone.
//!
//! Nothing here has a clock or a memory of its own: what a file says follows from the machine's state and the time of the event.

pub mod attributes;
mod container;
pub mod node;
pub mod open;
pub mod orders;
mod proc;
mod process_text;
mod quoted;
pub mod refuse;
pub mod site;
mod task;
pub mod tasks;
pub mod tree;
mod web;

use porthole_abi::Errno;
use rkyv::{Archive, Deserialize, Serialize};

use crate::Effect;
use crate::machine::Machine;
use crate::map::Map;
use crate::vfs::{Caller, Mount, Shelf, Shows, Spot};
use tree::Tree;

/// The trees, by their numbers in the mount table.
pub const TREES: &[&Tree] = &[&proc::TREE, &task::TREE, &web::TREE];

/// What the trees have to remember.
#[derive(Clone, Debug, Default, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Synthetic {
    /// Made through `/task/new`.
    pub tasks: Map<i32, tasks::Task>,
    /// What each process's last order to a `ctl` file was answered.
    pub answers: Map<i32, Vec<u8>>,
}

impl Machine {
    /// Mounts the trees where boot has made directories for them. In files of a former life something else may stand there: then it stays, and is told.
    pub(crate) fn mount_trees(&mut self) {
        let now = self.nanos();
        if let Err(errno) = self.state.vfs.clear_overlays(now) {
            self.emit(Effect::Fault { message: format!("what overlays have left could not be removed: {errno}") });
        }
        for (number, tree) in TREES.iter().enumerate() {
            if let Err(errno) = self.mount_tree(number as u8, tree) {
                self.emit(Effect::Fault { message: format!("{} could not be mounted on {}: {errno}", tree.kind, tree.at) });
            }
        }
    }

    fn mount_tree(&mut self, number: u8, tree: &Tree) -> Result<(), Errno> {
        let now = self.nanos();
        let kernel = Caller::kernel(now);
        if self.state.vfs.spot(&kernel, tree.at.as_bytes()) == Err(Errno::ENOENT) {
            self.state.vfs.mkdir(&kernel, tree.at.as_bytes(), 0o555)?;
        }
        let at = self.state.vfs.directory_at(&kernel, tree.at.as_bytes(), 0)?;
        let kind = tree.kind.as_bytes();
        let mount = Mount { shows: Shows::Foreign(number), at, read_only: false, kind: kind.into(), source: kind.into(), fixed: true, device: 0 };
        let id = self.state.vfs.attach(mount, None)?;
        if let Some(snapshots) = web::snapshots(self, number) {
            let shelf = self.state.vfs.shelf(Shelf::Snapshots, now)?;
            let at = Spot { mount: id, ino: snapshots.number() };
            let kind: Box<[u8]> = b"snapshots".as_slice().into();
            let mount = Mount { shows: Shows::Directory(shelf), at, read_only: true, kind: kind.clone(), source: kind, fixed: true, device: 0 };
            self.state.vfs.attach(mount, None)?;
        }
        Ok(())
    }
}
