//! Extended headers of tar archives as POSIX.1-2001 has them: `LENGTH KEY=VALUE\n`, the length being that of the whole line.

/// What an extended header says of the next member, or of all.
pub type Said = crate::map::Map<Vec<u8>, Vec<u8>>;

/// `None`: it is malformed.
pub fn read(mut text: &[u8]) -> Option<Said> {
    let mut said = Said::new();
    while !text.is_empty() {
        let space = text.iter().position(|byte| *byte == b' ').filter(|at| (1..=7).contains(at))?;
        let len: usize = std::str::from_utf8(&text[..space]).ok()?.parse().ok()?;
        let (line, rest) = text.split_at_checked(len)?;
        let pair = line.get(space + 1..)?.strip_suffix(b"\n")?;
        let equals = pair.iter().position(|byte| *byte == b'=')?;
        said.insert(pair[..equals].to_vec(), pair[equals + 1..].to_vec());
        text = rest;
    }
    Some(said)
}

/// Seconds with a fraction as nanoseconds. `None`: no such number, or one beyond all times.
pub fn time(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let nanos: i64 = digits.parse().ok()?;
    let whole = seconds.parse::<i64>().ok()?.checked_mul(1_000_000_000)?;
    if seconds.starts_with('-') { whole.checked_sub(nanos) } else { whole.checked_add(nanos) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_as_long_as_they_say() {
        let said = read(b"11 path=a=\n12 size=123\n").unwrap_or_default();
        assert_eq!((said.get(&b"path"[..]), said.get(&b"size"[..])), (Some(&b"a=".to_vec()), Some(&b"123".to_vec())));
        for wrong in [&b"11 path=a"[..], b"0 a=b\n", b" 5 a\n", b"4 a\n", b"99999999 a=b\n", b"x a=b\n"] {
            assert_eq!(read(wrong), None);
        }
        assert_eq!((time(b"12.5"), time(b"-1.25"), time(b"1.x"), time(b"99999999999999")), (Some(12_500_000_000), Some(-1_250_000_000), None, None));
    }
}
