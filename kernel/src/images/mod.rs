//! Bringing contents of images into memory: what a call misses is made of what is there, asked for, or cannot be had.
//!
//! What an archive's member needs is asked for as all contents are ([`Effect::Load`]). What another host has is asked for by [`Effect::Get`] and comes by
//! [`Machine::got`]. Neither is logged as it comes; a logged call finds in the log, right before it, what it needs from outside, so that a replay needs no
//! network ([`Event::Piece`], [`Event::Index`]).

pub mod outside;
mod requests;

use std::cell::RefCell;

use crate::machine::Machine;
use crate::map::Map;
use crate::vfs::Vfs;
use crate::vfs::chunks::ChunkId;
use crate::vfs::image::{Derived, Reading};
use crate::{Effect, Event};
use requests::Requests;

/// What is worth nothing to a new kernel.
#[derive(Debug, Default)]
pub struct Images {
    /// Directories of archives that somebody waits to mount, as far as they have been read.
    pub readings: RefCell<Vec<Reading>>,
    pub requests: Requests,
    /// Addresses of indexes, by the numbers that stand for them.
    addresses: RefCell<Map<ChunkId, Vec<u8>>>,
}

/// Archives whose reading is remembered, and addresses.
const READINGS_MAX: usize = 4;
const ADDRESSES_MAX: usize = 64;

impl Images {
    pub fn remember(&self, reading: Reading) {
        // Nobody else asks at the same time.
        if let Ok(mut readings) = self.readings.try_borrow_mut() {
            if readings.len() >= READINGS_MAX {
                readings.remove(0);
            }
            readings.push(reading);
        }
    }

    /// A reading that may be of this archive, to be compared with what it is now.
    pub fn recall(&self, is_it: impl Fn(&Reading) -> bool) -> Option<Reading> {
        let mut readings = self.readings.try_borrow_mut().ok()?;
        let at = readings.iter().position(is_it)?;
        Some(readings.remove(at))
    }

    /// What stands for the index at an address while that is waited for.
    pub fn index_at(&self, url: &[u8]) -> Option<ChunkId> {
        let id = Requests::index_at(url);
        let mut addresses = self.addresses.try_borrow_mut().ok()?;
        if addresses.len() >= ADDRESSES_MAX {
            addresses.clear();
        }
        addresses.insert(id, url.to_vec());
        Some(id)
    }

    fn address(&self, id: ChunkId) -> Option<Vec<u8>> {
        self.addresses.try_borrow().ok()?.get(&id).cloned()
    }
}

/// What came of it.
pub enum Brought {
    /// All is here now.
    All,
    /// These must come first, or stay until the others have come.
    Needs(Vec<ChunkId>),
    /// This one cannot be had.
    Lost(ChunkId),
}

impl Machine {
    /// Makes what is missing, as far as it can be made. `logged`: it is for a call that will be in the log.
    pub(crate) fn bring(&mut self, missing: Vec<ChunkId>, logged: bool) -> Brought {
        let mut needs = Vec::new();
        let mut waits = false;
        self.volatile.parked.missed(&missing);
        for (at, id) in missing.iter().copied().enumerate() {
            // What follows it without a gap is best asked for together.
            let run = (id..).zip(missing.iter().skip(at)).take_while(|(id, next)| id == *next).count() as u64;
            match self.bring_one(id, run, logged, &mut needs) {
                Some(waiting) => waits |= waiting,
                None => return Brought::Lost(id),
            }
        }
        if waits { Brought::Needs(needs) } else { Brought::All }
    }

    /// Whether it has to be waited for. `None`: it cannot be had. `run`: so many chunks from it on are missing.
    fn bring_one(&mut self, id: ChunkId, run: u64, logged: bool, needs: &mut Vec<ChunkId>) -> Option<bool> {
        if self.volatile.parked.is_lost(id) {
            return None;
        }
        if !needs.contains(&id) {
            needs.push(id);
        }
        if !Vfs::is_derived(id) {
            return Some(true);
        }
        if Requests::is_index(id) {
            return self.bring_index(id);
        }
        if logged && let Some(data) = self.state.vfs.unlogged(id) {
            self.apply(Event::Piece { chunk: id, data });
            return Some(false);
        }
        match self.state.vfs.derive(id, self.volatile.replaying) {
            Derived::Here => Some(false),
            Derived::Needs(chunks) => {
                for id in chunks {
                    self.bring_one(id, 1, logged, needs)?;
                }
                Some(true)
            }
            // What a log does not have was not needed when it was written.
            Derived::Web(_) if self.volatile.replaying => None,
            Derived::Web(piece) => {
                self.ask_piece(piece, run);
                Some(true)
            }
            Derived::Broken(why) => {
                if let Some((image, words)) = why {
                    self.trouble(image, &words);
                }
                None
            }
        }
    }

    /// What is wrong with an image is for everybody to read.
    pub(crate) fn trouble(&mut self, image: u32, words: &str) {
        let known = self.state.vfs.image_mut(image).is_none_or(|image| *image.trouble == *words.as_bytes());
        if !known && !self.volatile.replaying {
            self.apply(Event::Trouble { image, words: words.into() });
        }
    }

    /// Asks the host for something from outside.
    fn get(&mut self, id: u64, url: Vec<u8>, from: u64, len: u64, most: u64) {
        self.emit(Effect::Get { id, url, from, len, most });
    }
}
