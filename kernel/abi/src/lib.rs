//! The words spoken between a process and the kernel.
//!
//! A process makes *calls* and hears *events*; both are length-prefixed little-endian frames, the same on every transport. This crate holds the
//! vocabulary and its encoding, and no logic: it knows neither the kernel nor Node nor the browser.
//!
//! - [`syscall`]: the one table of calls. Everything that lists calls (dispatch, TypeScript, COMPAT.md) is made from it.
//! - [`frame`]: how calls, replies and notifications are framed, and what the sequence numbers mean.
//! - [`event`]: what a process hears without having asked.
//! - [`errno`], [`signal`], [`flags`]: Linux's names and numbers.
//! - [`stat`], [`address`]: the two records that several calls share.

pub mod address;
pub mod errno;
pub mod event;
pub mod flags;
pub mod frame;
pub mod signal;
pub mod stat;
pub mod syscall;
pub mod typescript;
pub mod wire;

pub use address::Address;
pub use errno::Errno;
pub use event::Event;
pub use frame::{Reply, Request};
pub use stat::Stat;
pub use syscall::{Call, Syscalls, reply};

/// Version of the words. A service worker and a process image of different versions do not talk.
pub const VERSION: u32 = 3;
