//! The medium: a few files, and what may go wrong with them.

use std::collections::BTreeMap;

/// The files of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum File {
    JournalA,
    JournalB,
    Heap,
}

impl File {
    pub const ALL: [File; 3] = [File::JournalA, File::JournalB, File::Heap];

    pub fn name(self) -> &'static str {
        match self {
            File::JournalA => "journal-a",
            File::JournalB => "journal-b",
            File::Heap => "heap",
        }
    }
}

/// Why the medium did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiskError {
    /// The disk is full, or the browser gives this site no more of it.
    NoSpace,
    /// In the medium's own words.
    Failed(String),
}

/// Files that are there from the beginning, empty at first. What was written is seen at once by reads, and may be lost in part, torn and out of order, until
/// it was flushed.
pub trait Disk {
    /// # Errors
    /// When the medium cannot tell.
    fn size(&self, file: File) -> Result<u64, DiskError>;
    /// Reads from `offset` on and answers how many bytes there were: fewer than asked only at the file's end.
    ///
    /// # Errors
    /// When the medium cannot read.
    fn read_at(&self, file: File, offset: u64, into: &mut [u8]) -> Result<usize, DiskError>;
    /// Writes all of `data`, and makes the file longer if need be: with zeros where nothing was written.
    ///
    /// # Errors
    /// When it was not all written; some of it may have been.
    fn write_at(&mut self, file: File, offset: u64, data: &[u8]) -> Result<(), DiskError>;
    /// Makes the file this long, with zeros at its end if it was shorter.
    ///
    /// # Errors
    /// When nothing was changed.
    fn truncate(&mut self, file: File, size: u64) -> Result<(), DiskError>;
    /// Returns when all that was done to the file before is durable.
    ///
    /// # Errors
    /// When that is not known.
    fn flush(&mut self, file: File) -> Result<(), DiskError>;
}

/// In memory, as large as it likes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    files: BTreeMap<File, Vec<u8>>,
}

impl Memory {
    /// A file's bytes, to look at or to damage.
    pub fn file(&mut self, file: File) -> &mut Vec<u8> {
        self.files.entry(file).or_default()
    }
}

impl Disk for Memory {
    fn size(&self, file: File) -> Result<u64, DiskError> {
        Ok(self.files.get(&file).map_or(0, |bytes| bytes.len() as u64))
    }

    fn read_at(&self, file: File, offset: u64, into: &mut [u8]) -> Result<usize, DiskError> {
        let bytes = self.files.get(&file).map_or(&[][..], Vec::as_slice);
        let rest = usize::try_from(offset).ok().and_then(|offset| bytes.get(offset..)).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    fn write_at(&mut self, file: File, offset: u64, data: &[u8]) -> Result<(), DiskError> {
        let bytes = self.file(file);
        let start = usize::try_from(offset).map_err(|_| DiskError::NoSpace)?;
        let end = start.checked_add(data.len()).ok_or(DiskError::NoSpace)?;
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[start..end].copy_from_slice(data);
        Ok(())
    }

    fn truncate(&mut self, file: File, size: u64) -> Result<(), DiskError> {
        let size = usize::try_from(size).map_err(|_| DiskError::NoSpace)?;
        self.file(file).resize(size, 0);
        Ok(())
    }

    fn flush(&mut self, _: File) -> Result<(), DiskError> {
        Ok(())
    }
}
