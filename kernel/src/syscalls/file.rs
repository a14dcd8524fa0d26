//! Calls on descriptors of files.

use porthole_abi::flags::{O_ACCMODE, O_APPEND, O_RDONLY, O_WRONLY, S_IFCHR, S_IFIFO, S_IFSOCK, SEEK_CUR, SEEK_END, SEEK_SET};
use porthole_abi::{Errno, Stat, frame, reply};

use crate::descriptor::{Description, DescriptionId, Device};
use crate::machine::Machine;
use crate::vfs::{Ino, Spot};

/// The most that one reply carries: it stays below `frame::MAX_FRAME`.
pub const MAX_DATA: usize = frame::MAX_FRAME - 256;

/// `st_dev` of what is no file.
const NAMELESS: u64 = 0xe;

fn readable(flags: u32) -> Result<(), Errno> {
    if matches!(flags & O_ACCMODE, O_RDONLY | porthole_abi::flags::O_RDWR) { Ok(()) } else { Err(Errno::EBADF) }
}

fn writable(flags: u32) -> Result<(), Errno> {
    if matches!(flags & O_ACCMODE, O_WRONLY | porthole_abi::flags::O_RDWR) { Ok(()) } else { Err(Errno::EBADF) }
}

/// The file behind a descriptor.
///
/// # Errors
/// `EBADF`; `other` for what is no file.
fn file(machine: &Machine, pid: i32, fd: i32, other: Errno) -> Result<(Ino, u32, u64), Errno> {
    match machine.description(pid, fd)?.1 {
        Description::File { ino, flags, offset, .. } => Ok((*ino, *flags, *offset)),
        _ => Err(other),
    }
}

/// The file behind a descriptor, to be changed apart from its contents.
///
/// # Errors
/// `EBADF`, `EPERM`: no file; `EROFS`: it was opened through a read-only mount.
fn to_change(machine: &Machine, pid: i32, fd: i32) -> Result<Ino, Errno> {
    match machine.description(pid, fd)?.1 {
        Description::File { mount, ino, .. } => machine.state.vfs.writable(*mount).map(|()| *ino),
        _ => Err(Errno::EPERM),
    }
}

fn move_to(machine: &mut Machine, pid: i32, fd: i32, to: u64) -> Result<(), Errno> {
    if let Description::File { offset, .. } = machine.description_mut(pid, fd)? {
        *offset = to;
    }
    Ok(())
}

/// A position from a frame: `None` is where the description stands.
fn place(position: i64) -> Result<Option<u64>, Errno> {
    match position {
        -1 => Ok(None),
        _ => u64::try_from(position).map(Some).map_err(|_| Errno::EINVAL),
    }
}

/// `read` of a descriptor whose description is a file. `position` −1: where it stands, and moves it.
pub fn read_description(machine: &mut Machine, pid: i32, fd: i32, len: usize, position: i64) -> Result<Vec<u8>, Errno> {
    let (ino, flags, offset) = file(machine, pid, fd, Errno::EBADF)?;
    readable(flags)?;
    let position = place(position)?;
    let data = machine.state.vfs.read_of(ino, position.unwrap_or(offset), len.min(MAX_DATA))?;
    if position.is_none() {
        move_to(machine, pid, fd, offset + data.len() as u64)?;
    }
    Ok(data)
}

/// `write` to a descriptor whose description is a file. With `O_APPEND` always at the end, as Linux does, wherever `position` is.
pub fn write_description(machine: &mut Machine, pid: i32, fd: i32, data: &[u8], position: i64) -> Result<usize, Errno> {
    let (ino, flags, offset) = file(machine, pid, fd, Errno::EBADF)?;
    writable(flags)?;
    let position = place(position)?;
    let who = machine.who(pid)?;
    let at = (flags & O_APPEND == 0).then_some(position.unwrap_or(offset));
    let (end, written) = machine.state.vfs.write_of(&who, ino, at, data)?;
    // Nothing written moves nothing, not even to the end for `O_APPEND`.
    if position.is_none() && written > 0 {
        move_to(machine, pid, fd, end)?;
    }
    Ok(written)
}

pub fn pread(machine: &Machine, pid: i32, fd: i32, len: u32, position: i64) -> Result<reply::Pread, Errno> {
    let position = u64::try_from(position).map_err(|_| Errno::EINVAL)?;
    let len = (len as usize).min(MAX_DATA);
    let data = match machine.description(pid, fd)?.1 {
        Description::File { ino, flags, .. } => {
            readable(*flags)?;
            machine.state.vfs.read_of(*ino, position, len)?
        }
        Description::Tree { .. } => machine.tree_read_at(pid, fd, len, Some(position))?,
        Description::Device { device: Device::Null, .. } => Vec::new(),
        Description::Device { device: Device::Zero | Device::Full, .. } => vec![0; len],
        _ => return Err(Errno::ESPIPE),
    };
    Ok(reply::Pread { data })
}

