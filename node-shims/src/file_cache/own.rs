//! What the process's own calls change of what it knows.
//!
//! A change at a plain path touches that name, its directory and its file, and nothing else. A change through a link, at a path whose meaning is not
//! known, or one that failed half way, may have touched anything.

use std::borrow::Cow;
use std::rc::Rc;

use porthole_abi::frame::{ELSEWHERE, LINK_AT_THE_END, LINK_ON_THE_WAY};
use porthole_abi::{Call, Errno, Stat, flags, reply};

use super::descriptors::Target;
use super::names::{Known, Listing};
use super::{FileCache, decode, path};

/// Made by the process, its number not known yet.
const NEW_FILE: Known = Known::There { ino: 0, kind: flags::DT_REG };
const NEW_DIRECTORY: Known = Known::There { ino: 0, kind: flags::DT_DIR };
const NEW_LINK: Known = Known::There { ino: 0, kind: flags::DT_LNK };

impl FileCache {
    /// A call that changes something was made, or sent without waiting: then the payload is empty and `marks` are none.
    pub(super) fn changed(&mut self, call: &Call<'_>, marks: u16, result: Result<&[u8], Errno>) {
        let payload = match result {
            Ok(payload) => payload,
            Err(errno) => return self.failed(call, marks, errno),
        };
        self.descriptors.done(call, payload);
        let through_link = marks & LINK_ON_THE_WAY != 0 || (marks & LINK_AT_THE_END != 0 && follows(call));
        match *call {
            Call::Open { path, flags, .. } => self.opened(path, flags, marks, through_link, decode(payload)),
            Call::WriteFile { .. } => self.wrote_file(call, marks, through_link, decode(payload)),
            Call::Write { fd, data, .. } if !data.is_empty() => self.wrote(fd),
            Call::Ftruncate { fd, .. } | Call::Futimes { fd, .. } => self.wrote(fd),
            Call::Fchmod { fd, .. } | Call::Fchown { fd, .. } => match self.descriptors.get(fd) {
                Target::File { ino, .. } if self.attributes.get(ino).is_some_and(|stat| !is_directory(stat)) => self.attributes.forget(ino),
                Target::NoFile => {}
                _ => self.forget_all(),
            },
            Call::Chdir { .. } => self.cwd = None,
            Call::Umask { mask } => self.umask = mask & 0o777,
            Call::WriteTree { .. } => self.forget_all(),
            Call::Mkdtemp { .. } => match decode::<reply::Mkdtemp>(payload) {
                Some(made) if marks & LINK_ON_THE_WAY == 0 => self.at(&made.path, |cache, key| cache.made_directory(key, 0o700)),
                _ => self.forget_all(),
            },
            Call::MkdirAll { path, mode } => match decode::<reply::MkdirAll>(payload) {
                Some(made) if made.first.is_empty() => {}
                Some(made) if !through_link => self.made_directories(&made.first, path, mode),
                _ => self.forget_all(),
            },
            _ if is_on_path(call) && through_link => self.forget_all(),
            Call::Mkdir { path, mode } => self.at(path, |cache, key| cache.made_directory(key, mode)),
            Call::Symlink { path, .. } => self.at(path, |cache, key| cache.made(key, NEW_LINK)),
            Call::Unlink { path } | Call::Rmdir { path } => self.at(path, |cache, key| {
                match cache.names.find(key, false) {
                    Some(known) => cache.attributes.touch(known.ino().unwrap_or_default()),
                    None => cache.forget_shared(),
                }
                cache.gone(key);
            }),
            Call::RemoveTree { path } => self.at(path, |cache, key| {
                cache.forget_shared();
                cache.names.forget_below(key);
                cache.gone(key);
            }),
            Call::Rename { from, to, .. } => self.renamed(from, to),
            Call::Link { from, to } => {
                self.at(from, |cache, key| {
                    cache.forget_file_at(key, false);
                    cache.names.forget(key);
                });
                self.at(to, |cache, key| {
                    cache.folder_changed(key);
                    cache.names.forget(key);
                });
            }
            Call::Truncate { path, .. } => self.at(path, |cache, key| cache.forget_file_at(key, true)),
            Call::Utimes { path, .. } => self.at(path, |cache, key| {
                cache.forget_file_at(key, true);
                cache.attributes.touch_directories();
            }),
            Call::Chmod { path, .. } | Call::Chown { path, .. } => self.at(path, |cache, key| match cache.names.find(key, true) {
                // Without a number it would be taken for writable.
                Some(Known::There { kind: flags::DT_REG, ino: 0 }) => cache.names.forget(key),
                Some(Known::There { kind: flags::DT_REG, ino }) => cache.attributes.forget(ino),
                Some(Known::There { kind: flags::DT_DIR, .. }) => cache.rights_changed(key, call),
                _ => cache.forget_all(),
            }),
            Call::CopyFile { from, to, .. } => {
                // Its mode, before anything is forgotten. The umask has no say.
                let mode = self.stat(from, true).map_or(0, |stat| stat.map_or(0, |stat| stat.mode));
                self.at(to, |cache, key| {
                    cache.forget_file_at(key, true);
                    if !matches!(cache.names.find(key, false), Some(Known::There { .. })) {
                        cache.made_file(key, if mode & 0o200 != 0 { 0o200 } else { 0 });
                    }
                });
            }
            _ => {}
        }
    }

