//! Calls on terminals.

use porthole_abi::{Errno, reply};

use crate::machine::Machine;

pub fn openpty(_machine: &mut Machine, _pid: i32, _columns: u16, _rows: u16) -> Result<reply::Openpty, Errno> {
    Err(Errno::ENOSYS)
}

pub fn tty_get(_machine: &Machine, _pid: i32, _fd: i32) -> Result<reply::TtyGet, Errno> {
    Err(Errno::ENOSYS)
}

pub fn tty_set_mode(_machine: &mut Machine, _pid: i32, _fd: i32, _mode: u8) -> Result<reply::TtySetMode, Errno> {
    Err(Errno::ENOSYS)
}

pub fn tty_resize(_machine: &mut Machine, _pid: i32, _fd: i32, _columns: u16, _rows: u16) -> Result<reply::TtyResize, Errno> {
    Err(Errno::ENOSYS)
}

pub fn tty_set_group(_machine: &mut Machine, _pid: i32, _fd: i32, _pgid: i32) -> Result<reply::TtySetGroup, Errno> {
    Err(Errno::ENOSYS)
}
