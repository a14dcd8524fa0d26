//! `cargo xtask setup`.

use crate::{browser, node_library, npm, shell, toolchain::Toolchain};

pub const HELP: &str = "
usage: cargo xtask setup

Finds or installs, and does nothing where all is there:
  - a Rust toolchain with wasm32-unknown-unknown: the default one, else by rustup, else Debian's second one
  - a clang that compiles C for wasm32, and `patch`
  - the Node packages of package-lock.json
  - the JavaScript library of the pinned Node release, into target/node-lib/
  - Chromium, and Firefox where it can be had
Debian packages are installed only as root; otherwise the command to run is printed.
";

pub fn run(arguments: &[String]) -> shell::Outcome {
    shell::no_arguments(arguments)?;
    let toolchain = all()?;
    println!("setup: {}", toolchain.describe());
    println!("setup: node's library: {}", node_library::directory().display());
    for (name, place) in [("chromium", browser::chromium()), ("firefox", browser::firefox())] {
        println!("setup: {name}: {}", place.map_or("none".to_owned(), |place| place.display().to_string()));
    }
    Ok(0)
}

/// What building needs.
pub fn for_build() -> Result<Toolchain, String> {
    npm::install()?;
    node_library::extract()?;
    // node-shims/engine/cc changes the engine's source with it.
    if shell::which(&["patch"]).is_none() {
        shell::apt_install(&["patch"], "the program `patch`")?;
    }
    Toolchain::find()
}

/// What building, testing and running need.
pub fn all() -> Result<Toolchain, String> {
    let toolchain = for_build()?;
    browser::install()?;
    Ok(toolchain)
}
