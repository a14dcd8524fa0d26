//! Random programs over a kernel that dies at any moment.
//!
//! From a seed: processes make calls, the browser makes requests, workers crash, frames arrive twice, and the kernel is thrown away at any effect and made
//! again from its checkpoint and log. Checked against a model that was written without a look at the kernel ([`model`]), and for what must always hold:
//! every call is answered once, a replayed machine is the dead one byte for byte, no wake-up is lost, and when all have gone nothing is left.
//!
//! `PORTHOLE_SEED=7 cargo test -p porthole-kernel --test simulator` runs one seed, with `PORTHOLE_TRACE=1` telling each call;
//! `cargo xtask sim` runs more of them than the test does.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod browser;
mod dice;
mod guest;
mod host;
mod model;
mod seeds;

use host::Tally;

/// What the test runs: some seconds on two cores.
const SEEDS: u64 = 3_000;

#[test]
fn random_programs_survive_the_death_of_the_kernel() {
    let seeds::Ran { tally: all, enough } = seeds::run("simulator", SEEDS, host::run, Tally::add);
    eprintln!("{all:?}");
    // A simulator that finds nothing because it does nothing is worse than none.
    assert!(!enough || (all.known > all.calls / 2 && all.deaths > 0 && all.requests_answered > all.requests_failed / 4), "{all:?}");
}
