//! Calls about signals.

use porthole_abi::{Errno, flags, reply, signal};

use crate::machine::Machine;

pub fn kill(machine: &mut Machine, pid: i32, target: i32, signal: u8) -> Result<reply::Kill, Errno> {
    machine.kill(pid, target, signal)?;
    Ok(reply::Kill {})
}

pub fn sigaction(machine: &mut Machine, pid: i32, signal: u8, action: u8) -> Result<reply::Sigaction, Errno> {
    let known = signal::default_action(signal).is_some() && signal != signal::SIGKILL && signal != signal::SIGSTOP;
    if !known || action > flags::SIG_CATCH {
        return Err(Errno::EINVAL);
    }
    let process = machine.state.processes.get_mut(&pid).ok_or(Errno::ESRCH)?;
    if action == flags::SIG_DFL {
        process.dispositions.remove(&signal);
    } else {
        process.dispositions.insert(signal, action);
    }
    Ok(reply::Sigaction {})
}
