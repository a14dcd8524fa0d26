//! `cargo xtask <verb>`: the only entry to building, serving, testing and measuring Porthole.

mod browser;
mod compat;
mod demo;
mod dist;
mod exec;
mod node_library;
mod npm;
mod setup;
mod shell;
mod sim;
mod suite;
mod tidy;
mod toolchain;
mod wasm;

use std::process::ExitCode;

struct Verb {
    name: &'static str,
    summary: &'static str,
    help: &'static str,
    run: fn(&[String]) -> shell::Outcome,
}

const VERBS: [Verb; 10] = [
    Verb { name: "setup", summary: "find or install what the build needs", help: setup::HELP, run: setup::run },
    Verb { name: "dist", summary: "build dist/: static files for any web server", help: dist::HELP, run: dist::run },
    Verb { name: "demo", summary: "build and serve the demo", help: demo::HELP, run: demo::run },
    Verb { name: "test", summary: "everything that must hold", help: suite::HELP, run: suite::run },
    Verb { name: "sim", summary: "the simulators, for as many seeds as you like", help: sim::HELP, run: sim::run },
    Verb { name: "exec", summary: "run a command inside a headless browser", help: exec::HELP, run: exec::run },
    Verb { name: "bench", summary: "measure, and compare with the budgets", help: exec::BENCH_HELP, run: exec::bench },
    Verb { name: "node-suite", summary: "Node's own tests, in a headless browser", help: exec::SUITE_HELP, run: exec::node_suite },
    Verb { name: "shelf", summary: "packages that people use, held against Node", help: exec::SHELF_HELP, run: exec::shelf },
    Verb { name: "tidy", summary: "formatting, lints, file sizes, generated files", help: tidy::HELP, run: tidy::run },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print_overview();
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "--help" | "-h" | "help") {
        print_overview();
        return ExitCode::SUCCESS;
    }
    let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
        eprintln!("cargo xtask: no verb '{name}'\n");
        print_overview();
        return ExitCode::from(2);
    };
    // After `--` everything is the guest's.
    if rest.iter().take_while(|word| *word != "--").any(|word| word == "--help" || word == "-h") {
        println!("cargo xtask {}: {}\n\n{}", verb.name, verb.summary, verb.help.trim());
        return ExitCode::SUCCESS;
    }
    match (verb.run)(rest) {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            eprintln!("cargo xtask {}: {message}", verb.name);
            ExitCode::FAILURE
        }
    }
}

fn print_overview() {
    println!("usage: cargo xtask <verb> [options]\n");
    for verb in VERBS {
        println!("  {:<10} {}", verb.name, verb.summary);
    }
    println!("\n`cargo xtask <verb> --help` tells more.");
}
