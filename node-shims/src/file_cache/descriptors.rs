//! What the process's own descriptors are open on.

use porthole_abi::{Call, Stat, flags, reply};

use super::hash::Map;
use crate::file_cache::decode;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A pipe, a socket, a terminal, a device: writing to it changes no file.
    NoFile,
    /// The file with this number, opened with these flags.
    File { ino: u64, flags: u32 },
    /// Inherited, or not known for another reason.
    Unknown,
}

#[derive(Default)]
pub struct Descriptors(Map<i32, Target>);

impl Descriptors {
    pub fn inherit(&mut self, fd: i32, kind: u8) {
        let target = if matches!(kind, flags::FD_FILE | flags::FD_DIR) { Target::Unknown } else { Target::NoFile };
        self.0.insert(fd, target);
    }

    pub fn get(&self, fd: i32) -> Target {
        self.0.get(&fd).copied().unwrap_or(Target::Unknown)
    }

    /// Numbers of the files that are open.
    pub fn files(&self) -> impl Iterator<Item = u64> {
        self.0.values().filter_map(|target| match target {
            Target::File { ino, .. } => Some(*ino),
            _ => None,
        })
    }

    pub fn opened(&mut self, fd: i32, stat: &Stat, flags: u32, made_up: bool) {
        let target = match stat.mode & flags::S_IFMT {
            flags::S_IFREG | flags::S_IFDIR if !made_up => Target::File { ino: stat.ino, flags },
            flags::S_IFREG | flags::S_IFDIR => Target::Unknown,
            _ => Target::NoFile,
        };
        self.0.insert(fd, target);
    }

    /// Takes note of a call that made, copied or closed descriptors. `open` is told apart, since more depends on it.
    pub fn done(&mut self, call: &Call<'_>, payload: &[u8]) {
        let mut no_file = |fd: Option<i32>| {
            if let Some(fd) = fd {
                self.0.insert(fd, Target::NoFile);
            }
        };
        match call {
            Call::Pipe {} => {
                let pipe = decode::<reply::Pipe>(payload);
                no_file(pipe.as_ref().map(|pipe| pipe.reader));
                no_file(pipe.map(|pipe| pipe.writer));
            }
            Call::Socketpair {} => {
                let pair = decode::<reply::Socketpair>(payload);
                no_file(pair.as_ref().map(|pair| pair.one));
                no_file(pair.map(|pair| pair.other));
            }
            Call::Openpty { .. } => {
                let pty = decode::<reply::Openpty>(payload);
                no_file(pty.as_ref().map(|pty| pty.master));
                no_file(pty.map(|pty| pty.slave));
            }
            Call::Accept { .. } => no_file(decode::<reply::Accept>(payload).map(|it| it.fd)),
            Call::TakeFd { .. } => no_file(decode::<reply::TakeFd>(payload).map(|it| it.fd)),
            Call::Connect { .. } => no_file(decode::<reply::Connect>(payload).map(|it| it.fd)),
            Call::Listen { .. } => no_file(decode::<reply::Listen>(payload).map(|it| it.fd)),
            Call::Fetch { .. } => no_file(decode::<reply::Fetch>(payload).map(|it| it.fd)),
            Call::WatchPath { .. } => no_file(decode::<reply::WatchPath>(payload).map(|it| it.fd)),
            Call::Dup { fd, .. } => {
                if let Some(copy) = decode::<reply::Dup>(payload) {
                    self.0.insert(copy.fd, self.get(*fd));
                }
            }
            Call::Dup2 { fd, onto } => {
                self.0.insert(*onto, self.get(*fd));
            }
            Call::Close { fd } => {
                self.0.remove(fd);
            }
            _ => {}
        }
    }
}
