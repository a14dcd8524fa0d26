//! Which changes cannot fail, as far as the process knows: they need not be waited for.
//!
//! Sure is what is known of the names, rights and room that a call depends on. What others do in the same moment cannot be known: such an error is late.

use porthole_abi::{Call, Stat, flags};

use super::descriptors::Target;
use super::names::Known;
use super::{FileCache, path};

/// Bytes of room that are left alone: every call on its way may copy a chunk or two that it only touches.
const MARGIN: u64 = 64 << 20;
/// Files that may be on their way.
const FILES_MARGIN: u64 = 1024;
/// Longer data are better waited for.
const LONGEST: usize = 1 << 20;
/// Positions beyond may be too far for a file.
const FARTHEST: i64 = 1 << 40;
/// As in Linux, with some room for the working directory's path.
const PATH_MAX: usize = 3000;

impl FileCache {
    /// Whether a call succeeds if there is room ([`Self::has_room`]) and what is known still holds.
    pub fn is_sure(&self, call: &Call<'_>) -> bool {
        match *call {
            Call::WriteFile { path, data, flags: how, .. } => {
                let writes = data.len() <= LONGEST
                    && how & flags::O_ACCMODE != flags::O_RDONLY
                    && how & (flags::O_SYNC | flags::O_DIRECTORY | flags::O_NOFOLLOW) == 0;
                writes && self.may_write_at(path, how & flags::O_CREAT != 0, how & flags::O_EXCL != 0)
            }
            Call::CopyFile { from, to, flags: exclusive } => self.may_copy(from, to, exclusive != 0),
            Call::Mkdir { path, .. } | Call::Symlink { path, .. } => self.plain(path).is_some_and(|key| self.is_free(&key)),
            Call::Unlink { path } => self.plain(path).is_some_and(|key| self.may_take(&key).is_some_and(|kind| kind != flags::DT_DIR)),
            Call::Rmdir { path } => self.plain(path).is_some_and(|key| {
                let empty = self.names.listing(&key).is_some_and(|listing| listing.len() == 0);
                empty && self.may_take(&key) == Some(flags::DT_DIR)
            }),
            Call::Rename { from, to, .. } => {
                let (Some(from), Some(to)) = (self.plain(from), self.plain(to)) else { return false };
                let taken = self.may_take(&from).is_some_and(|kind| kind != flags::DT_DIR);
                taken && (self.is_free(&to) || self.may_take(&to).is_some_and(|kind| kind != flags::DT_DIR))
            }
            Call::Chmod { path, flags: 0, .. } | Call::Utimes { path, flags: 0, .. } => {
                let ino = self.plain(path).and_then(|key| self.names.plain(&key)?.ino());
                ino.and_then(|ino| self.attributes.rights(ino)).is_some_and(|stat| stat.uid == self.uid && is_own_kind(stat))
            }
            Call::Write { fd, data, position } => match self.descriptors.get(fd) {
                Target::File { flags: how, .. } if data.len() <= LONGEST && (-1..FARTHEST).contains(&position) => {
                    let access = how & flags::O_ACCMODE;
                    matches!(access, flags::O_WRONLY | flags::O_RDWR) && how & flags::O_SYNC == 0
                }
                _ => false,
            },
            Call::Close { fd } => matches!(self.descriptors.get(fd), Target::File { .. }),
            _ => false,
        }
    }

    /// Whether there is room for what a call writes or makes.
    pub fn has_room(&self, call: &Call<'_>) -> bool {
        let (bytes, files) = match *call {
            Call::WriteFile { data, .. } => (data.len() as u64, 1),
            Call::Write { data, .. } => (data.len() as u64, 0),
            Call::CopyFile { .. } | Call::Mkdir { .. } | Call::Symlink { .. } => (0, 1),
            _ => return true,
        };
        self.room.is_some_and(|room| room.bytes >= bytes + MARGIN && (files == 0 || room.files >= FILES_MARGIN))
    }

