//! Which compilers make wasm here. Found by trying, remembered in a stamp.

use crate::shell;
use std::path::{Path, PathBuf};
use std::process::Command;

pub const TARGET: &str = "wasm32-unknown-unknown";

/// QuickJS is compiled without features that wasm-bindgen's and older engines' readers refuse.
const C_FLAGS: &str = "-mno-reference-types -mno-multivalue";

const DEBIAN_RUST: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const DEBIAN_CLANG: [&str; 3] = ["clang-22", "lld-22", "llvm-22"];
const OLDEST_RUST: u32 = 90;

pub struct Toolchain {
    /// `default`: the ordinary toolchain with the target's std. `debian`: Debian's second toolchain, which builds std itself.
    kind: String,
    /// The file whose presence says that std is there: a library directory, or std's source.
    std: PathBuf,
    clang: PathBuf,
    archiver: PathBuf,
}

impl Toolchain {
    /// What the stamp says if it still holds, else what trying finds. Prints what was taken and why when it had to try.
    pub fn find() -> Result<Self, String> {
        let stamp = shell::root().join("target/setup/toolchain");
        if let Some(known) = Self::read_stamp(&stamp) {
            return Ok(known);
        }
        let (clang, archiver) = find_clang()?;
        let (kind, std) = find_rust()?;
        let found = Self { kind, std, clang, archiver };
        let text = [Path::new(&found.kind), &found.std, &found.clang, &found.archiver].map(|part| part.display().to_string()).join("\n");
        shell::write(&stamp, &text)?;
        Ok(found)
    }

    fn read_stamp(stamp: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(stamp).ok()?;
        let [kind, std, clang, archiver] = text.lines().collect::<Vec<_>>().try_into().ok()?;
        let known = Self { kind: kind.to_owned(), std: std.into(), clang: clang.into(), archiver: archiver.into() };
        [&known.std, &known.clang, &known.archiver].iter().all(|file| file.exists()).then_some(known)
    }

    pub fn describe(&self) -> String {
        format!("rust: {} ({}), clang: {}", self.kind, self.std.display(), self.clang.display())
    }

    /// The two toolchains do not share a directory: their compilers' outputs cannot be mixed.
    pub fn target_directory(&self) -> PathBuf {
        shell::root().join("target/wasm").join(&self.kind)
    }

    /// `cargo <subcommand>` for the wasm target. Further arguments are the caller's.
    pub fn cargo(&self, subcommand: &str) -> Command {
        let mut cargo = shell::command(if self.kind == "debian" { "/usr/bin/cargo" } else { "cargo" });
        cargo.arg(subcommand).args(["--target", TARGET]).arg("--target-dir").arg(self.target_directory());
        // A clang that changes the engine on the way.
        cargo.env("CC_wasm32_unknown_unknown", shell::root().join("node-shims/engine/cc")).env("PORTHOLE_CLANG", &self.clang);
        cargo.env("AR_wasm32_unknown_unknown", &self.archiver);
        cargo.env("CFLAGS_wasm32_unknown_unknown", C_FLAGS);
        if self.kind == "debian" {
            cargo.args(["-Z", "build-std=std,panic_abort"]);
            cargo.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTUP_TOOLCHAIN");
            cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-22");
        }
        cargo
    }
}

fn find_rust() -> Result<(String, PathBuf), String> {
    let (first, why_not_default) = match default_std() {
        Ok(std) => return took("default", std, "its standard library for wasm32 is installed"),
        Err(why) => (why.clone(), why),
    };
    println!("setup: rust: not the default toolchain as it is: {first}");
    let why_not_rustup = match rustup_add() {
        Ok(std) => return took("default", std, "rustup added the wasm32 target"),
        Err(why) => why,
    };
    println!("setup: rust: not rustup: {why_not_rustup}");
    if let Ok(std) = debian_std() {
        return took("debian", std, "Debian's second toolchain is installed; it builds std from source");
    }
    let installed = shell::apt_install(&DEBIAN_RUST, "a Rust toolchain for wasm32").and_then(|()| debian_std());
    match installed {
        Ok(std) => took("debian", std, "Debian's second toolchain was installed; it builds std from source"),
        Err(why) => {
            Err(format!("no Rust toolchain for {TARGET}.\n  default toolchain: {why_not_default}\n  rustup: {why_not_rustup}\n  Debian: {why}"))
        }
    }
}

