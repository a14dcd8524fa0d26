//! What POSIX says should happen, as simply as can be: no counts of references, no wake-ups, no log. Who holds what is found by looking at everybody.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use porthole_abi::wire::Wire;
use porthole_abi::{Call, Errno, Stat, flags, reply, signal};

/// The limits that the simulated container has: small ones are met.
pub const PIPE: usize = 6000;
pub const SOCKET: usize = 1000;
pub const PROCESSES: usize = 9;
pub const DESCRIPTORS: usize = 24;
const PIPE_BUF: usize = 4096;

/// An answer: the payload's bytes or an errno. `None`: the model does not know.
pub type Expected = Option<Result<Vec<u8>, Errno>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    Reader(usize),
    Writer(usize),
    /// One side of a connection.
    Side(usize, usize),
    Listener(usize),
    /// An open file; dup shares it.
    File(usize),
}

#[derive(Clone, Debug, Default)]
pub struct Process {
    pub parent: i32,
    pub ended: Option<(i32, u8)>,
    pub orphan: bool,
    pub fds: BTreeMap<i32, Thing>,
    pub actions: BTreeMap<u8, u8>,
    /// Not played by the model: what it has and does is its own affair.
    pub opaque: bool,
    /// Has made a call that changes something.
    pub seen: bool,
    pub umask: u32,
    /// Children whose end it must hear of.
    pub bereaved: Vec<i32>,
}

#[derive(Debug, Default)]
struct Side {
    inbox: VecDeque<u8>,
    closed: bool,
    ended: bool,
    read_shut: bool,
    write_shut: bool,
    write_failed: bool,
    connecting: bool,
    error: Option<Errno>,
}

#[derive(Debug, Default)]
struct Connection {
    sides: [Side; 2],
    unix: bool,
}

#[derive(Debug, Default)]
struct Listener {
    port: u16,
    backlog: usize,
    ready: VecDeque<usize>,
    waiting: VecDeque<usize>,
    closed: bool,
}

#[derive(Debug)]
struct OpenFile {
    inode: usize,
    offset: usize,
    /// Writes are safe when they are answered.
    sync: bool,
}

/// All that lasts: contents by name. Names of one file have one content.
pub type Tree = BTreeMap<Vec<u8>, Rc<Vec<u8>>>;

#[derive(Debug, Default)]
pub struct Model {
    pub processes: BTreeMap<i32, Process>,
    next_pid: i32,
    pipes: Vec<VecDeque<u8>>,
    connections: Vec<Connection>,
    listeners: Vec<Listener>,
    files: Vec<OpenFile>,
    inodes: Vec<Rc<Vec<u8>>>,
    names: BTreeMap<Vec<u8>, usize>,
}

/// The model knows contents and names, not what `stat` tells: that part of an answer is made what the model says.
pub fn without_stat(call: &Call<'_>, result: Result<Vec<u8>, Errno>) -> Result<Vec<u8>, Errno> {
    let mut payload = result?;
    if matches!(call, Call::Open { .. } | Call::WriteFile { .. } | Call::ReadFile { .. }) {
        let mut stat = Vec::new();
        Stat::default().put(&mut stat);
        payload.truncate(payload.len() - stat.len());
        payload.extend_from_slice(&stat);
    }
    Ok(payload)
}

fn ok<'a>(payload: impl Wire<'a>) -> Expected {
    let mut bytes = Vec::new();
    payload.put(&mut bytes);
    Some(Ok(bytes))
}

fn err(errno: Errno) -> Expected {
    Some(Err(errno))
}

impl Model {
    pub fn new() -> Self {
        let first = Process { umask: 0o022, ..Process::default() };
        Self { processes: BTreeMap::from([(1, first)]), next_pid: 2, ..Self::default() }
    }

    pub fn alive(&self, pid: i32) -> bool {
        self.processes.get(&pid).is_some_and(|process| process.ended.is_none())
    }

