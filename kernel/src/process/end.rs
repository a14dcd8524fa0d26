//! Ends of processes: exit, death by signal, zombies, orphans.

use porthole_abi::{Errno, Event, flags, signal};

use crate::Effect;
use crate::descriptor::Description;
use crate::machine::Machine;
use crate::process::{FIRST, Process, Run};
use crate::syscalls;
use crate::vfs::chunks::ChunkId;

impl Machine {
    /// Ends a process: its worker, all it holds, its tie to its children. It stays as a zombie until its parent waits, if one will.
    /// `reason`, unless empty, is written to its standard error, for whoever watches it.
    pub(crate) fn end_process(&mut self, pid: i32, code: i32, signal: u8, reason: &[u8]) {
        if pid == FIRST || !self.state.processes.get(&pid).is_some_and(Process::is_live) {
            return;
        }
        if !reason.is_empty() {
            let text = self.obituary(pid, reason);
            self.complain(pid, &text);
        }
        self.stop_waiting(pid);
        self.volatile.parked.forget(pid);
        self.volatile.polls.remove(&pid);
        self.volatile.loud.remove(&pid);
        self.volatile.notified.remove(&pid);
        let Some(process) = self.state.processes.get_mut(&pid) else { return };
        // A zombie first, and all it held out of its hands: what closes may be a terminal whose hangup ends its parent, or would end it again.
        process.run = Run::Zombie { code, signal };
        process.replies.clear();
        process.unheard.clear();
        process.env.clear();
        let cwd = process.cwd;
        let held = std::mem::take(&mut process.descriptors);
        self.emit(Effect::Terminate { pid });
        self.state.vfs.release_spot(cwd);
        for (fd, descriptor) in held.table {
            self.drop_descriptor(pid, fd, descriptor.description);
        }
        self.let_children_go(pid);
        self.state.synthetic.answers.remove(&pid);
        if self.state.synthetic.tasks.contains_key(&pid) {
            // It stays until it is removed: see `synthetic::tasks`.
            return;
        }
        let Some((parent, orphan)) = self.state.processes.get(&pid).map(|process| (process.ppid, process.orphan)) else { return };
        let ignored = self.state.processes.get(&parent).is_none_or(|parent| parent.dispositions.get(&signal::SIGCHLD) == Some(&flags::SIG_IGN));
        if orphan || ignored {
            self.state.processes.remove(&pid);
            return;
        }
        self.tell(parent, &Event::ChildExit { pid, code, signal });
        self.deliver(parent, signal::SIGCHLD);
    }

    fn obituary(&self, pid: i32, reason: &[u8]) -> Vec<u8> {
        let name = self.state.processes.get(&pid).and_then(|process| process.argv.first()).map_or(&b"?"[..], Vec::as_slice);
        [b"porthole: process ", pid.to_string().as_bytes(), b" (", name, b") was ended: ", reason, b"\n"].concat()
    }

    /// Which contents are missing for the last words about a process, where they go into a file.
    pub(crate) fn missing_to_complain(&self, pid: i32, reason: &[u8]) -> Vec<ChunkId> {
        if !self.state.processes.get(&pid).is_some_and(Process::is_live) {
            return Vec::new();
        }
        syscalls::missing_to_write(self, pid, 2, self.obituary(pid, why(reason)).len(), -1)
    }

    /// Writes to a process's standard error, if it has one: descriptor 2 of a program that was started without may be a connection to anybody.
    fn complain(&mut self, pid: i32, text: &[u8]) {
        let elsewhere = match self.description(pid, 2) {
            Ok((_, Description::Socket { socket })) => self.socket(*socket).is_ok_and(|socket| !socket.is_path()),
            _ => false,
        };
        if !elsewhere {
            let _full = self.write_to(pid, 2, text);
        }
    }

    /// Children of a process that ends belong to process 1, which does not know them: they vanish when they end. Its threads end with it.
    fn let_children_go(&mut self, pid: i32) {
        let children: Vec<i32> = self.state.processes.iter().filter(|(_, child)| child.ppid == pid).map(|(pid, _)| *pid).collect();
        for child in children {
            let Some(process) = self.state.processes.get_mut(&child) else { continue };
            if process.is_live() {
                process.ppid = FIRST;
                process.orphan = true;
                if process.thread {
                    self.end_process(child, 0, signal::SIGKILL, b"");
                }
            } else {
                self.state.processes.remove(&child);
            }
        }
    }

    /// Takes an ended child that `which` names (a pid, `ANY_CHILD`, 0: of the caller's group, below −1: of group −`which`).
    pub(crate) fn take_zombie(&mut self, pid: i32, which: i32) -> Result<(i32, i32, u8), Errno> {
        let group = match which {
            0 => self.state.processes.get(&pid).map(|process| process.pgid),
            which if which < -1 => which.checked_neg(),
            _ => None,
        };
        let mut any = false;
        let mut ended = None;
        for (child, process) in &self.state.processes {
            let named = which == flags::ANY_CHILD || *child == which || group == Some(process.pgid);
            if process.ppid != pid || process.orphan || !named {
                continue;
            }
            any = true;
            if let Run::Zombie { code, signal } = process.run {
                ended = Some((*child, code, signal));
                break;
            }
        }
        let Some((child, code, signal)) = ended else { return Err(if any { Errno::EAGAIN } else { Errno::ECHILD }) };
        self.state.processes.remove(&child);
        Ok((child, code, signal))
    }

    /// A worker ended without `exit`. `readable`: its standard error, if that is a file, can be written to.
    pub(crate) fn lost(&mut self, pid: i32, reason: &[u8], readable: bool) {
        self.end_process(pid, 0, signal::SIGKILL, if readable { why(reason) } else { b"" });
    }
}

fn why(reason: &[u8]) -> &[u8] {
    if reason.is_empty() { b"its worker was lost" } else { reason }
}
