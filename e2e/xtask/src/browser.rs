//! The browsers that tests and `exec` drive.

use crate::shell;
use std::path::PathBuf;

pub fn chromium() -> Option<PathBuf> {
    shell::which(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
}

pub fn firefox() -> Option<PathBuf> {
    shell::which(&["firefox-esr", "firefox"])
}

/// Chromium is needed; Firefox is wanted, and its absence only told.
pub fn install() -> Result<(), String> {
    if chromium().is_none() {
        shell::apt_install(&["chromium"], "Chromium")?;
    }
    if firefox().is_none()
        && let Err(why) = shell::apt_install(&["firefox-esr"], "Firefox")
    {
        println!("setup: going on without Firefox: {why}");
    }
    Ok(())
}
