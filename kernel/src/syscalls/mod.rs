//! Calls: one `match` over the abi's table, one handler a call, files by subject.
//!
//! A handler of a `Pure` call is given `&Machine`: that it changes nothing, and so need not be in the log, is the compiler's to check.

mod file;
mod fs;
mod image;
mod io;
mod marks;
mod missing;
mod mount;
mod process;
mod signal;
mod socket;
mod socket_path;
mod tty;

pub(crate) use fs::open_path as open;
pub(crate) use image::{Kind as ImageKind, missing_to_mount};
pub(crate) use mount::{Failure as MountFailure, directory, mount, unmount};
pub(crate) use process::enter;

use porthole_abi::syscall::Right;
use porthole_abi::wire::Wire;
use porthole_abi::{Call, Errno, Request, frame};

use crate::Effect;
use crate::machine::Machine;
use crate::vfs::chunks::ChunkId;
pub use missing::{may_mount, missing, missing_to_write};

/// Answers a call that changes nothing. If it needs contents of files that are not in memory it is not answered, and what is missing is: unless `lost`,
/// which cannot be had, is among it.
pub fn pure(machine: &mut Machine, pid: i32, request: &Request<'_>, right: Right, lost: Option<ChunkId>) -> Vec<ChunkId> {
    let mut payload = Vec::new();
    let mut marks = 0;
    let result = Call::get(request.number, request.args).and_then(|call| {
        allowed(machine, pid, right)?;
        marks = machine.marks(pid, &call);
        if let Call::Poll { timeout } = call {
            machine.poll(pid, request.seq, request.heard, timeout);
            return Ok(false);
        }
        dispatch(machine, pid, call, &mut payload)?;
        Ok(true)
    });
    match result {
        Ok(true) => machine.reply_marked(pid, request.seq, marks, Ok(&payload)),
        Ok(false) => {}
        Err(errno) => {
            let missed = machine.state.vfs.take_missed();
            if !missed.is_empty() && !lost.is_some_and(|lost| missed.contains(&lost)) {
                return missed;
            }
            machine.reply_marked(pid, request.seq, marks, Err(errno));
        }
    }
    Vec::new()
}

impl Machine {
    /// A call that changes something is applied once: a second frame with its number is answered with the first one's reply, or with nothing while that
    /// is withheld. `readable`: whatever contents of files it needs can be had.
    pub(crate) fn change(&mut self, pid: i32, frame: &[u8], readable: bool) {
        let Ok(request) = Request::get(frame) else { return };
        let Some(row) = Call::row_of(request.number) else { return };
        let Some(process) = self.state.processes.get_mut(&pid) else { return };
        process.seen = true;
        let ack = request.ack.min(request.seq.saturating_sub(1));
        if ack > process.acked {
            process.acked = ack;
            process.replies = process.replies.split_off(&(ack + 1));
        }
        let answered = request.seq <= process.acked;
        let known = process.replies.get(&request.seq).cloned();
        self.heard(pid, request.heard);
        if let Some(frame) = known {
            return self.emit(Effect::Reply { pid, frame });
        }
        if answered || self.is_waiting(pid, request.seq) {
            // The process has its reply already, and this frame lingered on the way; or it will have it.
            return;
        }
        let mark = self.volatile.out.len();
        let changes = self.state.vfs.changes();
        let mut payload = Vec::new();
        let mut marks = 0;
        frame::Reply::begin(request.seq, None, &mut payload);
        let result = Call::get(request.number, request.args).and_then(|call| {
            allowed(self, pid, row.right)?;
            if !readable {
                return Err(Errno::EIO);
            }
            marks = self.marks(pid, &call);
            let fd = moves_bytes(&call);
            let result = dispatch(self, pid, call, &mut payload);
            if let Some(fd) = fd {
                self.used(pid, fd);
            }
            result
        });
        if let Err(errno) = result {
            frame::Reply::begin(request.seq, Some(errno), &mut payload);
        }
        self.owned(pid, request.number, changes);
        frame::Reply::tell(&mut payload, marks, self.foreign(pid));
        frame::finish(&mut payload);
        let awaited = self.volatile.awaited.take().filter(|_| result.is_ok());
        let payload = match awaited {
            Some(commit) => self.withhold(pid, request.seq, commit, payload),
            None => Some(payload),
        };
        if let Some(payload) = payload {
            let after = self.volatile.out.split_off(mark);
            // Before what the call has caused: a caller that ends itself gets its answer first.
            self.answer(pid, request.seq, payload);
            self.volatile.out.extend(after);
        }
    }

