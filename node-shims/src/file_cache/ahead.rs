//! When to ask for a whole directory: programs that ask about two files in one ask about more.

use super::hash::Map;

/// Contents that come along, in bytes: of a directory of which files are read, and of a package that begins to be loaded.
const BESIDE: u32 = 64 << 10;
const PACKAGE: u32 = 192 << 10;
/// Levels below a package's folder.
const PACKAGE_DEPTH: u32 = 3;
/// Directories of which is known that something was asked; beyond them all is forgotten.
const FOLDERS: usize = 4096;
/// What a package depends on is loaded when it is asked for.
pub const PACKAGES: &[u8] = b"node_modules";

/// How much to ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub depth: u32,
    pub contents: u32,
}

/// What was asked about each directory since all was last forgotten.
#[derive(Default)]
pub struct Ahead(Map<Box<[u8]>, State>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    AskedOnce,
    /// All there was to know has come, or cannot be had.
    Seen,
}

impl Ahead {
    /// Something about a name in `folder` is not known; `reads`: contents are wanted.
    pub fn missed(&mut self, folder: &[u8], name: &[u8], reads: bool) -> Option<Look> {
        let begins = reads && name == b"package.json" && is_package(folder);
        let contents = match (reads, begins) {
            (_, true) => PACKAGE,
            (true, _) => BESIDE,
            (false, _) => 0,
        };
        match self.0.get_mut(folder) {
            Some(State::Seen) => return None,
            Some(state) => *state = State::Seen,
            None => {
                if self.0.len() >= FOLDERS {
                    self.0.clear();
                }
                self.0.insert(folder.into(), if begins { State::Seen } else { State::AskedOnce });
                if !begins {
                    return None;
                }
            }
        }
        Some(Look { depth: if begins { PACKAGE_DEPTH } else { 0 }, contents })
    }

    pub fn seen(&mut self, folder: &[u8]) {
        self.0.insert(folder.into(), State::Seen);
    }

    pub fn forget_all(&mut self) {
        self.0.clear();
    }
}

/// Whether a folder is a package's: in `node_modules`, or in a scope there.
fn is_package(folder: &[u8]) -> bool {
    let mut parts = folder.rsplit(|&byte| byte == b'/');
    let (_, above, beyond) = (parts.next(), parts.next(), parts.next());
    above == Some(PACKAGES) || (above.is_some_and(|scope| scope.starts_with(b"@")) && beyond == Some(PACKAGES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_question_is_about_the_whole_directory() {
        let mut ahead = Ahead::default();
        assert_eq!(ahead.missed(b"/d", b"a", false), None);
        assert_eq!(ahead.missed(b"/e", b"a", false), None);
        assert_eq!(ahead.missed(b"/d", b"b", true), Some(Look { depth: 0, contents: BESIDE }));
        assert_eq!(ahead.missed(b"/d", b"c", true), None, "what is not known now is not worth another try");
        ahead.forget_all();
        assert_eq!(ahead.missed(b"/d", b"c", true), None);
    }

    #[test]
    fn a_package_is_asked_for_when_it_begins_to_be_loaded() {
        let whole = Some(Look { depth: PACKAGE_DEPTH, contents: PACKAGE });
        let mut ahead = Ahead::default();
        assert_eq!(ahead.missed(b"/app/node_modules/a", b"package.json", true), whole);
        assert_eq!(ahead.missed(b"/app/node_modules/@scope/b", b"package.json", true), whole);
        assert_eq!(ahead.missed(b"/app/node_modules/c", b"package.json", false), None);
        assert_eq!(ahead.missed(b"/app/node_modules", b"package.json", true), None);
        assert_eq!(ahead.missed(b"/app", b"package.json", true), None);
    }
}
