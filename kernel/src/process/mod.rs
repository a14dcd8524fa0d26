//! The process table.
//!
//! - [`spawn`]: processes made. [`program`]: what they run, found. [`kinds`]: the programs that the kernel knows.
//! - [`end`]: exit, death, zombies, orphans. [`signal`]: signals.
//! - [`hear`]: the events that a process is sent.
//! - [`epoch`]: what a new kernel does about the workers it finds.

pub mod end;
pub mod epoch;
pub mod hear;
pub mod kinds;
pub mod program;
pub mod signal;
pub mod spawn;

use std::collections::{BTreeMap, VecDeque};

use porthole_abi::flags;
use rkyv::{Archive, Deserialize, Serialize};

use crate::Millis;
use crate::descriptor::Descriptors;
use crate::map::Map;
use crate::vfs::Spot;

/// The page's client.
pub const FIRST: i32 = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub enum Run {
    Running,
    /// By a signal. Recorded: the worker is not suspended.
    Stopped,
    /// Ended, and not yet waited for. `signal` is 0 after `exit`.
    Zombie {
        code: i32,
        signal: u8,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Process {
    pub ppid: i32,
    pub pgid: i32,
    pub sid: i32,
    pub run: Run,
    /// Its parent has ended: nobody will wait for it.
    pub orphan: bool,
    /// A thread of its parent, which it does not outlive.
    pub thread: bool,
    /// It has made a call that is in the log, so its worker cannot be started a second time.
    pub seen: bool,
    pub started: Millis,
    pub exe: Vec<u8>,
    pub argv: Vec<Vec<u8>>,
    /// `NAME=value`.
    pub env: Vec<Vec<u8>>,
    /// The directory, which is held.
    pub cwd: Spot,
    pub umask: u32,
    pub uid: u32,
    pub gid: u32,
    pub descriptors: Descriptors,
    /// `flags::SIG_*` of the signals that are not at their default.
    pub dispositions: Map<u8, u8>,
    /// Whole reply frames by sequence number, all above `acked`.
    pub replies: BTreeMap<u32, Vec<u8>>,
    pub acked: u32,
    /// Encoded events that the process has not heard; the first has number `heard`.
    pub unheard: VecDeque<Vec<u8>>,
    pub heard: u32,
    /// What [`crate::vfs::Vfs::changes`] counted before the process began, and what it has changed itself since: the others' changes are the rest.
    pub own_changes: u32,
}

impl Process {
    pub fn first(now: Millis) -> Process {
        Process {
            ppid: 0,
            pgid: FIRST,
            sid: FIRST,
            run: Run::Running,
            orphan: false,
            thread: false,
            seen: true,
            started: now,
            exe: Vec::new(),
            argv: vec![b"porthole".to_vec()],
            env: [
                "HOME=/home/user",
                "USER=user",
                "LOGNAME=user",
                "PATH=/usr/local/bin:/usr/bin:/bin",
                "SHELL=/bin/sh",
                "TERM=xterm-256color",
                "LANG=C.UTF-8",
                "PWD=/",
            ]
            .iter()
            .map(|entry| entry.as_bytes().to_vec())
            .collect(),
            cwd: Spot::ROOT,
            umask: 0o022,
            uid: 1000,
            gid: 1000,
            descriptors: Descriptors::default(),
            dispositions: Map::new(),
            replies: BTreeMap::new(),
            acked: 0,
            unheard: VecDeque::new(),
            heard: 0,
            own_changes: 0,
        }
    }

    /// A child of this process that has not been told yet what it is to do.
    pub fn child(&self, ppid: i32, now: Millis) -> Process {
        Process {
            ppid,
            pgid: self.pgid,
            sid: self.sid,
            run: Run::Running,
            orphan: false,
            thread: false,
            seen: false,
            started: now,
            exe: Vec::new(),
            argv: Vec::new(),
            env: Vec::new(),
            cwd: self.cwd,
            umask: self.umask,
            uid: self.uid,
            gid: self.gid,
            descriptors: Descriptors::default(),
            // As across `execve`: what is ignored stays ignored, what was caught is at its default.
            dispositions: self
                .dispositions
                .iter()
                .filter(|(_, action)| **action == flags::SIG_IGN)
                .map(|(signal, action)| (*signal, *action))
                .collect(),
            replies: BTreeMap::new(),
            acked: 0,
            unheard: VecDeque::new(),
            heard: 0,
            own_changes: 0,
        }
    }

    pub fn is_live(&self) -> bool {
        !matches!(self.run, Run::Zombie { .. })
    }

    /// The name of an entry of an environment.
    pub fn name_of(entry: &[u8]) -> &[u8] {
        entry.split(|byte| *byte == b'=').next().unwrap_or_default()
    }

    /// The value of an environment variable.
    pub fn variable<'e>(env: &'e [Vec<u8>], name: &[u8]) -> Option<&'e [u8]> {
        env.iter().find_map(|entry| entry.strip_prefix(name)?.strip_prefix(b"="))
    }
}
