//! Which contents of files a call needs that are not in memory.
//!
//! Asked only where something is not, and only of calls that change something: those that do not are simply made ([`super::pure`]). Where the call will
//! fail, or has been answered before, nothing is needed for it.

use porthole_abi::flags::{O_APPEND, O_TRUNC};
use porthole_abi::{Call, Request};

use super::image::{Kind as ImageKind, missing_to_mount};
use crate::Event;
use crate::descriptor::Description;
use crate::machine::Machine;
use crate::process::spawn::Order;
use crate::synthetic::site::{Reached, Site};
use crate::vfs::chunks::ChunkId;
use crate::vfs::{Caller, ELSEWHERE, Links};

/// An order that mounts is shorter.
const ORDER_MAX: usize = 8 << 10;

/// Whether an event may mount what comes from outside, which is missing even where all contents of files are in memory.
pub fn may_mount(event: &Event) -> bool {
    let Event::Frame { frame, .. } = event else { return false };
    let Ok(request) = Request::get(frame) else { return false };
    // Most calls are none of these, and need not be taken apart twice.
    if !Call::row_of(request.number).is_some_and(|row| matches!(row.name, "mount" | "write" | "write_file")) {
        return false;
    }
    let named = |data: &[u8]| data.len() <= ORDER_MAX && data.windows(4).any(|word| word == b"http");
    match Call::get(request.number, request.args) {
        Ok(Call::Mount { kind, .. }) => kind == b"http",
        Ok(Call::Write { data, .. } | Call::WriteFile { data, .. }) => named(data),
        _ => false,
    }
}

pub fn missing(machine: &Machine, pid: i32, request: &Request<'_>) -> Vec<ChunkId> {
    let answered = |process: &crate::process::Process| request.seq <= process.acked || process.replies.contains_key(&request.seq);
    if machine.state.processes.get(&pid).is_none_or(answered) || machine.is_waiting(pid, request.seq) {
        return Vec::new();
    }
    let (Ok(call), Ok(who)) = (Call::get(request.number, request.args), machine.who(pid)) else { return Vec::new() };
    let vfs = &machine.state.vfs;
    match call {
        Call::Read { fd, len, position } => missing_to_read(machine, pid, fd, len, position),
        Call::Write { fd, data, position } => match machine.description(pid, fd) {
            Ok((_, Description::Tree { mount, node, .. })) => {
                machine.tree_of(*mount, *node).map_or_else(Vec::new, |node| machine.missing_to_order(pid, node, data))
            }
            _ => missing_to_write(machine, pid, fd, data.len(), position),
        },
        Call::Ftruncate { fd, len } => match machine.description(pid, fd) {
            Ok((_, Description::File { ino, .. })) => vfs.missing_to_truncate(*ino, len),
            _ => Vec::new(),
        },
        Call::Truncate { path, len } => match machine.state.vfs.stat(&who, path, true) {
            Err(ELSEWHERE) => match machine.site(pid, &who, path, Links::Follow) {
                Ok(Reached::Files(who, path)) => vfs.missing_to_truncate_path(&who, &path, len),
                _ => Vec::new(),
            },
            _ => vfs.missing_to_truncate_path(&who, path, len),
        },
        Call::Mount { source, kind, .. } => ImageKind::of(kind).map_or_else(Vec::new, |kind| missing_to_mount(machine, pid, source, kind)),
        Call::WriteFile { path, data, flags, .. } => missing_to_write_file(machine, pid, &who, path, data, flags),
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
        Ok((_, Description::File { ino, offset, flags, .. })) => {
            let at = (flags & O_APPEND == 0).then(|| u64::try_from(position).unwrap_or(*offset));
            machine.state.vfs.missing_to_write(*ino, at, len)
        }
        _ => Vec::new(),
    }
}

fn missing_to_write_file(machine: &Machine, pid: i32, who: &Caller, path: &[u8], data: &[u8], flags: u32) -> Vec<ChunkId> {
    let vfs = &machine.state.vfs;
    if vfs.stat(who, path, true) != Err(ELSEWHERE) {
        return vfs.missing_to_write_file(who, path, flags, data.len());
    }
    match machine.site(pid, who, path, Links::Follow) {
        Ok(Reached::Files(who, path)) => vfs.missing_to_write_file(&who, &path, flags, data.len()),
        Ok(Reached::Elsewhere(Site::Tree(entry))) => entry.node.map_or_else(Vec::new, |node| machine.missing_to_order(pid, node, data)),
        // A file that a descriptor stands for is opened anew.
        Ok(Reached::Elsewhere(Site::Description(id))) => match machine.state.descriptions.get(&id).map(|open| &open.what) {
            Some(Description::File { ino, .. }) if flags & O_TRUNC == 0 => {
                vfs.missing_to_write(*ino, (flags & O_APPEND == 0).then_some(0), data.len())
            }
            _ => Vec::new(),
        },
        Err(_) => Vec::new(),
    }
}
