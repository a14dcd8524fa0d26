//! Opening: the newest head, the snapshot, the records after it, and what a crash left of the last ones.

use std::collections::BTreeSet;

use super::bytes::read;
use super::disk::{Disk, DiskError, File};
use super::head::{END, Found, Head, SLOTS};
use super::heap::Heap;
use super::journal::{Journal, Scan};
use super::record::Record;
use super::table::Table;
use super::{ChunkId, Store, StoreError};

/// What a store holds: the snapshot as of commit `base`, and the transactions of the commits after it, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    pub snapshot: Option<Vec<u8>>,
    pub base: u64,
    pub transactions: Vec<Vec<u8>>,
    /// What [`Store::salvage`] could not save.
    pub left_out: Option<LeftOut>,
}

impl Opened {
    pub fn last_commit(&self) -> u64 {
        self.base + self.transactions.len() as u64
    }
}

/// What was durable once and is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// The damaged record's number and place in the journal.
    pub record: u64,
    pub offset: u64,
    /// Bytes of the journal from there on, and whole records among them.
    pub bytes: u64,
    pub records: u64,
    /// Chunks of what was saved whose bytes are gone: damaged, or written over since.
    pub chunks: Vec<ChunkId>,
}

impl std::fmt::Display for LeftOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let LeftOut { record, offset, bytes, records, chunks } = self;
        write!(
            f,
            "record {record} at offset {offset} of the journal was damaged: it and the {records} whole records after it ({bytes} bytes) are left out"
        )?;
        if chunks.is_empty() { Ok(()) } else { write!(f, ", and {} pieces of older files cannot be read", chunks.len()) }
    }
}

/// A journal as it was found.
pub struct Loaded {
    pub file: File,
    pub head: Head,
    /// As of the snapshot.
    pub table: Table,
    pub snapshot: Option<Vec<u8>>,
    pub scan: Scan,
    pub size: u64,
}

impl<D: Disk> Store<D> {
    /// Opens what the disk holds, or begins a store on an empty one. Removes what a crash left behind.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], for which there is [`Store::salvage`]; what else is wrong with the files; what the disk says.
    pub fn open(disk: D) -> Result<(Self, Opened), StoreError> {
        open(disk, false)
    }

    /// As [`Store::open`], but what is damaged, and everything after it, is left out for good. `Opened::left_out` tells what that was.
    ///
    /// # Errors
    /// When nothing can be saved; what the disk says.
    pub fn salvage(disk: D) -> Result<(Self, Opened), StoreError> {
        open(disk, true)
    }
}

fn open<D: Disk>(mut disk: D, salvage: bool) -> Result<(Store<D>, Opened), StoreError> {
    let Some(Loaded { file, head, mut table, snapshot, scan, size }) = load(&disk)? else {
        return create(disk);
    };
    let damaged = scan.end < scan.flushed;
    let next = head.first_record + scan.records.len() as u64;
    if damaged && !salvage {
        return Err(StoreError::Corrupt { file, record: next, offset: scan.end });
    }
    let confirmed = scan.records.iter().take_while(|(end, _)| *end <= scan.flushed).count();
    let kept = intact(&disk, &scan.records, confirmed)?;
    let cut = kept < scan.records.len() || scan.dirty;
    let tail = kept.checked_sub(1).and_then(|last| scan.records.get(last)).map_or(END, |(end, _)| *end);
    for (_, record) in scan.records.iter().take(kept) {
        apply(&mut table, record)?;
    }

    let extents = table.live.values().copied().chain(head.snapshot).collect();
    let heap = Heap::of(extents, disk.size(File::Heap)?).map_err(StoreError::Inconsistent)?;
    let mut journal = Journal { file, next_record: head.first_record + kept as u64, tail, size, head };
    if cut || damaged {
        disk.truncate(file, tail)?;
        journal.size = tail;
    }
    // A journal whose head was written and nothing since: that this was flushed is not known either.
    if cut || damaged || kept > confirmed || journal.head.mark <= SLOTS.len() as u64 {
        disk.flush(File::Heap)?;
        journal.flush(&mut disk)?;
    }
    if damaged {
        // Both slots, for the other one still says more.
        disk.flush(file)?;
        journal.write_head(&mut disk)?;
        disk.flush(file)?;
    }
    let other = journal.other();
    if disk.size(other)? > 0 {
        disk.truncate(other, 0)?;
    }
    // Also when it is empty already: a switch that failed may have left a head that is on its way to the disk, and its emptying as well.
    disk.flush(other)?;

    let left_out = if damaged {
        Some(LeftOut {
            record: next,
            offset: scan.end,
            bytes: size.saturating_sub(scan.end),
            records: scan.beyond,
            chunks: unreadable(&disk, &table)?,
        })
    } else {
        None
    };
    let base = journal.head.base;
    let transactions: Vec<Vec<u8>> = scan.records.into_iter().take(kept).flat_map(|(_, record)| record.transactions).collect();
    let last = base + transactions.len() as u64;
    let store = Store { disk, heap, table, snapshot: journal.head.snapshot, journal, last, durable: last, reserve: 0, broken: None };
    Ok((store, Opened { snapshot, base, transactions, left_out }))
}

