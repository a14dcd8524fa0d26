//! The durable store under disks that do what disks do.
//!
//! - [`conformance`]: what it promises on a disk that works.
//! - [`crashes`]: from a seed, commits, snapshots, compactions and crashes at any operation of a disk that keeps any part of what was not flushed; after
//!   each crash the store must be at a commit, at none earlier than was confirmed, with all its chunks.
//!   `PORTHOLE_SEED=7 cargo test -p porthole-kernel --test store crashes` runs one seed, `cargo xtask sim --store` as many as you like.
//! - [`full`]: a disk that is full at any write.
//! - [`damage`]: bits that flip at rest, and noise.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod conformance;
mod crashes;
mod damage;
#[allow(dead_code, reason = "of the other simulator")]
#[path = "../simulator/dice.rs"]
mod dice;
mod disk;
mod full;
mod model;
#[path = "../simulator/seeds.rs"]
mod seeds;
