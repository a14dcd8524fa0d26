//! `cargo xtask exec` and `cargo xtask bench`: both are the browser harness of e2e/driver, after a build.

use crate::{browser, npm, shell};
use std::io::IsTerminal;

pub const HELP: &str = "
usage: cargo xtask exec [options] -- COMMAND ARGS…
       cargo xtask exec [options] --batch JOBS.jsonl

Boots dist/ in a headless browser and runs a command in it. stdout and stderr stay apart, stdin is passed through, the exit code is the guest's
(128 + n when signal n ended it, 124 when time ran out, 125 when the harness itself failed).

  --mount HOSTDIR:/guest   put a folder of the host into the guest; symlinks and modes are kept (repeatable)
  --cwd DIR                working directory of the guest (default /)
  --env K=V                one variable of the environment (repeatable)
  --get PORT/PATH          wait for the port, fetch through a page's iframe, print status, headers and body, then end the guest (repeatable)
  --out /guest:HOSTDIR     copy a folder of the guest to the host at the end (repeatable)
  --transport jspi|xhr     how processes wait (default: what the browser can do)
  --storage opfs|idb|memory
                           where files are kept (default: the first that the browser grants); they are deleted at the end
  --browser chromium|firefox
  --chaos N                stop the service worker every N syscalls (Chromium)
  --timeout S              seconds for the whole run (default 60)
  --batch JOBS.jsonl       many jobs in one browser, one JSON result a line
                           {\"command\": [..], \"mount\": [..], \"cwd\", \"env\": {..}, \"stdin\", \"get\": [..], \"out\": [..], \"timeout\"}
  --json                   one JSON line instead of plain output: adds timings of boot, spawn and exit, syscalls made, peak wasm memory
  --console                show the page's and the workers' complaints on stderr
  --dev                    build as `dist --dev` does
  --no-build               use dist/ as it is
";

pub const BENCH_HELP: &str = "
usage: cargo xtask bench [--browser chromium|firefox] [--transport jspi|xhr] [--runs N] [--json] [--no-build] [NAME…]

Measures in a headless browser and prints a table and, last, one line of JSON. Beside every figure stands its budget or what it is compared with.
";

pub fn run(arguments: &[String]) -> shell::Outcome {
    drive("e2e/driver/exec.mjs", arguments)
}

pub fn bench(arguments: &[String]) -> shell::Outcome {
    drive("e2e/driver/bench.mjs", arguments)
}

pub const SUITE_HELP: &str = "
usage: cargo xtask node-suite --suite DIR [--filter RE]… [--transport jspi|xhr] [--jobs N] [--limit S] [--update] [--no-build]

Runs Node's own tests in a headless browser. DIR is a checkout of Node 24.12.0, or of its test/ alone. Compares with e2e/node-suite/status.json: ends with 1 where
a test passes that is listed as failing, or fails that is listed as passing; `--update` writes what was seen there, and the table of COMPAT.md.

  --filter RE    only tests whose names match (repeatable)
  --jobs N       tests at a time (default 2)
  --limit S      seconds for each test (default 20)
  --verbose      every test's line, not only what differs from the list
";

pub const SHELF_HELP: &str = "
usage: cargo xtask shelf [--filter RE]… [--transport jspi|xhr] [--jobs N] [--limit S] [--update] [--no-build]

Runs a program for each of the packages of e2e/shelf in a headless browser, and holds its output against what the Node of the set-up prints. Ends with 1 where one
differs that e2e/shelf/status.json does not name, or one that it names does not.

  --filter RE   the programs whose names match (more than once: any)
  --jobs N      so many at a time (2)
  --limit S     seconds for each program (60)
  --update      write status.json and table.md
  --no-build    take dist/ as it is
";

pub fn shelf(arguments: &[String]) -> shell::Outcome {
    crate::npm::install_in("e2e/shelf")?;
    drive("e2e/shelf/run.mjs", arguments)
}

pub fn node_suite(arguments: &[String]) -> shell::Outcome {
    drive("e2e/node-suite/run.mjs", arguments)
}

fn drive(script: &str, arguments: &[String]) -> shell::Outcome {
    let guest = arguments.iter().position(|word| word == "--").unwrap_or(arguments.len());
    let (options, rest) = arguments.split_at(guest);
    let has = |flag: &str| options.iter().any(|word| word == flag);
    if has("--no-build") {
        npm::install()?;
    } else {
        build_quietly(has("--dev"))?;
    }
    browser::install()?;
    let options = options.iter().filter(|word| !matches!(word.as_str(), "--no-build" | "--dev"));
    let mut harness = shell::command("node");
    harness.arg(shell::root().join(script)).args(options).args(rest);
    // Folders on the command line are meant from where the command was given.
    let here = std::env::current_dir().map_err(|error| format!("current directory: {error}"))?;
    shell::pass_on(harness.current_dir(here))
}

/// stdout and stderr are the guest's: what building prints is shown to a person only, or when it fails.
fn build_quietly(quick: bool) -> Result<(), String> {
    let this = std::env::current_exe().map_err(|error| format!("current executable: {error}"))?;
    let mut build = shell::command(this);
    build.arg("dist").args(quick.then_some("--dev"));
    if std::io::stderr().is_terminal() {
        return shell::run(build.stdout(std::io::stderr()));
    }
    let output = build.output().map_err(|error| format!("dist: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let told = [output.stdout, output.stderr].concat();
    Err(format!("the build failed:\n{}", String::from_utf8_lossy(&told)))
}
