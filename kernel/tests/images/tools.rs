//! Archives as the system's tools make them.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of this test's own, gone with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("porthole-images-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Runs a command line in it, and reads the file that it made.
    pub fn make(&self, line: &str, made: &str) -> Vec<u8> {
        let status = Command::new("sh").args(["-ec", line]).current_dir(&self.0).status().unwrap();
        assert!(status.success(), "{line}");
        std::fs::read(self.0.join(made)).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
