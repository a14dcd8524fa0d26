//! What is known of names: which file each path means, that there is none, and whole directories.
//!
//! Keys are absolute. The main table holds plain paths alone ([`super::path`]): what the process changes at one of them it changes at no other, so it can
//! forget precisely. What was found through a symbolic link is kept apart, and forgotten with the next change of any name.

use std::collections::BTreeMap;
use std::rc::Rc;

use porthole_abi::frame::{GAP_ON_THE_WAY, LINK_AT_THE_END, LINK_ON_THE_WAY};
use porthole_abi::stat::Dirent;
use porthole_abi::syscall::Seen;
use porthole_abi::{Errno, flags};

use super::hash::Map;
use super::path::{is_below, is_name, split};

/// Names and entries of listings. Beyond them all is forgotten: nobody asks for that many again and again.
const ENTRIES: usize = 65_536;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Missing,
    /// `ino` 0: the process has made it and not asked yet. `kind` is one of `flags::DT_*`.
    There {
        ino: u64,
        kind: u8,
    },
}

impl Known {
    pub fn kind(self) -> Option<u8> {
        match self {
            Known::Missing => None,
            Known::There { kind, .. } => Some(kind),
        }
    }

    pub fn ino(self) -> Option<u64> {
        match self {
            Known::There { ino, .. } if ino != 0 => Some(ino),
            _ => None,
        }
    }
}

/// All names of a directory.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    entries: BTreeMap<Box<[u8]>, (u64, u8)>,
    /// What the process may do in the directory (`R_OK` and so on).
    pub may: u32,
}

impl Listing {
    pub fn new(entries: &[Dirent], may: u32) -> Self {
        Self { entries: entries.iter().map(|entry| (entry.name.as_slice().into(), (entry.ino, entry.kind))).collect(), may }
    }

    pub fn of(entries: &[Seen], may: u32) -> Self {
        let entry = |seen: &Seen| (seen.name.as_slice().into(), (seen.stat.ino, (seen.stat.mode >> 12) as u8));
        Self { entries: entries.iter().map(entry).collect(), may }
    }

