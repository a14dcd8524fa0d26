//! Calls on paths. Each says who asks ([`Machine::who`]) and leaves the rules to the file system.

use porthole_abi::flags::{NOFOLLOW, NOREPLACE};
use porthole_abi::syscall::TreeEntry;
use porthole_abi::wire::List;
use porthole_abi::{Errno, Stat, reply};

use super::file::MAX_DATA;
pub use super::file::{fchmod, fchown, fstat, fsync, ftruncate, futimes, pread, read_description, seek, write_description};
use crate::descriptor::Description;
use crate::machine::Machine;
use crate::vfs::{Caller, Node, Vfs};

impl Machine {
    pub(crate) fn umask(&self, pid: i32) -> Result<u32, Errno> {
        Ok(self.state.processes.get(&pid).ok_or(Errno::ESRCH)?.umask)
    }

    fn vfs_for(&mut self, pid: i32) -> Result<(Caller, &mut Vfs), Errno> {
        Ok((self.who(pid)?, &mut self.state.vfs))
    }
}

/// `/dev/fd/3` and the like: a descriptor of the caller's own. (`/dev/stdin` is a device.)
fn own_descriptor(path: &[u8]) -> Option<i32> {
    let number = path.strip_prefix(b"/dev/fd/").or_else(|| path.strip_prefix(b"/proc/self/fd/"))?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

pub fn open(machine: &mut Machine, pid: i32, path: &[u8], flags: u32, mode: u32) -> Result<reply::Open, Errno> {
    machine.room_for(pid, 1)?;
    if let Some(fd) = own_descriptor(path) {
        let (id, _) = machine.description(pid, fd).map_err(|_| Errno::ENOENT)?;
        let fd = machine.share(pid, id, 0)?;
        return Ok(reply::Open { fd, stat: fstat(machine, pid, fd)?.stat });
    }
    let umask = machine.umask(pid)?;
    let (who, vfs) = machine.vfs_for(pid)?;
    let ino = vfs.open(&who, path, flags, mode & 0o7777 & !umask)?.ino;
    let fd = if let Node::Device { major, minor } = vfs.inode(ino)?.node {
        vfs.release(ino);
        machine.open_device(pid, major, minor, flags)?
    } else {
        machine.install(pid, Description::File { ino, flags, offset: 0 })?
    };
    Ok(reply::Open { fd, stat: fstat(machine, pid, fd)?.stat })
}

pub fn stat(machine: &Machine, pid: i32, path: &[u8], flags: u32) -> Result<reply::Stat, Errno> {
    if let Some(fd) = own_descriptor(path) {
        return fstat(machine, pid, fd).map(|reply| reply::Stat { stat: reply.stat }).map_err(|_| Errno::ENOENT);
    }
    let who = machine.who(pid)?;
    let stat: Stat = machine.state.vfs.stat(&who, path, flags & NOFOLLOW == 0)?;
    Ok(reply::Stat { stat })
}

pub fn readdir(machine: &Machine, pid: i32, path: &[u8], skip: u32, limit: u32) -> Result<reply::Readdir, Errno> {
    let who = machine.who(pid)?;
    let vfs = &machine.state.vfs;
    let entries = List(vfs.readdir(&who, path, skip as usize, limit as usize)?);
    Ok(reply::Readdir { entries, stat: vfs.stat(&who, path, true)? })
}

pub fn read_file(machine: &Machine, pid: i32, path: &[u8], limit: u32) -> Result<reply::ReadFile, Errno> {
    let who = machine.who(pid)?;
    let vfs = &machine.state.vfs;
    let data = vfs.read_file(&who, path, (limit as usize).min(MAX_DATA))?;
    Ok(reply::ReadFile { data, stat: vfs.stat(&who, path, true)? })
}

/// A path to something else than a regular file is opened, written to and closed like any.
pub fn write_file(machine: &mut Machine, pid: i32, path: &[u8], data: &[u8], flags: u32, mode: u32) -> Result<reply::WriteFile, Errno> {
    let umask = machine.umask(pid)?;
    let (who, vfs) = machine.vfs_for(pid)?;
    let is_file = match vfs.stat(&who, path, true) {
        Ok(stat) => stat.rdev == 0,
        Err(_) => own_descriptor(path).is_none(),
    };
    if is_file {
        vfs.write_file(&who, path, data, flags, mode & 0o7777 & !umask)?;
        return Ok(reply::WriteFile { stat: vfs.stat(&who, path, true)? });
    }
    let reply::Open { fd, stat } = open(machine, pid, path, flags, mode)?;
    let written = super::io::write(machine, pid, fd, data, -1);
    machine.close_descriptor(pid, fd)?;
    match written?.written as usize {
        all if all == data.len() => Ok(reply::WriteFile { stat }),
        _ => Err(Errno::EAGAIN),
    }
}

pub fn write_tree(machine: &mut Machine, pid: i32, base: &[u8], entries: List<TreeEntry>) -> Result<reply::WriteTree, Errno> {
    let umask = machine.umask(pid)?;
    let (who, vfs) = machine.vfs_for(pid)?;
    vfs.write_tree(&who, base, &entries.0, umask)?;
    Ok(reply::WriteTree {})
}

pub fn mkdir(machine: &mut Machine, pid: i32, path: &[u8], mode: u32) -> Result<reply::Mkdir, Errno> {
    let umask = machine.umask(pid)?;
    let (who, vfs) = machine.vfs_for(pid)?;
    vfs.mkdir(&who, path, mode & !umask)?;
    Ok(reply::Mkdir {})
}

pub fn mkdir_all(machine: &mut Machine, pid: i32, path: &[u8], mode: u32) -> Result<reply::MkdirAll, Errno> {
    let umask = machine.umask(pid)?;
    let (who, vfs) = machine.vfs_for(pid)?;
    Ok(reply::MkdirAll { first: vfs.mkdir_all(&who, path, mode & !umask)?.unwrap_or_default() })
}

pub fn mkdtemp(machine: &mut Machine, pid: i32, prefix: &[u8]) -> Result<reply::Mkdtemp, Errno> {
    let who = machine.who(pid)?;
    let state = &mut machine.state;
    let path = state.vfs.mkdtemp(&who, prefix, &mut || state.random.next())?;
    Ok(reply::Mkdtemp { path })
}

pub fn rmdir(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<reply::Rmdir, Errno> {
    let (who, vfs) = machine.vfs_for(pid)?;
    vfs.rmdir(&who, path)?;
    Ok(reply::Rmdir {})
}

pub fn unlink(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<reply::Unlink, Errno> {
    let (who, vfs) = machine.vfs_for(pid)?;
    vfs.unlink(&who, path)?;
    Ok(reply::Unlink {})
}

pub fn remove_tree(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<reply::RemoveTree, Errno> {
    let (who, vfs) = machine.vfs_for(pid)?;
    vfs.remove_tree(&who, path)?;
    Ok(reply::RemoveTree {})
}

pub fn rename(machine: &mut Machine, pid: i32, from: &[u8], to: &[u8], flags: u32) -> Result<reply::Rename, Errno> {
    if flags & !NOREPLACE != 0 {
        return Err(Errno::EINVAL);
    }
    let who = machine.who(pid)?;
    machine.state.vfs.rename(&who, from, to, flags & NOREPLACE == 0)?;
    Ok(reply::Rename {})
}

pub fn link(machine: &mut Machine, pid: i32, from: &[u8], to: &[u8]) -> Result<reply::Link, Errno> {
    let who = machine.who(pid)?;
    machine.state.vfs.link(&who, from, to)?;
    Ok(reply::Link {})
}

pub fn symlink(machine: &mut Machine, pid: i32, target: &[u8], path: &[u8]) -> Result<reply::Symlink, Errno> {
    let (who, vfs) = machine.vfs_for(pid)?;
    vfs.symlink(&who, target, path)?;
    Ok(reply::Symlink {})
}

pub fn readlink(machine: &Machine, pid: i32, path: &[u8]) -> Result<reply::Readlink, Errno> {
    let who = machine.who(pid)?;
    Ok(reply::Readlink { target: machine.state.vfs.readlink(&who, path)?.to_vec() })
}

pub fn realpath(machine: &Machine, pid: i32, path: &[u8]) -> Result<reply::Realpath, Errno> {
    let who = machine.who(pid)?;
    Ok(reply::Realpath { path: machine.state.vfs.realpath(&who, path)? })
}

pub fn access(machine: &Machine, pid: i32, path: &[u8], mode: u32) -> Result<reply::Access, Errno> {
    if own_descriptor(path).is_some_and(|fd| machine.description(pid, fd).is_ok()) {
        return Ok(reply::Access {});
    }
    let who = machine.who(pid)?;
    machine.state.vfs.access(&who, path, mode)?;
    Ok(reply::Access {})
}

pub fn chmod(machine: &mut Machine, pid: i32, path: &[u8], mode: u32, flags: u32) -> Result<reply::Chmod, Errno> {
    let (who, vfs) = machine.vfs_for(pid)?;
    vfs.chmod(&who, path, mode, flags & NOFOLLOW == 0)?;
    Ok(reply::Chmod {})
}

pub fn chown(machine: &mut Machine, pid: i32, path: &[u8], uid: u32, gid: u32, flags: u32) -> Result<reply::Chown, Errno> {
    let (who, vfs) = machine.vfs_for(pid)?;
    vfs.chown(&who, path, uid, gid, flags & NOFOLLOW == 0)?;
    Ok(reply::Chown {})
}

pub fn utimes(machine: &mut Machine, pid: i32, path: &[u8], atime: i64, mtime: i64, flags: u32) -> Result<reply::Utimes, Errno> {
    let (who, vfs) = machine.vfs_for(pid)?;
    vfs.utimes(&who, path, atime, mtime, flags & NOFOLLOW == 0)?;
    Ok(reply::Utimes {})
}

pub fn truncate(machine: &mut Machine, pid: i32, path: &[u8], len: u64) -> Result<reply::Truncate, Errno> {
    let (who, vfs) = machine.vfs_for(pid)?;
    vfs.truncate(&who, path, len)?;
    Ok(reply::Truncate {})
}

pub fn copy_file(machine: &mut Machine, pid: i32, from: &[u8], to: &[u8], flags: u32) -> Result<reply::CopyFile, Errno> {
    let who = machine.who(pid)?;
    machine.state.vfs.copy_file(&who, from, to, flags & 1 == 0)?;
    Ok(reply::CopyFile {})
}

pub fn statfs(machine: &Machine, pid: i32, path: &[u8]) -> Result<reply::Statfs, Errno> {
    let who = machine.who(pid)?;
    Ok(reply::Statfs { statfs: machine.state.vfs.statfs(&who, path)? })
}

pub fn watch_path(machine: &mut Machine, pid: i32, path: &[u8], recursive: u8) -> Result<reply::WatchPath, Errno> {
    machine.room_for(pid, 1)?;
    let (who, vfs) = machine.vfs_for(pid)?;
    let watch = vfs.watch(&who, path, recursive != 0)?;
    Ok(reply::WatchPath { fd: machine.install_path_watch(pid, watch)? })
}

/// `read` of a descriptor from `watch_path`.
pub fn read_watch(machine: &mut Machine, pid: i32, fd: i32, len: usize) -> Result<Vec<u8>, Errno> {
    match machine.description(pid, fd)?.1 {
        Description::PathWatch { watch } => {
            let watch = *watch;
            machine.state.vfs.watch_read(watch, len)
        }
        _ => Err(Errno::EBADF),
    }
}
