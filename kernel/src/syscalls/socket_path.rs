//! Names of sockets in the file system.

use porthole_abi::Errno;

use crate::machine::Machine;

/// Makes the name that a listener shall have, and answers it as an absolute path.
pub fn make(machine: &mut Machine, pid: i32, path: &[u8]) -> Result<Vec<u8>, Errno> {
    absolute(machine, pid, path)
}

/// The absolute path of a socket that somebody may listen on.
pub fn find(machine: &Machine, pid: i32, path: &[u8]) -> Result<Vec<u8>, Errno> {
    absolute(machine, pid, path)
}

fn absolute(machine: &Machine, pid: i32, path: &[u8]) -> Result<Vec<u8>, Errno> {
    if path.is_empty() {
        return Err(Errno::EINVAL);
    }
    if path.starts_with(b"/") {
        return Ok(path.to_vec());
    }
    let cwd = &machine.state.processes.get(&pid).ok_or(Errno::ESRCH)?.cwd;
    Ok([cwd, &b"/"[..], path].concat())
}
