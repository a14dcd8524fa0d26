//! What the process knows of files, so that it need not ask again.
//!
//! Each question is a message to another thread and back; most are asked again and again. What the kernel has answered holds until the process hears
//! that others have changed something (`foreign` in every frame from the kernel, `porthole_abi::frame`), for at most [`AGE_US`] without hearing
//! anything, and until the process changes it itself. A process that has heard of a change therefore always sees it; one that asks in a loop until a
//! file appears sees it a moment later.
//!
//! - [`names`]: which file each path means, and whole directories. [`attributes`]: what is known of a file by its number, with small contents.
//! - [`descriptors`]: what the process's descriptors are open on.
//! - [`ahead`]: when a whole directory is asked for.
//! - [`own`]: what each call of its own changes. It forgets precisely where it can, and everything where it cannot.
//! - [`sure`]: which changes cannot fail, and need not be waited for.
//! - [`path`], [`hash`]: keys.

mod ahead;
mod attributes;
mod descriptors;
mod hash;
mod names;
mod own;
mod path;
mod sure;

use std::borrow::Cow;
use std::rc::Rc;

use porthole_abi::frame::{ELSEWHERE, LINK_AT_THE_END, LINK_ON_THE_WAY};
use porthole_abi::syscall::{Kind, Surveyed};
use porthole_abi::wire::{Reader, Wire};
use porthole_abi::{Call, Errno, Stat, flags, reply};

use ahead::Ahead;
pub use ahead::{Look, PACKAGES};
use attributes::Attributes;
pub use attributes::LARGE;
use descriptors::Descriptors;
use descriptors::Target;
use names::Names;
pub use names::{Known, Listing};

/// How long an answer holds without news, in microseconds.
const AGE_US: f64 = 200_000.0;

#[derive(Default)]
pub struct FileCache {
    names: Names,
    attributes: Attributes,
    ahead: Ahead,
    descriptors: Descriptors,
    /// The newest count of others' changes that was heard.
    foreign: u32,
    /// Until when what is known holds, on the host's clock.
    fresh_until: f64,
    /// The absolute path of the working directory, once it was asked for.
    cwd: Option<Vec<u8>>,
    /// That path does not lead there, since something is mounted over it or may not be searched: nothing is known of relative paths.
    apart: bool,
    /// What may still be written and made; unknown after others have changed something.
    room: Option<Room>,
    uid: u32,
    gid: u32,
    umask: u32,
}

#[derive(Clone, Copy)]
struct Room {
    bytes: u64,
    files: u64,
}

impl FileCache {
    /// What the kernel says of the process at its start.
    pub fn start(&mut self, start: &reply::Start) {
        (self.uid, self.gid, self.umask) = (start.uid, start.gid, start.umask);
        self.cwd = Some(start.cwd.clone());
        for descriptor in &start.fds.0 {
            self.descriptors.inherit(descriptor.fd, descriptor.kind);
        }
    }

    /// A frame came that counts `foreign` changes by others.
    pub fn hear(&mut self, foreign: u32) {
        // Notifications may wait while replies pass them by: only what is newer counts.
        if (foreign.wrapping_sub(self.foreign) as i32) > 0 {
            self.foreign = foreign;
            self.forget_all();
        }
    }

    /// The kernel has answered a question that was asked at `asked_us`: what is known was so then, or has been forgotten.
    pub fn confirm(&mut self, asked_us: f64) {
        self.fresh_until = asked_us + AGE_US;
    }

    pub fn is_fresh(&self, now_us: f64) -> bool {
        now_us < self.fresh_until
    }

    /// Whatever others may have changed.
    pub fn forget_all(&mut self) {
        self.names.forget_all();
        self.attributes.forget_all();
        self.ahead.forget_all();
        // The directory may have been moved.
        self.cwd = None;
        self.room = None;
    }

    /// Whether a path cannot be understood for want of the working directory.
    pub fn wants_cwd(&self, path: &[u8]) -> bool {
        self.cwd.is_none() && !path.starts_with(b"/")
    }

    // ---- questions