fn create<D: Disk>(mut disk: D) -> Result<(Store<D>, Opened), StoreError> {
    let head = Head { generation: 1, mark: 0, first_record: 1, base: 0, snapshot: None, flushed: 0 };
    let journal = Journal::begin(&mut disk, File::JournalA, head, &[])?;
    let store =
        Store { disk, journal, heap: Heap::default(), table: Table::default(), snapshot: None, last: 0, durable: 0, reserve: 0, broken: None };
    Ok((store, Opened::default()))
}

/// The newest journal. `None`: the files are empty, or hold no more than a beginning.
pub fn load(disk: &impl Disk) -> Result<Option<Loaded>, StoreError> {
    let mut newest: Option<(File, Head)> = None;
    let mut begun = disk.size(File::Heap)? > 0;
    for file in [File::JournalA, File::JournalB] {
        let start = read(disk, file, 0, END)?.unwrap_or_default();
        match Head::find(&start) {
            Found::Version(version) => return Err(StoreError::Version(version)),
            Found::Head(head) if newest.as_ref().is_none_or(|(_, other)| other.generation < head.generation) => newest = Some((file, head)),
            Found::Head(_) => {}
            Found::Nothing => begun |= disk.size(file)? > END,
        }
    }
    let Some((file, head)) = newest else {
        return if begun { Err(StoreError::NoHead) } else { Ok(None) };
    };
    let (table, snapshot) = match head.snapshot {
        None => (Table::default(), None),
        Some(extent) => {
            let bad = StoreError::BadSnapshot { offset: extent.offset };
            let bytes = extent.read(disk, 0)?.ok_or_else(|| bad.clone())?;
            let (table, rest) = Table::decode(&bytes).ok_or(bad)?;
            let start = bytes.len() - rest.len();
            let mut snapshot = bytes;
            snapshot.drain(..start);
            (table, Some(snapshot))
        }
    };
    let size = disk.size(file)?;
    let bytes = read(disk, file, 0, size)?.ok_or_else(|| StoreError::Disk(format!("the journal has {size} bytes, more than there is memory for")))?;
    let scan = Scan::of(&bytes, &head);
    Ok(Some(Loaded { file, head, table, snapshot, scan, size }))
}

/// How many records to keep: the most after which no chunk is missing. A record that was not flushed may be there without its chunks.
fn intact(disk: &impl Disk, records: &[(u64, Record)], confirmed: usize) -> Result<usize, DiskError> {
    let mut missing = BTreeSet::new();
    let mut kept = confirmed;
    for (index, (_, record)) in records.iter().enumerate().skip(confirmed) {
        for placed in &record.placed {
            if placed.extent.read(disk, placed.id)?.is_none() {
                missing.insert(placed.id);
            } else {
                missing.remove(&placed.id);
            }
        }
        for id in &record.dropped {
            // Its place may have been written over: the drop was durable then, and so is everything up to it.
            missing.remove(id);
        }
        if missing.is_empty() {
            kept = index + 1;
        }
    }
    Ok(kept)
}

pub fn apply(table: &mut Table, record: &Record) -> Result<(), StoreError> {
    for placed in &record.placed {
        table.live.insert(placed.id, placed.extent);
    }
    for id in &record.dropped {
        if table.live.remove(id).is_none() {
            return Err(StoreError::Inconsistent(format!("record {} drops chunk {id}, which there is not", record.sequence)));
        }
    }
    Ok(())
}

fn unreadable(disk: &impl Disk, table: &Table) -> Result<Vec<ChunkId>, DiskError> {
    let mut bad = vec![];
    for (&id, extent) in &table.live {
        if extent.read(disk, id)?.is_none() {
            bad.push(id);
        }
    }
    Ok(bad)
}
