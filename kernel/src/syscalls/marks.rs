//! What the header of a reply says beside the answer: how the call's paths led to their files, and whose the changes of the file system were.

use porthole_abi::Call;
use porthole_abi::frame::{ELSEWHERE, GAP_ON_THE_WAY, LINK_AT_THE_END, LINK_ON_THE_WAY};

use crate::machine::Machine;
use crate::vfs::{self, Caller, Vfs, Way};

/// Numbers of the calls on files. A process knows what those of its own change; what its other calls do to files (a socket's name, the end of another
/// process) is news to it, too.
const FILE_CALLS: std::ops::RangeInclusive<u16> = 20..=63;

impl Machine {
    /// Changes of the file system by others since the process began. Wraps around.
    pub(crate) fn foreign(&self, pid: i32) -> u32 {
        let own = self.state.processes.get(&pid).map_or(0, |process| process.own_changes);
        self.state.vfs.changes().wrapping_sub(own)
    }

    /// Counts what call `number` has changed since `before` as the process's own.
    pub(super) fn owned(&mut self, pid: i32, number: u16, before: u32) {
        let made = self.state.vfs.changes().wrapping_sub(before);
        if made > 0
            && FILE_CALLS.contains(&number)
            && let Some(process) = self.state.processes.get_mut(&pid)
        {
            process.own_changes = process.own_changes.wrapping_add(made);
        }
    }

    /// What has changed since `before` is not to be counted as the process's own, though it is within one of its calls: it cannot know what was changed.
    pub(crate) fn disowned(&mut self, pid: i32, before: u32) {
        let made = self.state.vfs.changes().wrapping_sub(before);
        if let Some(process) = self.state.processes.get_mut(&pid) {
            process.own_changes = process.own_changes.wrapping_sub(made);
        }
    }

    /// The marks of a call's paths, before it is done.
    pub(super) fn marks(&self, pid: i32, call: &Call<'_>) -> u16 {
        let (one, other) = paths(call);
        let Ok(who) = self.who(pid) else { return 0 };
        let vfs = &self.state.vfs;
        let marks = |path: &[u8]| match vfs.way(&who, path) {
            Way::Plain if matches!(call, Call::Readdir { .. }) && vfs.ino(&who, path).is_ok_and(|dir| vfs.holds_points(dir)) => LINK_ON_THE_WAY,
            Way::Plain => 0,
            Way::Gap => GAP_ON_THE_WAY,
            Way::Apart => LINK_ON_THE_WAY | ELSEWHERE,
            Way::LinkAtTheEnd => LINK_AT_THE_END | elsewhere(vfs, &who, path),
            Way::Link => LINK_ON_THE_WAY | elsewhere(vfs, &who, path),
        };
        match call {
            Call::Getcwd {} | Call::Start {} => marks(b".") & ELSEWHERE,
            _ => one.map_or(0, marks) | other.map_or(0, marks),
        }
    }
}

/// Whether a path that is not plain leads to what the file system does not know of, or may not change.
fn elsewhere(vfs: &Vfs, who: &Caller, path: &[u8]) -> u16 {
    match vfs.spot(who, path) {
        Err(errno) if errno == vfs::ELSEWHERE => ELSEWHERE,
        Ok(spot) if vfs.writable(spot.mount).is_err() => ELSEWHERE,
        _ => 0,
    }
}

/// The paths that a call looks up.
fn paths<'a>(call: &Call<'a>) -> (Option<&'a [u8]>, Option<&'a [u8]>) {
    match *call {
        Call::Open { path, .. }
        | Call::Stat { path, .. }
        | Call::Readdir { path, .. }
        | Call::Survey { path, .. }
        | Call::ReadFile { path, .. }
        | Call::WriteFile { path, .. }
        | Call::Mkdir { path, .. }
        | Call::MkdirAll { path, .. }
        | Call::Rmdir { path }
        | Call::Unlink { path }
        | Call::RemoveTree { path }
        | Call::Symlink { path, .. }
        | Call::Readlink { path }
        | Call::Realpath { path }
        | Call::Access { path, .. }
        | Call::Chmod { path, .. }
        | Call::Chown { path, .. }
        | Call::Utimes { path, .. }
        | Call::Truncate { path, .. } => (Some(path), None),
        Call::Mkdtemp { prefix } => (Some(prefix), None),
        Call::Rename { from, to, .. } | Call::Link { from, to } | Call::CopyFile { from, to, .. } => (Some(from), Some(to)),
        _ => (None, None),
    }
}
