//! The consistency of files between processes, checked over recorded histories.
//!
//! Real processes over a real kernel change and read files and send each other messages (`node-shims/tests/consistency`). Every file has one process that
//! changes it, and its length is its version. What anyone sees of a file must then be
//!
//! - for the one that changes it: the newest version;
//! - for another: no older than any version that it has heard of, through any chain of messages, and no older than what it has seen before;
//! - no older than a version that was there [`AGE_MS`] before it looked;
//! - and not of the future.
//!
//! `PORTHOLE_SEED=7 cargo test -p porthole-native --test consistency` runs one seed.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// How long an answer may hold without news (`AGE_US` in the file cache), and what a clock and a thread that was not scheduled may add.
const AGE_MS: f64 = 200.0 + 20.0;

#[derive(Clone, Debug, PartialEq)]
struct Record {
    process: usize,
    begin: f64,
    end: f64,
    word: String,
    /// A file, or a message.
    name: String,
    number: i64,
}

fn parse(text: &str) -> Vec<Record> {
    let record = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let [process, begin, end, word, name, number] = words[..] else { panic!("no record: {line}") };
        Record {
            process: process.parse().unwrap(),
            begin: begin.parse().unwrap(),
            end: end.parse().unwrap(),
            word: word.to_owned(),
            name: name.to_owned(),
            number: number.parse().unwrap(),
        }
    };
    text.lines().map(record).collect()
}

/// A version of a file: whether it is there, when its making began, and when it had left its process at the latest.
#[derive(Clone, Copy, Debug)]
struct Version {
    there: bool,
    begin: f64,
    out: f64,
}

/// Versions by file; version 0 is that it was never made.
fn versions(history: &[Record]) -> BTreeMap<&str, Vec<Version>> {
    let mut files: BTreeMap<&str, Vec<Version>> = BTreeMap::new();
    for (at, record) in history.iter().enumerate() {
        if record.word == "write" || record.word == "unlink" {
            let out = history[at..].iter().find(|later| later.process == record.process && later.word == "turn").map_or(f64::MAX, |turn| turn.end);
            let list = files.entry(&record.name).or_insert_with(|| vec![Version { there: false, begin: 0.0, out: 0.0 }]);
            assert_eq!(record.number as usize, list.len(), "versions count from 1");
            list.push(Version { there: record.word == "write", begin: record.begin, out });
        }
    }
    files
}

/// Every look at a file that breaks a rule, with the rule.
fn violations(history: &[Record]) -> Vec<String> {
    let files = versions(history);
    let never = vec![Version { there: false, begin: 0.0, out: 0.0 }];
    // What each process knows of: the newest version by file. Messages carry it.
    let processes = history.iter().map(|record| record.process + 1).max().unwrap_or(0);
    let mut known: Vec<BTreeMap<&str, usize>> = vec![BTreeMap::new(); processes];
    let mut messages: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut found = Vec::new();
    // Each process's records in its own order, a message's sending before its hearing.
    let mut queues: Vec<std::collections::VecDeque<&Record>> = vec![Default::default(); processes];
    for record in history {
        queues[record.process].push_back(record);
    }
    loop {
        let next = (0..processes)
            .find(|&process| queues[process].front().is_some_and(|record| record.word != "hear" || messages.contains_key(record.name.as_str())));
        let Some(process) = next else { break };
        let record = queues[process].pop_front().unwrap();
        let name = record.name.as_str();
        match record.word.as_str() {
            "send" => drop(messages.insert(name, known[process].clone())),
            "hear" => {
                for (file, version) in &messages[name] {
                    let mine = known[process].entry(file).or_default();
                    *mine = (*mine).max(*version);
                }
            }
            "write" | "unlink" => drop(known[process].insert(name, record.number as usize)),
            "read" | "exists" => {
                let list = files.get(name).unwrap_or(&never);
                let heard = known[process].get(name).copied().unwrap_or(0);
                let aged = list.iter().rposition(|version| version.out <= record.begin - AGE_MS).unwrap_or(0);
                let begun = list.iter().rposition(|version| version.begin <= record.end).unwrap_or(0);
                // The newest version that this can have been.
                let fits = |at: usize| match (record.word.as_str(), record.number) {
                    (_, -1) => !list[at].there,
                    ("exists", _) => list[at].there,
                    (_, length) => list[at].there && at == length as usize,
                };
                let oldest = heard.max(aged);
                match (oldest..=begun).rev().find(|at| fits(*at)) {
                    // Of what may have been any of several versions, the process need not know the newest.
                    Some(seen) if record.word == "read" && record.number >= 0 => drop(known[process].insert(name, seen)),
                    Some(_) => {}
                    None => found.push(format!("{record:?}: at least version {oldest} (heard {heard}, aged {aged}), at most {begun}")),
                }
            }
            _ => {}
        }
    }
    assert!(queues.iter().all(|queue| queue.is_empty()), "a message was heard that nobody sent");
    found
}

fn history(seed: u64, gather: bool) -> Vec<Record> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/consistency");
    let mut command = Command::new(env!("CARGO_BIN_EXE_porthole-native"));
    command.args(["--", "main.cjs", &seed.to_string(), "4", "150"]).current_dir(folder).stdin(Stdio::null()).env_remove("NODE_OPTIONS");
    if gather {
        // As over requests: what is written waits for the next call.
        command.env("PORTHOLE_NATIVE_GATHER", "1");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "seed {seed}: {}", String::from_utf8_lossy(&output.stderr));
    parse(&String::from_utf8(output.stdout).unwrap())
}

#[test]
fn whoever_has_heard_of_a_change_sees_it() {
    let seeds = match std::env::var("PORTHOLE_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) => (1..=6).collect(),
    };
    for seed in seeds {
        let history = history(seed, seed % 2 == 0);
        let looks = history.iter().filter(|record| record.word == "read" || record.word == "exists").count();
        assert!(looks > 500 && history.iter().any(|record| record.word == "hear"), "seed {seed}: too little happened");
        let found = violations(&history);
        assert!(found.is_empty(), "seed {seed}: {} of {looks} looks are wrong:\n{}", found.len(), found.join("\n"));
    }
}

#[test]
fn the_checker_finds_what_is_wrong() {
    let good = "0 0 1 write 0-0 1\n0 2 3 turn - 0\n1 2 3 read 0-0 -1\n0 4 5 send m 0\n1 6 7 hear m 0\n1 8 9 read 0-0 1\n0 10 11 read 0-0 1\n0 12 13 unlink 0-0 2\n0 14 15 turn - 0\n1 16 17 exists 0-0 1\n1 600 601 exists 0-0 -1";
    assert_eq!(violations(&parse(good)), Vec::<String>::new());
    for (change, to, why) in [
        ("1 8 9 read 0-0 1", "1 8 9 read 0-0 -1", "heard of, and not seen"),
        ("0 10 11 read 0-0 1", "0 10 11 read 0-0 -1", "its own"),
        ("1 600 601 exists 0-0 -1", "1 600 601 exists 0-0 1", "too old"),
        ("1 2 3 read 0-0 -1", "1 2 3 read 0-0 2", "of the future"),
    ] {
        assert!(good.contains(change));
        assert!(!violations(&parse(&good.replace(change, to))).is_empty(), "{why}");
    }
}
