//! Mounts of images: archives, and directories of web servers.

use porthole_abi::Errno;
use porthole_abi::syscall::Right;

use super::mount::Failure;
use crate::archive::{Format, index};
use crate::images::Images;
use crate::machine::Machine;
use crate::vfs::chunks::ChunkId;
use crate::vfs::image::{Planted, Seed, Source, plant};
use crate::vfs::{Ino, Links, Shows, Spot};

/// The kinds of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Archive(Format),
    Http,
}

impl Kind {
    pub fn of(name: &[u8]) -> Option<Kind> {
        match name {
            b"zip" => Some(Kind::Archive(Format::Zip)),
            b"tar" => Some(Kind::Archive(Format::Tar)),
            b"http" => Some(Kind::Http),
            _ => None,
        }
    }
}

/// The archive that a path leads to, which the caller may read.
fn archive(machine: &Machine, pid: i32, path: &[u8]) -> Result<Spot, Errno> {
    machine.reach(pid, path, Links::Follow, |vfs, who, path| vfs.archive_at(who, path), |_, _, _| Err(Errno::EINVAL))
}

/// The address of a directory, with a slash at its end.
fn directory_url(source: &[u8]) -> Result<Vec<u8>, Failure> {
    let wrong = |why: &str| Failure::new(Errno::EINVAL, format!("{} {why}", crate::archive::shown(source)));
    let rest = source.strip_prefix(b"https://").or_else(|| source.strip_prefix(b"http://"));
    let Some(rest) = rest.filter(|rest| !rest.is_empty()) else { return Err(wrong("is no address that begins with http:// or https://")) };
    if rest.iter().any(|byte| !byte.is_ascii_graphic() || *byte == b'?' || *byte == b'#') {
        return Err(wrong("is no address of a directory: it has a query, a fragment or a letter that is to be written by its number (%20)"));
    }
    let slash: &[u8] = if source.ends_with(b"/") { b"" } else { b"/" };
    Ok([source, slash].concat())
}

fn index_url(directory: &[u8]) -> Vec<u8> {
    [directory, index::NAME.as_bytes()].concat()
}

/// What is missing to mount an image: parts of the archive, or the index. Nothing is needed where the call will fail.
pub fn missing_to_mount(machine: &Machine, pid: i32, source: &[u8], kind: Kind) -> Vec<ChunkId> {
    match kind {
        Kind::Archive(format) => {
            let Ok(spot) = archive(machine, pid, source) else { return Vec::new() };
            let vfs = &machine.state.vfs;
            let images: &Images = &machine.volatile.images;
            let known = images.recall(|reading| vfs.is_of(reading, spot.ino, format));
            let Ok(mut reading) = vfs.reading(spot.ino, format, known) else { return Vec::new() };
            let missing = vfs.read_on(&mut reading).err().unwrap_or_default();
            images.remember(reading);
            missing
        }
        Kind::Http => {
            let Ok(url) = directory_url(source).map(|url| index_url(&url)) else { return Vec::new() };
            if machine.state.index.as_ref().is_some_and(|(known, _)| *known == url) {
                return Vec::new();
            }
            machine.volatile.images.index_at(&url).into_iter().collect()
        }
    }
}

/// An index that has come, or why it has not: its address first.
pub type Came = (Vec<u8>, Result<Vec<u8>, Vec<u8>>);

/// Makes the image of an archive or of a web server's directory, and answers what to mount.
pub fn make(machine: &mut Machine, pid: i32, source: &[u8], kind: Kind, index: Option<Came>) -> Result<(Shows, Vec<u8>), Failure> {
    let who = machine.who(pid)?;
    match kind {
        Kind::Archive(format) => {
            let spot = archive(machine, pid, source)?;
            let vfs = &machine.state.vfs;
            let known = machine.volatile.images.recall(|reading| vfs.is_of(reading, spot.ino, format));
            let mut reading = vfs.reading(spot.ino, format, known)?;
            let members = match vfs.read_on(&mut reading) {
                Ok(read) => read.map_err(|words| Failure::new(Errno::EINVAL, words))?,
                // The same write has changed the archive, or what leads to it.
                Err(_) => return Err(Failure::new(Errno::EAGAIN, "what has to be read of the archive is not in memory: order it by itself".into())),
            };
            let mtime = vfs.inode(spot.ino)?.mtime;
            let seed = Seed { uid: who.uid, gid: who.gid, mtime, replaces: format == Format::Tar };
            let planted = plant(&members, seed).map_err(|words| Failure::new(Errno::EINVAL, words))?;
            let (directory, name) = machine.state.vfs.home_of(spot.ino).map_or((None, Vec::new()), |(home, name)| (Some(home), name));
            // As whoever mounts calls it, but from the root on.
            let path = directory.and_then(|ino| machine.path_of(Spot { ino, ..spot }).ok());
            let path = path.map_or_else(|| source.to_vec(), |path| [path.strip_suffix(b"/").unwrap_or(&path), b"/", &name].concat());
            let contents = machine.state.vfs.keep_contents(spot.ino)?;
            Ok((Shows::Directory(add(machine, planted, contents)?), path))
        }
        Kind::Http => {
            super::allowed(machine, pid, Right::Fetch)?;
            let url = directory_url(source)?;
            let found = index.filter(|(known, _)| *known == index_url(&url));
            let Some((index_url, index)) = found else {
                return Err(Failure::new(Errno::EAGAIN, "its index has not been asked for: order it by itself".into()));
            };
            let at = |words: &str| format!("{}: {words}", crate::archive::shown(&index_url));
            let index = index.map_err(|words| Failure::new(Errno::EIO, at(&String::from_utf8_lossy(&words))))?;
            let members = index::read(&index).map_err(|words| Failure::new(Errno::EINVAL, at(&words)))?;
            let seed = Seed { uid: who.uid, gid: who.gid, mtime: machine.nanos(), replaces: false };
            let planted = plant(&members, seed).map_err(|words| Failure::new(Errno::EINVAL, at(&words)))?;
            Ok((Shows::Directory(add(machine, planted, Source::Web(url.clone().into()))?), url))
        }
    }
}

fn add(machine: &mut Machine, planted: Planted, source: Source) -> Result<Ino, Errno> {
    let vfs = &mut machine.state.vfs;
    match vfs.add_image(planted, source) {
        Ok(root) => Ok(root),
        Err((errno, source)) => {
            vfs.give_up(source);
            Err(errno)
        }
    }
}