fn took(kind: &str, std: PathBuf, why: &str) -> Result<(String, PathBuf), String> {
    println!("setup: rust: took the {kind} toolchain: {why}");
    Ok((kind.to_owned(), std))
}

/// The directory of the default toolchain's std for wasm, if there is one.
fn default_std() -> Result<PathBuf, String> {
    let directory = shell::read(shell::command("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    let has_core = std::fs::read_dir(&directory)
        .map(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-")))
        .unwrap_or(false);
    if has_core { Ok(directory.into()) } else { Err(format!("no std for {TARGET} in {directory}")) }
}

fn rustup_add() -> Result<PathBuf, String> {
    shell::which(&["rustup"]).ok_or("not installed")?;
    // A network that swallows packets must not hold the build for ever.
    let mut add = if shell::which(&["timeout"]).is_some() {
        let mut bounded = shell::command("timeout");
        bounded.args(["120", "rustup"]);
        bounded
    } else {
        shell::command("rustup")
    };
    shell::read(add.args(["target", "add", TARGET]))?;
    default_std()
}

/// std's source of Debian's second toolchain, if that is new enough.
fn debian_std() -> Result<PathBuf, String> {
    let version = shell::read(Command::new("/usr/bin/rustc").arg("--version"))?;
    let minor: u32 = version.split(['.', ' ']).nth(2).and_then(|word| word.parse().ok()).unwrap_or(0);
    if minor < OLDEST_RUST {
        return Err(format!("{version} is older than 1.{OLDEST_RUST}"));
    }
    shell::which(&["wasm-ld-22"]).ok_or("wasm-ld-22 is missing")?;
    let sysroot = shell::read(Command::new("/usr/bin/rustc").args(["--print", "sysroot"]))?;
    let source = Path::new(&sysroot).join("lib/rustlib/src/rust/library/std");
    if source.exists() && Path::new("/usr/bin/cargo").exists() { Ok(source) } else { Err(format!("{} is missing", source.display())) }
}

/// A clang that can make wasm objects, and the archiver that goes with it.
fn find_clang() -> Result<(PathBuf, PathBuf), String> {
    let found = installed_clang();
    if let Ok((clang, _)) = &found {
        println!("setup: clang: took {}: it compiles for wasm32", clang.display());
        return found;
    }
    shell::apt_install(&DEBIAN_CLANG, "a clang that compiles for wasm32")?;
    installed_clang()
}

fn installed_clang() -> Result<(PathBuf, PathBuf), String> {
    let versions: Vec<String> = (15..=30).rev().map(|version| format!("-{version}")).chain([String::new()]).collect();
    for version in &versions {
        let clang = shell::which(&[&format!("clang{version}")]);
        let archiver = shell::which(&[&format!("llvm-ar{version}"), "llvm-ar"]);
        if let (Some(clang), Some(archiver)) = (clang, archiver)
            && compiles(&clang)
        {
            return Ok((clang, archiver));
        }
    }
    Err("no clang with llvm-ar on PATH compiles for wasm32".to_owned())
}

fn compiles(clang: &Path) -> bool {
    let directory = shell::root().join("target/setup");
    let source = directory.join("probe.c");
    if shell::write(&source, "int porthole_probe(int value) { return value + 1; }\n").is_err() {
        return false;
    }
    let mut compile = shell::command(clang);
    compile.arg(format!("--target={TARGET}")).args(C_FLAGS.split(' ')).arg("-c").arg(&source).arg("-o").arg(directory.join("probe.o"));
    shell::read(&mut compile).is_ok()
}
