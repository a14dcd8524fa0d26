//! What `stat` said a moment ago.
//!
//! Finding a module asks the same few paths again and again, and each question is a message to another thread and back. An answer may be given again
//! as long as the process has not heard of anything: until its next call that changes or consumes something, or its next wait for events. What others
//! do meanwhile it cannot know of. A program that asks in a loop until a file appears must see it all the same, so answers also age.

use std::cell::RefCell;
use std::collections::BTreeMap;

use porthole_abi::syscall::Kind;
use porthole_abi::{Call, Errno};

/// How long an answer holds, in microseconds.
const AGE_US: f64 = 200_000.0;

/// A program that looks at more files than this at one go is not finding modules.
const ENTRIES: usize = 4096;

type Answer = Result<Vec<u8>, Errno>;

#[derive(Default)]
pub struct StatCache {
    answers: RefCell<BTreeMap<(u32, Vec<u8>), (f64, Answer)>>,
}

impl StatCache {
    /// The payload of an earlier reply to the same question. The clock is read only where there is one: most calls are no questions.
    pub fn get(&self, call: &Call<'_>, now_us: impl FnOnce() -> f64) -> Option<Answer> {
        let key = question(call)?;
        let answers = self.answers.borrow();
        let (at, answer) = answers.get(&key)?;
        (now_us() - at < AGE_US).then(|| answer.clone())
    }

    /// Takes note of a call that was made.
    pub fn heard(&self, call: &Call<'_>, answer: &Answer, now_us: impl FnOnce() -> f64) {
        if call.row().kind == Kind::Change {
            return self.forget();
        }
        let Some(key) = question(call) else { return };
        let mut answers = self.answers.borrow_mut();
        if answers.len() >= ENTRIES {
            answers.clear();
        }
        answers.insert(key, (now_us(), answer.clone()));
    }

    pub fn forget(&self) {
        self.answers.borrow_mut().clear();
    }
}

/// Below these another thing may be there at any time.
const LIVING: [&[u8]; 4] = [b"/dev/", b"/proc/", b"/task/", b"/web/"];

/// Relative paths mean another file after `chdir`.
fn question(call: &Call<'_>) -> Option<(u32, Vec<u8>)> {
    match call {
        Call::Stat { path, flags } if path.starts_with(b"/") && !LIVING.iter().any(|tree| path.starts_with(tree)) => Some((*flags, path.to_vec())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASK: Call<'static> = Call::Stat { path: b"/a", flags: 0 };

    #[test]
    fn an_answer_holds_until_something_changes() {
        let cache = StatCache::default();
        assert_eq!(cache.get(&ASK, || 0.0), None);
        cache.heard(&ASK, &Err(Errno::ENOENT), || 0.0);
        assert_eq!(cache.get(&ASK, || 1.0), Some(Err(Errno::ENOENT)));
        assert_eq!(cache.get(&Call::Stat { path: b"/a", flags: 1 }, || 1.0), None, "the link itself is another question");
        cache.heard(&Call::Getcwd {}, &Ok(vec![]), || 2.0);
        assert_eq!(cache.get(&ASK, || 2.0), Some(Err(Errno::ENOENT)));
        cache.heard(&Call::Mkdir { path: b"/a", mode: 0o755 }, &Ok(vec![]), || 3.0);
        assert_eq!(cache.get(&ASK, || 3.0), None);
    }

    #[test]
    fn answers_age() {
        let cache = StatCache::default();
        cache.heard(&ASK, &Err(Errno::ENOENT), || 0.0);
        assert_eq!(cache.get(&ASK, || AGE_US), None);
    }
}
