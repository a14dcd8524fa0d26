//! A disk that forgets, tears and reorders what was not flushed, and may be full or dead.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use porthole_kernel::store::{Disk, DiskError, File};

use crate::dice::Dice;

/// What is written whole or not at all.
const SECTOR: u64 = 512;

#[derive(Clone)]
enum Change {
    Write(u64, Vec<u8>),
    Truncate(u64),
}

#[derive(Clone, Default)]
struct Medium {
    /// What survives for certain.
    flushed: Vec<u8>,
    /// What reads see.
    current: Vec<u8>,
    /// What leads from one to the other.
    changes: Vec<Change>,
}

#[derive(Default)]
struct Inside {
    files: BTreeMap<File, Medium>,
    /// So many operations happen before the machine dies.
    fuse: Option<u64>,
    /// Not more than this in all files together.
    capacity: Option<u64>,
    /// The write with this number finds no space, whatever the capacity; the numbers count from the last setting.
    no_space_at: Option<u64>,
    writes: u64,
    tally: Tally,
}

/// What the disk has been asked to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub writes: u64,
    pub flushes: u64,
    pub bytes: u64,
}

/// Clones are the same disk.
#[derive(Clone, Default)]
pub struct Simulated(Rc<RefCell<Inside>>);

impl Simulated {
    /// After so many more operations nothing works until [`Simulated::crash`].
    pub fn light_fuse(&self, operations: u64) {
        self.0.borrow_mut().fuse = Some(operations);
    }

    pub fn dead(&self) -> bool {
        self.0.borrow().fuse == Some(0)
    }

    /// Nothing that is done meanwhile burns the fuse.
    pub fn look(&self, work: impl FnOnce()) {
        let fuse = self.0.borrow_mut().fuse.take();
        work();
        self.0.borrow_mut().fuse = fuse;
    }

    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.0.borrow_mut().capacity = bytes;
    }

    /// One write or lengthening from now on finds no space.
    pub fn set_no_space_at(&self, write: Option<u64>) {
        let mut inside = self.0.borrow_mut();
        inside.no_space_at = write;
        inside.writes = 0;
    }

    pub fn tally(&self) -> Tally {
        self.0.borrow().tally
    }

    pub fn used(&self) -> u64 {
        self.0.borrow().files.values().map(|medium| medium.current.len() as u64).sum()
    }

    /// Flips a bit at rest.
    pub fn flip(&self, file: File, bit: u64) {
        let mut inside = self.0.borrow_mut();
        let medium = inside.files.get_mut(&file).unwrap();
        for bytes in [&mut medium.flushed, &mut medium.current] {
            bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
        }
    }

    pub fn put(&self, file: File, bytes: Vec<u8>) {
        self.0.borrow_mut().files.insert(file, Medium { flushed: bytes.clone(), current: bytes, changes: vec![] });
    }

    pub fn bytes(&self, file: File) -> Vec<u8> {
        self.0.borrow().files.get(&file).map(|medium| medium.current.clone()).unwrap_or_default()
    }

    /// The program stops, the machine does not: what was done is there, and still not flushed.
    pub fn kill(&self) {
        self.0.borrow_mut().fuse = None;
    }

    /// The machine stops and starts again: of what was not flushed any part has happened, in any order, sector by sector.
    pub fn crash(&self, dice: &mut Dice) {
        let mut inside = self.0.borrow_mut();
        inside.fuse = None;
        // All, nothing, or half of it: each is a case of its own.
        let odds = [0, 1, 2, 2, 8][dice.below(5)];
        for medium in inside.files.values_mut() {
            let mut happened: Vec<Change> = vec![];
            for change in medium.changes.drain(..) {
                match change {
                    Change::Write(offset, data) => {
                        let mut at = 0;
                        while at < data.len() {
                            let sector_end = ((offset + at as u64) / SECTOR + 1) * SECTOR;
                            let end = data.len().min((sector_end - offset) as usize);
                            happened.push(Change::Write(offset + at as u64, data[at..end].to_vec()));
                            at = end;
                        }
                    }
                    truncate => happened.push(truncate),
                }
            }
            if odds > 0 {
                happened.retain(|_| odds > 1 && !dice.one_in(odds));
                for _ in 0..happened.len() / 2 {
                    let (one, two) = (dice.below(happened.len()), dice.below(happened.len()));
                    happened.swap(one, two);
                }
            }
            for change in happened {
                apply(&mut medium.flushed, &change);
            }
            medium.current = medium.flushed.clone();
        }
    }
}

