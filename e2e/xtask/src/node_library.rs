//! The JavaScript library of the pinned Node release, taken out of that release's own binary.

use crate::shell;
use std::path::{Path, PathBuf};

pub const NODE_VERSION: &str = "24.12.0";

/// Where the library's sources are: one file per builtin (`internal/url.js`), and Node's `LICENSE`.
pub fn directory() -> PathBuf {
    shell::root().join("target/node-lib").join(NODE_VERSION)
}

/// Takes the sources out of the release, once.
pub fn extract() -> Result<(), String> {
    let directory = directory();
    let stamp = directory.join(".complete");
    if stamp.exists() {
        return Ok(());
    }
    let node = release_binary()?;
    println!("setup: node's library: taking {NODE_VERSION} out of {}", node.display());
    std::fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let script = shell::root().join("e2e/driver/extract-library.cjs");
    shell::read(shell::command(&node).arg("--no-warnings").arg(script).arg(&directory))?;
    let licence = node.ancestors().nth(2).unwrap_or(Path::new(".")).join("LICENSE");
    std::fs::copy(&licence, directory.join("LICENSE")).map_err(|error| format!("{}: {error}", licence.display()))?;
    shell::write(&stamp, NODE_VERSION)
}

/// The release's `node`, from its npm package for this machine.
fn release_binary() -> Result<PathBuf, String> {
    let cache = shell::root().join("target/setup").join(format!("node-{NODE_VERSION}"));
    let node = cache.join("package/bin").join(if cfg!(windows) { "node.exe" } else { "node" });
    if node.exists() {
        return Ok(node);
    }
    let package = format!("node-{}-{}@{NODE_VERSION}", platform()?, machine()?);
    std::fs::create_dir_all(&cache).map_err(|error| format!("{}: {error}", cache.display()))?;
    println!("setup: npm pack {package}");
    let packed = shell::read(shell::command("npm").args(["pack", "--silent", "--pack-destination"]).arg(&cache).arg(&package))?;
    let archive = cache.join(packed.lines().last().unwrap_or_default().trim());
    shell::read(shell::command("tar").arg("-xzf").arg(&archive).arg("-C").arg(&cache))?;
    std::fs::remove_file(&archive).map_err(|error| format!("{}: {error}", archive.display()))?;
    if node.exists() { Ok(node) } else { Err(format!("{package} has no {}", node.display())) }
}

fn platform() -> Result<&'static str, String> {
    match std::env::consts::OS {
        "linux" => Ok("linux"),
        "macos" => Ok("darwin"),
        "windows" => Ok("win"),
        other => Err(format!("Node {NODE_VERSION} has no npm package for {other}")),
    }
}

fn machine() -> Result<&'static str, String> {
    match std::env::consts::ARCH {
        "x86_64" => Ok("x64"),
        "aarch64" => Ok("arm64"),
        other => Err(format!("Node {NODE_VERSION} has no npm package for {other}")),
    }
}
