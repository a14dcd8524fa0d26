//! The same random calls on this machine's files and on the host's: Linux is the oracle.
//!
//! Each seed runs in a thread of its own that is moved into an empty directory (`chroot`) and becomes user 1000, as the container's processes are, so
//! absolute paths, `..` and permissions mean the same on both sides. That takes root; without it the test says so and is ignored.
//! Every third seed also has our kernel die now and then and come back from its checkpoint, or keep no contents in memory, which Linux does not need to
//! know. At the end the tree is compared a second time, after another life of the container has been given it.
//! `SEED=7 cargo test -p porthole-kernel --test differential` runs one seed and prints each call.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "differential/host.rs"]
mod host;
#[path = "differential/plan.rs"]
mod plan;
#[path = "differential/side.rs"]
mod side;
mod world;

use host::Host;
use plan::{Plan, Step};
use side::{Entry, Ours, Side};

const SEEDS: u64 = 400;
const STEPS: usize = 250;

#[test]
fn the_file_system_does_what_linux_does() {
    if !host::is_root() {
        eprintln!("not run: needs root for chroot");
        return;
    }
    let only = std::env::var("SEED").ok().map(|seed| seed.parse::<u64>().expect("SEED is a number"));
    let seeds: Vec<u64> = only.map_or_else(|| (0..SEEDS).collect(), |seed| vec![seed]);
    let mut succeeded = std::collections::BTreeMap::<String, (u32, u32)>::new();
    for seed in seeds {
        let outcome = Host::inside(seed, move || run(seed, only.is_some())).unwrap_or_else(|why| panic!("{why}"));
        for (call, (good, all)) in outcome {
            let sum = succeeded.entry(call).or_default();
            *sum = (sum.0 + good, sum.1 + all);
        }
    }
    // A test of errors alone would prove little: every call must have worked as well as failed.
    if only.is_none() {
        for (call, (good, all)) in &succeeded {
            println!("{call}: {good} of {all} succeeded");
            // Only whoever stands in a directory that is gone fails to say where.
            assert!(*good > 20 && (good < all || call == "Getcwd"), "{call}: {good} of {all} succeeded");
        }
    }
}

fn compare(expected: &[Entry], got: &[Entry]) -> Result<(), String> {
    for (theirs, mine) in expected.iter().zip(got) {
        if theirs != mine {
            return Err(format!("\n  Linux has {theirs:?}\n  we have   {mine:?}"));
        }
    }
    if expected.len() == got.len() { Ok(()) } else { Err(format!(": Linux has {} files, we have {}", expected.len(), got.len())) }
}

type Tally = std::collections::BTreeMap<String, (u32, u32)>;

fn run(seed: u64, loud: bool) -> Result<Tally, String> {
    let mut plan = Plan::new(seed);
    let mut ours = Ours::new();
    let mut host = Host::new();
    let mut tally = Tally::new();
    for number in 0..STEPS {
        let step: Step = plan.step();
        if plan.dies() {
            ours.die();
            ours.forgetful();
        }
        let expected = host.take(&step);
        let got = ours.take(&step);
        if loud {
            println!("{number}: {step:?} -> {expected:?}");
        }
        if got != expected {
            return Err(format!("seed {seed}, step {number}: {step:?}\n  Linux answers {expected:?}\n  we answer     {got:?}"));
        }
        let call = format!("{step:?}").split([' ', '{']).next().unwrap_or_default().to_owned();
        let entry = tally.entry(call).or_default();
        entry.0 += u32::from(expected.is_ok());
        entry.1 += 1;
    }
    ours.commit();
    // So that nothing hides behind a mode.
    let expected = host.tree();
    compare(&expected, &ours.tree()).map_err(|why| format!("seed {seed}, at the end{why}"))?;
    ours.rise();
    compare(&expected, &ours.tree()).map_err(|why| format!("seed {seed}, in another life{why}"))?;
    Ok(tally)
}
