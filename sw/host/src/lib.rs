//! The kernel as a wasm module of the service worker: events in from JavaScript, effects out to it. And its store, as one of the supervisor.
//!
//! What this crate does *not* know: policy. It turns JavaScript's values into the kernel's events, and hands out the effects in order.
//!
//! - [`container`]: one container's machine, with a method for each kind of event.
//! - [`outside`]: what JavaScript must provide, a method for each kind of effect.
//! - [`route`]: where addresses lead.
//! - [`store`]: the durable store, for the supervisor: it runs the same image.

pub mod container;
pub mod outside;
pub mod route;
pub mod store;

use wasm_bindgen::prelude::wasm_bindgen;

/// Panics are faults of ours; without the hook the console would say `unreachable` alone.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// Version of the abi that this kernel speaks.
#[wasm_bindgen]
pub fn abi_version() -> u32 {
    porthole_abi::VERSION
}