    /// Sends a reply, and keeps it until the process has acknowledged it.
    pub(crate) fn answer(&mut self, pid: i32, seq: u32, reply: Vec<u8>) {
        let limit = self.state.config.unacknowledged_replies as usize;
        if let Some(process) = self.state.processes.get_mut(&pid).filter(|process| process.is_live()) {
            process.replies.insert(seq, reply.clone());
            if process.replies.len() > limit {
                process.replies.pop_first();
            }
        }
        self.emit(Effect::Reply { pid, frame: reply });
    }
}

/// The descriptor that an I/O call is on: after it, whether it succeeded or not, readiness is told anew.
fn moves_bytes(call: &Call<'_>) -> Option<i32> {
    match call {
        Call::Read { fd, .. } | Call::Write { fd, .. } | Call::Accept { fd } | Call::Shutdown { fd, .. } => Some(*fd),
        _ => None,
    }
}

/// The one place where a process's rights are looked at. All are granted so far.
pub(crate) fn allowed(_machine: &Machine, _pid: i32, _right: Right) -> Result<(), Errno> {
    Ok(())
}

/// Runs a call and appends its reply's payload.
fn dispatch(m: &mut Machine, pid: i32, call: Call<'_>, out: &mut Vec<u8>) -> Result<(), Errno> {
    match call {
        Call::Start {} => process::start(m, pid)?.put(out),
        Call::Exit { code } => process::exit(m, pid, code)?.put(out),
        Call::Spawn { file, argv, env, cwd, fds, flags } => process::spawn(m, pid, file, argv, env, cwd, fds, flags)?.put(out),
        Call::Wait { pid: which } => process::wait(m, pid, which)?.put(out),
        Call::Kill { pid: target, signal } => signal::kill(m, pid, target, signal)?.put(out),
        Call::Sigaction { signal, action } => signal::sigaction(m, pid, signal, action)?.put(out),
        Call::Getpgid { pid: which } => process::getpgid(m, pid, which)?.put(out),
        Call::Setpgid { pid: which, pgid } => process::setpgid(m, pid, which, pgid)?.put(out),
        Call::Chdir { path } => process::chdir(m, pid, path)?.put(out),
        Call::Getcwd {} => process::getcwd(m, pid)?.put(out),
        Call::Umask { mask } => process::umask(m, pid, mask)?.put(out),
        // Parked by `pure`, which answers it.
        Call::Poll { .. } => return Err(Errno::ENOSYS),
        Call::Watch { fd, mask } => io::watch(m, pid, fd, mask)?.put(out),
        Call::Processes {} => process::processes(m, pid)?.put(out),
        Call::Sysinfo {} => process::sysinfo(m, pid)?.put(out),

        Call::Open { path, flags, mode } => fs::open(m, pid, path, flags, mode)?.put(out),
        Call::Close { fd } => io::close(m, pid, fd)?.put(out),
        Call::Read { fd, len, position } => io::read(m, pid, fd, len, position)?.put(out),
        Call::Pread { fd, len, position } => fs::pread(m, pid, fd, len, position)?.put(out),
        Call::Write { fd, data, position } => io::write(m, pid, fd, data, position)?.put(out),
        Call::Seek { fd, offset, whence } => fs::seek(m, pid, fd, offset, whence)?.put(out),
        Call::Dup { fd, least } => io::dup(m, pid, fd, least)?.put(out),
        Call::Dup2 { fd, onto } => io::dup2(m, pid, fd, onto)?.put(out),
        Call::Fstat { fd } => fs::fstat(m, pid, fd)?.put(out),
        Call::Ftruncate { fd, len } => fs::ftruncate(m, pid, fd, len)?.put(out),
        Call::Fsync { fd } => fs::fsync(m, pid, fd)?.put(out),
        Call::Fchmod { fd, mode } => fs::fchmod(m, pid, fd, mode)?.put(out),
        Call::Fchown { fd, uid, gid } => fs::fchown(m, pid, fd, uid, gid)?.put(out),
        Call::Futimes { fd, atime, mtime } => fs::futimes(m, pid, fd, atime, mtime)?.put(out),
        Call::FdKind { fd } => io::fd_kind(m, pid, fd)?.put(out),
        Call::Pipe {} => io::pipe(m, pid)?.put(out),
        Call::Socketpair {} => socket::socketpair(m, pid)?.put(out),

        Call::Stat { path, flags } => fs::stat(m, pid, path, flags)?.put(out),
        Call::Readdir { path, skip, limit } => fs::readdir(m, pid, path, skip, limit)?.put(out),
        Call::ReadFile { path, limit } => fs::read_file(m, pid, path, limit)?.put(out),
        Call::WriteFile { path, data, flags, mode } => fs::write_file(m, pid, path, data, flags, mode)?.put(out),
        Call::Survey { path, depth, except, limit } => fs::survey(m, pid, path, depth, except, limit)?.put(out),
        Call::ReadTree { base, after, limit } => fs::read_tree(m, pid, base, after, limit)?.put(out),
        Call::WriteTree { base, entries } => fs::write_tree(m, pid, base, entries)?.put(out),
        Call::Mkdir { path, mode } => fs::mkdir(m, pid, path, mode)?.put(out),
        Call::MkdirAll { path, mode } => fs::mkdir_all(m, pid, path, mode)?.put(out),
        Call::Mkdtemp { prefix } => fs::mkdtemp(m, pid, prefix)?.put(out),
        Call::Rmdir { path } => fs::rmdir(m, pid, path)?.put(out),
        Call::Unlink { path } => fs::unlink(m, pid, path)?.put(out),
        Call::RemoveTree { path } => fs::remove_tree(m, pid, path)?.put(out),
        Call::Rename { from, to, flags } => fs::rename(m, pid, from, to, flags)?.put(out),
        Call::Link { from, to } => fs::link(m, pid, from, to)?.put(out),
        Call::Symlink { target, path } => fs::symlink(m, pid, target, path)?.put(out),
        Call::Readlink { path } => fs::readlink(m, pid, path)?.put(out),
        Call::Realpath { path } => fs::realpath(m, pid, path)?.put(out),
        Call::Access { path, mode } => fs::access(m, pid, path, mode)?.put(out),
        Call::Chmod { path, mode, flags } => fs::chmod(m, pid, path, mode, flags)?.put(out),
        Call::Chown { path, uid, gid, flags } => fs::chown(m, pid, path, uid, gid, flags)?.put(out),
        Call::Utimes { path, atime, mtime, flags } => fs::utimes(m, pid, path, atime, mtime, flags)?.put(out),
        Call::Truncate { path, len } => fs::truncate(m, pid, path, len)?.put(out),
        Call::CopyFile { from, to, flags } => fs::copy_file(m, pid, from, to, flags)?.put(out),
        Call::Statfs { path } => fs::statfs(m, pid, path)?.put(out),
        Call::WatchPath { path, recursive } => fs::watch_path(m, pid, path, recursive)?.put(out),

        Call::Mount { source, target, kind, flags } => mount::mount_call(m, pid, source, target, kind, flags)?.put(out),
        Call::Unmount { target } => mount::unmount(m, pid, target)?.put(out),
        Call::CloneTree { from, to } => mount::clone_tree(m, pid, from, to)?.put(out),

        Call::Listen { address, backlog } => socket::listen(m, pid, address, backlog)?.put(out),
        Call::Accept { fd } => socket::accept(m, pid, fd)?.put(out),
        Call::PassFd { via, fd } => socket::pass_fd(m, pid, via, fd)?.put(out),
        Call::TakeFd { via } => socket::take_fd(m, pid, via)?.put(out),
        Call::Connect { address } => socket::connect(m, pid, address)?.put(out),
        Call::Shutdown { fd, how } => socket::shutdown(m, pid, fd, how)?.put(out),
        Call::Sockname { fd } => socket::sockname(m, pid, fd)?.put(out),
        Call::Peername { fd } => socket::peername(m, pid, fd)?.put(out),
        Call::BrowserPeer { fd } => socket::browser_peer(m, pid, fd)?.put(out),
        Call::SocketError { fd } => socket::socket_error(m, pid, fd)?.put(out),
        Call::Fetch { method, url, headers, body } => socket::fetch(m, pid, method, url, headers, body)?.put(out),

        Call::Openpty { columns, rows } => tty::openpty(m, pid, columns, rows)?.put(out),
        Call::TtyGet { fd } => tty::tty_get(m, pid, fd)?.put(out),
        Call::TtySetMode { fd, mode } => tty::tty_set_mode(m, pid, fd, mode)?.put(out),
        Call::TtyResize { fd, columns, rows } => tty::tty_resize(m, pid, fd, columns, rows)?.put(out),
        Call::TtySetGroup { fd, pgid } => tty::tty_set_group(m, pid, fd, pgid)?.put(out),
        Call::_Life(never, _) => match never {},
    }
    Ok(())
}
