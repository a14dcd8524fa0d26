//! Random programs over a kernel that dies at any moment.
//!
//! From a seed: processes make calls, the browser makes requests, workers crash, frames arrive twice, and the kernel is thrown away at any effect and made
//! again from its checkpoint and log. The tab dies too, with all but the files, and of those with what was not written ([`death`]); contents that are not in
//! the machine's memory come late, in any order, or not at all. Checked against a model that was written without a look at the kernel ([`model`]), and for
//! what must always hold: every call is answered once, a replayed machine is the dead one byte for byte, no wake-up is lost, when all have gone nothing is
//! left, files of another life are what they were at some commit, and what was said to be safe is.
//!
//! `PORTHOLE_SEED=7 cargo test -p porthole-kernel --test simulator` runs one seed, with `PORTHOLE_TRACE=1` telling each call;
//! `PORTHOLE_SEEDS=10000` runs that many.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod browser;
mod death;
mod dice;
mod guest;
mod host;
mod memory;
mod model;
mod store;

use std::panic::{AssertUnwindSafe, catch_unwind};

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn random_programs_survive_the_death_of_the_kernel() {
    if let Some(seed) = number("PORTHOLE_SEED") {
        eprintln!("{:?}", host::run(seed));
        return;
    }
    let mut all = host::Tally::default();
    for seed in 0..number("PORTHOLE_SEEDS").unwrap_or(300) {
        match catch_unwind(AssertUnwindSafe(|| host::run(seed))) {
            Ok(tally) => all.add(tally),
            Err(panic) => {
                eprintln!("\nreplay with: PORTHOLE_SEED={seed} cargo test -p porthole-kernel --test simulator");
                std::panic::resume_unwind(panic);
            }
        }
    }
    eprintln!("{all:?}");
    // A simulator that finds nothing because it does nothing is worse than none.
    assert!(all.tab_deaths > 0 && all.lost_commits > 0 && all.loads > 0 && all.unreadable > 0 && all.promises > 0, "{all:?}");
    assert!(all.known > all.calls / 2 && all.deaths > 0 && all.requests_answered > all.requests_failed / 4, "{all:?}");
}
