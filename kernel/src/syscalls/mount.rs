//! Calls on mounts and whole trees. Images have their own file ([`image`]).

use porthole_abi::flags::{MOUNT_READ_ONLY, R_OK, W_OK, X_OK};
use porthole_abi::{Errno, reply};

use super::image;
use crate::archive::shown;
use crate::descriptor::Description;
use crate::machine::Machine;
use crate::synthetic::TREES;
use crate::synthetic::site::Site;
use crate::vfs::{Links, Mount, MountId, Shows, Spot};

/// A directory, in the file system or in a tree, in which the caller may do `want`.
pub fn directory(machine: &Machine, pid: i32, path: &[u8], want: u32) -> Result<Spot, Errno> {
    machine.reach(
        pid,
        path,
        Links::Follow,
        |vfs, who, path| vfs.directory_at(who, path, want),
        |machine, who, site| match site {
            Site::Tree(entry) => {
                let node = entry.found()?;
                if !node.is_directory() {
                    return Err(Errno::ENOTDIR);
                }
                machine.tree_may(who, node, want)?;
                Ok(Spot { mount: entry.mount, ino: node.number() })
            }
            _ => Err(Errno::ENOTDIR),
        },
    )
}

/// Why something was not mounted; in words where the errno does not say it all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub errno: Errno,
    pub words: Option<String>,
}

impl Failure {
    pub fn new(errno: Errno, words: String) -> Failure {
        Failure { errno, words: Some(words) }
    }
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Failure {
        Failure { errno, words: None }
    }
}

/// The call. What an errno does not say is left where the answers to orders are: reading a `ctl` file says it.
pub fn mount_call(machine: &mut Machine, pid: i32, source: &[u8], target: &[u8], kind: &[u8], flags: u32) -> Result<reply::Mount, Errno> {
    mount(machine, pid, source, target, kind, flags).map_err(|failure| {
        if let Some(words) = failure.words {
            machine.state.synthetic.answers.insert(pid, format!("mount: {words} ({})\n", failure.errno.name()).into_bytes());
        }
        failure.errno
    })
}

/// As mount(2). What a tree's directory shows is nobody's to hide, so `EPERM` says that the target is in one.
pub fn mount(machine: &mut Machine, pid: i32, source: &[u8], target: &[u8], kind: &[u8], flags: u32) -> Result<reply::Mount, Failure> {
    // It came for this call and is of no use to another, whatever becomes of this one.
    let index = machine.state.index.take();
    if flags & !MOUNT_READ_ONLY != 0 {
        return Err(Errno::EINVAL.into());
    }
    let at = directory(machine, pid, target, W_OK | X_OK)?;
    if machine.state.vfs.foreign(at).is_some() {
        return Err(Errno::EPERM.into());
    }
    let mut read_only = flags & MOUNT_READ_ONLY != 0;
    let mut like = None;
    let (shows, source) = match kind {
        b"bind" => {
            let from = directory(machine, pid, source, X_OK)?;
            // Of a read-only place there is no other view.
            read_only |= machine.state.vfs.writable(from.mount).is_err();
            like = Some(from.mount);
            let path = machine.path_of(from)?;
            match machine.state.vfs.foreign(from) {
                Some(tree) if from.ino == 0 => (Shows::Foreign(tree), path),
                Some(_) => return Err(Errno::EINVAL.into()),
                None => (Shows::Directory(from.ino), path),
            }
        }
        b"overlay" => {
            let lower = directory(machine, pid, source, R_OK | X_OK)?;
            let path = machine.path_of(lower)?;
            if machine.state.vfs.foreign(lower).is_some() {
                return Err(Errno::EINVAL.into());
            }
            if machine.state.vfs.is_in_image(lower.ino) {
                let words = format!("{} is in an image, whose contents cannot be shared with a copy: copy it (cp -r) instead", shown(source));
                return Err(Failure::new(Errno::EINVAL, words));
            }
            let who = machine.who(pid)?;
            (Shows::Directory(machine.state.vfs.make_overlay(&who, lower.ino)?), path)
        }
        kind if let Some(kind) = image::Kind::of(kind) => {
            read_only = true;
            image::make(machine, pid, source, kind, index)?
        }
        kind => {
            let tree = TREES.iter().position(|tree| tree.kind.as_bytes() == kind).ok_or(Errno::ENODEV)?;
            (Shows::Foreign(tree as u8), kind.to_vec())
        }
    };
    let mount = Mount { shows, at, read_only, kind: kind.into(), source: source.into(), fixed: false, device: 0 };
    let attached = machine.state.vfs.attach(mount, like);
    if attached.is_err()
        && let Shows::Directory(root) = shows
    {
        machine.state.vfs.drop_unheld_image(root);
    }
    if attached.is_err()
        && kind == b"overlay"
        && let Shows::Directory(root) = shows
    {
        let now = machine.nanos();
        machine.state.vfs.discard_overlay(root, now)?;
    }
    attached?;
    Ok(reply::Mount {})
}

pub fn unmount(machine: &mut Machine, pid: i32, target: &[u8]) -> Result<reply::Unmount, Errno> {
    let spot = directory(machine, pid, target, 0)?;
    let id = spot.mount;
    let mount = machine.state.vfs.mount(id).filter(|_| machine.state.vfs.mount_root(id) == spot).ok_or(Errno::EINVAL)?.clone();
    if machine.uses_mount(id) {
        return Err(Errno::EBUSY);
    }
    machine.state.vfs.detach(id)?;
    if let (b"overlay", Shows::Directory(root)) = (&*mount.kind, mount.shows) {
        let now = machine.nanos();
        machine.state.vfs.discard_overlay(root, now)?;
    }
    Ok(reply::Unmount {})
}

/// Copies a tree by reference, without what is mounted in it.
pub fn clone_tree(machine: &mut Machine, pid: i32, from: &[u8], to: &[u8]) -> Result<reply::CloneTree, Errno> {
    let source = directory(machine, pid, from, R_OK | X_OK)?;
    if machine.state.vfs.foreign(source).is_some() || machine.state.vfs.is_in_image(source.ino) {
        return Err(Errno::EXDEV);
    }
    machine.reach_mut(
        pid,
        to,
        Links::Parent,
        |vfs, who, to| vfs.clone_tree(who, source.ino, to),
        |_, _, site| crate::synthetic::refuse::make(&site),
    )?;
    Ok(reply::CloneTree {})
}

impl Machine {
    /// Whether somebody stands in a mount or has something of it open.
    fn uses_mount(&self, id: MountId) -> bool {
        let state = &self.state;
        let stands = state.processes.values().any(|process| process.is_live() && process.cwd.mount == id);
        let will_stand = state.synthetic.tasks.values().any(|task| task.draft.as_ref().is_some_and(|draft| draft.cwd.mount == id));
        let opened = state.descriptions.values().any(|open| match open.what {
            Description::File { mount, .. } | Description::Tree { mount, .. } => mount == id,
            _ => false,
        });
        stands || will_stand || opened
    }
}
