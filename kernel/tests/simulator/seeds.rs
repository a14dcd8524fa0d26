//! Which seeds a simulator runs, on all cores, and how one that fails is told.
//!
//! `PORTHOLE_SEED=7`: that one. `PORTHOLE_SEEDS=10000` and `PORTHOLE_FROM=500`: so many from there on, with progress on standard error.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

/// So many seeds show every kind of event that a simulator counts.
const ENOUGH: u64 = 300;
/// Lines of progress in a run.
const LINES: u64 = 20;

/// What was run.
pub struct Ran<T> {
    pub tally: T,
    /// Whether there were enough seeds for rare things to have happened.
    pub enough: bool,
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs the seeds that the environment asks for, else the first `usual`, and adds up what they came to. Panics with the first failure, after telling the
/// command that replays it: `PORTHOLE_SEED=… cargo test -p porthole-kernel --test <target>`.
pub fn run<T: Default + Send>(target: &str, usual: u64, run: fn(u64) -> T, add: fn(&mut T, T)) -> Ran<T> {
    if let Some(seed) = number("PORTHOLE_SEED") {
        return Ran { tally: run(seed), enough: false };
    }
    let asked = number("PORTHOLE_SEEDS");
    let (from, count) = (number("PORTHOLE_FROM").unwrap_or(0), asked.unwrap_or(usual));
    let begun = Instant::now();
    let (next, done, failed) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let tally = Mutex::new(T::default());
    let worker = || {
        while !failed.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return;
            }
            let seed = from + at;
            match catch_unwind(AssertUnwindSafe(|| run(seed))) {
                Ok(one) => add(&mut tally.lock().unwrap(), one),
                Err(panic) => {
                    if !failed.swap(true, Ordering::Relaxed) {
                        eprintln!("\nreplay with: PORTHOLE_SEED={seed} cargo test -p porthole-kernel --test {target}");
                    }
                    std::panic::resume_unwind(panic);
                }
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if asked.is_some() && done.is_multiple_of((count / LINES).max(1)) {
                eprintln!("{done} of {count} seeds, {:.0} a second", done as f64 / begun.elapsed().as_secs_f64());
            }
        }
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            if let Err(panic) = worker.join() {
                std::panic::resume_unwind(panic);
            }
        }
    });
    Ran { tally: tally.into_inner().unwrap(), enough: count >= ENOUGH }
}
