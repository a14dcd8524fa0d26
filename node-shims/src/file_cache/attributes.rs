//! What is known of files by their numbers, which are never used twice: attributes, and the contents of small files.

use std::rc::Rc;

use porthole_abi::{Stat, flags};

use super::hash::Map;

/// Contents of one process, in bytes.
const BUDGET: usize = 16 << 20;
/// A file up to this is kept when it is read.
pub const SMALL: usize = 1 << 20;
/// A file up to this is kept when it is read a second time: most large files are read once.
pub const LARGE: usize = 8 << 20;
/// Files and directories. A program that looks at more is not looking at the same ones again.
const ENTRIES: usize = 32_768;

struct File {
    stat: Stat,
    /// Size and times are others by now. Mode and owner are as they were.
    stale: bool,
    contents: Option<Rc<[u8]>>,
    /// Its contents were asked for since the last clearing out.
    used: bool,
}

#[derive(Default)]
pub struct Attributes {
    files: Map<u64, File>,
    /// Apart, since what is made in a directory changes its times.
    directories: Map<u64, (Stat, bool)>,
    bytes: usize,
    /// Large files that have been read once, by number and size.
    large: Map<u64, u64>,
}

impl Attributes {
    pub fn get(&self, ino: u64) -> Option<&Stat> {
        match self.files.get(&ino) {
            Some(file) => (!file.stale).then_some(&file.stat),
            None => self.directories.get(&ino).filter(|(_, stale)| !stale).map(|(stat, _)| stat),
        }
    }

    /// Attributes whose mode and owner alone hold.
    pub fn rights(&self, ino: u64) -> Option<&Stat> {
        self.files.get(&ino).map(|file| &file.stat).or_else(|| self.directories.get(&ino).map(|(stat, _)| stat))
    }

    pub fn put(&mut self, stat: &Stat) {
        if stat.mode & flags::S_IFMT == flags::S_IFDIR {
            if self.directories.len() >= ENTRIES {
                self.directories.clear();
            }
            self.directories.insert(stat.ino, (stat.clone(), false));
            return;
        }
        if let Some(file) = self.files.get_mut(&stat.ino) {
            (file.stat, file.stale) = (stat.clone(), false);
            return;
        }
        if self.files.len() >= ENTRIES {
            self.forget_files();
        }
        self.files.insert(stat.ino, File { stat: stat.clone(), stale: false, contents: None, used: false });
    }

    pub fn contents(&mut self, ino: u64) -> Option<Rc<[u8]>> {
        let file = self.files.get_mut(&ino).filter(|file| !file.stale)?;
        file.used = true;
        file.contents.clone()
    }

    /// Keeps the whole contents of a regular file whose attributes are `stat`, if there is room.
    pub fn keep(&mut self, stat: &Stat, contents: &Rc<[u8]>) {
        if stat.mode & flags::S_IFMT != flags::S_IFREG || stat.size != contents.len() as u64 || contents.len() > LARGE {
            return;
        }
        if contents.len() > SMALL && self.large.insert(stat.ino, stat.size) != Some(stat.size) {
            return;
        }
        self.put(stat);
        if self.bytes + contents.len() > BUDGET {
            self.clear_out(BUDGET - contents.len());
        }
        if let Some(file) = self.files.get_mut(&stat.ino) {
            let old = file.contents.replace(contents.clone()).map_or(0, |old| old.len());
            file.used = true;
            self.bytes += contents.len() - old.min(contents.len());
        }
    }

    /// Lets go of contents that were not asked for since the last time, then of all, until `room` bytes at most are kept.
    fn clear_out(&mut self, room: usize) {
        for _ in 0..2 {
            let bytes = &mut self.bytes;
            for file in self.files.values_mut() {
                if !std::mem::take(&mut file.used)
                    && let Some(old) = file.contents.take()
                {
                    *bytes -= old.len().min(*bytes);
                }
            }
            if self.bytes <= room {
                return;
            }
        }
    }

    /// What is in a file has changed, or in a directory.
    pub fn touch(&mut self, ino: u64) {
        if let Some(file) = self.files.get_mut(&ino) {
            file.stale = true;
            if let Some(contents) = file.contents.take() {
                self.bytes -= contents.len().min(self.bytes);
            }
        }
        if let Some((_, stale)) = self.directories.get_mut(&ino) {
            *stale = true;
        }
    }

    pub fn forget(&mut self, ino: u64) {
        if let Some(File { contents: Some(contents), .. }) = self.files.remove(&ino) {
            self.bytes -= contents.len().min(self.bytes);
        }
        self.directories.remove(&ino);
    }

    /// Files that may be reached by another name than their only one: those with several, and those that are `open`.
    pub fn forget_shared(&mut self, open: impl Iterator<Item = u64>) {
        let bytes = &mut self.bytes;
        self.files.retain(|_, file| {
            let stays = file.stat.nlink <= 1;
            if !stays {
                *bytes -= file.contents.as_ref().map_or(0, |contents| contents.len()).min(*bytes);
            }
            stays
        });
        for ino in open {
            self.forget(ino);
        }
    }

    pub fn forget_files(&mut self) {
        self.files.clear();
        self.bytes = 0;
    }

    /// Any directory may have changed in what is in it.
    pub fn touch_directories(&mut self) {
        for (_, stale) in self.directories.values_mut() {
            *stale = true;
        }
    }

    pub fn forget_all(&mut self) {
        self.forget_files();
        self.directories.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(ino: u64, size: usize) -> (Stat, Rc<[u8]>) {
        (Stat { ino, mode: flags::S_IFREG | 0o644, size: size as u64, ..Stat::default() }, vec![ino as u8; size].into())
    }

    #[test]
    fn contents_stay_within_the_budget() {
        let mut all = Attributes::default();
        for ino in 1..=40 {
            let (stat, contents) = file(ino, SMALL);
            all.keep(&stat, &contents);
            assert!(all.bytes <= BUDGET, "{}", all.bytes);
            assert_eq!(all.contents(ino).map(|bytes| bytes.len()), Some(SMALL));
            assert_eq!(all.bytes, all.files.values().filter_map(|file| file.contents.as_ref()).map(|bytes| bytes.len()).sum::<usize>());
        }
        assert!(all.get(1).is_some(), "attributes outlive contents");
    }

    #[test]
    fn a_large_file_is_kept_the_second_time() {
        let mut all = Attributes::default();
        let (stat, contents) = file(1, SMALL + 1);
        all.keep(&stat, &contents);
        assert!(all.contents(1).is_none());
        all.keep(&stat, &contents);
        assert!(all.contents(1).is_some());
        all.forget(1);
        assert_eq!((all.bytes, all.get(1)), (0, None));
    }

    #[test]
    fn what_was_written_to_keeps_its_rights_alone() {
        let mut all = Attributes::default();
        let (stat, contents) = file(1, 10);
        all.keep(&stat, &contents);
        all.touch(1);
        assert!(all.contents(1).is_none());
        assert_eq!((all.get(1), all.bytes), (None, 0));
        assert_eq!(all.rights(1), Some(&stat));
        all.put(&stat);
        assert_eq!(all.get(1), Some(&stat));
    }

    #[test]
    fn what_is_not_the_whole_file_is_not_kept() {
        let mut all = Attributes::default();
        let (mut stat, contents) = file(1, 10);
        stat.size = 11;
        all.keep(&stat, &contents);
        assert!(all.contents(1).is_none());
    }
}
