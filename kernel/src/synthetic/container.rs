//! Orders to the container: `/web/container/<name>/ctl`.

use porthole_abi::Errno;
use porthole_abi::flags::MOUNT_READ_ONLY;
use porthole_abi::syscall::Right;

use super::orders::{Order, Refusal, Verb, shown};
use super::quoted;
use crate::machine::Machine;
use crate::syscalls::{ImageKind, MountFailure as Failure};
use crate::vfs::chunks::ChunkId;
use crate::vfs::{Caller, MountId, Spot};

pub const VERBS: &[Verb] = &[
    Verb { name: "bind", usage: "SOURCE TARGET [ro]    shows a directory in another place", right: Right::Mount, run: bind },
    Verb { name: "mount", usage: "KIND SOURCE TARGET [ro]    bind, overlay, zip, tar, http, proc, task, web", right: Right::Mount, run: mount },
    Verb { name: "unmount", usage: "TARGET", right: Right::Mount, run: unmount },
    Verb { name: "snapshot", usage: "NAME    keeps all files as they are now", right: Right::Write, run: snapshot },
    Verb { name: "restore", usage: "NAME    puts all files back", right: Right::Write, run: restore },
    Verb { name: "remove", usage: "NAME    of a snapshot", right: Right::Write, run: remove },
];

/// The flags that the words after the fixed ones say.
fn options(words: &[Vec<u8>]) -> Result<u32, Refusal> {
    match words {
        [] => Ok(0),
        [word] if word == b"rw" => Ok(0),
        [word] if word == b"ro" => Ok(MOUNT_READ_ONLY),
        [word, ..] => Err(Refusal::new(Errno::EINVAL, format!("{} is no option: there are ro and rw", shown(word)))),
    }
}

/// What is missing to carry out the orders that mount images.
pub fn missing_to_mount(machine: &Machine, pid: i32, data: &[u8]) -> Vec<ChunkId> {
    let lines = data.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter_map(quoted::words);
    let mounts = lines.filter_map(|words| match words.as_slice() {
        [verb, kind, source, ..] if verb == b"mount" => Some((ImageKind::of(kind)?, source.clone())),
        _ => None,
    });
    // An index is for the mount that comes next, so there is one for each write: what follows in it fails and says so.
    let mut indexes = 0;
    let mounts = mounts.filter(|(kind, _)| {
        indexes += u32::from(*kind == ImageKind::Http);
        *kind != ImageKind::Http || indexes == 1
    });
    mounts.flat_map(|(kind, source)| crate::syscalls::missing_to_mount(machine, pid, &source, kind)).collect()
}

/// What a mount's errno means there.
fn told(failure: Failure, source: &[u8], target: &[u8]) -> Refusal {
    let errno = match failure {
        Failure { errno, words: Some(words) } => return Refusal::new(errno, words),
        Failure { errno, .. } => errno,
    };
    let (source, target) = (shown(source), shown(target));
    let words = match errno {
        Errno::EBUSY => format!("{target} is in use, or something is mounted in it"),
        Errno::EINVAL => format!("{target} is not where something is mounted, or {source} cannot be"),
        Errno::ENODEV => "the kind is none of bind, overlay, zip, tar, http, proc, task and web".to_owned(),
        Errno::EPERM => format!("{target} belongs to the system"),
        errno => format!("{source} on {target}: {}", errno.text()),
    };
    Refusal::new(errno, words)
}

fn bind(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [source, target, rest @ ..] = order.words else { return Err(Refusal::new(Errno::EINVAL, "wants a source and a target")) };
    crate::syscalls::mount(machine, order.caller, source, target, b"bind", options(rest)?).map_err(|failure| told(failure, source, target))?;
    Ok(())
}

fn mount(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [kind, source, target, rest @ ..] = order.words else { return Err(Refusal::new(Errno::EINVAL, "wants a kind, a source and a target")) };
    crate::syscalls::mount(machine, order.caller, source, target, kind, options(rest)?).map_err(|failure| told(failure, source, target))?;
    Ok(())
}

fn unmount(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [target] = order.exactly("a target")?;
    crate::syscalls::unmount(machine, order.caller, target).map_err(|errno| told(errno.into(), b"it", target))?;
    Ok(())
}

fn snapshot(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [name] = order.exactly("a name")?;
    let now = machine.nanos();
    machine.state.vfs.take_snapshot(name, now).map_err(|errno| {
        let words = match errno {
            Errno::EEXIST => format!("there is a snapshot {} already: remove it first, or take another name", shown(name)),
            Errno::EINVAL => format!("{} is no name for a snapshot: 1 to 255 bytes, no slash", shown(name)),
            Errno::ENOSPC => "there is no room for so many files".to_owned(),
            errno => errno.text().to_owned(),
        };
        Refusal::new(errno, words)
    })
}

fn missing(errno: Errno, name: &[u8]) -> Refusal {
    match errno {
        Errno::ENOENT => Refusal::new(errno, format!("there is no snapshot {}", shown(name))),
        errno => errno.into(),
    }
}

fn remove(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [name] = order.exactly("a name")?;
    let now = machine.nanos();
    machine.state.vfs.remove_snapshot(name, now).map_err(|errno| missing(errno, name))
}

/// What is mounted would hide, or show, files of the time before: it must go first. Working directories move to what has their path now.
fn restore(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [name] = order.exactly("a name")?;
    if let Some((_, mount)) = machine.state.vfs.mounts().find(|(_, mount)| !mount.fixed) {
        let target = machine.path_of(mount.at).unwrap_or_default();
        return Err(Refusal::new(Errno::EBUSY, format!("{} is a mount: unmount it first", shown(&target))));
    }
    let now = machine.nanos();
    let points: Vec<(MountId, Vec<u8>)> = machine
        .state
        .vfs
        .mounts()
        .filter(|(_, mount)| machine.state.vfs.foreign(mount.at).is_none())
        .filter_map(|(id, mount)| Some((id, machine.path_of(mount.at).ok()?)))
        .collect();
    let stood: Vec<(i32, Vec<u8>)> = machine
        .state
        .processes
        .iter()
        .filter(|(_, process)| process.is_live() && machine.state.vfs.foreign(process.cwd).is_none())
        .filter_map(|(pid, process)| Some((*pid, machine.path_of(process.cwd).ok()?)))
        .collect();
    machine.state.vfs.restore_snapshot(name, now).map_err(|errno| missing(errno, name))?;
    for (id, path) in points {
        machine.state.vfs.move_mount(id, &path, now)?;
    }
    for (pid, path) in stood {
        machine.stand_again(pid, &path);
    }
    Ok(())
}

impl Machine {
    /// Has a process stand where its path leads now, if that is a directory.
    fn stand_again(&mut self, pid: i32, path: &[u8]) {
        let kernel = Caller::kernel(self.nanos());
        let Ok(spot) = self.state.vfs.enter(&kernel, path) else { return };
        let Some(process) = self.state.processes.get_mut(&pid) else { return };
        let old: Spot = std::mem::replace(&mut process.cwd, spot);
        self.state.vfs.release_spot(old);
    }
}
