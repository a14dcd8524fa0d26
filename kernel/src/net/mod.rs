//! Bytes between processes: pipes, stream sockets, listeners.
//!
//! Knows descriptions only as whom to tell of a change; knows nothing of HTTP.

pub mod buffer;
pub mod pipe;
