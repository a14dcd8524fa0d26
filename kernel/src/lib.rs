//! The operating system of one container as a state machine: events in, effects out.
//!
//! What this crate does *not* know: the browser, threads, clocks and randomness. Time and random seeds come in with events, all maps are ordered, so the
//! same events always give the same state. That is what lets the log of events be the machine's memory (ARCHITECTURE.md, section 3).

pub mod effect;
pub mod event;

pub use effect::Effect;
pub use event::Event;

/// Milliseconds since 1970.
pub type Millis = u64;
