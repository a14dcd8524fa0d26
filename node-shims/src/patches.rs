//! Declared changes to Node's library: what V8 has and QuickJS lacks, where no binding can supply it.

/// One replacement in one module. `find` must occur exactly once: a newer library that no longer has the text fails the build.
pub struct Patch {
    pub id: &'static str,
    pub find: &'static str,
    pub replace: &'static str,
    pub reason: &'static str,
}

/// All of them. Kept in `patches/` beside the reason for each.
pub const PATCHES: &[Patch] = &include!("../patches/table.rs");

/// Applies the patches of module `id`.
///
/// # Errors
/// Names the patch whose text does not occur exactly once.
pub fn apply(id: &str, text: Vec<u8>) -> Result<Vec<u8>, String> {
    if !PATCHES.iter().any(|patch| patch.id == id) {
        return Ok(text);
    }
    let mut text = String::from_utf8(text).map_err(|_| format!("{id} is not UTF-8"))?;
    for patch in PATCHES.iter().filter(|patch| patch.id == id) {
        let found = text.matches(patch.find).count();
        if found != 1 {
            return Err(format!("patch of {id} ({}): its text occurs {found} times instead of once", patch.reason));
        }
        text = text.replacen(patch.find, patch.replace, 1);
    }
    Ok(text.into_bytes())
}
