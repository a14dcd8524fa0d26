//! Questions about files: answered from what the process knows, where it knows ([`crate::file_cache`]). Changes: sent without waiting, where that is safe
//! ([`crate::calls`]).
//!
//! These stand before the calls of the same names in [`Syscalls`], which always ask.

use std::rc::Rc;

use porthole_abi::stat::Dirent;
use porthole_abi::wire::{Bytes, Reader, Wire};
use porthole_abi::{Call, Errno, Stat, Syscalls, flags, frame, reply};

use crate::Env;
use crate::file_cache::{FileCache, Known, Look, PACKAGES};

/// Names that one `readdir` call brings.
const NAMES_A_CALL: u32 = 4096;

impl Env {
    /// What is known, if it still holds. A question that was not asked for a while is asked by the cheapest call there is, which renews all the rest.
    pub(crate) fn known<T>(&self, path: &[u8], question: impl Fn(&mut FileCache) -> Option<T>) -> Option<T> {
        let files = &self.calls.files;
        if files.borrow().wants_cwd(path) {
            let _gone = self.getcwd();
        }
        let answer = question(&mut files.borrow_mut())?;
        if files.borrow().is_fresh(self.host().now_us()) {
            return Some(answer);
        }
        self.renew();
        question(&mut files.borrow_mut())
    }

    /// [`Self::known`], after a look at the whole directory where the program seems to go through it.
    fn known_or_seen<T>(&self, path: &[u8], reads: bool, question: impl Fn(&mut FileCache) -> Option<T>) -> Option<T> {
        let answer = self.known(path, &question);
        if answer.is_some() {
            return answer;
        }
        let (folder, look) = self.calls.files.borrow_mut().look_ahead(path, reads)?;
        self.look_around(&folder, look);
        question(&mut self.calls.files.borrow_mut())
    }

    /// Asks for all that is in a directory. Whatever is in the way of that, the question that led here is still to be asked.
    fn look_around(&self, folder: &[u8], look: Look) {
        let answer = self.ask(&Call::Survey { path: folder, depth: look.depth, except: PACKAGES, limit: look.contents });
        let Ok(payload) = answer.result() else { return };
        if answer.marks == 0
            && let Ok(found) = reply::Survey::get(&mut Reader::new(payload))
        {
            self.calls.files.borrow_mut().learn_survey(folder, &found.directories.0);
        }
    }

    pub fn stat(&self, path: &[u8], flags: u32) -> Result<reply::Stat, Errno> {
        let follow = flags & flags::NOFOLLOW == 0;
        match self.known_or_seen(path, false, |files| files.stat(path, follow).map(|known| known.cloned())) {
            Some(known) => known.map(|stat| reply::Stat { stat }),
            None => Syscalls::stat(self, path, flags),
        }
    }

    pub fn fstat(&self, fd: i32) -> Result<reply::Fstat, Errno> {
        match self.known(b"/", |files| files.fstat(fd).cloned()) {
            Some(stat) => Ok(reply::Fstat { stat }),
            None => Syscalls::fstat(self, fd),
        }
    }

    /// `flags::DT_*` of what is at a path, after links.
    pub fn kind(&self, path: &[u8]) -> Result<u8, Errno> {
        match self.known_or_seen(path, false, |files| files.find(path, true)) {
            Some(Known::There { kind, .. }) => Ok(kind),
            Some(Known::Missing) => Err(Errno::ENOENT),
            None => Syscalls::stat(self, path, 0).map(|found| (found.stat.mode >> 12) as u8),
        }
    }

    pub fn access(&self, path: &[u8], mode: u32) -> Result<reply::Access, Errno> {
        let known = |files: &mut FileCache| files.access(path, mode);
        if let Some(known) = self.known(path, known) {
            return known.map(|()| reply::Access {});
        }
        // Attributes say as much, and more.
        Syscalls::stat(self, path, 0)?;
        let found = known(&mut self.calls.files.borrow_mut());
        match found {
            Some(known) => known.map(|()| reply::Access {}),
            None => Syscalls::access(self, path, mode),
        }
    }