    pub fn living(&self) -> Vec<i32> {
        self.processes.keys().copied().filter(|pid| self.alive(*pid)).collect()
    }

    fn held(&self) -> BTreeSet<Thing> {
        self.processes.values().filter(|process| process.ended.is_none()).flat_map(|process| process.fds.values().copied()).collect()
    }

    /// Whether reading from a watched descriptor would not answer `EAGAIN`.
    pub fn readable(&self, pid: i32, fd: i32) -> bool {
        let held = self.held();
        match self.processes[&pid].fds.get(&fd) {
            Some(Thing::Reader(pipe)) => !self.pipes[*pipe].is_empty() || !held.contains(&Thing::Writer(*pipe)),
            Some(Thing::Side(at, side)) => {
                let side = &self.connections[*at].sides[*side];
                !side.connecting && (!side.inbox.is_empty() || side.ended || side.read_shut || side.error.is_some())
            }
            Some(Thing::Listener(at)) => !self.listeners[*at].ready.is_empty(),
            _ => false,
        }
    }

    fn free(&self, pid: i32, least: i32) -> i32 {
        (least..).find(|fd| !self.processes[&pid].fds.contains_key(fd)).unwrap()
    }

    fn install(&mut self, pid: i32, thing: Thing) -> i32 {
        let fd = self.free(pid, 0);
        self.processes.get_mut(&pid).unwrap().fds.insert(fd, thing);
        fd
    }

    fn full(&self, pid: i32, more: usize) -> bool {
        self.processes[&pid].fds.len() + more > DESCRIPTORS
    }

    /// Closes what nobody holds any more.
    fn settle(&mut self) {
        let held = self.held();
        for at in 0..self.listeners.len() {
            if self.listeners[at].closed || held.contains(&Thing::Listener(at)) {
                continue;
            }
            self.listeners[at].closed = true;
            for connection in std::mem::take(&mut self.listeners[at].ready) {
                self.close_side(connection, 1, true);
            }
            for connection in std::mem::take(&mut self.listeners[at].waiting) {
                let side = &mut self.connections[connection].sides[0];
                side.connecting = false;
                side.ended = true;
                side.error = Some(Errno::ECONNREFUSED);
            }
        }
        for at in 0..self.pipes.len() {
            if !held.contains(&Thing::Reader(at)) {
                self.pipes[at].clear();
            }
        }
        let backlogs: BTreeSet<usize> = self.listeners.iter().flat_map(|listener| listener.ready.iter().chain(&listener.waiting).copied()).collect();
        for at in 0..self.connections.len() {
            for side in 0..2 {
                let kept = held.contains(&Thing::Side(at, side)) || (side == 1 && backlogs.contains(&at)) || self.connections[at].sides[side].closed;
                if !kept {
                    self.close_side(at, side, false);
                }
            }
        }
        for listener in &mut self.listeners {
            let connections = &self.connections;
            listener.waiting.retain(|at| !connections[*at].sides[0].closed);
        }
    }

    fn close_side(&mut self, at: usize, side: usize, reset: bool) {
        let connection = &mut self.connections[at];
        let gone = &mut connection.sides[side];
        gone.closed = true;
        let unread = !gone.inbox.is_empty();
        let other = &mut connection.sides[1 - side];
        // Both ends of a connection that never was are gone with one.
        if !other.closed {
            other.ended = true;
            if reset || unread {
                other.error = Some(Errno::ECONNRESET);
            }
        }
    }

