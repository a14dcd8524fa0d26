//! `cargo xtask test`.

use crate::{browser, dist, npm, setup, shell, tidy};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

pub const HELP: &str = "
usage: cargo xtask test [SUITE…]

Runs everything that must hold, from whatever state the clone is in, and goes on after a failure. Suites, in this order:

  dist      the whole of dist/ builds
  tidy      what `cargo xtask tidy` checks
  types     TypeScript's checks
  native    the Rust tests
  driver    tests of the harness and of the service worker's scripts
  browser   the Playwright suite of e2e/tests in Chromium
  shelf     the packages of e2e/shelf in Chromium, beside Node

Last line: `N passed, N failed`. Ends with 0 only if nothing failed.
";

/// How many passed and failed.
type Count = (u32, u32);

type Suite = fn() -> Result<Count, String>;

const SUITES: [(&str, Suite); 7] = [
    ("dist", run_dist),
    ("tidy", run_tidy),
    ("types", run_types),
    ("native", run_native),
    ("driver", run_driver),
    ("browser", run_browser),
    ("shelf", run_shelf),
];

pub fn run(arguments: &[String]) -> shell::Outcome {
    if let Some(unknown) = arguments.iter().find(|name| SUITES.iter().all(|(known, _)| known != name)) {
        return Err(format!("no suite '{unknown}' (see --help)"));
    }
    setup::all()?;
    let mut lines = vec![];
    let (mut passed, mut failed) = (0, 0);
    for (name, suite) in SUITES {
        if !arguments.is_empty() && !arguments.iter().any(|wanted| wanted == name) {
            continue;
        }
        println!("\n=== {name}");
        let started = Instant::now();
        let (good, bad) = suite().unwrap_or_else(|why| {
            println!("{name}: {why}");
            (0, 1)
        });
        (passed, failed) = (passed + good, failed + bad);
        lines.push(format!("  {name:<8} {good:>5} passed {bad:>4} failed {:>7.1} s", started.elapsed().as_secs_f32()));
    }
    println!("\n{}\n{passed} passed, {failed} failed", lines.join("\n"));
    Ok(u8::from(failed > 0))
}

fn run_dist() -> Result<Count, String> {
    dist::build(false).map(|()| (1, 0))
}

fn run_tidy() -> Result<Count, String> {
    let complaints = tidy::complaints();
    for complaint in &complaints {
        println!("tidy: {complaint}");
    }
    Ok(if complaints.is_empty() { (1, 0) } else { (0, u32::try_from(complaints.len()).unwrap_or(u32::MAX)) })
}

/// One project for each kind of global scope: pages, workers, and what uses the client as users do.
fn run_types() -> Result<Count, String> {
    let mut count = (0, 0);
    for project in ["tsconfig.json", "sw/tsconfig.json", "sw/tsconfig.client.json", "sw/tsconfig.worker.json"] {
        if !shell::root().join(project).exists() {
            continue;
        }
        println!("types: {project}");
        match shell::run(shell::command("node").args(["node_modules/typescript/bin/tsc", "--noEmit", "--project", project])) {
            Ok(()) => count.0 += 1,
            Err(why) => {
                println!("{why}");
                count.1 += 1;
            }
        }
    }
    Ok(count)
}

/// Each test binary prints `test result: ok. 3 passed; 0 failed; …`.
fn run_native() -> Result<Count, String> {
    let mut tests = shell::command("cargo");
    tests.args(["test", "--no-fail-fast"]);
    let mut count = (0, 0);
    let ended_well = watch(&mut tests, |line| {
        if let Some(result) = line.strip_prefix("test result: ") {
            count.0 += number_before(result, " passed");
            count.1 += number_before(result, " failed");
        }
    })?;
    judge(count, ended_well, "cargo test")
}

