//! Running other programs, and where things are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The exit code of a verb, or what went wrong in words.
pub type Outcome = Result<u8, String>;

/// The repository's top level.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// A program to be run at the top level, without the variables that `cargo run` leaves behind and that would change what a nested cargo does.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC", "CARGO_BUILD_TARGET", "CARGO_TARGET_DIR", "CARGO_MANIFEST_DIR"] {
        command.env_remove(name);
    }
    command
}

/// Runs with our own output, and fails unless it ends with 0.
pub fn run(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{}: {error}", describe(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} ended with {status}", describe(command))) }
}

/// Runs with our own output and passes the exit code on. Ending by a signal is 128.
pub fn pass_on(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| format!("{}: {error}", describe(command)))?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(128))
}

/// What it printed, or what it complained about.
pub fn read(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{}: {error}", describe(command)))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(format!("{} ended with {}: {}", describe(command), output.status, last_lines(&complaint, 3)))
}

/// The first of the names that is on `PATH`.
pub fn which(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let places: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| places.iter().map(|place| place.join(name)).find(|file| file.is_file()))
}

pub fn write(path: &Path, text: &str) -> Result<(), String> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
    }
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}

/// Installs Debian packages where that is possible; otherwise says exactly what to install.
pub fn apt_install(packages: &[&str], wanted_for: &str) -> Result<(), String> {
    let line = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    let root_user = read(command("id").arg("-u")).is_ok_and(|id| id == "0");
    if !root_user || which(&["apt-get"]).is_none() {
        return Err(format!("{wanted_for} is missing. On Debian, as root: {line}"));
    }
    println!("setup: {wanted_for}: {line}");
    let install = || {
        let mut apt = command("apt-get");
        apt.args(["install", "--yes", "--no-install-recommends"]).args(packages);
        apt.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        read(&mut apt)
    };
    // The lists may be missing or old: once more after an update.
    let installed = install().or_else(|_| read(command("apt-get").arg("update")).and_then(|_| install()));
    installed.map(drop).map_err(|error| format!("{wanted_for} could not be installed: {error}"))
}

fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.truncate(8);
    words.join(" ")
}

fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

/// For verbs that take nothing.
pub fn no_arguments(arguments: &[String]) -> Result<(), String> {
    match arguments.first() {
        None => Ok(()),
        Some(word) => Err(format!("unknown argument '{word}' (see --help)")),
    }
}
