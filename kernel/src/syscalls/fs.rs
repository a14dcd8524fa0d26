//! Calls on files.

use porthole_abi::syscall::TreeEntry;
use porthole_abi::wire::List;
use porthole_abi::{Errno, reply};

use crate::machine::Machine;

/// `read` of a descriptor whose description is a file. `position` −1: where it stands, and moves it.
pub fn read_description(_machine: &mut Machine, _pid: i32, _fd: i32, _len: usize, _position: i64) -> Result<Vec<u8>, Errno> {
    Err(Errno::ENOSYS)
}

/// `write` to a descriptor whose description is a file.
pub fn write_description(_machine: &mut Machine, _pid: i32, _fd: i32, _data: &[u8], _position: i64) -> Result<usize, Errno> {
    Err(Errno::ENOSYS)
}

pub fn open(_machine: &mut Machine, _pid: i32, _path: &[u8], _flags: u32, _mode: u32) -> Result<reply::Open, Errno> {
    Err(Errno::ENOSYS)
}

pub fn pread(_machine: &Machine, _pid: i32, _fd: i32, _len: u32, _position: i64) -> Result<reply::Pread, Errno> {
    Err(Errno::ENOSYS)
}

pub fn seek(_machine: &mut Machine, _pid: i32, _fd: i32, _offset: i64, _whence: u8) -> Result<reply::Seek, Errno> {
    Err(Errno::ENOSYS)
}

pub fn fstat(_machine: &Machine, _pid: i32, _fd: i32) -> Result<reply::Fstat, Errno> {
    Err(Errno::ENOSYS)
}

pub fn ftruncate(_machine: &mut Machine, _pid: i32, _fd: i32, _len: u64) -> Result<reply::Ftruncate, Errno> {
    Err(Errno::ENOSYS)
}

pub fn fsync(_machine: &Machine, _pid: i32, _fd: i32) -> Result<reply::Fsync, Errno> {
    Err(Errno::ENOSYS)
}

pub fn fchmod(_machine: &mut Machine, _pid: i32, _fd: i32, _mode: u32) -> Result<reply::Fchmod, Errno> {
    Err(Errno::ENOSYS)
}

pub fn fchown(_machine: &mut Machine, _pid: i32, _fd: i32, _uid: u32, _gid: u32) -> Result<reply::Fchown, Errno> {
    Err(Errno::ENOSYS)
}

pub fn futimes(_machine: &mut Machine, _pid: i32, _fd: i32, _atime: i64, _mtime: i64) -> Result<reply::Futimes, Errno> {
    Err(Errno::ENOSYS)
}

pub fn stat(_machine: &Machine, _pid: i32, _path: &[u8], _flags: u32) -> Result<reply::Stat, Errno> {
    Err(Errno::ENOSYS)
}

pub fn readdir(_machine: &Machine, _pid: i32, _path: &[u8], _skip: u32, _limit: u32) -> Result<reply::Readdir, Errno> {
    Err(Errno::ENOSYS)
}

pub fn read_file(_machine: &Machine, _pid: i32, _path: &[u8], _limit: u32) -> Result<reply::ReadFile, Errno> {
    Err(Errno::ENOSYS)
}

pub fn write_file(_machine: &mut Machine, _pid: i32, _path: &[u8], _data: &[u8], _flags: u32, _mode: u32) -> Result<reply::WriteFile, Errno> {
    Err(Errno::ENOSYS)
}

pub fn write_tree(_machine: &mut Machine, _pid: i32, _base: &[u8], _entries: List<TreeEntry>) -> Result<reply::WriteTree, Errno> {
    Err(Errno::ENOSYS)
}

pub fn mkdir(_machine: &mut Machine, _pid: i32, _path: &[u8], _mode: u32) -> Result<reply::Mkdir, Errno> {
    Err(Errno::ENOSYS)
}

pub fn mkdir_all(_machine: &mut Machine, _pid: i32, _path: &[u8], _mode: u32) -> Result<reply::MkdirAll, Errno> {
    Err(Errno::ENOSYS)
}

pub fn mkdtemp(_machine: &mut Machine, _pid: i32, _prefix: &[u8]) -> Result<reply::Mkdtemp, Errno> {
    Err(Errno::ENOSYS)
}

pub fn rmdir(_machine: &mut Machine, _pid: i32, _path: &[u8]) -> Result<reply::Rmdir, Errno> {
    Err(Errno::ENOSYS)
}

pub fn unlink(_machine: &mut Machine, _pid: i32, _path: &[u8]) -> Result<reply::Unlink, Errno> {
    Err(Errno::ENOSYS)
}

pub fn remove_tree(_machine: &mut Machine, _pid: i32, _path: &[u8]) -> Result<reply::RemoveTree, Errno> {
    Err(Errno::ENOSYS)
}

pub fn rename(_machine: &mut Machine, _pid: i32, _from: &[u8], _to: &[u8], _flags: u32) -> Result<reply::Rename, Errno> {
    Err(Errno::ENOSYS)
}

pub fn link(_machine: &mut Machine, _pid: i32, _from: &[u8], _to: &[u8]) -> Result<reply::Link, Errno> {
    Err(Errno::ENOSYS)
}

pub fn symlink(_machine: &mut Machine, _pid: i32, _target: &[u8], _path: &[u8]) -> Result<reply::Symlink, Errno> {
    Err(Errno::ENOSYS)
}

pub fn readlink(_machine: &Machine, _pid: i32, _path: &[u8]) -> Result<reply::Readlink, Errno> {
    Err(Errno::ENOSYS)
}

pub fn realpath(_machine: &Machine, _pid: i32, _path: &[u8]) -> Result<reply::Realpath, Errno> {
    Err(Errno::ENOSYS)
}

pub fn access(_machine: &Machine, _pid: i32, _path: &[u8], _mode: u32) -> Result<reply::Access, Errno> {
    Err(Errno::ENOSYS)
}

pub fn chmod(_machine: &mut Machine, _pid: i32, _path: &[u8], _mode: u32, _flags: u32) -> Result<reply::Chmod, Errno> {
    Err(Errno::ENOSYS)
}

pub fn chown(_machine: &mut Machine, _pid: i32, _path: &[u8], _uid: u32, _gid: u32, _flags: u32) -> Result<reply::Chown, Errno> {
    Err(Errno::ENOSYS)
}

pub fn utimes(_machine: &mut Machine, _pid: i32, _path: &[u8], _atime: i64, _mtime: i64, _flags: u32) -> Result<reply::Utimes, Errno> {
    Err(Errno::ENOSYS)
}

pub fn truncate(_machine: &mut Machine, _pid: i32, _path: &[u8], _len: u64) -> Result<reply::Truncate, Errno> {
    Err(Errno::ENOSYS)
}

pub fn copy_file(_machine: &mut Machine, _pid: i32, _from: &[u8], _to: &[u8], _flags: u32) -> Result<reply::CopyFile, Errno> {
    Err(Errno::ENOSYS)
}

pub fn statfs(_machine: &Machine, _pid: i32, _path: &[u8]) -> Result<reply::Statfs, Errno> {
    Err(Errno::ENOSYS)
}

pub fn watch_path(_machine: &mut Machine, _pid: i32, _path: &[u8], _recursive: u8) -> Result<reply::WatchPath, Errno> {
    Err(Errno::ENOSYS)
}

/// `read` of a descriptor from `watch_path`.
pub fn read_watch(_machine: &mut Machine, _pid: i32, _fd: i32, _len: usize) -> Result<Vec<u8>, Errno> {
    Err(Errno::ENOSYS)
}