    pub fn end(&mut self, pid: i32, code: i32, signal: u8) {
        if pid == 1 || !self.alive(pid) {
            return;
        }
        let process = self.processes.get_mut(&pid).unwrap();
        process.ended = Some((code, signal));
        process.fds.clear();
        let (parent, orphan) = (process.parent, process.orphan);
        let children: Vec<i32> = self.processes.iter().filter(|(_, child)| child.parent == pid).map(|(pid, _)| *pid).collect();
        for child in children {
            if self.alive(child) {
                let child = self.processes.get_mut(&child).unwrap();
                (child.parent, child.orphan) = (1, true);
            } else {
                self.processes.remove(&child);
            }
        }
        let unwanted = self.processes.get(&parent).is_none_or(|parent| parent.actions.get(&signal::SIGCHLD) == Some(&flags::SIG_IGN));
        if orphan || unwanted {
            self.processes.remove(&pid);
        } else {
            self.processes.get_mut(&parent).unwrap().bereaved.push(pid);
        }
        self.settle();
    }

    /// The tab has died: processes and all they had between them are gone, and of files there is what had been committed.
    pub fn rise(&mut self, tree: &Tree) {
        *self = Self::new();
        for (name, content) in tree {
            // Which names are of one file the pointer tells.
            let known = self.inodes.iter().position(|it| Rc::ptr_eq(it, content));
            let inode = known.unwrap_or(self.inodes.len());
            if known.is_none() {
                self.inodes.push(content.clone());
            }
            self.names.insert(name.clone(), inode);
        }
        // From here on contents that are equal by sharing must not be taken for one file.
        self.inodes = self.inodes.iter().map(|it| Rc::new(it.to_vec())).collect();
    }

    /// What would last if all of it were committed now.
    pub fn tree(&self) -> Tree {
        let mut copies: BTreeMap<usize, Rc<Vec<u8>>> = BTreeMap::new();
        let of = |(name, inode): (&Vec<u8>, &usize)| {
            let content = copies.entry(*inode).or_insert_with(|| Rc::new(self.inodes[*inode].to_vec()));
            (name.clone(), content.clone())
        };
        self.names.iter().map(of).collect()
    }

    /// Whether the answer to a call promises that files are safe.
    pub fn promises(&self, pid: i32, call: &Call<'_>) -> bool {
        match call {
            Call::Fsync { .. } => true,
            Call::Write { fd, .. } => match self.processes.get(&pid).and_then(|process| process.fds.get(fd)) {
                Some(Thing::File(at)) => self.files[*at].sync,
                _ => false,
            },
            _ => false,
        }
    }

    /// A worker has crashed: the kernel says so where the process would have, unless that is a file whose contents cannot be had.
    pub fn lose(&mut self, pid: i32, reason: &str, readable: bool) {
        if pid == 1 || !self.alive(pid) {
            return;
        }
        let internet = |thing: &Thing| matches!(thing, Thing::Side(at, _) if !self.connections[*at].unix);
        if let Some(thing) = self.processes[&pid].fds.get(&2).copied().filter(|thing| readable && !internet(thing)) {
            let name = if self.processes[&pid].opaque { "sh" } else { "node" };
            let _full = self.write(thing, format!("porthole: process {pid} ({name}) was ended: {reason}\n").as_bytes());
        }
        self.end(pid, 0, signal::SIGKILL);
    }

    fn fill(&mut self, at: usize) {
        let listener = &mut self.listeners[at];
        while listener.ready.len() < listener.backlog {
            let Some(connection) = listener.waiting.pop_front() else { return };
            self.connections[connection].sides[0].connecting = false;
            self.connections[connection].sides[1].connecting = false;
            listener.ready.push_back(connection);
        }
    }

    /// The call could not be made: contents that it needs cannot be had.
    pub fn refuse(&mut self, pid: i32) -> Expected {
        self.processes.get_mut(&pid).unwrap().seen = true;
        err(Errno::EIO)
    }

    /// What a call does, and what it should answer.
    pub fn apply(&mut self, pid: i32, call: &Call<'_>) -> Expected {
        if call.row().kind == porthole_abi::syscall::Kind::Change {
            self.processes.get_mut(&pid).unwrap().seen = true;
        }
        if self.processes[&pid].opaque {
            if let Call::Exit { code } = call {
                self.end(pid, code & 0xff, 0);
            }
            return None;
        }
        let expected = self.does(pid, call);
        self.settle();
        expected
    }

