//! Running tests from seeds, and saying how to have a failure again.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::dice::Dice;
use crate::heap;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// No seed of any test has a reason to ask for more memory at once.
const MOST: usize = 64 << 20;

/// Runs a test's seeds: `usual` many if nobody asks for others.
pub fn run(test: &str, usual: u64, work: impl Fn(&mut Dice)) {
    let seeds = match number("PORTHOLE_SEED") {
        Some(one) => one..one + 1,
        None => 0..number("PORTHOLE_SEEDS").unwrap_or(usual),
    };
    for seed in seeds {
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            heap::forget();
            work(&mut Dice::new(seed));
            assert!(heap::largest() <= MOST, "{} bytes were asked for at once", heap::largest());
        }));
        if let Err(panic) = outcome {
            eprintln!("\nreplay with: PORTHOLE_SEED={seed} cargo test -p porthole-kernel --test fuzz {test}");
            resume_unwind(panic);
        }
    }
}