    /// Rising by name, as the kernel has them.
    pub fn entries(&self) -> impl Iterator<Item = (&[u8], u8)> {
        self.entries.iter().map(|(name, (_, kind))| (&**name, *kind))
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

#[derive(Default)]
pub struct Names {
    plain: Map<Box<[u8]>, Known>,
    listings: Map<Box<[u8]>, Listing>,
    listed: usize,
    /// Some missing name's directory may be missing as well: making any name may change why it is missing.
    orphans: bool,
    /// By links: what the path itself is, and what it leads to.
    kept: Map<Box<[u8]>, Known>,
    followed: Map<Box<[u8]>, Known>,
    /// `readlink` and `realpath`.
    targets: Map<Box<[u8]>, Rc<[u8]>>,
    reals: Map<Box<[u8]>, Result<Rc<[u8]>, Errno>>,
}

impl Names {
    /// What a path means; with `follow` what the link leads to where it is one.
    pub fn find(&self, path: &[u8], follow: bool) -> Option<Known> {
        match self.plain(path) {
            Some(Known::There { kind: flags::DT_LNK, .. }) if follow => self.followed.get(path).copied(),
            Some(known) => Some(known),
            None => if follow { &self.followed } else { &self.kept }.get(path).copied(),
        }
    }

    /// What a path means that leads there through directories alone.
    pub fn plain(&self, path: &[u8]) -> Option<Known> {
        self.plain.get(path).copied().or_else(|| self.listed(path))
    }

    /// What the listing of its directory says.
    fn listed(&self, path: &[u8]) -> Option<Known> {
        let (folder, name) = split(path)?;
        let listing = self.listings.get(folder)?;
        if listing.may & flags::X_OK == 0 || !is_name(name) {
            return None;
        }
        Some(match listing.entries.get(name) {
            Some(&(ino, kind)) => Known::There { ino, kind },
            None => Known::Missing,
        })
    }

    pub fn listing(&self, path: &[u8]) -> Option<&Listing> {
        self.listings.get(path)
    }

    /// The kernel's answer to a question about `path`.
    pub fn learn(&mut self, path: &[u8], follow: bool, marks: u16, known: Known) {
        if self.plain.len() + self.kept.len() + self.followed.len() >= ENTRIES {
            self.forget_all();
        }
        if marks & LINK_ON_THE_WAY != 0 {
            if follow { &mut self.followed } else { &mut self.kept }.insert(path.into(), known);
        } else if marks & LINK_AT_THE_END != 0 && follow {
            self.followed.insert(path.into(), known);
        } else {
            self.orphans |= marks & GAP_ON_THE_WAY != 0;
            self.plain.insert(path.into(), known);
        }
    }

    pub fn learn_listing(&mut self, path: &[u8], listing: Listing) {
        if self.listed + listing.len() > ENTRIES {
            self.listings.clear();
            self.listed = 0;
        }
        self.listed += listing.len();
        if let Some(old) = self.listings.insert(path.into(), listing) {
            self.listed -= old.len();
        }
    }

    /// What the process may do in a directory from now on.
    pub fn allow(&mut self, path: &[u8], may: u32) {
        if let Some(listing) = self.listings.get_mut(path) {
            listing.may = may;
        }
    }

    /// What a path means whose meaning is known already, but perhaps without a number.
    pub fn renumber(&mut self, path: &[u8], known: Known) {
        if let Some(old) = self.plain.get_mut(path) {
            *old = known;
        }
    }

    pub fn target(&self, path: &[u8]) -> Option<Rc<[u8]>> {
        self.targets.get(path).cloned()
    }

    pub fn learn_target(&mut self, path: &[u8], target: &[u8]) {
        self.targets.insert(path.into(), target.into());
    }

    pub fn real(&self, path: &[u8]) -> Option<Result<Rc<[u8]>, Errno>> {
        self.reals.get(path).cloned()
    }

    pub fn learn_real(&mut self, path: &[u8], real: Result<&[u8], Errno>) {
        self.reals.insert(path.into(), real.map(Rc::from));
    }

    // ---- what the process changes itself, at plain paths

    /// A name is there now.
    pub fn made(&mut self, path: &[u8], known: Known) {
        self.forget_links();
        self.forget_orphans();
        if let Known::There { ino, kind } = known
            && let Some((folder, name)) = split(path)
            && let Some(listing) = self.listings.get_mut(folder)
            && listing.entries.insert(name.into(), (ino, kind)).is_none()
        {
            self.listed += 1;
        }
        self.plain.insert(path.into(), known);
    }

    /// A name is there no longer.
    pub fn gone(&mut self, path: &[u8]) {
        self.forget_links();
        if let Some((folder, name)) = split(path)
            && let Some(listing) = self.listings.get_mut(folder)
            && listing.entries.remove(name).is_some()
        {
            self.listed -= 1;
        }
        if let Some(old) = self.listings.remove(path) {
            self.listed -= old.len();
            // Names below it are missing in another way now.
            self.orphans = true;
        }
        self.plain.insert(path.into(), Known::Missing);
    }

    /// Nothing more is known of a name, nor of the list that it stands in.
    pub fn forget(&mut self, path: &[u8]) {
        self.forget_links();
        self.forget_orphans();
        self.plain.remove(path);
        if let Some((folder, _)) = split(path)
            && let Some(old) = self.listings.remove(folder)
        {
            self.listed -= old.len();
        }
    }

    /// Nothing more is known of what is below a directory.
    pub fn forget_below(&mut self, path: &[u8]) {
        self.plain.retain(|other, _| !is_below(other, path));
        let listed = &mut self.listed;
        self.listings.retain(|other, listing| {
            let stays = &**other != path && !is_below(other, path);
            if !stays {
                *listed -= listing.len();
            }
            stays
        });
        self.orphans = true;
    }

    fn forget_orphans(&mut self) {
        if std::mem::take(&mut self.orphans) {
            self.plain.retain(|_, known| *known != Known::Missing);
        }
    }

    fn forget_links(&mut self) {
        if !(self.kept.is_empty() && self.followed.is_empty() && self.targets.is_empty() && self.reals.is_empty()) {
            self.kept.clear();
            self.followed.clear();
            self.targets.clear();
            self.reals.clear();
        }
    }

    pub fn forget_all(&mut self) {
        self.forget_links();
        self.plain.clear();
        self.listings.clear();
        self.listed = 0;
        self.orphans = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: Known = Known::There { ino: 7, kind: flags::DT_REG };

    fn dirent(name: &[u8], kind: u8) -> Dirent {
        Dirent { ino: 7, kind, name: name.to_vec() }
    }

    #[test]
    fn a_listing_answers_for_what_is_not_in_it() {
        let mut names = Names::default();
        names.learn_listing(b"/d", Listing::new(&[dirent(b"f", flags::DT_REG), dirent(b"l", flags::DT_LNK)], 7));
        assert_eq!(names.find(b"/d/f", true), Some(FILE));
        assert_eq!(names.find(b"/d/g", true), Some(Known::Missing));
        assert_eq!(names.find(b"/d/l", true), None, "where the link leads is not in the list");
        assert_eq!(names.find(b"/d/l", false).and_then(Known::kind), Some(flags::DT_LNK));
        for other in [b"/d/f/".as_slice(), b"/d/..", b"/d//f", b"/e/f", b"/d"] {
            assert_eq!(names.find(other, true), None, "{}", String::from_utf8_lossy(other));
        }
        names.learn_listing(b"/locked", Listing::new(&[], flags::R_OK));
        assert_eq!(names.find(b"/locked/x", true), None, "a directory that may not be searched says EACCES, not ENOENT");
    }

    #[test]
    fn own_changes_keep_lists_right() {
        let mut names = Names::default();
        names.learn_listing(b"/d", Listing::new(&[dirent(b"f", flags::DT_REG)], 7));
        names.made(b"/d/g", Known::There { ino: 0, kind: flags::DT_DIR });
        names.gone(b"/d/f");
        assert_eq!(names.listing(b"/d").unwrap().entries().collect::<Vec<_>>(), [(b"g".as_slice(), flags::DT_DIR)]);
        assert_eq!((names.find(b"/d/f", true), names.listed), (Some(Known::Missing), 1));
        names.forget_below(b"/d");
        assert!(names.listing(b"/d").is_none() && names.find(b"/d/f", true).is_none());
        assert_eq!(names.listed, 0);
    }

    #[test]
    fn a_gap_on_the_way_is_remembered() {
        let mut names = Names::default();
        names.learn(b"/a/b/c", true, GAP_ON_THE_WAY, Known::Missing);
        names.learn(b"/x", true, 0, FILE);
        names.made(b"/a", Known::There { ino: 0, kind: flags::DT_LNK });
        assert_eq!((names.find(b"/a/b/c", true), names.find(b"/x", true)), (None, Some(FILE)));
    }

    #[test]
    fn what_links_showed_is_forgotten_with_any_name() {
        let mut names = Names::default();
        names.learn(b"/l/f", true, LINK_ON_THE_WAY, FILE);
        names.learn(b"/m", true, LINK_AT_THE_END, FILE);
        assert_eq!((names.find(b"/l/f", true), names.find(b"/l/f", false)), (Some(FILE), None));
        assert_eq!((names.find(b"/m", true), names.find(b"/m", false)), (Some(FILE), None));
        names.made(b"/other", FILE);
        assert_eq!((names.find(b"/l/f", true), names.find(b"/m", true)), (None, None));
    }
}