    fn does(&mut self, pid: i32, call: &Call<'_>) -> Expected {
        let thing = |model: &Self, fd: i32| model.processes[&pid].fds.get(&fd).copied();
        match call {
            Call::Exit { code } => {
                if pid == 1 {
                    for other in self.living() {
                        self.end(other, 0, signal::SIGKILL);
                    }
                }
                self.end(pid, code & 0xff, 0);
                ok(reply::Exit {})
            }
            Call::Spawn { file, fds, .. } => {
                if self.processes.len() >= PROCESSES {
                    return err(Errno::EAGAIN);
                }
                let mut given = BTreeMap::new();
                for pair in &fds.0 {
                    let Some(thing) = thing(self, pair.parent) else { return err(Errno::EBADF) };
                    if given.insert(pair.child, thing).is_some() {
                        return err(Errno::EINVAL);
                    }
                }
                let child = self.next_pid;
                self.next_pid += 1;
                let actions = self.processes[&pid].actions.iter().filter(|(_, action)| **action == flags::SIG_IGN).map(|(k, v)| (*k, *v)).collect();
                let umask = self.processes[&pid].umask;
                let opaque = *file == b"sh";
                self.processes.insert(child, Process { parent: pid, fds: given, actions, umask, opaque, ..Process::default() });
                ok(reply::Spawn { pid: child })
            }
            Call::Wait { pid: which } => {
                let children: Vec<i32> = self
                    .processes
                    .iter()
                    .filter(|(child, it)| it.parent == pid && !it.orphan && (*which == -1 || which == *child))
                    .map(|(pid, _)| *pid)
                    .collect();
                if children.is_empty() {
                    return err(Errno::ECHILD);
                }
                let Some(ended) = children.into_iter().find(|child| !self.alive(*child)) else { return err(Errno::EAGAIN) };
                let (code, signal) = self.processes.remove(&ended).unwrap().ended.unwrap();
                ok(reply::Wait { pid: ended, code, signal })
            }
            Call::Kill { pid: target, signal } => {
                if !self.processes.contains_key(target) {
                    return err(Errno::ESRCH);
                }
                let deadly = [signal::SIGKILL, signal::SIGTERM, signal::SIGINT].contains(signal);
                if *target != 1 && deadly && self.alive(*target) && !self.processes[target].actions.contains_key(signal) {
                    self.end(*target, 0, *signal);
                }
                ok(reply::Kill {})
            }
            Call::Sigaction { signal, action } => {
                let actions = &mut self.processes.get_mut(&pid).unwrap().actions;
                if *action == flags::SIG_DFL {
                    actions.remove(signal)
                } else {
                    actions.insert(*signal, *action)
                };
                ok(reply::Sigaction {})
            }
            Call::Umask { mask } => {
                let old = std::mem::replace(&mut self.processes.get_mut(&pid).unwrap().umask, mask & 0o777);
                ok(reply::Umask { old })
            }
            Call::Close { fd } => match self.processes.get_mut(&pid).unwrap().fds.remove(fd) {
                Some(_) => ok(reply::Close {}),
                None => err(Errno::EBADF),
            },
            Call::Dup { fd, least } => {
                let Some(thing) = thing(self, *fd) else { return err(Errno::EBADF) };
                let new = self.free(pid, *least);
                if self.full(pid, 1) || new as usize >= DESCRIPTORS {
                    return err(Errno::EMFILE);
                }
                self.processes.get_mut(&pid).unwrap().fds.insert(new, thing);
                ok(reply::Dup { fd: new })
            }
            Call::Dup2 { fd, onto } => {
                let Some(thing) = thing(self, *fd) else { return err(Errno::EBADF) };
                self.processes.get_mut(&pid).unwrap().fds.insert(*onto, thing);
                ok(reply::Dup2 {})
            }
            Call::Watch { fd, .. } => match thing(self, *fd) {
                None => err(Errno::EBADF),
                Some(Thing::File(_)) => err(Errno::EPERM),
                Some(_) => ok(reply::Watch {}),
            },
            Call::Pipe {} => {
                if self.full(pid, 2) {
                    return err(Errno::EMFILE);
                }
                self.pipes.push(VecDeque::new());
                let at = self.pipes.len() - 1;
                ok(reply::Pipe { reader: self.install(pid, Thing::Reader(at)), writer: self.install(pid, Thing::Writer(at)) })
            }
            Call::Socketpair {} => {
                if self.full(pid, 2) {
                    return err(Errno::EMFILE);
                }
                self.connections.push(Connection { unix: true, ..Connection::default() });
                let at = self.connections.len() - 1;
                ok(reply::Socketpair { one: self.install(pid, Thing::Side(at, 0)), other: self.install(pid, Thing::Side(at, 1)) })
            }
            Call::Listen { address, backlog } => {
                if self.full(pid, 1) {
                    return err(Errno::EMFILE);
                }
                if self.listeners.iter().any(|listener| !listener.closed && listener.port == address.port) {
                    return err(Errno::EADDRINUSE);
                }
                self.listeners.push(Listener { port: address.port, backlog: *backlog as usize, ..Listener::default() });
                let fd = self.install(pid, Thing::Listener(self.listeners.len() - 1));
                ok(reply::Listen { fd, address: address.clone() })
            }
            Call::Connect { address } => {
                if self.full(pid, 1) {
                    return err(Errno::EMFILE);
                }
                let Some(at) = self.listeners.iter().position(|it| !it.closed && it.port == address.port) else { return err(Errno::ECONNREFUSED) };
                let mut connection = Connection::default();
                connection.sides[0].connecting = true;
                connection.sides[1].connecting = true;
                self.connections.push(connection);
                let connection = self.connections.len() - 1;
                self.listeners[at].waiting.push_back(connection);
                self.fill(at);
                ok(reply::Connect { fd: self.install(pid, Thing::Side(connection, 0)) })
            }
            Call::Accept { fd } => {
                let at = match thing(self, *fd) {
                    None => return err(Errno::EBADF),
                    Some(Thing::Listener(at)) => at,
                    Some(Thing::Side(..)) => return err(Errno::EINVAL),
                    Some(_) => return err(Errno::ENOTSOCK),
                };
                if self.listeners[at].ready.is_empty() {
                    return err(Errno::EAGAIN);
                }
                if self.full(pid, 1) {
                    return err(Errno::EMFILE);
                }
                let connection = self.listeners[at].ready.pop_front().unwrap();
                self.install(pid, Thing::Side(connection, 1));
                self.fill(at);
                // The peer's port is the kernel's choice.
                None
            }
            Call::Shutdown { fd, how } => {
                let (at, side) = match thing(self, *fd) {
                    None => return err(Errno::EBADF),
                    Some(Thing::Side(at, side)) => (at, side),
                    Some(Thing::Listener(_)) => return err(Errno::EINVAL),
                    Some(_) => return err(Errno::ENOTSOCK),
                };
                let [one, two] = &mut self.connections[at].sides;
                let (me, peer) = if side == 0 { (one, two) } else { (two, one) };
                if me.connecting || (peer.closed && !me.ended) {
                    return err(Errno::ENOTCONN);
                }
                me.read_shut |= *how != flags::SHUT_WR;
                if *how != flags::SHUT_RD {
                    me.write_shut = true;
                    peer.ended = true;
                }
                ok(reply::Shutdown {})
            }
            Call::Open { path, flags: how, .. } => {
                if self.full(pid, 1) {
                    return err(Errno::EMFILE);
                }
                let inode = self.named(path);
                if how & flags::O_TRUNC != 0 {
                    self.inodes[inode] = Rc::default();
                }
                self.files.push(OpenFile { inode, offset: 0, sync: how & flags::O_DSYNC != 0 });
                ok(reply::Open { fd: self.install(pid, Thing::File(self.files.len() - 1)), stat: Stat::default() })
            }
            Call::Fsync { fd } => match thing(self, *fd) {
                None => err(Errno::EBADF),
                Some(Thing::File(_)) => ok(reply::Fsync {}),
                Some(_) => err(Errno::EINVAL),
            },
            Call::Ftruncate { fd, len } => match thing(self, *fd) {
                None => err(Errno::EBADF),
                Some(Thing::File(at)) => {
                    Rc::make_mut(&mut self.inodes[self.files[at].inode]).resize(*len as usize, 0);
                    ok(reply::Ftruncate {})
                }
                Some(_) => err(Errno::EINVAL),
            },
            Call::Unlink { path } => match self.names.remove(*path) {
                Some(_) => ok(reply::Unlink {}),
                None => err(Errno::ENOENT),
            },
            Call::WriteFile { path, data, .. } => {
                let inode = self.named(path);
                self.inodes[inode] = Rc::new(data.to_vec());
                ok(reply::WriteFile { stat: Stat::default() })
            }
            Call::ReadFile { path, limit } => match self.names.get(*path).map(|inode| self.inodes[*inode].to_vec()) {
                None => err(Errno::ENOENT),
                Some(data) if data.len() > *limit as usize => err(Errno::EFBIG),
                Some(data) => ok(reply::ReadFile { data, stat: Stat::default() }),
            },
            Call::Rename { from, to, .. } => {
                let Some(inode) = self.names.get(*from).copied() else { return err(Errno::ENOENT) };
                // Two names of one file both stay.
                if self.names.get(*to) != Some(&inode) {
                    self.names.remove(*from);
                    self.names.insert(to.to_vec(), inode);
                }
                ok(reply::Rename {})
            }
            Call::Link { from, to } => {
                let Some(inode) = self.names.get(*from).copied() else { return err(Errno::ENOENT) };
                if self.names.contains_key(*to) {
                    return err(Errno::EEXIST);
                }
                self.names.insert(to.to_vec(), inode);
                ok(reply::Link {})
            }
            Call::CopyFile { from, to, .. } => {
                let Some(inode) = self.names.get(*from).copied() else { return err(Errno::ENOENT) };
                let onto = self.named(to);
                self.inodes[onto] = self.inodes[inode].clone();
                ok(reply::CopyFile {})
            }
            Call::Pread { fd, len, position } => match thing(self, *fd) {
                None => err(Errno::EBADF),
                Some(Thing::File(at)) => {
                    let data = self.inodes[self.files[at].inode].iter().skip(*position as usize).take(*len as usize).copied().collect();
                    ok(reply::Pread { data })
                }
                Some(_) => err(Errno::ESPIPE),
            },
            Call::Read { fd, len, .. } => match thing(self, *fd) {
                None => err(Errno::EBADF),
                Some(thing) => match self.read(thing, *len as usize) {
                    Ok(data) => ok(reply::Read { data }),
                    Err(errno) => err(errno),
                },
            },
            Call::Write { fd, data, .. } => match thing(self, *fd) {
                None => err(Errno::EBADF),
                Some(thing) => match self.write(thing, data) {
                    Ok(written) => ok(reply::Write { written: written as u32 }),
                    Err(errno) => err(errno),
                },
            },
            Call::FdKind { fd } => match thing(self, *fd) {
                None => err(Errno::EBADF),
                Some(Thing::File(_)) => ok(reply::FdKind { kind: flags::FD_FILE }),
                Some(Thing::Reader(_) | Thing::Writer(_)) => ok(reply::FdKind { kind: flags::FD_PIPE }),
                Some(Thing::Listener(_)) => ok(reply::FdKind { kind: flags::FD_LISTENER }),
                Some(Thing::Side(at, _)) => ok(reply::FdKind { kind: if self.connections[at].unix { flags::FD_PIPE } else { flags::FD_TCP } }),
            },
            _ => None,
        }
    }

