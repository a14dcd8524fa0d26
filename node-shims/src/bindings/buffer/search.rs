//! Where a needle lies in a haystack of bytes or of UTF-16 units, from either end.

/// The index where a search starts. Negative offsets count from the end; `None` means that nothing can be found.
pub fn start(len: usize, offset: i64, needle: usize, forward: bool) -> Option<usize> {
    let signed = len as i64;
    if offset < 0 {
        if offset + signed >= 0 {
            return usize::try_from(offset + signed).ok();
        }
        return if forward || needle == 0 { Some(0) } else { None };
    }
    if offset.saturating_add(needle as i64) <= signed {
        return usize::try_from(offset).ok();
    }
    match (needle, forward) {
        (0, _) => Some(len),
        (_, true) => None,
        (_, false) => len.checked_sub(1),
    }
}

/// The first occurrence at or after `from`, or the last one at or before it.
pub fn bytes(haystack: &[u8], needle: &[u8], from: usize, forward: bool) -> Option<usize> {
    let last = haystack.len().checked_sub(needle.len())?;
    if forward {
        let rest = haystack.get(from..)?;
        return memchr::memmem::find(rest, needle).map(|i| i + from);
    }
    let end = from.min(last) + needle.len();
    memchr::memmem::rfind(&haystack[..end], needle)
}

/// As [`bytes`] over little-endian units; indices and `from` are in units.
pub fn units(haystack: &[u8], needle: &[u8], from: usize, forward: bool) -> Option<usize> {
    let (len, wanted) = (haystack.len() / 2, needle.len() / 2);
    let last = len.checked_sub(wanted)?;
    let needle = &needle[..wanted * 2];
    let at = |i: &usize| haystack[i * 2..].starts_with(needle);
    if forward { (from..=last).find(at) } else { (0..=from.min(last)).rev().find(at) }
}
