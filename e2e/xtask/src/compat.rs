//! `COMPAT.md`: what works and what does not, printed from the tables that the code itself has or keeps.

use crate::node_library::NODE_VERSION;
use porthole_abi::syscall::{Level as CallLevel, TABLE};
use std::fmt::Write;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Full,
    Partial,
    Absent,
}

use Level::{Absent, Full, Partial};

/// Name, level, what is missing.
const MODULES: &[(&str, Level, &str)] = &include!("../../../node-shims/compat/table.rs");

/// Probe, what it looks at, and what differs from Linux and why. `node-shims/native/tests/linux.rs` holds each row to what its probe sees on both sides.
const FILES: &[(&str, &str, Option<&str>)] = &include!("../../../node-shims/compat/files.rs");

/// How processes wait, by browser: browser, transport, remark.
const BROWSERS: &[(&str, &str, &str)] = &[
    ("Chromium 137 and later", "`jspi`", "A call is a message; the wasm stack is suspended until the reply comes"),
    ("Firefox 153 and later", "`jspi`", "As in Chromium"),
    (
        "Others with service workers, module workers' `fetch` and Web Locks (Safari too)",
        "`xhr`",
        "A call is a synchronous request that the service worker answers: slower, and otherwise the same. Safari belongs here, and has not been tried",
    ),
    ("Any browser's private window", "depends", "Where it has no service workers, `boot` says so (`ERR_NO_SERVICE_WORKER`)"),
];

/// The whole of `COMPAT.md`.
pub fn print() -> String {
    let mut out = String::from(
        "<!-- Printed by `cargo xtask tidy --fix` from node-shims/compat, e2e/xtask/src/compat.rs and kernel/abi/src/syscall.rs. -->\n\n# What works\n\n",
    );
    let _ = writeln!(
        out,
        "The reference is Node {NODE_VERSION} on Linux. A difference that is not listed here is a bug.\n\n\
         *full*: as in the reference. *partial*: with what is said beside it. *absent*: fails, and says so.\n"
    );
    modules(&mut out);
    suite(&mut out);
    shelf(&mut out);
    files(&mut out);
    browsers(&mut out);
    calls(&mut out);
    out
}

fn modules(out: &mut String) {
    let count = |level| MODULES.iter().filter(|(_, of, _)| *of == level).count();
    let _ = writeln!(
        out,
        "## Node's modules and globals\n\n{} full, {} partial, {} absent. A module's subpaths (`fs/promises`) are as the module.\n",
        count(Full),
        count(Partial),
        count(Absent)
    );
    out.push_str("| module | level | what is missing |\n| --- | --- | --- |\n");
    for (name, level, missing) in MODULES {
        let name = if name.contains(' ') { (*name).to_owned() } else { format!("`{name}`") };
        let _ = writeln!(out, "| {name} | {} | {missing} |", word(*level));
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Full => "full",
        Partial => "partial",
        Absent => "absent",
    }
}

/// Written by `cargo xtask node-suite --update`.
const SUITE: &str = include_str!("../../node-suite/table.md");

fn suite(out: &mut String) {
    let _ = writeln!(
        out,
        "\n## Node's own tests\n\nThose of Node {NODE_VERSION} (`parallel`, `sequential`, `es-module`, `async-hooks`, `message`, `pseudo-tty`), run in Chromium over `jspi` by `cargo xtask node-suite`. \
         Not counted are tests that need a native addon, V8 itself, what no browser can offer of an operating system, or the internet (`e2e/node-suite/exclusions.mjs`), and those that skip \
         themselves, as many do on Linux. `e2e/node-suite/status.json` has a line for each test.\n\n{SUITE}"
    );
}

/// Written by `cargo xtask shelf --update`.
const SHELF: &str = include_str!("../../shelf/table.md");

fn shelf(out: &mut String) {
    let _ = writeln!(
        out,
        "\n## Packages\n\nA program for each (`e2e/shelf/programs`) runs in Chromium over `jspi` and in Node {NODE_VERSION}, and what they print is compared (`cargo xtask shelf`). {SHELF}"
    );
}

fn files(out: &mut String) {
    let differ = FILES.iter().filter(|(.., difference)| difference.is_some()).count();
    let _ = writeln!(
        out,
        "\n## The file system beside Linux's\n\n{} of {} looks at it see what Node sees on Linux (`node-shims/tests/linux`); a test holds this table to it.\n\n\
         Not there, since Node has no calls for it: extended attributes, advisory locks, memory-mapped files, named pipes.\n",
        FILES.len() - differ,
        FILES.len(),
    );
    out.push_str("| what | here |\n| --- | --- |\n");
    for (_, what, difference) in FILES {
        let _ = writeln!(out, "| {what} | {} |", difference.unwrap_or("as on Linux"));
    }
}

fn browsers(out: &mut String) {
    out.push_str("\n## Browsers\n\n| browser | transport | how a process waits |\n| --- | --- | --- |\n");
    for (browser, transport, how) in BROWSERS {
        let _ = writeln!(out, "| {browser} | {transport} | {how} |");
    }
}

fn calls(out: &mut String) {
    let _ = writeln!(out, "\n## Calls to the kernel\n\n{} calls. *Right*: what the process must be allowed.\n", TABLE.len());
    out.push_str("| number | call | right | level | what it does |\n| --- | --- | --- | --- | --- |\n");
    for row in TABLE {
        let level = match row.level {
            CallLevel::Full => "full".to_owned(),
            CallLevel::Partial(missing) => format!("partial: {missing}"),
        };
        let right = format!("{:?}", row.right).to_lowercase();
        let _ = writeln!(out, "| {} | `{}` | {right} | {level} | {} |", row.number, row.name, first_sentence(row.doc).replace('|', "\\|"));
    }
}

/// Up to the first full stop that ends a sentence.
fn first_sentence(doc: &str) -> String {
    let text = doc.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.find(". ") {
        Some(end) => text[..=end].to_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_full_says_what_is_missing() {
        for (name, level, missing) in MODULES {
            assert_eq!(missing.is_empty(), *level == Full, "{name}");
            assert!(!missing.contains('|') && !missing.ends_with('.'), "{name}: {missing}");
        }
    }

    #[test]
    fn differences_of_files_are_said() {
        for (probe, what, difference) in FILES {
            assert!(!what.contains('|') && !difference.is_some_and(|it| it.is_empty() || it.contains('|') || it.ends_with('.')), "{probe}");
        }
    }

    #[test]
    fn names_are_unique_and_in_order() {
        let names: Vec<_> = MODULES.iter().map(|(name, ..)| *name).filter(|name| !name.contains(' ')).collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "{names:?}");
    }

    #[test]
    fn the_committed_file_is_what_is_printed() {
        assert!(include_str!("../../../COMPAT.md") == print(), "run: cargo xtask tidy --fix");
    }

    #[test]
    fn a_sentence_ends_at_its_stop() {
        assert_eq!(first_sentence("Opens a file. `mode` is\nfor `O_CREAT`.\n"), "Opens a file.");
        assert_eq!(first_sentence("The next\nevents"), "The next events");
    }
}
