//! Bytes between processes: pipes, stream sockets, listeners; and requests to other hosts.
//!
//! Knows descriptions only as whom to tell of a change. [`browser`] carries what `http` says; nothing else here knows of HTTP.

pub mod browser;
pub mod buffer;
pub mod endpoint;
pub mod fetch;
pub mod listener;
pub mod pipe;
pub mod port;
pub mod socket;
