//! What `/proc` and `/task` both say of a process.

use porthole_abi::{Errno, signal};

use super::tree::{At, Leads};
use crate::descriptor::{Description, DescriptionId, Device};
use crate::machine::Machine;
use crate::process::{Process, Run};
use crate::vfs::Spot;

/// Words behind each other, each with a separator after it.
pub fn list(words: &[Vec<u8>], separator: u8) -> Vec<u8> {
    words.iter().flat_map(|word| word.iter().copied().chain([separator])).collect()
}

/// A line of text.
pub fn line(text: impl std::fmt::Display) -> Result<Vec<u8>, Errno> {
    Ok(format!("{text}\n").into_bytes())
}

impl Machine {
    /// The process that a node is about.
    ///
    /// # Errors
    /// `ESRCH`: it has ended.
    pub(crate) fn subject(&self, at: At) -> Result<&Process, Errno> {
        self.state.processes.get(&at.pid()).ok_or(Errno::ESRCH)
    }

    /// The path of what a description stands for: of a file that has a name, or of a device.
    pub(crate) fn description_path(&self, id: DescriptionId) -> Option<Vec<u8>> {
        match self.state.descriptions.get(&id)?.what {
            Description::File { mount, ino, .. } => {
                if self.state.vfs.inode(ino).is_ok_and(crate::vfs::Inode::is_directory) {
                    return self.path_of(Spot { mount, ino }).ok();
                }
                let (home, name) = self.state.vfs.home_of(ino)?;
                let directory = self.path_of(Spot { mount, ino: home }).ok()?;
                Some([directory.strip_suffix(b"/").unwrap_or(&directory), b"/", &name].concat())
            }
            Description::Tree { mount, node, .. } => {
                let node = self.tree_node(Spot { mount, ino: node }).ok()?;
                let root = self.path_of(self.state.vfs.mount_root(mount)).ok()?;
                Some([root.strip_suffix(b"/").unwrap_or(&root), &node.path(self)].concat())
            }
            Description::Device { device, .. } => {
                let name = match device {
                    Device::Null => "null",
                    Device::Zero => "zero",
                    Device::Full => "full",
                    Device::Random => "random",
                    Device::Urandom => "urandom",
                    Device::Tty => "tty",
                };
                Some([b"/dev/", name.as_bytes()].concat())
            }
            _ => None,
        }
    }

    /// What `readlink` says of a descriptor.
    pub(crate) fn description_text(&self, id: DescriptionId) -> Vec<u8> {
        if let Some(path) = self.description_path(id) {
            return path;
        }
        let what = self.state.descriptions.get(&id).map(|open| &open.what);
        match what {
            Some(Description::PipeReader { pipe } | Description::PipeWriter { pipe }) => format!("pipe:[{pipe}]"),
            Some(Description::Socket { socket }) => format!("socket:[{socket}]"),
            Some(Description::Listener { listener }) => format!("socket:[{listener}]"),
            Some(Description::PtyMaster { .. }) => "/dev/ptmx".to_owned(),
            Some(Description::PtySlave { pty }) => format!("/dev/pts/{pty}"),
            Some(Description::PathWatch { .. }) => "anon_inode:inotify".to_owned(),
            Some(Description::Fetch { fetch }) => format!("anon_inode:fetch:[{fetch}]"),
            _ => "(deleted)".to_owned(),
        }
        .into_bytes()
    }
}

/// A link to what one of a process's descriptors stands for.
pub fn descriptor(machine: &Machine, at: At) -> Result<Leads, Errno> {
    let id = machine.descriptor(at.pid(), at.node.fd()).map_err(|_| Errno::ENOENT)?.description;
    Ok(follow(machine, id))
}

/// A link to one of the three streams of a process or task.
pub fn stdio(machine: &Machine, at: At) -> Result<Leads, Errno> {
    Ok(follow(machine, machine.stdio_of(at.pid(), at.node.fd()).ok_or(Errno::ENOENT)?))
}

fn follow(machine: &Machine, id: DescriptionId) -> Leads {
    let text = machine.description_text(id);
    match machine.state.descriptions.get(&id).map(|open| &open.what) {
        Some(Description::File { mount, ino, .. }) if machine.state.vfs.inode(*ino).is_ok_and(crate::vfs::Inode::is_directory) => {
            Leads::Spot(Spot { mount: *mount, ino: *ino }, text)
        }
        _ => Leads::Description(id, text),
    }
}

/// A link to a process's working directory.
pub fn cwd(machine: &Machine, at: At) -> Result<Leads, Errno> {
    let cwd = machine.subject(at)?.cwd;
    Ok(Leads::Spot(cwd, machine.path_of(cwd).unwrap_or_else(|_| b"(deleted)".to_vec())))
}

/// `R`, `T` or `Z`, as `ps` has them.
pub fn letter(process: &Process) -> char {
    match process.run {
        Run::Running => 'R',
        Run::Stopped => 'T',
        Run::Zombie { .. } => 'Z',
    }
}

/// A name for a short list: that of the program, as Linux cuts it.
pub fn short_name(process: &Process) -> String {
    let path = if process.exe.is_empty() { process.argv.first().map_or(&b""[..], Vec::as_slice) } else { &process.exe };
    let name = path.rsplit(|byte| *byte == b'/').next().unwrap_or_default();
    String::from_utf8_lossy(&name[..name.len().min(15)]).into_owned()
}

/// `SIGTERM`.
pub fn signal_name(number: u8) -> String {
    signal::name(number).map_or_else(|| format!("SIG{number}"), str::to_owned)
}
