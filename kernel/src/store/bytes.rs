//! Numbers in the store's files, and checksums.

use super::disk::{Disk, DiskError, File};

pub fn checksum(seed: u64, bytes: &[u8]) -> u64 {
    twox_hash::XxHash64::oneshot(seed, bytes)
}

/// `None`: the bytes end before the number does.
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

/// `None`: the bytes end before the number does.
pub fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_le_bytes)
}

/// `len` bytes of a file, or fewer where it ends. `None`: so many that there can be no memory for them.
pub fn read(disk: &impl Disk, file: File, offset: u64, len: u64) -> Result<Option<Vec<u8>>, DiskError> {
    // What a file does not hold is not reserved either: lengths come from the disk.
    let len = len.min(disk.size(file)?.saturating_sub(offset));
    let Ok(len) = usize::try_from(len) else { return Ok(None) };
    let mut bytes = vec![0; len];
    let count = disk.read_at(file, offset, &mut bytes)?;
    bytes.truncate(count);
    Ok(Some(bytes))
}