    /// The file with a name, made where there is none.
    fn named(&mut self, path: &[u8]) -> usize {
        if let Some(inode) = self.names.get(path) {
            return *inode;
        }
        self.inodes.push(Rc::default());
        self.names.insert(path.to_vec(), self.inodes.len() - 1);
        self.inodes.len() - 1
    }

    fn read(&mut self, thing: Thing, len: usize) -> Result<Vec<u8>, Errno> {
        let held = self.held();
        match thing {
            Thing::Reader(at) => {
                if self.pipes[at].is_empty() && len > 0 && held.contains(&Thing::Writer(at)) {
                    return Err(Errno::EAGAIN);
                }
                let len = len.min(self.pipes[at].len());
                Ok(self.pipes[at].drain(..len).collect())
            }
            Thing::Side(at, side) => {
                let peer_gone = self.connections[at].sides[1 - side].closed;
                let me = &mut self.connections[at].sides[side];
                if me.connecting {
                    return Err(Errno::EAGAIN);
                }
                if me.inbox.is_empty() && len > 0 {
                    if let Some(errno) = me.error.take() {
                        return Err(errno);
                    }
                    return if me.ended || me.read_shut || peer_gone { Ok(vec![]) } else { Err(Errno::EAGAIN) };
                }
                let len = len.min(me.inbox.len());
                Ok(me.inbox.drain(..len).collect())
            }
            Thing::File(at) => {
                let file = &mut self.files[at];
                let data: Vec<u8> = self.inodes[file.inode].iter().skip(file.offset).take(len).copied().collect();
                file.offset += data.len();
                Ok(data)
            }
            Thing::Writer(_) => Err(Errno::EBADF),
            Thing::Listener(_) => Err(Errno::ENOTCONN),
        }
    }

