//! Paths as keys: absolute, and plain. A key that the kernel called plain leads through directories alone, so no other key means the same name.

/// Where files are made up as they are read, or mean another thing to each process.
const MADE_UP: [&[u8]; 4] = [b"/dev", b"/proc", b"/task", b"/web"];

/// Whether nothing may be remembered of a path.
pub fn is_made_up(path: &[u8]) -> bool {
    MADE_UP.iter().any(|place| path.strip_prefix(*place).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/")))
}

/// The directory and the name of an absolute path; nothing for the root.
pub fn split(path: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = path.iter().rposition(|&byte| byte == b'/')?;
    let name = &path[at + 1..];
    if name.is_empty() {
        return None;
    }
    Some((if at == 0 { b"/" } else { &path[..at] }, name))
}

/// A relative path without `./` at its beginning.
pub fn without_dots(mut path: &[u8]) -> &[u8] {
    while let Some(rest) = path.strip_prefix(b"./") {
        path = rest;
    }
    path
}

/// `path` below `folder`.
pub fn join(folder: &[u8], path: &[u8]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(folder.len() + path.len() + 1);
    joined.extend_from_slice(folder);
    if folder != b"/" {
        joined.push(b'/');
    }
    joined.extend_from_slice(path);
    joined
}

/// Whether `path` is below `folder`.
pub fn is_below(path: &[u8], folder: &[u8]) -> bool {
    folder == b"/" || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with(b"/"))
}

/// Whether a name in a listing can be what the last part of a path asks for.
pub fn is_name(name: &[u8]) -> bool {
    !matches!(name, b"" | b"." | b"..") && name.len() <= 255 && !name.contains(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart_and_joined() {
        assert_eq!(split(b"/a/b"), Some((b"/a".as_slice(), b"b".as_slice())));
        assert_eq!(split(b"/a"), Some((b"/".as_slice(), b"a".as_slice())));
        assert_eq!((split(b"/"), split(b"/a/"), split(b"a")), (None, None, None));
        assert_eq!(join(b"/", b"a"), b"/a");
        assert_eq!(join(b"/a", b"b/c"), b"/a/b/c");
        assert!(is_below(b"/a/b", b"/a") && !is_below(b"/ab", b"/a") && !is_below(b"/a", b"/a"));
        assert!(is_made_up(b"/dev") && is_made_up(b"/dev/null") && !is_made_up(b"/devil"));
    }
}
