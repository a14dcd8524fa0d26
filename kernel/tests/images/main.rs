//! Mounts of images: archives that the system's tools made, archives that nobody should mount, and directories of a web server that the test plays.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

#[path = "../world/mod.rs"]
mod world;

mod archives;
mod build;
mod hostile;
mod large;
mod tools;
mod web;

use porthole_abi::flags::*;
use porthole_abi::{Errno, Syscalls};
use world::World;
use world::text::read;

pub fn mount(me: &impl Syscalls, kind: &str, source: &str, target: &str) -> Result<(), Errno> {
    me.mount(source.as_bytes(), target.as_bytes(), kind.as_bytes(), 0).map(|_| ())
}

/// A world with an archive at `/tmp/a` and an empty directory `/mnt`.
pub fn with_archive(archive: &[u8]) -> World {
    let world = World::new();
    let me = world.as_process(1);
    put(&world, "/tmp/a", archive);
    me.mkdir_all(b"/mnt", 0o755).unwrap();
    world
}

/// Writes a file of any length, and has it committed.
pub fn put(world: &World, path: &str, data: &[u8]) {
    let me = world.as_process(1);
    let fd = me.open(path.as_bytes(), O_WRONLY | O_CREAT | O_TRUNC, 0o644).unwrap().fd;
    for piece in data.chunks(512 << 10) {
        assert_eq!(me.write(fd, piece, -1).unwrap().written as usize, piece.len());
    }
    me.close(fd).unwrap();
    world.event(porthole_kernel::Event::Commit);
}

/// All contents are elsewhere, and what comes is soon gone again.
pub fn cold(world: &World) {
    world.machine.borrow_mut().set_cache(0);
    world.event(porthole_kernel::Event::Commit);
}

/// A whole file by `pread`, in pieces.
pub fn slurp(me: &impl Syscalls, path: &str, piece: u32) -> Result<Vec<u8>, Errno> {
    let fd = me.open(path.as_bytes(), O_RDONLY, 0)?.fd;
    let mut data = Vec::new();
    let read = loop {
        match me.pread(fd, piece, data.len() as i64) {
            Ok(more) if more.data.is_empty() => break Ok(data),
            Ok(more) => data.extend(more.data),
            Err(errno) => break Err(errno),
        }
    };
    me.close(fd)?;
    read
}

/// What a `ctl` file says of the last order of process 1.
pub fn answer(world: &World) -> String {
    read(&world.as_process(1), "/web/container/main/ctl").unwrap_or_else(|errno| errno.to_string())
}
