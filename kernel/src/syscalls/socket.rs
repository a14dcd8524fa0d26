//! Calls on sockets.

use porthole_abi::syscall::Header;
use porthole_abi::wire::List;
use porthole_abi::{Address, Errno, flags, reply};

use crate::descriptor::Description;
use crate::machine::Machine;
use crate::net::endpoint::{Endpoint, Use};
use crate::net::socket::{Owner, Socket, SocketId};

/// The socket behind a descriptor. `ENOTSOCK`: it is something else; a listener is `EINVAL`, as in Linux for what only connections can do.
fn socket_of(machine: &Machine, pid: i32, fd: i32) -> Result<SocketId, Errno> {
    match machine.description(pid, fd)?.1 {
        Description::Socket { socket } => Ok(*socket),
        Description::Listener { .. } => Err(Errno::EINVAL),
        _ => Err(Errno::ENOTSOCK),
    }
}

impl Machine {
    fn socket_behind(&self, pid: i32, fd: i32) -> Option<SocketId> {
        socket_of(self, pid, fd).ok()
    }
}

/// Gives a process a socket that was made with another owner for the moment.
fn hand_over(machine: &mut Machine, pid: i32, socket: SocketId) -> Result<i32, Errno> {
    let (fd, description) = machine.install_known(pid, Description::Socket { socket })?;
    if let Some(socket) = machine.state.sockets.get_mut(&socket) {
        socket.owner = Owner::Description(description);
    }
    Ok(fd)
}

pub fn socketpair(machine: &mut Machine, pid: i32) -> Result<reply::Socketpair, Errno> {
    machine.room_for(pid, 2)?;
    let (one, other) = (machine.new_object(), machine.new_object());
    for id in [one, other] {
        machine.state.sockets.insert(id, Socket::new(Owner::Backlog(0), Endpoint::NAMELESS, Endpoint::NAMELESS));
    }
    machine.join(one, other);
    Ok(reply::Socketpair { one: hand_over(machine, pid, one)?, other: hand_over(machine, pid, other)? })
}

pub fn listen(machine: &mut Machine, pid: i32, address: Address, backlog: u32) -> Result<reply::Listen, Errno> {
    let at = Endpoint::parse(&address, Use::Listen)?;
    machine.room_for(pid, 1)?;
    let at = match at {
        Endpoint::Path(path) => Endpoint::Path(super::socket_path::make(machine, pid, &path)?),
        at => at,
    };
    let (fd, at) = machine.open_listener(pid, at, backlog)?;
    Ok(reply::Listen { fd, address: at.to_abi() })
}

pub fn accept(machine: &mut Machine, pid: i32, fd: i32) -> Result<reply::Accept, Errno> {
    let listener = match machine.description(pid, fd)?.1 {
        Description::Listener { listener } => *listener,
        Description::Socket { .. } => return Err(Errno::EINVAL),
        _ => return Err(Errno::ENOTSOCK),
    };
    let accepted = machine.accept(pid, listener);
    let (fd, peer) = accepted?;
    Ok(reply::Accept { fd, peer: peer.to_abi() })
}

/// Descriptors that may wait in a socket.
const MOST_PASSED: usize = 64;

pub fn pass_fd(machine: &mut Machine, pid: i32, via: i32, fd: i32) -> Result<reply::PassFd, Errno> {
    let socket = socket_of(machine, pid, via)?;
    let (description, what) = machine.description(pid, fd)?;
    match what {
        // One that holds others could hold itself, and would never end.
        Description::Socket { socket: passed } => {
            let passed = *passed;
            if passed == socket || machine.socket(passed)?.passed.iter().next().is_some() {
                return Err(Errno::EINVAL);
            }
        }
        Description::Listener { .. } => {}
        _ => return Err(Errno::EINVAL),
    }
    let peer = machine.socket(socket)?.peer.ok_or(Errno::EPIPE)?;
    if Some(peer) == machine.socket_behind(pid, fd) {
        return Err(Errno::EINVAL);
    }
    let Some(other) = machine.state.sockets.get_mut(&peer) else { return Err(Errno::EPIPE) };
    if other.passed.len() >= MOST_PASSED {
        return Err(Errno::EAGAIN);
    }
    other.passed.push_back(description);
    if let Some(open) = machine.state.descriptions.get_mut(&description) {
        open.holders += 1;
    }
    Ok(reply::PassFd {})
}

