//! `cargo xtask sim`.

use crate::shell;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

pub const HELP: &str = "
usage: cargo xtask sim [--seeds N] [--from S] [--store]

Runs a simulator for more seeds than `cargo xtask test` does, on all cores, built for speed and with checks of every sum. Prints progress, what the runs
came to, and at a failure the seed with a line that replays it. Ends with 0 only if nothing failed.

  --seeds N   how many seeds (default 10000)
  --from S    the first of them (default 0)
  --store     the simulator of the durable store instead of the kernel's
";

const SEEDS: u64 = 10_000;

/// A test target of the kernel, and which of its tests is the simulator.
struct Simulator {
    target: &'static str,
    test: &'static str,
}

const KERNEL: Simulator = Simulator { target: "simulator", test: "" };
const STORE: Simulator = Simulator { target: "store", test: "crashes" };

pub fn run(arguments: &[String]) -> shell::Outcome {
    let (mut seeds, mut from, mut simulator) = (SEEDS, 0, KERNEL);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--seeds" => seeds = number(word, words.next())?,
            "--from" => from = number(word, words.next())?,
            "--store" => simulator = STORE,
            other => return Err(format!("unknown argument '{other}' (see --help)")),
        }
    }
    let mut tests = shell::command("cargo");
    tests.args(["test", "--profile", "sim", "--package", "porthole-kernel", "--test", simulator.target, "--", "--nocapture", simulator.test]);
    tests.env("PORTHOLE_SEEDS", seeds.to_string()).env("PORTHOLE_FROM", from.to_string()).env_remove("PORTHOLE_SEED");
    let mut child = tests.stderr(Stdio::piped()).spawn().map_err(|error| format!("cargo test does not start: {error}"))?;
    let mut replay = None;
    if let Some(output) = child.stderr.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.map_err(|error| format!("reading what it says: {error}"))?;
            let text = String::from_utf8_lossy(&line).into_owned();
            eprintln!("{text}");
            if text.starts_with("replay with: ") {
                replay = Some(text);
            }
        }
    }
    let status = child.wait().map_err(|error| format!("waiting for it: {error}"))?;
    match (status.success(), replay) {
        (true, _) => {
            println!("sim: {seeds} seeds from {from}, nothing failed");
            Ok(0)
        }
        (false, Some(replay)) => Err(format!("a promise is broken; {replay}")),
        (false, None) => Err("it did not come to an end".to_owned()),
    }
}

fn number(option: &str, word: Option<&String>) -> Result<u64, String> {
    let word = word.ok_or_else(|| format!("{option} wants a number"))?;
    word.parse().map_err(|_| format!("{option} wants a number, not '{word}'"))
}
