//! What a machine wants done outside.

use crate::Millis;
use crate::event::Header;
use crate::vfs::chunks::ChunkId;
use crate::vfs::journal::Commit;

/// Carried out by the host in order. During replay there are none but commits that nobody has yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// An event has happened that changes state. The record goes into the log before what follows is carried out.
    Log {
        record: Vec<u8>,
    },
    /// What has changed in the files, to be kept. Answered by `Event::Durable`.
    Commit(Commit),
    /// Contents of files are needed: to be answered by `Machine::loaded` for each.
    Load {
        chunks: Vec<ChunkId>,
    },
    /// A reply to a process, ready to send.
    Reply {
        pid: i32,
        frame: Vec<u8>,
    },
    /// Events for a process, ready to send. A host without a way to push may drop it: the events are kept until the process has heard them.
    Notify {
        pid: i32,
        frame: Vec<u8>,
    },
    /// Start a worker for a process.
    Spawn {
        pid: i32,
    },
    /// End a process's worker, if it still runs.
    Terminate {
        pid: i32,
    },
    /// The answer's head. `body`: whether `HttpBody` follows.
    HttpHead {
        id: u64,
        status: u16,
        reason: Vec<u8>,
        headers: Vec<Header>,
        body: bool,
    },
    HttpBody {
        id: u64,
        data: Vec<u8>,
    },
    HttpEnd {
        id: u64,
    },
    /// No (more) answer: the guest closed, nobody listens, the answer made no sense. Before the head it is a 502 page with this text.
    HttpFail {
        id: u64,
        reason: String,
    },
    /// The machine can take so many more bytes of the request's body.
    HttpWant {
        id: u64,
        bytes: u32,
    },
    /// A request to another host. `body`: `FetchBody` follows.
    Fetch {
        id: u64,
        method: Vec<u8>,
        url: Vec<u8>,
        headers: Vec<Header>,
        body: bool,
    },
    FetchBody {
        id: u64,
        data: Vec<u8>,
        last: bool,
    },
    FetchAbort {
        id: u64,
    },
    /// Bytes of another host: by the GET of an address, `len` from `from` on by a range, or all where `len` is 0. An answer of more than `most` bytes is not
    /// wanted. To be answered by `Machine::got`.
    Get {
        id: u64,
        url: Vec<u8>,
        from: u64,
        len: u64,
        most: u64,
    },
    /// Send `Event::Timer` at this time. The newest one counts.
    Timer {
        at: Option<Millis>,
    },
    /// The kernel's own fault, for the console. The machine goes on.
    Fault {
        message: String,
    },
}
