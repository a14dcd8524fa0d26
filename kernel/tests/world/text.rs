//! Files of a few words, by paths that are text.

use porthole_abi::flags::{O_CREAT, O_TRUNC, O_WRONLY};
use porthole_abi::{Errno, Syscalls};

pub fn write(me: &impl Syscalls, path: &str, text: &str) -> Result<(), Errno> {
    me.write_file(path.as_bytes(), text.as_bytes(), O_WRONLY | O_CREAT | O_TRUNC, 0o644).map(|_| ())
}

pub fn read(me: &impl Syscalls, path: &str) -> Result<String, Errno> {
    me.read_file(path.as_bytes(), 1 << 20).map(|reply| String::from_utf8(reply.data).unwrap())
}

pub fn names(me: &impl Syscalls, path: &str) -> Vec<String> {
    me.readdir(path.as_bytes(), 0, 1000).unwrap().entries.0.into_iter().map(|entry| String::from_utf8(entry.name).unwrap()).collect()
}
