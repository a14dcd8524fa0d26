//! Node packages of the lock file.

use crate::shell;

/// `npm ci` when the lock changed since the last time. Node itself must be there.
pub fn install() -> Result<(), String> {
    let version = shell::read(shell::command("node").arg("--version"))
        .map_err(|_| "Node is missing. Install Node 20 or later (node and npm on PATH)".to_owned())?;
    let major: u32 = version.trim_start_matches('v').split('.').next().and_then(|word| word.parse().ok()).unwrap_or(0);
    if major < 20 {
        return Err(format!("Node {version} is too old: 20 or later is needed"));
    }
    let root = shell::root();
    let lock = std::fs::read_to_string(root.join("package-lock.json")).map_err(|error| format!("package-lock.json: {error}"))?;
    let stamp = root.join("node_modules/.porthole-lock");
    if std::fs::read_to_string(&stamp).is_ok_and(|known| known == lock) {
        return Ok(());
    }
    println!("setup: npm ci");
    shell::read(shell::command("npm").args(["ci", "--no-audit", "--no-fund"]))?;
    shell::write(&stamp, &lock)
}
