//! Random programs over a kernel that dies at any moment.
//!
//! From a seed: processes make calls, the browser makes requests, workers crash, frames arrive twice, and the kernel is thrown away at any effect and made
//! again from its checkpoint and log. The tab dies too, with all but the files, and of those with what was not written ([`death`]); contents that are not in
//! the machine's memory come late, in any order, or not at all. Checked against a model that was written without a look at the kernel ([`model`]), and for
//! what must always hold: every call is answered once, a replayed machine is the dead one byte for byte, no wake-up is lost, when all have gone nothing is
//! left, files of another life are what they were at some commit, and what was said to be safe is.
//!
//! `PORTHOLE_SEED=7 cargo test -p porthole-kernel --test simulator` runs one seed, with `PORTHOLE_TRACE=1` telling each call;
//! `cargo xtask sim` runs more of them than the test does.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod browser;
mod death;
mod dice;
mod guest;
mod host;
mod memory;
mod model;
mod seeds;
mod store;

use host::Tally;

/// What the test runs: some seconds on two cores.
const SEEDS: u64 = 3_000;

#[test]
fn random_programs_survive_the_death_of_the_kernel() {
    let seeds::Ran { tally: all, enough } = seeds::run("simulator", SEEDS, host::run, Tally::add);
    eprintln!("{all:?}");
    // A simulator that finds nothing because it does nothing is worse than none.
    assert!(!enough || (all.tab_deaths > 0 && all.lost_commits > 0 && all.loads > 0 && all.unreadable > 0 && all.promises > 0), "{all:?}");
    assert!(!enough || (all.known > all.calls / 2 && all.deaths > 0 && all.requests_answered > all.requests_failed / 4), "{all:?}");
}
