//! A journal on the disk: its head, and records that follow each other.

use super::disk::{Disk, DiskError, File};
use super::head::{END, Head, SLOTS};
use super::record::Record;

/// Room that is kept behind the tail, so that files can still be dropped when the disk is full.
const RESERVE: u64 = 32 << 10;
/// The file grows by this, not by every record.
const STEP: u64 = 128 << 10;

#[derive(Clone, Debug)]
pub struct Journal {
    pub file: File,
    pub head: Head,
    /// Where the next record goes.
    pub tail: u64,
    /// Of the file.
    pub size: u64,
    /// Sequence number of the next record.
    pub next_record: u64,
}

impl Journal {
    /// Begins a journal in `file`, whatever it holds, with these records; durable when this returns. `flushed` and `mark` of the head are set here.
    ///
    /// # Errors
    /// What the disk says. The head may then be there or not.
    pub fn begin(disk: &mut impl Disk, file: File, mut head: Head, records: &[Record]) -> Result<Journal, DiskError> {
        let mut bytes = vec![];
        for record in records {
            let encoded = record.encode(head.generation, END).ok_or_else(|| DiskError::Failed("a record is too long".into()))?;
            bytes.extend_from_slice(&encoded);
        }
        disk.truncate(file, 0)?;
        if !bytes.is_empty() {
            // Before the head: a journal with a head is whole.
            disk.write_at(file, END, &bytes)?;
            disk.flush(file)?;
        }
        head.flushed = END + bytes.len() as u64;
        let (tail, next_record) = (head.flushed, head.first_record + records.len() as u64);
        let mut journal = Journal { file, head, tail, size: tail, next_record };
        for _ in SLOTS {
            journal.write_head(disk)?;
        }
        disk.flush(file)?;
        Ok(journal)
    }

    pub fn other(&self) -> File {
        if self.file == File::JournalA { File::JournalB } else { File::JournalA }
    }

    /// Writes a record. One that makes no room (`frees` is false) must leave some behind it.
    ///
    /// # Errors
    /// What the disk says; the journal is then as it was.
    pub fn append(&mut self, disk: &mut impl Disk, record: &[u8], frees: bool) -> Result<(), DiskError> {
        let end = self.tail + record.len() as u64;
        if self.size < end + RESERVE {
            match disk.truncate(self.file, end + RESERVE + STEP) {
                Ok(()) => self.size = end + RESERVE + STEP,
                Err(_) if frees && self.size >= end => {}
                Err(_) => {
                    let least = if frees { end } else { end + RESERVE };
                    disk.truncate(self.file, least)?;
                    self.size = least;
                }
            }
        }
        if let Err(error) = disk.write_at(self.file, self.tail, record) {
            // What was written of it is not to be taken for something later.
            if disk.truncate(self.file, self.tail).is_ok() {
                let _ = disk.truncate(self.file, self.size).map_err(|_| self.size = self.tail);
            }
            return Err(error);
        }
        self.tail = end;
        self.next_record += 1;
        Ok(())
    }

    /// Makes everything up to the tail durable.
    ///
    /// # Errors
    /// What the disk says; it is then not known what is durable.
    pub fn flush(&mut self, disk: &mut impl Disk) -> Result<(), DiskError> {
        disk.flush(self.file)?;
        self.head.flushed = self.tail;
        // Only tells damage from a torn tail later on: it becomes durable with the next flush or by itself, and is not missed.
        let _ = self.write_head(disk);
        Ok(())
    }

    /// Writes the slot whose turn it is. At most one may be on its way to the disk, or a crash could tear both.
    pub fn write_head(&mut self, disk: &mut impl Disk) -> Result<(), DiskError> {
        let head = Head { mark: self.head.mark + 1, ..self.head.clone() };
        disk.write_at(self.file, SLOTS[(head.mark % 2) as usize], &head.encode())?;
        self.head = head;
        Ok(())
    }
}

/// What a journal's file holds.
pub struct Scan {
    /// Whole records in order, each with the offset of its end.
    pub records: Vec<(u64, Record)>,
    /// Where they end.
    pub end: u64,
    /// The journal was durable up to here.
    pub flushed: u64,
    /// Something follows that is no record.
    pub dirty: bool,
    /// Whole records that follow it.
    pub beyond: u64,
}

impl Scan {
    pub fn of(bytes: &[u8], head: &Head) -> Scan {
        let mut scan = Scan { records: vec![], end: END, flushed: head.flushed, dirty: false, beyond: 0 };
        let (mut sequence, mut last) = (head.first_record, head.base);
        while let Some((record, len)) = Record::decode(rest(bytes, scan.end), head.generation)
            && record.sequence == sequence
            && (record.first == last + 1 || record.transactions.is_empty())
        {
            scan.flushed = scan.flushed.max(record.flushed);
            scan.end += len as u64;
            sequence += 1;
            last = record.last_after(last);
            scan.records.push((scan.end, record));
        }
        let rest = rest(bytes, scan.end);
        scan.dirty = rest.iter().any(|&byte| byte != 0);
        if scan.dirty {
            scan.look_beyond(rest, head.generation, sequence);
        }
        scan
    }

    /// Records after something that is none say whether it was durable once.
    fn look_beyond(&mut self, bytes: &[u8], generation: u64, sequence: u64) {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..)
            && !rest.is_empty()
        {
            match Record::decode(rest, generation) {
                Some((record, len)) if record.sequence > sequence => {
                    self.flushed = self.flushed.max(record.flushed);
                    self.beyond += 1;
                    at += len;
                }
                _ => at += 8,
            }
        }
    }
}

fn rest(bytes: &[u8], from: u64) -> &[u8] {
    usize::try_from(from).ok().and_then(|from| bytes.get(from..)).unwrap_or_default()
}