    fn write(&mut self, thing: Thing, data: &[u8]) -> Result<usize, Errno> {
        let held = self.held();
        match thing {
            Thing::Writer(at) => {
                if !held.contains(&Thing::Reader(at)) {
                    return Err(Errno::EPIPE);
                }
                let room = PIPE - self.pipes[at].len();
                let all_or_nothing = data.len() <= PIPE_BUF;
                if !data.is_empty() && (room == 0 || (all_or_nothing && room < data.len())) {
                    return Err(Errno::EAGAIN);
                }
                let len = data.len().min(room);
                self.pipes[at].extend(&data[..len]);
                Ok(len)
            }
            Thing::Side(at, side) => {
                let unix = self.connections[at].unix;
                let [one, two] = &mut self.connections[at].sides;
                let (me, peer) = if side == 0 { (one, two) } else { (two, one) };
                if me.connecting {
                    return Err(Errno::EAGAIN);
                }
                if let Some(errno) = me.error.take() {
                    return Err(errno);
                }
                if me.write_shut || me.write_failed || (peer.closed && unix) {
                    return Err(Errno::EPIPE);
                }
                if peer.closed {
                    me.write_failed = true;
                    return Ok(data.len());
                }
                if peer.read_shut {
                    return Ok(data.len());
                }
                let len = data.len().min(SOCKET - peer.inbox.len());
                if len == 0 && !data.is_empty() {
                    return Err(Errno::EAGAIN);
                }
                peer.inbox.extend(&data[..len]);
                Ok(len)
            }
            Thing::File(at) => {
                let file = &mut self.files[at];
                if data.is_empty() {
                    return Ok(0);
                }
                let content = Rc::make_mut(&mut self.inodes[file.inode]);
                if content.len() < file.offset + data.len() {
                    content.resize(file.offset + data.len(), 0);
                }
                content[file.offset..][..data.len()].copy_from_slice(data);
                file.offset += data.len();
                Ok(data.len())
            }
            Thing::Reader(_) => Err(Errno::EBADF),
            Thing::Listener(_) => Err(Errno::ENOTCONN),
        }
    }
}