    /// Most calls change nothing when they fail. Of some a part was done.
    fn failed(&mut self, call: &Call<'_>, marks: u16, errno: Errno) {
        match *call {
            Call::Write { fd, .. } if self.descriptors.get(fd) == Target::NoFile => {}
            Call::WriteTree { .. } | Call::RemoveTree { .. } | Call::MkdirAll { .. } | Call::CopyFile { .. } | Call::Write { .. } => {
                self.forget_all()
            }
            Call::WriteFile { path, flags, .. } | Call::Open { path, flags, .. } => match errno {
                Errno::ENOENT if flags & flags::O_CREAT == 0 => self.learn_missing(path, true, marks, errno),
                Errno::ENOENT | Errno::EEXIST | Errno::EACCES | Errno::EISDIR | Errno::ENOTDIR => {}
                _ => self.forget_all(),
            },
            _ => {}
        }
    }

    /// Does something at the key of a path. Without a key anything may have changed; what is made up as it is read is not remembered anyway.
    fn at(&mut self, path: &[u8], change: impl FnOnce(&mut Self, &[u8])) {
        match self.key(path).map(Cow::into_owned) {
            Some(key) if !path::is_made_up(&key) => change(self, &key),
            _ => self.forget_all(),
        }
    }

    /// A name came or went: its directory's times are others.
    fn folder_changed(&mut self, key: &[u8]) {
        match path::split(key).and_then(|(folder, _)| self.names.find(folder, true)).and_then(Known::ino) {
            Some(folder) => self.attributes.touch(folder),
            None => self.attributes.touch_directories(),
        }
    }

    /// A directory has another mode or owner. As long as it may be searched as before, what is known below it holds.
    fn rights_changed(&mut self, key: &[u8], call: &Call<'_>) {
        match *call {
            Call::Chmod { mode, .. } if self.uid == 0 || mode & 0o100 != 0 => {
                if let Some(ino) = self.names.find(key, true).and_then(Known::ino) {
                    self.attributes.forget(ino);
                }
                // Only its owner can have changed it.
                self.names.allow(key, if self.uid == 0 { 7 } else { mode >> 6 & 7 });
            }
            _ => self.forget_all(),
        }
    }

    fn made(&mut self, key: &[u8], known: Known) {
        self.folder_changed(key);
        self.names.made(key, known);
    }

    fn gone(&mut self, key: &[u8]) {
        self.folder_changed(key);
        self.names.gone(key);
        if self.cwd.as_ref().is_some_and(|cwd| *cwd == key || path::is_below(cwd, key)) {
            self.cwd = None;
        }
    }

    /// A file without a number is one that the process may write to: otherwise the next one who wants to must ask.
    fn made_file(&mut self, key: &[u8], mode: u32) {
        self.made(key, NEW_FILE);
        if self.uid != 0 && mode & !self.umask & 0o200 == 0 {
            self.names.forget(key);
        }
    }

    fn made_directory(&mut self, key: &[u8], mode: u32) {
        self.made(key, NEW_DIRECTORY);
        let mode = mode & !self.umask;
        let may = if self.uid == 0 { 7 } else { mode >> 6 & 7 };
        self.names.learn_listing(key, Listing::new(&[], may));
    }

    /// `first` and all below it on the way to `last` were made, in the words of one path.
    fn made_directories(&mut self, first: &[u8], last: &[u8], mode: u32) {
        let mut end = first.len();
        loop {
            self.at(&last[..end.min(last.len())], |cache, key| cache.made_directory(key, mode));
            if end >= last.len() {
                return;
            }
            end = last[end + 1..].iter().position(|&byte| byte == b'/').map_or(last.len(), |next| end + 1 + next);
        }
    }

    /// Files that are not known by their names have lost one: those that can be reached otherwise have other counts of links.
    fn forget_shared(&mut self) {
        self.attributes.forget_shared(self.descriptors.files());
    }

    /// The attributes and contents of the file at a path have changed.
    fn forget_file_at(&mut self, key: &[u8], follow: bool) {
        match self.names.find(key, follow) {
            // Without a number nothing was asked about it: the process has just made it.
            Some(known) => self.attributes.touch(known.ino().unwrap_or_default()),
            // It may be any file that is known by another name.
            None => self.attributes.forget_files(),
        }
    }

