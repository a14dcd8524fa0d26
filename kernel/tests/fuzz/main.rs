//! Whatever bytes come from outside, nothing breaks: no panic, no memory without bounds, an answer where one is due, and a machine that goes on.
//!
//! Each test draws what it sends from a seed. `PORTHOLE_SEED=7 cargo test -p porthole-kernel --test fuzz NAME` runs one seed of a test, as its failure says;
//! `PORTHOLE_SEEDS=100000` runs that many of each.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../world/mod.rs"]
mod world;

mod calls;
mod cookies;
mod dice;
mod frames;
mod heap;
mod host;
mod http_answers;
mod http_requests;
mod images;
mod seeds;
mod states;
