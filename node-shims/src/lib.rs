//! The process image: QuickJS under Node's own library.
//!
//! - [`host`]: what the image asks of whoever runs it. Nothing else leaves the image.
//! - [`env`]: the state of one process, found from any JavaScript context.
//! - [`event_loop`]: libuv's phases over the host's `poll`.
//! - [`engine`]: starts QuickJS, loads Node's library, runs a program to its exit code.
//! - [`handles`]: streams and sockets as libuv has them, over the kernel's descriptors.
//! - [`sh`]: what the image is when it is started as `/bin/sh`.
//! - [`calls`]: how calls reach the kernel. [`files`], [`file_cache`]: questions about files that need not be asked again.
//! - [`bindings`]: `internalBinding(name)`, one file each.

pub mod bindings;
pub mod bytecode;
pub mod calls;
pub mod continuation;
pub mod engine;
pub mod env;
pub mod event_loop;
mod file_cache;
mod files;
pub mod handles;
pub mod host;
pub mod patches;
pub mod raw;
pub mod run_loop;
pub mod sh;

#[cfg(any(target_arch = "wasm32", test))]
mod pack;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use env::Env;
pub use host::{Builtin, Host};
