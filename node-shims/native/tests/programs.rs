//! Each program of `node-shims/tests/node` runs under a kernel of its own and must print what real Node printed, and end as it ended.
//!
//! The expected output lies beside the program: standard output, and `[exit N]` where N is not 0. A folder with a `main.*` is one program; what is in a
//! folder `shared` is no program, but used by some.
//! `PORTHOLE_ORACLE=<node 24.12.0> cargo test -p porthole-native --test programs` writes it anew, as root: the programs run as the user that a container has,
//! since who may do what is a part of what they show.
//! `PORTHOLE_PROGRAM=<part of a name>` runs only some. Needs Node's library (`cargo xtask setup`).
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// For one program.
const PATIENCE: Duration = Duration::from_secs(60);
/// The container's user, and its group.
const USER: u32 = 1000;

#[test]
fn programs_print_what_node_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/node");
    let wanted = std::env::var("PORTHOLE_PROGRAM").unwrap_or_default();
    let mut programs = Vec::new();
    walk(&folder, &mut programs);
    programs.sort();
    assert!(!programs.is_empty(), "no programs in {}", folder.display());
    let mut failures = Vec::new();
    for program in programs.iter().filter(|program| program.to_string_lossy().contains(&wanted)) {
        let expected_at = program.with_extension("out");
        if let Ok(oracle) = std::env::var("PORTHOLE_ORACLE") {
            std::fs::write(&expected_at, said(&run(Command::new(oracle).arg("--no-warnings").uid(USER).gid(USER), program))).unwrap();
        }
        let Ok(expected) = std::fs::read_to_string(&expected_at) else {
            failures.push(format!("{}: nothing is expected of it (see PORTHOLE_ORACLE)", program.display()));
            continue;
        };
        let output = run(Command::new(env!("CARGO_BIN_EXE_porthole-native")).args(["--", "--no-warnings"]), program);
        let actual = said(&output);
        if actual != expected {
            failures.push(format!("{}\n{}{}", program.display(), difference(&expected, &actual), String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn walk(folder: &Path, programs: &mut Vec<PathBuf>) {
    let is_program = |path: &Path| path.extension().is_some_and(|extension| ["js", "cjs", "mjs"].iter().any(|known| extension == *known));
    let entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    match entries.iter().find(|path| is_program(path) && path.file_stem().is_some_and(|stem| stem == "main")) {
        Some(main) => programs.push(main.clone()),
        None => {
            for path in entries {
                if path.ends_with("shared") {
                    continue;
                } else if path.is_dir() {
                    walk(&path, programs);
                } else if is_program(&path) {
                    programs.push(path);
                }
            }
        }
    }
}

/// One that hangs is killed after [`PATIENCE`], and shows what it had said.
fn run(command: &mut Command, program: &Path) -> Output {
    let folder = program.parent().unwrap();
    command.arg(program.file_name().unwrap()).current_dir(folder).stdin(Stdio::null()).env_remove("NODE_OPTIONS").env_remove("NODE_EXTRA_CA_CERTS");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (stdout, stderr) = (reader(child.stdout.take().unwrap()), reader(child.stderr.take().unwrap()));
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > PATIENCE => child.kill().unwrap(),
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    Output { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

fn reader(mut from: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut all = Vec::new();
        from.read_to_end(&mut all).unwrap();
        all
    })
}

fn said(output: &Output) -> String {
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    match output.status.code() {
        Some(0) => {}
        Some(code) => text.push_str(&format!("[exit {code}]\n")),
        None => text.push_str("[killed]\n"),
    }
    text
}

fn difference(expected: &str, actual: &str) -> String {
    let mut text = String::new();
    let (mut expected, mut actual) = (expected.lines(), actual.lines());
    for line in 1.. {
        match (expected.next(), actual.next()) {
            (None, None) => break,
            (one, other) if one == other => {}
            (one, other) => {
                text.push_str(&format!("  line {line}\n    node: {}\n    ours: {}\n", one.unwrap_or("(end)"), other.unwrap_or("(end)")));
                break;
            }
        }
    }
    text
}
