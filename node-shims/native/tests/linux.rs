//! What COMPAT.md says of the file system beside Linux's is so: each row's probe (`node-shims/tests/linux/probes.cjs`) sees the same here and there where the row
//! says so, and something else where it tells a difference.
//!
//! `linux.out` is what Node 24.12.0 saw on Linux. `PORTHOLE_ORACLE=<node 24.12.0> cargo test -p porthole-native --test linux` writes it anew, as root: it runs as
//! the user that a container has.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// Probe, what it looks at, and what differs.
const ROWS: &[(&str, &str, Option<&str>)] = &include!("../../compat/files.rs");
/// The container's user, and its group.
const USER: u32 = 1000;

fn run(command: &mut Command, folder: &Path) -> String {
    let output = command.arg("probes.cjs").current_dir(folder).stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn seen(text: &str) -> BTreeMap<&str, &str> {
    text.lines().map(|line| line.split_once(": ").unwrap_or((line, ""))).collect()
}

#[test]
fn the_table_of_differences_is_true() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/linux");
    let kept = folder.join("linux.out");
    if let Ok(oracle) = std::env::var("PORTHOLE_ORACLE") {
        std::fs::write(&kept, run(Command::new(oracle).arg("--no-warnings").uid(USER).gid(USER), &folder)).unwrap();
    }
    let linux = std::fs::read_to_string(&kept).unwrap();
    let here = run(Command::new(env!("CARGO_BIN_EXE_porthole-native")).args(["--", "--no-warnings"]), &folder);
    let (linux, here) = (seen(&linux), seen(&here));
    let rows: BTreeMap<&str, Option<&str>> = ROWS.iter().map(|(probe, _, difference)| (*probe, *difference)).collect();
    let mut wrong = Vec::new();
    for probe in linux.keys().chain(here.keys()).filter(|probe| !rows.contains_key(**probe)) {
        wrong.push(format!("{probe} has no row"));
    }
    for (probe, difference) in rows {
        match (linux.get(probe), here.get(probe), difference) {
            (None, ..) | (_, None, _) => wrong.push(format!("{probe} was not probed")),
            (Some(there), Some(here), None) if there != here => wrong.push(format!("{probe}: Linux {there}, here {here}")),
            (Some(there), Some(here), Some(_)) if there == here => wrong.push(format!("{probe} differs no longer: {there}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