    fn wrote(&mut self, fd: i32) {
        match self.descriptors.get(fd) {
            Target::File { ino, .. } => self.attributes.touch(ino),
            Target::NoFile => {}
            Target::Unknown => {
                self.attributes.forget_files();
                self.attributes.touch_directories();
            }
        }
    }

    fn opened(&mut self, path: &[u8], flags: u32, marks: u16, through_link: bool, answer: Option<reply::Open>) {
        let Some(reply::Open { fd, stat }) = answer else { return self.forget_all() };
        let made_up = marks & ELSEWHERE != 0 || self.key(path).is_none_or(|key| path::is_made_up(&key));
        self.descriptors.opened(fd, &stat, flags, made_up);
        if flags & (flags::O_CREAT | flags::O_TRUNC) == 0 {
            return self.learn(path, flags & flags::O_NOFOLLOW == 0, marks, &stat);
        }
        if through_link {
            return self.forget_all();
        }
        if !made_up {
            self.at(path, |cache, key| cache.filled(key, &stat));
        }
    }

    fn wrote_file(&mut self, call: &Call<'_>, marks: u16, through_link: bool, answer: Option<reply::WriteFile>) {
        let Call::WriteFile { path, data, flags, mode } = *call else { return };
        if through_link {
            return self.forget_all();
        }
        match self.key(path).map(Cow::into_owned) {
            Some(key) if !path::is_made_up(&key) => match answer {
                Some(reply::WriteFile { stat }) => {
                    self.filled(&key, &stat);
                    // What it reads next is what it has written.
                    if flags & flags::O_TRUNC != 0 && marks == 0 && self.granted(&stat) & flags::R_OK != 0 {
                        self.attributes.keep(&stat, &Rc::from(data));
                    }
                }
                None => {
                    self.forget_file_at(&key, true);
                    if !matches!(self.names.find(&key, false), Some(Known::There { .. })) {
                        self.made_file(&key, mode);
                    }
                }
            },
            _ => self.forget_all(),
        }
    }

    /// The kernel made the file at a plain path, or cut or wrote to the one that was there, and says what it is now.
    fn filled(&mut self, key: &[u8], stat: &Stat) {
        let known = Known::There { ino: stat.ino, kind: (stat.mode >> 12) as u8 };
        match self.names.find(key, false) {
            Some(old @ Known::There { .. }) if old.ino() == Some(stat.ino) => {}
            Some(Known::There { ino: 0, .. }) => self.names.learn(key, false, 0, known),
            _ => self.made(key, known),
        }
        self.attributes.touch(stat.ino);
        self.attributes.put(stat);
    }

    fn renamed(&mut self, from: &[u8], to: &[u8]) {
        let (Some(from), Some(to)) = (self.key(from).map(Cow::into_owned), self.key(to).map(Cow::into_owned)) else { return self.forget_all() };
        if path::is_made_up(&from) || path::is_made_up(&to) {
            return self.forget_all();
        }
        let (source, target) = (self.names.find(&from, false), self.names.find(&to, false));
        let Some(known @ Known::There { ino, kind }) = source else { return self.forget_all() };
        match target {
            Some(Known::Missing) => {}
            // Two names of one file: both stay. (What the process has made itself is no other file.)
            Some(Known::There { ino: over, .. }) if ino != 0 && over == ino => return,
            Some(Known::There { ino: over, .. }) => self.attributes.touch(over),
            None => self.forget_shared(),
        }
        self.attributes.touch(ino);
        if kind == flags::DT_DIR {
            self.names.forget_below(&from);
            self.names.forget_below(&to);
        }
        self.gone(&from);
        self.made(&to, known);
    }
}

fn is_directory(stat: &Stat) -> bool {
    stat.mode & flags::S_IFMT == flags::S_IFDIR
}

/// Whether a call goes on where a link at the end of its path leads.
fn follows(call: &Call<'_>) -> bool {
    match *call {
        Call::Open { .. } | Call::WriteFile { .. } | Call::MkdirAll { .. } | Call::Truncate { .. } | Call::CopyFile { .. } => true,
        Call::Chmod { flags, .. } | Call::Chown { flags, .. } | Call::Utimes { flags, .. } => flags & flags::NOFOLLOW == 0,
        _ => false,
    }
}

fn is_on_path(call: &Call<'_>) -> bool {
    matches!(
        call,
        Call::Mkdir { .. }
            | Call::Symlink { .. }
            | Call::Unlink { .. }
            | Call::Rmdir { .. }
            | Call::RemoveTree { .. }
            | Call::Rename { .. }
            | Call::Link { .. }
            | Call::Truncate { .. }
            | Call::Utimes { .. }
            | Call::Chmod { .. }
            | Call::Chown { .. }
            | Call::CopyFile { .. }
    )
}
