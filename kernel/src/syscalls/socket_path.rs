//! Names of sockets in the file system.

use porthole_abi::Errno;
use porthole_abi::flags::W_OK;

use crate::machine::Machine;
use crate::vfs::Node;

/// Makes the name that a listener shall have, and answers it as an absolute path. Whoever listens removes the name, as on Linux.
///
/// # Errors
/// `EADDRINUSE`: something has the name; those of making a file.
pub fn make(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<Vec<u8>, Errno> {
    let (who, umask) = (machine.caller(pid, path)?, machine.umask(pid)?);
    match machine.state.vfs.mknod(&who, path, Node::Socket, 0o777 & !umask) {
        Ok(_) => machine.state.vfs.realpath(&who, path),
        Err(Errno::EEXIST) => Err(Errno::EADDRINUSE),
        Err(errno) => Err(errno),
    }
}

/// The absolute path of a socket that somebody may listen on.
///
/// # Errors
/// `ECONNREFUSED`: no socket; `EACCES`: not writable; those of a lookup.
pub fn find(machine: &Machine, pid: i32, path: &[u8]) -> Result<Vec<u8>, Errno> {
    let who = machine.caller(pid, path)?;
    let vfs = &machine.state.vfs;
    let ino = vfs.ino(&who, path)?;
    vfs.access_of(&who, ino, W_OK)?;
    match vfs.inode(ino)?.node {
        Node::Socket => vfs.realpath(&who, path),
        _ => Err(Errno::ECONNREFUSED),
    }
}
