//! The wasm images, from Rust to files that the bundler takes.

use crate::shell;
use crate::toolchain::{TARGET, Toolchain};
use std::path::{Path, PathBuf};

/// The C stack inside wasm. A deeper one is useless: V8's own stack for wasm frames ends first. Measured with QuickJS: recursion traps at about 340 KB of
/// this stack in a plain worker of Chromium, 600 KB when started by JSPI, 620 KB in Firefox. The engine's limit must lie below those.
const PROCESS_STACK: &str = "-zstack-size=1048576";

pub struct Images {
    /// Directory of `porthole_host.js`, `.d.ts` and `porthole_host_bg.wasm`: the kernel, through wasm-bindgen.
    pub host: PathBuf,
    /// `porthole_node.wasm`: the process image, its imports given by hand.
    pub process: PathBuf,
    /// Images that a process loads beside its own when it needs them, by name.
    pub extensions: Vec<(&'static str, PathBuf)>,
}

/// The names of those, which are crates' names without `porthole-`.
const EXTENSIONS: [&str; 3] = ["asymmetric", "typescript", "webassembly"];

/// Compiles them all. `quick` is for development: no link-time optimisation.
pub fn build(toolchain: &Toolchain, quick: bool) -> Result<Images, String> {
    let kernel = compile(toolchain, quick, "porthole-host", "porthole_host", &[])?;
    let process = compile(toolchain, quick, "porthole-node", "porthole_node", &["-C", &format!("link-arg={PROCESS_STACK}")])?;
    let extension = |name| Ok((name, compile(toolchain, quick, &format!("porthole-{name}"), &format!("porthole_{name}"), &[])?));
    let extensions = EXTENSIONS.into_iter().map(extension).collect::<Result<_, String>>()?;
    let host = shell::root().join("target/web/host");
    bindgen(&kernel, &host)?;
    Ok(Images { host, process, extensions })
}

fn compile(toolchain: &Toolchain, quick: bool, package: &str, library: &str, link: &[&str]) -> Result<PathBuf, String> {
    let profile = if quick { "quick" } else { "release" };
    let mut cargo = toolchain.cargo("rustc");
    cargo.args(["--package", package, "--lib", "--crate-type", "cdylib", "--profile", profile]);
    if quick {
        for setting in ["inherits='release'", "lto=false", "codegen-units=16", "incremental=true"] {
            cargo.arg("--config").arg(format!("profile.quick.{setting}"));
        }
    }
    shell::run(cargo.arg("--").args(link))?;
    Ok(toolchain.target_directory().join(TARGET).join(profile).join(format!("{library}.wasm")))
}

/// Skipped when neither the wasm nor the tool is newer than what it wrote.
fn bindgen(wasm: &Path, output: &Path) -> Result<(), String> {
    let mut cargo = shell::command("cargo");
    // Optimised a little, and without debug information: it compiles in half the time and runs in a tenth.
    cargo.args(["build", "--quiet", "--package", "porthole-bindgen", "--profile", "tool"]);
    for setting in ["inherits='release'", "lto=false", "codegen-units=16", "opt-level=1"] {
        cargo.arg("--config").arg(format!("profile.tool.{setting}"));
    }
    shell::run(&mut cargo)?;
    let tool = shell::root().join("target/tool").join(format!("porthole-bindgen{}", std::env::consts::EXE_SUFFIX));
    let written = output.join("porthole_host_bg.wasm");
    if newer(&written, wasm) && newer(&written, &tool) {
        return Ok(());
    }
    shell::run(shell::command(&tool).arg(wasm).arg(output))
}

fn newer(product: &Path, source: &Path) -> bool {
    let time = |file: &Path| file.metadata().and_then(|data| data.modified());
    matches!((time(product), time(source)), (Ok(product), Ok(source)) if product > source)
}
