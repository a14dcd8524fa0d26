//! Where links of an image lead.

/// Whether a link in a directory so many levels below the root stays within: it may not begin at the root of everything, nor go up further than its own depth.
/// Links that it meets on its way are judged by themselves.
pub fn stays_inside(depth: usize, target: &[u8]) -> bool {
    if target.starts_with(b"/") {
        return false;
    }
    let mut depth = depth;
    for name in target.split(|byte| *byte == b'/') {
        match name {
            b"" | b"." => {}
            b".." => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return false,
            },
            _ => depth += 1,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_judged_by_their_depth() {
        assert!(stays_inside(0, b"a/../b") && stays_inside(2, b"../../a") && stays_inside(0, b"."));
        assert!(!stays_inside(0, b"/etc/passwd") && !stays_inside(1, b"../../a") && !stays_inside(0, b"a/../../b"));
    }
}
