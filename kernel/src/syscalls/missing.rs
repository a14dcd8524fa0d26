//! Which contents of files a call needs that are not in memory.
//!
//! Asked only where something is not, and only of calls that change something: those that do not are simply made ([`super::pure`]). Where the call will
//! fail, or has been answered before, nothing is needed for it.

use porthole_abi::flags::{O_APPEND, S_IFCHR, S_IFMT};
use porthole_abi::{Call, Request};

use super::fs::own_descriptor;
use crate::descriptor::{Description, Device};
use crate::machine::Machine;
use crate::process::spawn::Order;
use crate::vfs::Node;
use crate::vfs::chunks::ChunkId;

pub fn missing(machine: &Machine, pid: i32, request: &Request<'_>) -> Vec<ChunkId> {
    let answered = |process: &crate::process::Process| request.seq <= process.acked || process.replies.contains_key(&request.seq);
    if machine.state.processes.get(&pid).is_none_or(answered) || machine.is_waiting(pid, request.seq) {
        return Vec::new();
    }
    let (Ok(call), Ok(who)) = (Call::get(request.number, request.args), machine.who(pid)) else { return Vec::new() };
    let vfs = &machine.state.vfs;
    match call {
        Call::Read { fd, len, position } => missing_to_read(machine, pid, fd, len, position),
        Call::Write { fd, data, position } => missing_to_write(machine, pid, fd, data.len(), position),
        Call::Ftruncate { fd, len } => match machine.description(pid, fd) {
            Ok((_, Description::File { ino, .. })) => vfs.missing_to_truncate(*ino, len),
            _ => Vec::new(),
        },
        Call::Truncate { path, len } => vfs.missing_to_truncate_path(&who, path, len),
        Call::WriteFile { path, data, flags, .. } => match behind(machine, pid, path) {
            Some(fd) => missing_to_write(machine, pid, fd, data.len(), -1),
            None => vfs.missing_to_write_file(&who, path, flags, data.len()),
        },
        Call::Spawn { file, argv, env, cwd, fds, flags } => {
            machine.missing_to_spawn(pid, &Order { file, argv: argv.0, env: env.0, cwd, fds: &fds.0, flags })
        }
        _ => Vec::new(),
    }
}

fn missing_to_read(machine: &Machine, pid: i32, fd: i32, len: u32, position: i64) -> Vec<ChunkId> {
    match machine.description(pid, fd) {
        Ok((_, Description::File { ino, offset, .. })) => {
            machine.state.vfs.missing_to_read(*ino, u64::try_from(position).unwrap_or(*offset), (len as usize).min(super::file::MAX_DATA))
        }
        _ => Vec::new(),
    }
}

/// What is missing for a `write` to a descriptor.
pub fn missing_to_write(machine: &Machine, pid: i32, fd: i32, len: usize, position: i64) -> Vec<ChunkId> {
    match machine.description(pid, fd) {
        Ok((_, Description::File { ino, offset, flags })) => {
            let at = (flags & O_APPEND == 0).then(|| u64::try_from(position).unwrap_or(*offset));
            machine.state.vfs.missing_to_write(*ino, at, len)
        }
        _ => Vec::new(),
    }
}

/// The caller's descriptor that a path stands for, if that is what it does.
fn behind(machine: &Machine, pid: i32, path: &[u8]) -> Option<i32> {
    let who = machine.who(pid).ok()?;
    let vfs = &machine.state.vfs;
    let Ok(stat) = vfs.stat(&who, path, true) else { return own_descriptor(path) };
    if stat.mode & S_IFMT != S_IFCHR {
        return None;
    }
    let Node::Device { major, minor } = vfs.inode(stat.ino).ok()?.node else { return None };
    match Device::of_number(major, minor)? {
        Device::Own(fd) => Some(i32::from(fd)),
        _ => None,
    }
}
