//! Each file of TypeScript in this repository, and each case of `cases.mjs`, is stripped here and by real Node, to the same bytes or the same error.
//!
//! What is transformed (`transformed/`) prints the same as when Node does it.
//!
//! Needs Node 24.12.0 where `cargo xtask setup` puts it, or at `PORTHOLE_ORACLE`. `PORTHOLE_FILES=<folder>` strips what is there as well.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::path::{Path, PathBuf};
use std::process::Command;

use porthole_typescript::{strip, transform};

struct Told {
    name: String,
    source: String,
    /// The code, or the error.
    answer: String,
}

#[test]
fn repository_is_stripped_as_node_strips_it() {
    let mut folders: Vec<PathBuf> = ["sw/src", "demo", "e2e"].map(|folder| root().join(folder)).to_vec();
    folders.extend(std::env::var_os("PORTHOLE_FILES").map(PathBuf::from));
    let told = ask(folders);
    assert!(told.len() > 100, "only {} files were stripped", told.len());
    compare(&told, false);
}

#[test]
fn what_is_written_anew_does_what_node_makes_it_do() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transformed");
    let run = |arguments: &[&std::ffi::OsStr]| {
        let output = Command::new(node()).arg("--no-warnings").args(arguments).current_dir(&folder).env_remove("NODE_OPTIONS").output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let place = entry.unwrap().path();
        let source = std::fs::read_to_string(&place).unwrap();
        let made = transform(&source, "made.ts", false).unwrap_or_else(|fault| panic!("{}: {}", place.display(), fault.message));
        let expected = run(&["--experimental-transform-types".as_ref(), place.as_os_str()]);
        let actual = run(&["--input-type=module".as_ref(), "--eval".as_ref(), made.code.as_ref()]);
        assert_eq!(actual, expected, "{}:\n{}", place.display(), made.code);
        assert!(!expected.is_empty(), "{} prints nothing", place.display());
        count += 1;
    }
    assert!(count > 3);
}

#[test]
fn cases_are_stripped_as_node_strips_them() {
    compare(&ask(vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases.mjs")]), true);
}

fn compare(told: &[Told], words: bool) {
    let mut failures = Vec::new();
    for Told { name, source, answer } in told {
        let ours = match strip(source) {
            Ok(code) => code,
            Err(fault) if words => format!("!{}\n{}\n{}", fault.message, fault.line, fault.snippet),
            Err(fault) => format!("!{}", fault.message),
        };
        // The words for a mistake are compared only where they are the case's point.
        let same = if words { ours == *answer } else { ours == *answer || ours.starts_with('!') && answer.starts_with('!') };
        if !same {
            let (a, b) = answer.lines().zip(ours.lines()).find(|(a, b)| a != b).unwrap_or((answer, &ours));
            failures.push(format!("{name}\n  node: {a:?}\n  ours: {b:?}"));
        }
    }
    assert!(failures.is_empty(), "{} of {} differ\n{}", failures.len(), told.len(), failures.join("\n"));
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn node() -> PathBuf {
    let node = std::env::var_os("PORTHOLE_ORACLE").map_or_else(|| root().join("target/setup/node-24.12.0/package/bin/node"), PathBuf::from);
    assert!(node.exists(), "there is no Node at {}: run `cargo xtask setup`", node.display());
    node
}

fn ask(places: Vec<PathBuf>) -> Vec<Told> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ask.mjs");
    let output = Command::new(node()).arg("--no-warnings").arg(program).args(places).env_remove("NODE_OPTIONS").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut told = Vec::new();
    let mut rest = &output.stdout[..];
    let mut next = || {
        let (length, after) = rest.split_at_checked(4)?;
        let (text, after) = after.split_at(u32::from_le_bytes(length.try_into().unwrap()) as usize);
        rest = after;
        Some(String::from_utf8(text.to_vec()).unwrap())
    };
    while let Some(name) = next() {
        told.push(Told { name, source: next().unwrap(), answer: next().unwrap() });
    }
    told
}
