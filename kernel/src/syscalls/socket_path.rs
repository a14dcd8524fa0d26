//! Names of sockets in the file system.

use porthole_abi::{Errno, flags};

use crate::machine::Machine;
use crate::synthetic::refuse;
use crate::vfs::{Links, Node};

/// Makes the name that a listener shall have, and answers it as an absolute path. `EADDRINUSE`: something has the name.
pub fn make(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<Vec<u8>, Errno> {
    let umask = machine.state.processes.get(&pid).map_or(0, |process| process.umask);
    machine
        .reach_mut(
            pid,
            checked(path)?,
            Links::Parent,
            |vfs, who, path| vfs.mknod(who, path, Node::Socket, 0o777 & !umask),
            |_, _, site| refuse::make(&site),
        )
        .map_err(|errno| if errno == Errno::EEXIST { Errno::EADDRINUSE } else { errno })?;
    machine.realpath(pid, path)
}

/// The absolute path of a socket that somebody may listen on. `ECONNREFUSED`: the name is of something else.
pub fn find(machine: &Machine, pid: i32, path: &[u8]) -> Result<Vec<u8>, Errno> {
    let stat = super::fs::stat(machine, pid, checked(path)?, 0)?.stat;
    if stat.mode & flags::S_IFMT != flags::S_IFSOCK {
        return Err(Errno::ECONNREFUSED);
    }
    super::fs::access(machine, pid, path, flags::W_OK)?;
    machine.realpath(pid, path)
}

/// `struct sockaddr_un` has room for 108 bytes, and programs know it.
fn checked(path: &[u8]) -> Result<&[u8], Errno> {
    match path {
        // Names without a file are not kept.
        [] | [0, ..] => Err(Errno::EINVAL),
        path if path.len() > 107 => Err(Errno::ENAMETOOLONG),
        path => Ok(path),
    }
}