    /// The absolute form of a path, where it is known.
    fn key<'p>(&self, path: &'p [u8]) -> Option<Cow<'p, [u8]>> {
        if path.starts_with(b"/") {
            return Some(Cow::Borrowed(path));
        }
        let cwd = self.cwd.as_ref().filter(|_| !self.apart && !path.is_empty())?;
        Some(Cow::Owned(path::join(cwd, path::without_dots(path))))
    }

    /// Which file a path means.
    pub fn find(&self, path: &[u8], follow: bool) -> Option<Known> {
        if path.starts_with(b"/") { self.names.find(path, follow) } else { self.names.find(&self.key(path)?, follow) }
    }

    /// Whether a path is known to lead to something through directories alone, so that it is its own real path. Absolute paths only.
    pub fn is_real(&self, path: &[u8]) -> bool {
        self.names.plain(path).and_then(Known::kind).is_some_and(|kind| kind != flags::DT_LNK)
    }

    pub fn stat(&self, path: &[u8], follow: bool) -> Option<Result<&Stat, Errno>> {
        match self.find(path, follow)? {
            Known::Missing => Some(Err(Errno::ENOENT)),
            known => self.attributes.get(known.ino()?).map(Ok),
        }
    }

    pub fn fstat(&self, fd: i32) -> Option<&Stat> {
        match self.descriptors.get(fd) {
            Target::File { ino, .. } => self.attributes.get(ino),
            _ => None,
        }
    }

    pub fn access(&self, path: &[u8], want: u32) -> Option<Result<(), Errno>> {
        if want == flags::F_OK {
            return Some(if self.find(path, true)? == Known::Missing { Err(Errno::ENOENT) } else { Ok(()) });
        }
        Some(match self.stat(path, true)? {
            Ok(stat) if want & !7 == 0 => {
                if want & !self.granted(stat) == 0 {
                    Ok(())
                } else {
                    Err(Errno::EACCES)
                }
            }
            Ok(_) => return None,
            Err(errno) => Err(errno),
        })
    }

    /// The whole contents of a regular file that the process may read.
    pub fn contents(&mut self, path: &[u8]) -> Option<Result<Rc<[u8]>, Errno>> {
        match self.find(path, true)? {
            Known::Missing => Some(Err(Errno::ENOENT)),
            known => {
                let ino = known.ino()?;
                // It could be read once; attributes, and with them the right to read, have not changed since.
                self.attributes.contents(ino).map(Ok)
            }
        }
    }

    pub fn listing(&self, path: &[u8]) -> Option<&Listing> {
        let path = self.key(path)?;
        self.names.listing(&path).filter(|listing| listing.may & flags::R_OK != 0)
    }

    pub fn target(&self, path: &[u8]) -> Option<Rc<[u8]>> {
        self.names.target(&self.key(path)?)
    }

    pub fn real(&self, path: &[u8]) -> Option<Result<Rc<[u8]>, Errno>> {
        self.names.real(&self.key(path)?)
    }

    /// What the process may do with a file, by its mode: as the kernel decides it.
    fn granted(&self, stat: &Stat) -> u32 {
        let is_directory = stat.mode & flags::S_IFMT == flags::S_IFDIR;
        let mode = if self.uid == 0 {
            return if is_directory || stat.mode & 0o111 != 0 { 7 } else { 7 & !flags::X_OK };
        } else if self.uid == stat.uid {
            stat.mode >> 6
        } else if self.gid == stat.gid {
            stat.mode >> 3
        } else {
            stat.mode
        };
        mode & 7
    }

    // ---- answers

    /// The kernel has answered a call. Listings and contents are told apart ([`Self::learn_listing`], [`Self::learn_contents`]): their answers are not
    /// to be decoded twice.
    pub fn answered(&mut self, call: &Call<'_>, marks: u16, result: Result<&[u8], Errno>) {
        if call.row().kind == Kind::Change {
            return self.changed(call, marks, result);
        }
        if matches!(call, Call::Getcwd {} | Call::Start {}) {
            self.apart = marks & ELSEWHERE != 0;
        } else if marks & ELSEWHERE != 0 {
            return;
        }
        match *call {
            Call::Stat { path, flags: how } => match result {
                Ok(payload) => {
                    if let Some(found) = decode::<reply::Stat>(payload) {
                        self.learn(path, how & flags::NOFOLLOW == 0, marks, &found.stat);
                    }
                }
                Err(errno) => self.learn_missing(path, how & flags::NOFOLLOW == 0, marks, errno),
            },
            Call::Access { path, mode: flags::F_OK } => {
                if let Err(errno) = result {
                    self.learn_missing(path, true, marks, errno);
                }
            }
            Call::Readdir { path, .. } | Call::ReadFile { path, .. } => {
                if let Err(errno) = result {
                    self.learn_missing(path, true, marks, errno);
                }
            }
            Call::Fstat { fd } => {
                if let (Target::File { ino, .. }, Some(found)) = (self.descriptors.get(fd), result.ok().and_then(decode::<reply::Fstat>))
                    && ino == found.stat.ino
                {
                    self.attributes.put(&found.stat);
                }
            }
            Call::Readlink { path } => {
                if let (Some(key), Some(found)) = (self.open_key(path), result.ok().and_then(decode::<reply::Readlink>)) {
                    self.names.learn_target(&key, &found.target);
                }
            }
            Call::Realpath { path } => {
                let Some(key) = self.open_key(path) else { return };
                match result.map(decode::<reply::Realpath>) {
                    Ok(Some(found)) => self.names.learn_real(&key, Ok(&found.path)),
                    Err(Errno::ENOENT) => self.names.learn_real(&key, Err(Errno::ENOENT)),
                    _ => {}
                }
            }
            Call::Statfs { path: b"/" } => {
                self.room = result
                    .ok()
                    .and_then(decode::<reply::Statfs>)
                    .map(|found| Room { bytes: found.statfs.bavail.saturating_mul(found.statfs.bsize), files: found.statfs.ffree });
            }
            Call::Getcwd {} => self.cwd = result.ok().and_then(decode::<reply::Getcwd>).map(|found| found.path),
            _ => {}
        }
    }

    /// The key of a path of which something may be remembered.
    fn open_key<'p>(&self, path: &'p [u8]) -> Option<Cow<'p, [u8]>> {
        self.key(path).filter(|key| !path::is_made_up(key))
    }

    fn learn(&mut self, path: &[u8], follow: bool, marks: u16, stat: &Stat) {
        let Some(key) = self.open_key(path).filter(|_| marks & ELSEWHERE == 0) else { return };
        let kind = (stat.mode >> 12) as u8;
        // A link may lead to a device.
        let through_link = marks & (LINK_ON_THE_WAY | LINK_AT_THE_END) != 0;
        if through_link && !matches!(kind, flags::DT_REG | flags::DT_DIR | flags::DT_LNK) {
            return;
        }
        self.names.learn(&key, follow, marks, Known::There { ino: stat.ino, kind });
        self.attributes.put(stat);
    }

    fn learn_missing(&mut self, path: &[u8], follow: bool, marks: u16, errno: Errno) {
        if errno == Errno::ENOENT
            && marks & ELSEWHERE == 0
            && let Some(key) = self.open_key(path)
        {
            self.names.learn(&key, follow, marks, Known::Missing);
        }
    }

    /// All names of a directory.
    pub fn learn_listing(&mut self, path: &[u8], marks: u16, stat: &Stat, entries: &[porthole_abi::stat::Dirent]) {
        self.learn(path, true, marks, stat);
        if marks == 0
            && let Some(key) = self.open_key(path)
        {
            self.names.learn_listing(&key, Listing::new(entries, self.granted(stat)));
        }
    }

    /// Whether the next question, about a path of which too little is known, shall be about all that is beside it.
    /// In which directory, and how far.
    pub fn look_ahead(&mut self, path: &[u8], reads: bool) -> Option<(Vec<u8>, Look)> {
        let key = self.open_key(path)?;
        let (folder, name) = path::split(&key)?;
        let look = self.ahead.missed(folder, name, reads)?;
        Some((folder.to_vec(), look))
    }

    /// The answer to that.
    pub fn learn_survey(&mut self, folder: &[u8], directories: &[Surveyed]) {
        for directory in directories {
            let key = if directory.path.is_empty() { Cow::Borrowed(folder) } else { Cow::Owned(path::join(folder, &directory.path)) };
            self.attributes.put(&directory.stat);
            self.names.learn_listing(&key, Listing::of(&directory.entries.0, self.granted(&directory.stat)));
            for seen in &directory.entries.0 {
                let known = Known::There { ino: seen.stat.ino, kind: (seen.stat.mode >> 12) as u8 };
                self.names.renumber(&path::join(&key, &seen.name), known);
                if seen.whole == 1 {
                    self.attributes.keep(&seen.stat, &Rc::from(seen.data.as_slice()));
                } else {
                    self.attributes.put(&seen.stat);
                }
            }
            self.ahead.seen(&key);
        }
    }

    /// A whole file whose attributes are known.
    pub fn keep_contents(&mut self, stat: &Stat, contents: &Rc<[u8]>) {
        self.attributes.keep(stat, contents);
    }

    /// A whole file.
    pub fn learn_contents(&mut self, path: &[u8], marks: u16, stat: &Stat, contents: &Rc<[u8]>) {
        if marks & ELSEWHERE == 0 && self.open_key(path).is_some() {
            self.learn(path, true, marks, stat);
            self.attributes.keep(stat, contents);
        }
    }
}

/// A reply's payload; nothing where a call was sent without waiting for it.
fn decode<T: for<'a> Wire<'a>>(payload: &[u8]) -> Option<T> {
    T::get(&mut Reader::new(payload)).ok()
}