    /// All names of a directory, rising by their bytes.
    pub fn entries(&self, path: &[u8]) -> Result<Vec<Dirent>, Errno> {
        let known = self.known(path, |files| {
            files.listing(path).map(|listing| listing.entries().map(|(name, kind)| Dirent { ino: 0, kind, name: name.to_vec() }).collect())
        });
        if let Some(entries) = known {
            return Ok(entries);
        }
        let answer = self.ask(&Call::Readdir { path, skip: 0, limit: NAMES_A_CALL });
        let found = reply::Readdir::get(&mut Reader::new(answer.result()?)).map_err(|_| Errno::EPROTO)?;
        let mut entries = found.entries.0;
        let complete = entries.len() < NAMES_A_CALL as usize;
        if complete {
            self.calls.files.borrow_mut().learn_listing(path, answer.marks, &found.stat, &entries);
        }
        let mut more = !complete;
        while more {
            let next = Syscalls::readdir(self, path, entries.len() as u32, NAMES_A_CALL)?.entries.0;
            more = next.len() >= NAMES_A_CALL as usize;
            entries.extend(next);
        }
        // The system's trees count their processes.
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    /// `make` of each name of a directory, rising by their bytes. The first error of `make` ends it.
    pub(crate) fn names<T, E>(&self, path: &[u8], make: impl Fn(&[u8]) -> Result<T, E>) -> Result<Result<Vec<T>, E>, Errno> {
        match self.known(path, |files| files.listing(path).map(|listing| listing.entries().map(|(name, _)| make(name)).collect())) {
            Some(made) => Ok(made),
            None => Ok(self.entries(path)?.iter().map(|entry| make(&entry.name)).collect()),
        }
    }

    /// A whole regular file. `EFBIG`: longer than `limit`.
    pub fn contents(&self, path: &[u8], limit: usize) -> Result<Rc<[u8]>, Errno> {
        match self.known_or_seen(path, true, |files| files.contents(path)) {
            Some(Ok(contents)) if contents.len() > limit => return Err(Errno::EFBIG),
            Some(known) => return known,
            None => {}
        }
        let answer = self.ask(&Call::ReadFile { path, limit: u32::try_from(limit).unwrap_or(u32::MAX) });
        if answer.result() == Err(Errno::EFBIG) && limit > frame::MAX_FRAME {
            return self.long_contents(path, limit);
        }
        let mut from = Reader::new(answer.result()?);
        let (Ok(data), Ok(stat)) = (Bytes::get(&mut from), Stat::get(&mut from)) else { return Err(Errno::EPROTO) };
        let contents: Rc<[u8]> = data.into();
        self.calls.files.borrow_mut().learn_contents(path, answer.marks, &stat, &contents);
        Ok(contents)
    }

    /// A file that is too long for one frame.
    fn long_contents(&self, path: &[u8], limit: usize) -> Result<Rc<[u8]>, Errno> {
        let reply::Open { fd, stat } = self.open(path, flags::O_RDONLY, 0)?;
        let read = || {
            if stat.size > limit as u64 {
                return Err(Errno::EFBIG);
            }
            let mut all = Vec::with_capacity(stat.size as usize);
            loop {
                let answer = self.ask(&Call::Pread { fd, len: u32::MAX, position: all.len() as i64 });
                let data = Bytes::get(&mut Reader::new(answer.result()?)).map_err(|_| Errno::EPROTO)?;
                all.extend_from_slice(data);
                if data.is_empty() || all.len() as u64 >= stat.size {
                    return Ok(Rc::from(all));
                }
            }
        };
        let contents = read();
        // Kept only if nothing was heard meanwhile: then this is still what the path means, and what the file is.
        let known = self.calls.files.borrow().stat(path, true).is_some_and(|known| known == Ok(&stat));
        if let Ok(contents) = &contents
            && known
        {
            self.calls.files.borrow_mut().keep_contents(&stat, contents);
        }
        let _closed = self.close(fd);
        contents
    }

    // ---- changes that need not be waited for where they are sure to succeed

    pub fn write_file(&self, path: &[u8], data: &[u8], flags: u32, mode: u32) -> Result<(), Errno> {
        if self.post(&Call::WriteFile { path, data, flags, mode }, "write", Some(path)) {
            return Ok(());
        }
        Syscalls::write_file(self, path, data, flags, mode).map(drop)
    }

    pub fn write(&self, fd: i32, data: &[u8], position: i64) -> Result<reply::Write, Errno> {
        if self.post(&Call::Write { fd, data, position }, "write", None) {
            return Ok(reply::Write { written: data.len() as u32 });
        }
        Syscalls::write(self, fd, data, position)
    }

    pub fn close(&self, fd: i32) -> Result<reply::Close, Errno> {
        if self.post(&Call::Close { fd }, "close", None) { Ok(reply::Close {}) } else { Syscalls::close(self, fd) }
    }

    pub fn mkdir(&self, path: &[u8], mode: u32) -> Result<reply::Mkdir, Errno> {
        if self.post(&Call::Mkdir { path, mode }, "mkdir", Some(path)) { Ok(reply::Mkdir {}) } else { Syscalls::mkdir(self, path, mode) }
    }

    pub fn symlink(&self, target: &[u8], path: &[u8]) -> Result<reply::Symlink, Errno> {
        let sane = !target.is_empty() && target.len() < 4096;
        if sane && self.post(&Call::Symlink { target, path }, "symlink", Some(path)) {
            return Ok(reply::Symlink {});
        }
        Syscalls::symlink(self, target, path)
    }

    pub fn unlink(&self, path: &[u8]) -> Result<reply::Unlink, Errno> {
        if self.post(&Call::Unlink { path }, "unlink", Some(path)) { Ok(reply::Unlink {}) } else { Syscalls::unlink(self, path) }
    }

    pub fn rmdir(&self, path: &[u8]) -> Result<reply::Rmdir, Errno> {
        if self.post(&Call::Rmdir { path }, "rmdir", Some(path)) { Ok(reply::Rmdir {}) } else { Syscalls::rmdir(self, path) }
    }

    pub fn rename(&self, from: &[u8], to: &[u8], flags: u32) -> Result<reply::Rename, Errno> {
        if flags == 0 && self.post(&Call::Rename { from, to, flags }, "rename", Some(from)) {
            return Ok(reply::Rename {});
        }
        Syscalls::rename(self, from, to, flags)
    }

    pub fn copy_file(&self, from: &[u8], to: &[u8], flags: u32) -> Result<reply::CopyFile, Errno> {
        if self.post(&Call::CopyFile { from, to, flags }, "copyfile", Some(to)) {
            return Ok(reply::CopyFile {});
        }
        match Syscalls::copy_file(self, from, to, flags) {
            // What is in an image has nothing that could be shared.
            Err(Errno::EXDEV) => self.copy_by_reading(from, to, flags).map(|()| reply::CopyFile {}),
            copied => copied,
        }
    }

    /// Copies contents and mode, as libuv does where a file system cannot.
    fn copy_by_reading(&self, from: &[u8], to: &[u8], exclusive: u32) -> Result<(), Errno> {
        const PIECE: u32 = 256 << 10;
        let source = Syscalls::open(self, from, flags::O_RDONLY, 0)?.fd;
        let copied = (|| {
            let mode = Syscalls::fstat(self, source)?.stat.mode & 0o7777;
            let how = flags::O_WRONLY | flags::O_CREAT | flags::O_TRUNC | if exclusive != 0 { flags::O_EXCL } else { 0 };
            let target = Syscalls::open(self, to, how, mode)?.fd;
            let written = (|| {
                Syscalls::fchmod(self, target, mode)?;
                loop {
                    let mut data = Syscalls::read(self, source, PIECE, -1)?.data;
                    if data.is_empty() {
                        return Ok(());
                    }
                    while !data.is_empty() {
                        let written = Syscalls::write(self, target, &data, -1)?.written as usize;
                        data.drain(..written.clamp(1, data.len()));
                    }
                }
            })();
            Syscalls::close(self, target)?;
            if written.is_err() {
                // As libuv: half a copy is none.
                Syscalls::unlink(self, to)?;
            }
            written
        })();
        Syscalls::close(self, source)?;
        copied
    }

    pub fn chmod(&self, path: &[u8], mode: u32, flags: u32) -> Result<reply::Chmod, Errno> {
        if self.post(&Call::Chmod { path, mode, flags }, "chmod", Some(path)) {
            return Ok(reply::Chmod {});
        }
        Syscalls::chmod(self, path, mode, flags)
    }

    pub fn utimes(&self, path: &[u8], atime: i64, mtime: i64, flags: u32) -> Result<reply::Utimes, Errno> {
        if self.post(&Call::Utimes { path, atime, mtime, flags }, "utime", Some(path)) {
            return Ok(reply::Utimes {});
        }
        Syscalls::utimes(self, path, atime, mtime, flags)
    }

    pub fn readlink(&self, path: &[u8]) -> Result<reply::Readlink, Errno> {
        match self.known(path, |files| files.target(path)) {
            Some(target) => Ok(reply::Readlink { target: target.to_vec() }),
            None => Syscalls::readlink(self, path),
        }
    }

    pub fn realpath(&self, path: &[u8]) -> Result<reply::Realpath, Errno> {
        match self.known(path, |files| files.real(path)) {
            Some(real) => real.map(|real| reply::Realpath { path: real.to_vec() }),
            None => Syscalls::realpath(self, path),
        }
    }
}

#[cfg(test)]
mod tests;
