//! The operating system of one container as a state machine: events in, effects out.
//!
//! What this crate does *not* know: the browser, threads, clocks and randomness. Time and random seeds come in with events, all maps are ordered, so the
//! same events always give the same state. That is what lets the log of events be the machine's memory (ARCHITECTURE.md, section 3).
//!
//! - [`Machine`]: the whole; [`event`] and [`effect`] are its two ends, [`checkpoint`] its form for another kernel, which goes on by `replay`.
//! - `park`: events that have to wait for contents of files. `durability`: when files are committed, and who waits for that.
//! - `images`: contents of images brought into memory.
//! - `syscalls`: one `match` over the abi's table, one handler a call.
//! - `process`: the process table, spawning, ending, signals, and what a process hears.
//! - `descriptor`: descriptors, the descriptions they share, and readiness.
//! - `net`: pipes, stream sockets, listeners.
//! - `tty`: terminals.
//! - `synthetic`: the system as files (`/proc`, `/task`, `/web`).
//! - [`archive`]: what zip and tar archives and indexes list. Knows none of the rest.
//! - [`vfs`]: files. `boot`: what a new container holds.
//! - [`store`]: where commits of files last. Knows none of the above.

pub mod archive;
mod boot;
pub mod census;
pub mod checkpoint;
pub mod config;
mod descriptor;
mod durability;
pub mod effect;
pub mod event;
pub mod http;
mod images;
mod machine;
pub mod map;
mod net;
mod park;
mod process;
mod random;
mod readiness;
mod replay;
pub mod route;
pub mod store;
mod synthetic;
mod syscalls;
mod tty;
pub mod vfs;

pub use census::Census;
pub use checkpoint::{Checkpoint, Fork, RestoreError};
pub use config::Config;
pub use effect::Effect;
pub use event::Event;
pub use machine::Machine;

/// Milliseconds since 1970.
pub type Millis = u64;