/// Node's test runner ends with `# pass 3` and `# fail 0`.
fn run_driver() -> Result<Count, String> {
    // Archives are compared with what others make and read.
    for tool in ["zip", "unzip", "python3"] {
        if shell::which(&[tool]).is_none() {
            shell::apt_install(&[tool], "the tests of archives")?;
        }
    }
    let mut tests = shell::command("node");
    // A file that hangs is ended and named: the slowest takes half a minute.
    tests.args(["--test", "--test-timeout=300000", "--test-reporter=tap", "e2e/driver/tests/", "sw/test/all.test.mjs"]);
    let mut count = (0, 0);
    let ended_well = watch(&mut tests, |line| {
        let figure = |name| line.strip_prefix(name).and_then(|text: &str| text.trim().parse::<u32>().ok()).unwrap_or(0);
        count.0 += figure("# pass ");
        count.1 += figure("# fail ") + figure("# cancelled ");
    })?;
    judge(count, ended_well, "node --test")
}

/// Playwright's list reporter sums up as `3 passed (4.2s)`, `1 failed`, and so on, one a line.
fn run_browser() -> Result<Count, String> {
    npm::install_in("e2e/apps")?;
    let chromium = browser::chromium().ok_or("no Chromium")?;
    let mut tests = shell::command("node");
    tests.args(["node_modules/@playwright/test/cli.js", "test", "--config", "e2e/playwright.config.ts"]);
    tests.env("PORTHOLE_CHROMIUM", chromium).env("FORCE_COLOR", "0");
    let mut count = (0, 0);
    let ended_well = watch(&mut tests, |line| {
        let summary = line.trim_start();
        let first = summary.split(' ').next().and_then(|word| word.parse::<u32>().ok()).unwrap_or(0);
        match summary.split(' ').nth(1) {
            // What failed once and passed when tried again is counted as passed, and stays visible in Playwright's own list.
            Some("passed" | "flaky") => count.0 += first,
            Some("failed" | "interrupted") => count.1 += first,
            Some("did") if summary.ends_with("did not run") => count.1 += first,
            _ => {}
        }
    })?;
    judge(count, ended_well, "playwright")
}

/// Ends with `shelf: 3 as in status.json, 1 not`.
fn run_shelf() -> Result<Count, String> {
    npm::install_in("e2e/shelf")?;
    let chromium = browser::chromium().ok_or("no Chromium")?;
    let mut programs = shell::command("node");
    programs.arg("e2e/shelf/run.mjs").env("PORTHOLE_CHROMIUM", chromium);
    let mut count = (0, 0);
    let ended_well = watch(&mut programs, |line| {
        if line.starts_with("shelf: ") && line.ends_with(" not") {
            count = (number_before(line, " as in status.json"), number_before(line, " not"));
        }
    })?;
    judge(count, ended_well, "the shelf")
}

/// A run that ended badly without naming a failed test has failed all the same; so has one that ran nothing.
fn judge((passed, failed): Count, ended_well: bool, name: &str) -> Result<Count, String> {
    match (ended_well, passed, failed) {
        (true, 0, 0) => Err(format!("{name} ran no test")),
        (false, passed, 0) => {
            println!("{name} ended with an error");
            Ok((passed, 1))
        }
        _ => Ok((passed, failed)),
    }
}

/// Shows what it prints as it comes, and lets `see` read it too. Whether it ended with 0.
fn watch(command: &mut Command, mut see: impl FnMut(&str)) -> Result<bool, String> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|error| format!("it does not start: {error}"))?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).split(b'\n') {
            let line = line.map_err(|error| format!("reading its output: {error}"))?;
            let text = String::from_utf8_lossy(&line);
            println!("{text}");
            see(&text);
        }
    }
    child.wait().map(|status| status.success()).map_err(|error| format!("waiting for it: {error}"))
}

fn number_before(text: &str, word: &str) -> u32 {
    text.split(word).next().and_then(|before| before.split(' ').next_back()).and_then(|figure| figure.parse().ok()).unwrap_or(0)
}
