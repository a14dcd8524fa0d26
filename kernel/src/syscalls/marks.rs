//! What the header of a reply says beside the answer: how the call's paths led to their files, and whose the changes of the file system were.

use porthole_abi::Call;
use porthole_abi::frame::{GAP_ON_THE_WAY, LINK_AT_THE_END, LINK_ON_THE_WAY};

use crate::machine::Machine;
use crate::vfs::Way;

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

    /// The marks of a call's paths, before it is done.
    pub(super) fn marks(&self, pid: i32, call: &Call<'_>) -> u16 {
        let (one, other) = paths(call);
        let Some(process) = self.state.processes.get(&pid) else { return 0 };
        let marks = |path: &[u8]| match self.state.vfs.way(process.cwd, path) {
            Way::Plain => 0,
            Way::LinkAtTheEnd => LINK_AT_THE_END,
            Way::Link => LINK_ON_THE_WAY,
            Way::Gap => GAP_ON_THE_WAY,
        };
        one.map_or(0, marks) | other.map_or(0, marks)
    }
}

/// The paths that a call looks up.
fn paths<'a>(call: &Call<'a>) -> (Option<&'a [u8]>, Option<&'a [u8]>) {
    match *call {
        Call::Open { path, .. }
        | Call::Stat { path, .. }
        | Call::Readdir { path, .. }
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