    /// A call was sent without waiting.
    pub fn sent(&mut self, call: &Call<'_>) {
        if let Some(room) = &mut self.room {
            match *call {
                Call::WriteFile { data, .. } => {
                    room.bytes = room.bytes.saturating_sub(data.len() as u64);
                    room.files = room.files.saturating_sub(1);
                }
                Call::Write { data, .. } => room.bytes = room.bytes.saturating_sub(data.len() as u64),
                Call::CopyFile { .. } | Call::Mkdir { .. } | Call::Symlink { .. } => room.files = room.files.saturating_sub(1),
                _ => {}
            }
        }
        self.changed(call, 0, Ok(&[]));
    }

    /// The key of a path that can only fail for what is at it.
    fn plain<'p>(&self, path: &'p [u8]) -> Option<std::borrow::Cow<'p, [u8]>> {
        self.open_key(path).filter(|key| key.len() <= PATH_MAX && path::split(key).is_some_and(|(_, name)| path::is_name(name)))
    }

    /// What the process may do in the directory of a key, and whether names there are their owners' alone to take.
    fn folder(&self, key: &[u8]) -> Option<(u32, bool)> {
        let (folder, _) = path::split(key)?;
        let known = self.names.plain(folder).filter(|known| known.kind() == Some(flags::DT_DIR))?;
        match known.ino() {
            Some(ino) => self.attributes.rights(ino).map(|stat| (self.granted(stat), stat.mode & 0o1000 != 0 && self.uid != stat.uid)),
            // Made by the process itself.
            None => self.names.listing(folder).map(|listing| (listing.may, false)),
        }
    }

    /// Whether a name can be made.
    fn is_free(&self, key: &[u8]) -> bool {
        self.names.plain(key) == Some(Known::Missing) && self.folder(key).is_some_and(|(may, _)| may & 3 == 3)
    }

    /// What is at a key, if its name can be taken away.
    fn may_take(&self, key: &[u8]) -> Option<u8> {
        let Some(Known::There { ino, kind }) = self.names.plain(key) else { return None };
        let (may, sticky) = self.folder(key)?;
        // A file without a number is one that the process has made.
        let own = !sticky || self.uid == 0 || ino == 0 || self.attributes.rights(ino).is_some_and(|stat| stat.uid == self.uid);
        (may & 3 == 3 && own).then_some(kind)
    }

    fn may_write_at(&self, path: &[u8], create: bool, exclusive: bool) -> bool {
        let Some(key) = self.plain(path) else { return false };
        match self.names.plain(&key) {
            Some(Known::Missing) => create && self.is_free(&key),
            Some(Known::There { kind: flags::DT_REG, ino }) if !exclusive => {
                // What the process has made without waiting it may write to ([`super::own`]).
                ino == 0 || self.attributes.rights(ino).is_some_and(|stat| self.granted(stat) & flags::W_OK != 0)
            }
            _ => false,
        }
    }

    /// A copy has the mode of its original, so only the owner can make one over another file.
    fn may_copy(&self, from: &[u8], to: &[u8], exclusive: bool) -> bool {
        let Some(Ok(source)) = self.plain(from).and_then(|_| self.stat(from, false)) else { return false };
        let readable = source.mode & flags::S_IFMT == flags::S_IFREG && self.granted(source) & flags::R_OK != 0;
        let Some(key) = self.plain(to).filter(|_| readable) else { return false };
        match self.names.plain(&key) {
            Some(Known::Missing) => self.is_free(&key),
            Some(Known::There { kind: flags::DT_REG, ino }) if !exclusive && ino != 0 => {
                self.attributes.rights(ino).is_some_and(|stat| stat.uid == self.uid && self.granted(stat) & flags::W_OK != 0)
            }
            _ => false,
        }
    }
}

fn is_own_kind(stat: &Stat) -> bool {
    matches!(stat.mode & flags::S_IFMT, flags::S_IFREG | flags::S_IFDIR)
}
