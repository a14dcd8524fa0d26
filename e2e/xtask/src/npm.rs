//! Node packages of the lock file.

use crate::shell;

/// The packages of the top level. Node itself must be there.
pub fn install() -> Result<(), String> {
    let version = shell::read(shell::command("node").arg("--version"))
        .map_err(|_| "Node is missing. Install Node 20 or later (node and npm on PATH)".to_owned())?;
    let major: u32 = version.trim_start_matches('v').split('.').next().and_then(|word| word.parse().ok()).unwrap_or(0);
    if major < 20 {
        return Err(format!("Node {version} is too old: 20 or later is needed"));
    }
    install_in(".")
}

/// `npm ci` in a folder when its lock changed since the last time.
pub fn install_in(folder: &str) -> Result<(), String> {
    let place = shell::root().join(folder);
    let lock_file = place.join("package-lock.json");
    let lock = std::fs::read_to_string(&lock_file).map_err(|error| format!("{}: {error}", lock_file.display()))?;
    let stamp = place.join("node_modules/.porthole-lock");
    if std::fs::read_to_string(&stamp).is_ok_and(|known| known == lock) {
        return Ok(());
    }
    println!("setup: npm ci in {folder}");
    shell::read(shell::command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&place))?;
    shell::write(&stamp, &lock)
}
