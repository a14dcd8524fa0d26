//! Foreign bytes inside an error's text.

/// At most 60 bytes, in backquotes, with everything unprintable escaped.
pub fn quote(bytes: &[u8]) -> String {
    const MOST: usize = 60;
    let shown = &bytes[..bytes.len().min(MOST)];
    let dots = if bytes.len() > MOST { "…" } else { "" };
    format!("`{}{dots}`", shown.escape_ascii())
}
