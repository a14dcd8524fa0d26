//! The index of a directory of a web server: a text that lists its files.
//!
//! Its first line is `porthole-index 1`. Each other line is a file: its size in bytes, its time in seconds since 1970 (a fraction is allowed, `-` is none),
//! its mode in octal (`-` is 644), and its path, with one space between them; the path is the rest of the line. Directories follow from the paths; one
//! that is empty has the size `-` and a slash at its end. So `find` writes one:
//! `(echo porthole-index 1; find . -type f ! -name porthole.index -printf '%s %T@ %m %P\n') > /tmp/index && mv /tmp/index porthole.index`

use super::{Kind, LONGEST, MEMBERS_MAX, Member, Packing, pax, shown};

/// The index's name in its directory.
pub const NAME: &str = "porthole.index";
/// Bytes of an index at most.
pub const INDEX_MAX: usize = 32 << 20;

const FIRST: &[u8] = b"porthole-index 1";

/// # Errors
/// What is wrong with which line.
pub fn read(text: &[u8]) -> Result<Vec<Member>, String> {
    let mut lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).enumerate();
    if lines.next().is_none_or(|(_, first)| first != FIRST) {
        let first: Vec<u8> = text.iter().copied().take_while(|byte| *byte != b'\n').take(80).collect();
        return Err(format!("the index does not begin with the line 'porthole-index 1' but with {}", shown(&first)));
    }
    let mut members = Vec::new();
    for (at, line) in lines.filter(|(_, line)| !line.is_empty()) {
        if members.len() >= MEMBERS_MAX {
            return Err(format!("the index has more than {MEMBERS_MAX} files, which is as many as can be mounted"));
        }
        members.push(member(line).map_err(|why| format!("line {} of the index {why}: {}", at + 1, shown(line)))?);
    }
    Ok(members)
}

fn member(line: &[u8]) -> Result<Member, &'static str> {
    let mut words = line.splitn(4, |byte| *byte == b' ');
    let [Some(size), Some(time), Some(mode), Some(path)] = std::array::from_fn(|_| words.next()) else {
        return Err("wants a size, a time, a mode and a path");
    };
    let number = |word: &[u8], radix| u64::from_str_radix(std::str::from_utf8(word).ok()?, radix).ok();
    let mtime = if time == b"-" { None } else { Some(pax::time(time).ok_or("has a time that is no number")?) };
    let is_directory = path.ends_with(b"/");
    let kind = match size {
        b"-" if is_directory => Kind::Directory,
        _ if is_directory => return Err("has a directory with a size"),
        size => Kind::File { len: number(size, 10).filter(|len| *len <= LONGEST).ok_or("has a size that is no number")?, packing: Packing::Apart },
    };
    let mode = match mode {
        b"-" if is_directory => 0o755,
        b"-" => 0o644,
        mode => number(mode, 8).filter(|mode| *mode <= 0o7777).ok_or("has a mode that is no octal number")? as u32,
    };
    Ok(Member { path: path.to_vec(), kind, mode, mtime })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_file() {
        let members = read(b"porthole-index 1\n5 1700000000.25 755 a b/c\n- - - d/\r\n0 - - e").unwrap_or_default();
        let file = |len| Kind::File { len, packing: Packing::Apart };
        assert_eq!(members[0], Member { path: b"a b/c".to_vec(), kind: file(5), mode: 0o755, mtime: Some(1_700_000_000_250_000_000) });
        assert_eq!(members[1], Member { path: b"d/".to_vec(), kind: Kind::Directory, mode: 0o755, mtime: None });
        assert_eq!((members[2].mode, members.len()), (0o644, 3));
    }

    #[test]
    fn a_wrong_line_is_named() {
        assert_eq!(read(b"<!doctype html>\n"), Err("the index does not begin with the line 'porthole-index 1' but with '<!doctype html>'".into()));
        assert_eq!(read(b"porthole-index 1\n5 0 755\n"), Err("line 2 of the index wants a size, a time, a mode and a path: '5 0 755'".into()));
        assert_eq!(read(b"porthole-index 1\n\nx - - f\n"), Err("line 3 of the index has a size that is no number: 'x - - f'".into()));
    }
}
