//! Calls on terminals.

use porthole_abi::{Errno, flags, reply};

use crate::descriptor::Description;
use crate::machine::Machine;

/// The terminal behind either of its ends.
fn pty_of(machine: &Machine, pid: i32, fd: i32) -> Result<u32, Errno> {
    match machine.description(pid, fd)?.1 {
        Description::PtyMaster { pty } | Description::PtySlave { pty } => Ok(*pty),
        _ => Err(Errno::ENOTTY),
    }
}

pub fn openpty(machine: &mut Machine, pid: i32, columns: u16, rows: u16) -> Result<reply::Openpty, Errno> {
    let (master, slave) = machine.open_pty(pid, columns, rows)?;
    Ok(reply::Openpty { master, slave })
}

pub fn tty_get(machine: &Machine, pid: i32, fd: i32) -> Result<reply::TtyGet, Errno> {
    let pty = machine.state.ptys.get(&pty_of(machine, pid, fd)?).ok_or(Errno::EBADF)?;
    let mode = if pty.line.raw { flags::TTY_RAW } else { flags::TTY_NORMAL };
    Ok(reply::TtyGet { columns: pty.columns, rows: pty.rows, mode })
}

pub fn tty_set_mode(machine: &mut Machine, pid: i32, fd: i32, mode: u8) -> Result<reply::TtySetMode, Errno> {
    let id = pty_of(machine, pid, fd)?;
    let raw = match mode {
        flags::TTY_NORMAL => false,
        flags::TTY_RAW => true,
        _ => return Err(Errno::EINVAL),
    };
    machine.set_pty_mode(id, raw);
    Ok(reply::TtySetMode {})
}

pub fn tty_resize(machine: &mut Machine, pid: i32, fd: i32, columns: u16, rows: u16) -> Result<reply::TtyResize, Errno> {
    let id = pty_of(machine, pid, fd)?;
    machine.resize_pty(id, columns, rows);
    Ok(reply::TtyResize {})
}

pub fn tty_set_group(machine: &mut Machine, pid: i32, fd: i32, pgid: i32) -> Result<reply::TtySetGroup, Errno> {
    let id = pty_of(machine, pid, fd)?;
    let pgid = if pgid == 0 { machine.state.processes.get(&pid).ok_or(Errno::ESRCH)?.pgid } else { pgid };
    if pgid < 0 {
        return Err(Errno::EINVAL);
    }
    if machine.group(pgid).is_empty() {
        return Err(Errno::ESRCH);
    }
    machine.state.ptys.get_mut(&id).ok_or(Errno::EBADF)?.group = pgid;
    Ok(reply::TtySetGroup {})
}
