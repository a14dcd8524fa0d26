//! Calls about processes.

use porthole_abi::flags::X_OK;
use porthole_abi::syscall::{Descriptor, Inherit, ProcessInfo};
use porthole_abi::wire::List;
use porthole_abi::{Errno, reply};

use crate::machine::Machine;
use crate::process::spawn::Order;
use crate::process::{FIRST, Process, Run};
use crate::synthetic::site::Site;
use crate::vfs::{Links, Spot};

fn caller(machine: &Machine, pid: i32) -> Result<&Process, Errno> {
    machine.state.processes.get(&pid).ok_or(Errno::ESRCH)
}

pub fn start(machine: &Machine, pid: i32) -> Result<reply::Start, Errno> {
    let process = caller(machine, pid)?;
    let mut fds = Vec::new();
    for fd in process.descriptors.table.keys() {
        let (_, what) = machine.description(pid, *fd)?;
        fds.push(Descriptor { fd: *fd, kind: machine.kind_of(what) });
    }
    Ok(reply::Start {
        pid,
        ppid: process.ppid,
        exe: process.exe.clone(),
        argv: List(process.argv.clone()),
        env: List(process.env.clone()),
        // It may have been removed: a process must start all the same.
        cwd: machine.path_of(process.cwd).unwrap_or_else(|_| b"/".to_vec()),
        umask: process.umask,
        uid: process.uid,
        gid: process.gid,
        fds: List(fds),
    })
}

/// Of process 1: ends all others.
pub fn exit(machine: &mut Machine, pid: i32, code: i32) -> Result<reply::Exit, Errno> {
    if pid == FIRST {
        for other in machine.state.processes.keys().copied().filter(|pid| *pid != FIRST).collect::<Vec<_>>() {
            machine.end_process(other, 0, porthole_abi::signal::SIGKILL, b"");
        }
    } else {
        machine.end_process(pid, code & 0xff, 0, b"");
    }
    Ok(reply::Exit {})
}

#[allow(clippy::too_many_arguments)]
pub fn spawn(
    machine: &mut Machine,
    pid: i32,
    file: &[u8],
    argv: List<Vec<u8>>,
    env: List<Vec<u8>>,
    cwd: &[u8],
    fds: List<Inherit>,
    flags: u32,
) -> Result<reply::Spawn, Errno> {
    let order = Order { file, argv: argv.0, env: env.0, cwd, fds: &fds.0, flags };
    Ok(reply::Spawn { pid: machine.spawn(pid, order)? })
}

pub fn wait(machine: &mut Machine, pid: i32, which: i32) -> Result<reply::Wait, Errno> {
    let (pid, code, signal) = machine.take_zombie(pid, which)?;
    Ok(reply::Wait { pid, code, signal })
}

pub fn getpgid(machine: &Machine, pid: i32, which: i32) -> Result<reply::Getpgid, Errno> {
    let which = if which == 0 { pid } else { which };
    Ok(reply::Getpgid { pgid: caller(machine, which)?.pgid })
}

/// As in setpgid(2): oneself or a child, within the session, not a session's leader.
pub fn setpgid(machine: &mut Machine, pid: i32, which: i32, pgid: i32) -> Result<reply::Setpgid, Errno> {
    let which = if which == 0 { pid } else { which };
    let pgid = if pgid == 0 { which } else { pgid };
    if pgid < 0 {
        return Err(Errno::EINVAL);
    }
    let session = caller(machine, pid)?.sid;
    let target = caller(machine, which)?;
    if which != pid && target.ppid != pid {
        return Err(Errno::ESRCH);
    }
    // Process 1 moves its children between sessions that it made for them.
    if target.sid == which || (target.sid != session && pid != FIRST) {
        return Err(Errno::EPERM);
    }
    let sid = target.sid;
    if pgid != which && !machine.state.processes.values().any(|other| other.pgid == pgid && other.sid == sid) {
        return Err(Errno::EPERM);
    }
    machine.state.processes.get_mut(&which).ok_or(Errno::ESRCH)?.pgid = pgid;
    Ok(reply::Setpgid {})
}

/// A directory to stand in, in the file system or in a tree; held.
pub fn enter(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<Spot, Errno> {
    machine.reach_mut(
        pid,
        path,
        Links::Follow,
        |vfs, who, path| vfs.enter(who, path),
        |machine, who, site| match site {
            Site::Tree(entry) => {
                let node = entry.found()?;
                if !node.is_directory() {
                    return Err(Errno::ENOTDIR);
                }
                machine.tree_may(who, node, X_OK)?;
                Ok(Spot { mount: entry.mount, ino: node.number() })
            }
            Site::Description(_) => Err(Errno::ENOTDIR),
        },
    )
}

pub fn chdir(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<reply::Chdir, Errno> {
    let cwd = enter(machine, pid, path)?;
    let process = machine.state.processes.get_mut(&pid).ok_or(Errno::ESRCH)?;
    let old = std::mem::replace(&mut process.cwd, cwd);
    machine.state.vfs.release_spot(old);
    Ok(reply::Chdir {})
}

pub fn getcwd(machine: &Machine, pid: i32) -> Result<reply::Getcwd, Errno> {
    let cwd = caller(machine, pid)?.cwd;
    // As Linux: a directory that was removed is nowhere, even where a mount still shows it.
    if machine.state.vfs.foreign(cwd).is_none() && machine.state.vfs.inode(cwd.ino)?.nlink == 0 {
        return Err(Errno::ENOENT);
    }
    Ok(reply::Getcwd { path: machine.path_of(cwd)? })
}

pub fn umask(machine: &mut Machine, pid: i32, mask: u32) -> Result<reply::Umask, Errno> {
    let process = machine.state.processes.get_mut(&pid).ok_or(Errno::ESRCH)?;
    let old = std::mem::replace(&mut process.umask, mask & 0o777);
    Ok(reply::Umask { old })
}

pub fn processes(machine: &Machine, _pid: i32) -> Result<reply::Processes, Errno> {
    let list = machine
        .state
        .processes
        .iter()
        .map(|(pid, process)| ProcessInfo {
            pid: *pid,
            ppid: process.ppid,
            pgid: process.pgid,
            state: match process.run {
                Run::Running => b'R',
                Run::Stopped => b'T',
                Run::Zombie { .. } => b'Z',
            },
            started: process.started as i64,
            argv: List(process.argv.clone()),
        })
        .collect();
    Ok(reply::Processes { list: List(list) })
}

pub fn sysinfo(machine: &Machine, _pid: i32) -> Result<reply::Sysinfo, Errno> {
    Ok(reply::Sysinfo {
        uptime_ms: machine.now().saturating_sub(machine.state.begun),
        files_bytes: machine.state.vfs.bytes(),
        processes: machine.state.processes.len() as u32,
    })
}
