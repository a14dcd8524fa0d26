//! A container's name and limits. Part of its state: a restored machine keeps the limits that it was made with.

use rkyv::{Archive, Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Config {
    /// The container's name, as it stands in the addresses of its ports.
    pub name: String,
    /// Live processes and zombies, process 1 included. Beyond it `spawn` answers `EAGAIN`.
    pub processes: u32,
    /// Descriptors of one process (`EMFILE`).
    pub descriptors: u32,
    /// Open descriptions of all processes (`ENFILE`).
    pub descriptions: u32,
    /// Bytes in a pipe.
    pub pipe_bytes: u32,
    /// Bytes received and not yet read in one direction of a socket.
    pub socket_bytes: u32,
    /// Bytes of one answer from another host that nobody has read; more end the request. (The browser's stream is not held back.)
    pub fetch_bytes: u32,
    /// Bytes of all files (`ENOSPC`).
    pub files_bytes: u64,
    /// Files, directories and links (`ENOSPC`).
    pub files: u32,
    /// Bytes of arguments and environment of one process (`E2BIG`).
    pub argument_bytes: u32,
    /// Events that a process has not heard. One that lets more pile up is ended: it is not listening.
    pub unheard_events: u32,
    /// Replies that a process has not acknowledged. The oldest beyond them are forgotten.
    pub unacknowledged_replies: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            name: "main".to_owned(),
            processes: 256,
            descriptors: 10_240,
            descriptions: 65_536,
            pipe_bytes: 64 << 10,
            socket_bytes: 256 << 10,
            fetch_bytes: 256 << 20,
            files_bytes: 1 << 30,
            files: 1 << 20,
            argument_bytes: 2 << 20,
            unheard_events: 1 << 20,
            unacknowledged_replies: 4096,
        }
    }
}
