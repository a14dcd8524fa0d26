//! Calls on sockets.

use porthole_abi::syscall::Header;
use porthole_abi::wire::List;
use porthole_abi::{Address, Errno, reply};

use crate::machine::Machine;

pub fn socketpair(_machine: &mut Machine, _pid: i32) -> Result<reply::Socketpair, Errno> {
    Err(Errno::ENOSYS)
}

pub fn listen(_machine: &mut Machine, _pid: i32, _address: Address, _backlog: u32) -> Result<reply::Listen, Errno> {
    Err(Errno::ENOSYS)
}

pub fn accept(_machine: &mut Machine, _pid: i32, _fd: i32) -> Result<reply::Accept, Errno> {
    Err(Errno::ENOSYS)
}

pub fn connect(_machine: &mut Machine, _pid: i32, _address: Address) -> Result<reply::Connect, Errno> {
    Err(Errno::ENOSYS)
}

pub fn shutdown(_machine: &mut Machine, _pid: i32, _fd: i32, _how: u8) -> Result<reply::Shutdown, Errno> {
    Err(Errno::ENOSYS)
}

pub fn sockname(_machine: &Machine, _pid: i32, _fd: i32) -> Result<reply::Sockname, Errno> {
    Err(Errno::ENOSYS)
}

pub fn peername(_machine: &Machine, _pid: i32, _fd: i32) -> Result<reply::Peername, Errno> {
    Err(Errno::ENOSYS)
}

pub fn socket_error(_machine: &Machine, _pid: i32, _fd: i32) -> Result<reply::SocketError, Errno> {
    Err(Errno::ENOSYS)
}

pub fn fetch(_machine: &mut Machine, _pid: i32, _method: &[u8], _url: &[u8], _headers: List<Header>, _body: u8) -> Result<reply::Fetch, Errno> {
    Err(Errno::ENOSYS)
}
