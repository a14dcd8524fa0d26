//! `cargo xtask tidy`.

use crate::shell;
use std::path::Path;

pub const HELP: &str = "
usage: cargo xtask tidy [--fix]

Checks formatting (rustfmt), lints (clippy, warnings are errors), generated files in step with their sources, and words that do not belong into
the tree; names files of more than 500 lines, which is a warning only.

  --fix   formats and writes the generated files instead of complaining about them
";

const MANY_LINES: usize = 500;

/// What may stand in no file: where packages come from is the business of each machine's settings. In pieces, so that this file is clean too.
const FORBIDDEN: [&str; 4] =
    [concat!("registry.", "npmjs.org"), concat!("index.", "crates.io"), concat!("static.", "rust-lang.org"), concat!("deb.", "debian.org")];

pub fn run(arguments: &[String]) -> shell::Outcome {
    match arguments {
        [] => {}
        [flag] if flag == "--fix" => {
            shell::run(shell::command("cargo").args(["fmt", "--all"]))?;
            write_generated()?;
        }
        _ => return Err(format!("unknown arguments '{}' (see --help)", arguments.join(" "))),
    }
    let complaints = complaints();
    for complaint in &complaints {
        println!("tidy: {complaint}");
    }
    println!("tidy: {}", if complaints.is_empty() { "all in order".to_owned() } else { format!("{} complaints", complaints.len()) });
    Ok(u8::from(!complaints.is_empty()))
}

/// Everything that is out of order, in words.
pub fn complaints() -> Vec<String> {
    let mut found = vec![];
    found.extend(shell::run(shell::command("cargo").args(["fmt", "--all", "--check"])).err());
    found.extend(shell::run(shell::command("cargo").args(["clippy", "--quiet", "--all-targets", "--", "-D", "warnings"])).err());
    for (file, text) in generated() {
        if !holds(&shell::root().join(file), &text) {
            found.push(format!("{file} is not what its tables print: cargo xtask tidy --fix"));
        }
    }
    match tracked_files() {
        Ok(files) => found.extend(files.iter().flat_map(|file| complaints_about(file))),
        Err(why) => found.push(why),
    }
    found
}

fn complaints_about(file: &str) -> Vec<String> {
    // What is not text, or gone since git listed it, is not read.
    let Ok(text) = std::fs::read_to_string(shell::root().join(file)) else { return vec![] };
    let lines = text.lines().count();
    let made_by_hand = !file.ends_with("-lock.json") && !file.ends_with(".lock") && !file.contains("/generated/");
    if lines > MANY_LINES && made_by_hand {
        println!("tidy: warning: {file} has {lines} lines");
    }
    FORBIDDEN.iter().filter(|word| text.contains(**word) && file != "Cargo.lock").map(|word| format!("{file} names {word}")).collect()
}

fn tracked_files() -> Result<Vec<String>, String> {
    let list = shell::read(shell::command("git").args(["ls-files"]))?;
    Ok(list.lines().map(str::to_owned).collect())
}

/// Files that are printed from tables, with what they should hold.
fn generated() -> Vec<(&'static str, String)> {
    vec![("sw/src/generated/abi.ts", porthole_abi::typescript::print()), ("COMPAT.md", crate::compat::print())]
}

/// Writes those that differ, so that nothing is rebuilt without need.
pub fn write_generated() -> Result<(), String> {
    for (file, text) in generated() {
        let path = shell::root().join(file);
        if !holds(&path, &text) {
            shell::write(&path, &text)?;
        }
    }
    Ok(())
}

fn holds(path: &Path, text: &str) -> bool {
    std::fs::read_to_string(path).is_ok_and(|known| known == text)
}