pub fn take_fd(machine: &mut Machine, pid: i32, via: i32) -> Result<reply::TakeFd, Errno> {
    let socket = socket_of(machine, pid, via)?;
    machine.room_for(pid, 1)?;
    let Some(here) = machine.state.sockets.get_mut(&socket) else { return Err(Errno::EBADF) };
    let description = here.passed.pop_front().ok_or(Errno::EAGAIN)?;
    let shared = machine.share(pid, description, 0);
    machine.let_go(description);
    let fd = shared?;
    Ok(reply::TakeFd { fd, kind: super::io::fd_kind(machine, pid, fd)?.kind })
}

pub fn connect(machine: &mut Machine, pid: i32, address: Address) -> Result<reply::Connect, Errno> {
    let target = Endpoint::parse(&address, Use::Connect)?;
    machine.room_for(pid, 1)?;
    let (target, local) = match target {
        Endpoint::Path(path) => (Endpoint::Path(super::socket_path::find(machine, pid, &path)?), Endpoint::NAMELESS),
        Endpoint::V4(..) | Endpoint::V6(..) if target.port() == 0 => return Err(Errno::ECONNREFUSED),
        target => {
            let port = machine.state.ports.ephemeral()?;
            let local = target.clone().with_port(port);
            (target, local)
        }
    };
    let socket = machine.open_connection(Owner::Backlog(0), local, target)?;
    Ok(reply::Connect { fd: hand_over(machine, pid, socket)? })
}

pub fn shutdown(machine: &mut Machine, pid: i32, fd: i32, how: u8) -> Result<reply::Shutdown, Errno> {
    let done = match machine.description(pid, fd)?.1 {
        Description::Fetch { fetch } if how == flags::SHUT_WR => {
            let fetch = *fetch;
            machine.fetch_sent(fetch)
        }
        _ => {
            let socket = socket_of(machine, pid, fd)?;
            machine.socket_shutdown(socket, how)
        }
    };
    done?;
    Ok(reply::Shutdown {})
}

pub fn sockname(machine: &Machine, pid: i32, fd: i32) -> Result<reply::Sockname, Errno> {
    let address = match machine.description(pid, fd)?.1 {
        Description::Listener { listener } => machine.state.listeners.get(listener).ok_or(Errno::EBADF)?.local.to_abi(),
        _ => machine.socket(socket_of(machine, pid, fd)?)?.local.to_abi(),
    };
    Ok(reply::Sockname { address })
}

pub fn peername(machine: &Machine, pid: i32, fd: i32) -> Result<reply::Peername, Errno> {
    let socket = match socket_of(machine, pid, fd) {
        Err(Errno::EINVAL) => return Err(Errno::ENOTCONN),
        other => machine.socket(other?)?,
    };
    if socket.connecting || (socket.peer.is_none() && socket.error != 0) {
        return Err(Errno::ENOTCONN);
    }
    Ok(reply::Peername { address: socket.remote.to_abi() })
}

pub fn browser_peer(machine: &Machine, pid: i32, fd: i32) -> Result<reply::BrowserPeer, Errno> {
    let peer = machine.socket(socket_of(machine, pid, fd)?)?.peer.and_then(|peer| machine.state.sockets.get(&peer));
    Ok(reply::BrowserPeer { yes: u8::from(peer.is_some_and(|peer| matches!(peer.owner, Owner::Browser(_)))) })
}

pub fn socket_error(machine: &Machine, pid: i32, fd: i32) -> Result<reply::SocketError, Errno> {
    let errno = match machine.description(pid, fd)?.1 {
        Description::Fetch { fetch } => {
            machine.state.fetches.get(fetch).filter(|fetch| fetch.readiness() & flags::ERROR != 0).map_or(0, |_| Errno::EIO.number())
        }
        Description::Listener { .. } => 0,
        _ => machine.socket(socket_of(machine, pid, fd)?)?.error,
    };
    Ok(reply::SocketError { errno })
}

pub fn fetch(machine: &mut Machine, pid: i32, method: &[u8], url: &[u8], headers: List<Header>, body: u8) -> Result<reply::Fetch, Errno> {
    Ok(reply::Fetch { fd: machine.open_fetch(pid, method, url, headers.0, body != 0)? })
}
