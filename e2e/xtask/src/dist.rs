//! `cargo xtask dist`.

use crate::{node_library, setup, shell, tidy, wasm};

pub const HELP: &str = "
usage: cargo xtask dist [--dev]

Builds dist/: static files that any web server can serve, at the root of a site or in a folder.
Prints their sizes, raw and gzip, against the budgets.

  --dev   quicker to build, larger and slower to run: no link-time optimisation, no wasm-opt, source maps
";

pub fn run(arguments: &[String]) -> shell::Outcome {
    match arguments {
        [] => build(false)?,
        [flag] if flag == "--dev" => build(true)?,
        _ => return Err(format!("unknown arguments '{}' (see --help)", arguments.join(" "))),
    }
    Ok(0)
}

pub fn build(quick: bool) -> Result<(), String> {
    let toolchain = setup::for_build()?;
    tidy::write_generated()?;
    let images = wasm::build(&toolchain, quick)?;
    let mut bundle = shell::command("node");
    bundle
        .arg("e2e/driver/dist.mjs")
        .arg("--host")
        .arg(&images.host)
        .arg("--process")
        .arg(&images.process)
        .arg("--asymmetric")
        .arg(&images.asymmetric)
        .arg("--typescript")
        .arg(&images.typescript);
    bundle.arg("--library").arg(node_library::directory()).args(["--abi", &porthole_abi::VERSION.to_string()]);
    if quick {
        bundle.arg("--dev");
    }
    shell::run(&mut bundle)
}