pub fn seek(machine: &mut Machine, pid: i32, fd: i32, offset: i64, whence: u8) -> Result<reply::Seek, Errno> {
    let (ino, _, at) = match machine.description(pid, fd)?.1 {
        Description::File { ino, flags, offset, .. } => (*ino, *flags, *offset),
        Description::Tree { .. } => return machine.tree_seek(pid, fd, offset, whence),
        Description::Device { .. } => return Ok(reply::Seek { position: 0 }),
        _ => return Err(Errno::ESPIPE),
    };
    let from = match whence {
        SEEK_SET => 0,
        SEEK_CUR => at,
        SEEK_END => machine.state.vfs.inode(ino)?.size(),
        _ => return Err(Errno::EINVAL),
    };
    let position = i64::try_from(from).ok().and_then(|from| from.checked_add(offset)).ok_or(Errno::EOVERFLOW)?;
    move_to(machine, pid, fd, u64::try_from(position).map_err(|_| Errno::EINVAL)?)?;
    Ok(reply::Seek { position })
}

pub fn fstat(machine: &Machine, pid: i32, fd: i32) -> Result<reply::Fstat, Errno> {
    Ok(reply::Fstat { stat: stat_description(machine, pid, machine.description(pid, fd)?.0)? })
}

/// `stat` of what a descriptor of some process stands for.
pub fn stat_description(machine: &Machine, pid: i32, id: DescriptionId) -> Result<Stat, Errno> {
    let what = &machine.state.descriptions.get(&id).ok_or(Errno::ENOENT)?.what;
    let process = machine.state.processes.get(&pid).ok_or(Errno::ESRCH)?;
    let begun = machine.state.begun as i64 * 1_000_000;
    let nameless = |mode: u32, rdev: u64| Stat {
        dev: NAMELESS,
        ino: u64::from(id),
        mode,
        nlink: 1,
        uid: process.uid,
        gid: process.gid,
        rdev,
        size: 0,
        blksize: 4096,
        blocks: 0,
        atime: begun,
        mtime: begun,
        ctime: begun,
        birthtime: begun,
    };
    Ok(match what {
        Description::File { mount, ino, .. } => machine.state.vfs.stat_at(Spot { mount: *mount, ino: *ino })?,
        Description::Tree { mount, node, .. } => machine.tree_stat(*mount, machine.tree_of(*mount, *node).ok_or(Errno::ENOENT)?)?,
        Description::Device { device, .. } => {
            let (major, minor) = device.number();
            nameless(S_IFCHR | 0o666, u64::from(major << 8 | minor))
        }
        // Linux's major number of pseudo-terminals.
        Description::PtyMaster { .. } => nameless(S_IFCHR | 0o666, 0x502),
        Description::PtySlave { pty } => nameless(S_IFCHR | 0o620, 136 << 8 | u64::from(*pty & 0xff)),
        Description::PipeReader { .. } | Description::PipeWriter { .. } => nameless(S_IFIFO | 0o600, 0),
        Description::Socket { .. } | Description::Listener { .. } => nameless(S_IFSOCK | 0o777, 0),
        // As Linux's anonymous inodes: no kind.
        Description::PathWatch { .. } | Description::Fetch { .. } => nameless(0o600, 0),
    })
}

pub fn ftruncate(machine: &mut Machine, pid: i32, fd: i32, len: u64) -> Result<reply::Ftruncate, Errno> {
    if let Description::Tree { flags, .. } = machine.description(pid, fd)?.1 {
        // As `/proc`: there is nothing to cut.
        writable(*flags).map_err(|_| Errno::EINVAL)?;
        return Ok(reply::Ftruncate {});
    }
    let (ino, flags, _) = file(machine, pid, fd, Errno::EINVAL)?;
    writable(flags).map_err(|_| Errno::EINVAL)?;
    let who = machine.who(pid)?;
    machine.state.vfs.truncate_of(&who, ino, len)?;
    Ok(reply::Ftruncate {})
}

pub fn fsync(machine: &mut Machine, pid: i32, fd: i32) -> Result<reply::Fsync, Errno> {
    file(machine, pid, fd, Errno::EINVAL)?;
    machine.await_durable();
    Ok(reply::Fsync {})
}

pub fn fchmod(machine: &mut Machine, pid: i32, fd: i32, mode: u32) -> Result<reply::Fchmod, Errno> {
    let ino = to_change(machine, pid, fd)?;
    let who = machine.who(pid)?;
    machine.state.vfs.chmod_of(&who, ino, mode)?;
    Ok(reply::Fchmod {})
}

pub fn fchown(machine: &mut Machine, pid: i32, fd: i32, uid: u32, gid: u32) -> Result<reply::Fchown, Errno> {
    let ino = to_change(machine, pid, fd)?;
    let who = machine.who(pid)?;
    machine.state.vfs.chown_of(&who, ino, uid, gid)?;
    Ok(reply::Fchown {})
}

pub fn futimes(machine: &mut Machine, pid: i32, fd: i32, atime: i64, mtime: i64) -> Result<reply::Futimes, Errno> {
    let ino = to_change(machine, pid, fd)?;
    let who = machine.who(pid)?;
    machine.state.vfs.utimes_of(&who, ino, atime, mtime)?;
    Ok(reply::Futimes {})
}
