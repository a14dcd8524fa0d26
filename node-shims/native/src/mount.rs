//! Puts a folder of the host into the kernel's file system.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use porthole_abi::Syscalls;
use porthole_abi::syscall::TreeEntry;
use porthole_abi::wire::List;

use crate::kernel::Client;

/// Folders that no program is started with.
const PASSED_OVER: &[&str] = &[".git", "target"];
/// Bytes of one `write_tree`; frames have a limit.
const PIECE: usize = 1 << 20;

/// Copies `from` to `to`, which need not exist. Links stay links.
///
/// # Errors
/// Names the path that could not be read or written.
pub fn mount(client: &Client, from: &Path, to: &str) -> Result<(), String> {
    client.mkdir_all(to.as_bytes(), 0o755).map_err(|errno| format!("{to}: {errno}"))?;
    let mut batch = Batch { client, base: to, entries: Vec::new(), size: 0 };
    walk(&mut batch, from, Vec::new())?;
    batch.send()
}

struct Batch<'a> {
    client: &'a Client,
    base: &'a str,
    entries: Vec<TreeEntry>,
    size: usize,
}

impl Batch<'_> {
    fn add(&mut self, entry: TreeEntry) -> Result<(), String> {
        if entry.data.len() > PIECE {
            self.send()?;
            return self.write_large(entry);
        }
        self.size += entry.data.len() + entry.path.len() + 32;
        self.entries.push(entry);
        if self.size > PIECE { self.send() } else { Ok(()) }
    }

    fn send(&mut self) -> Result<(), String> {
        self.size = 0;
        let entries = List(std::mem::take(&mut self.entries));
        self.client.write_tree(self.base.as_bytes(), entries).map(drop).map_err(|errno| format!("{}: {errno}", self.base))
    }

    fn write_large(&self, entry: TreeEntry) -> Result<(), String> {
        use porthole_abi::flags::{O_CREAT, O_TRUNC, O_WRONLY};
        let mut path = self.base.as_bytes().to_vec();
        path.push(b'/');
        path.extend_from_slice(&entry.path);
        let write = || {
            let fd = self.client.open(&path, O_WRONLY | O_CREAT | O_TRUNC, entry.mode & 0o7777)?.fd;
            for piece in entry.data.chunks(PIECE) {
                self.client.write(fd, piece, -1)?;
            }
            self.client.close(fd)
        };
        write().map(drop).map_err(|errno| format!("{}: {errno}", String::from_utf8_lossy(&path)))
    }
}

fn walk(batch: &mut Batch<'_>, folder: &Path, prefix: Vec<u8>) -> Result<(), String> {
    let read = |error: std::io::Error| format!("{}: {error}", folder.display());
    for entry in std::fs::read_dir(folder).map_err(read)? {
        let entry = entry.map_err(read)?;
        if PASSED_OVER.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        let mut path = prefix.clone();
        path.extend_from_slice(entry.file_name().as_bytes());
        let meta = entry.metadata().map_err(read)?;
        let kind = meta.file_type();
        let mtime = meta.mtime() * 1_000_000_000 + meta.mtime_nsec();
        let data = if kind.is_symlink() {
            std::fs::read_link(entry.path()).map_err(read)?.as_os_str().as_bytes().to_vec()
        } else if kind.is_file() {
            std::fs::read(entry.path()).map_err(read)?
        } else {
            Vec::new()
        };
        batch.add(TreeEntry { path: path.clone(), mode: meta.mode(), mtime, data })?;
        if kind.is_dir() {
            path.push(b'/');
            walk(batch, &entry.path(), path)?;
        }
    }
    Ok(())
}