impl Inside {
    fn step(&mut self) -> Result<(), DiskError> {
        match &mut self.fuse {
            Some(0) => Err(DiskError::Failed("the machine is off".into())),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn change(&mut self, file: File, change: Change) -> Result<(), DiskError> {
        // What happens as the machine dies may still reach the disk in part.
        let dying = self.fuse == Some(1);
        self.step()?;
        let old = self.files.entry(file).or_default().current.len() as u64;
        let new = match &change {
            Change::Write(offset, data) => old.max(offset + data.len() as u64),
            Change::Truncate(size) => *size,
        };
        let used: u64 = self.files.values().map(|medium| medium.current.len() as u64).sum();
        let full = self.capacity.is_some_and(|capacity| new > old && used - old + new > capacity);
        let shorter = matches!(change, Change::Truncate(size) if size <= old);
        self.writes += u64::from(!shorter);
        let hit = !shorter && self.no_space_at == Some(self.writes);
        let medium = self.files.entry(file).or_default();
        if full || hit {
            // A write that fails may have happened in part.
            if let Change::Write(offset, data) = change {
                let room = if full { old.saturating_sub(offset) } else { data.len() as u64 / 2 };
                let part = Change::Write(offset, data[..data.len().min(room as usize)].to_vec());
                apply(&mut medium.current, &part);
                medium.changes.push(part);
            }
            return Err(DiskError::NoSpace);
        }
        if let Change::Write(_, data) = &change {
            self.tally.writes += 1;
            self.tally.bytes += data.len() as u64;
        }
        apply(&mut medium.current, &change);
        medium.changes.push(change);
        if dying { Err(DiskError::Failed("the machine is off".into())) } else { Ok(()) }
    }
}

fn apply(bytes: &mut Vec<u8>, change: &Change) {
    match change {
        Change::Write(_, data) if data.is_empty() => {}
        Change::Write(offset, data) => {
            let (start, end) = (*offset as usize, *offset as usize + data.len());
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[start..end].copy_from_slice(data);
        }
        Change::Truncate(size) => bytes.resize(*size as usize, 0),
    }
}

impl Disk for Simulated {
    fn size(&self, file: File) -> Result<u64, DiskError> {
        let mut inside = self.0.borrow_mut();
        inside.step()?;
        Ok(inside.files.get(&file).map_or(0, |medium| medium.current.len() as u64))
    }

    fn read_at(&self, file: File, offset: u64, into: &mut [u8]) -> Result<usize, DiskError> {
        let mut inside = self.0.borrow_mut();
        inside.step()?;
        let Some(medium) = inside.files.get(&file) else { return Ok(0) };
        let rest = medium.current.get(offset as usize..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write_at(&mut self, file: File, offset: u64, data: &[u8]) -> Result<(), DiskError> {
        self.0.borrow_mut().change(file, Change::Write(offset, data.to_vec()))
    }

    fn truncate(&mut self, file: File, size: u64) -> Result<(), DiskError> {
        self.0.borrow_mut().change(file, Change::Truncate(size))
    }

    fn flush(&mut self, file: File) -> Result<(), DiskError> {
        let mut inside = self.0.borrow_mut();
        // A flush during which the machine dies has told nobody that it was done.
        let dying = inside.fuse == Some(1);
        inside.step()?;
        if dying {
            return Err(DiskError::Failed("the machine is off".into()));
        }
        inside.tally.flushes += 1;
        let medium = inside.files.entry(file).or_default();
        for change in std::mem::take(&mut medium.changes) {
            apply(&mut medium.flushed, &change);
        }
        Ok(())
    }
}
