//! The machine's form for another kernel of this build.

use crate::machine::{Machine, State, Volatile};
use crate::{Effect, Event, Millis};

/// Layout of [`Checkpoint::state`]: its first byte. rkyv knows no older layouts, so another version is refused, not guessed at.
pub const VERSION: u8 = 2;

/// What comes before the archive, so that the archive keeps its alignment.
const HEAD: usize = 16;

/// The machine without the contents of files, which are in commits. It replaces the state before, and the log begins anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    pub state: Vec<u8>,
    /// The last commit before it. A kernel that is made from this state asks for no chunk that was dropped up to here.
    pub commit: u64,
}

/// Why a checkpoint cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestoreError {
    /// Of another version of the kernel.
    Version(Option<u8>),
    /// The bytes are not a state; with what did not fit.
    Corrupt(String),
}

impl std::fmt::Display for RestoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RestoreError::Version(Some(version)) => write!(f, "the checkpoint has layout {version}, this kernel reads {VERSION}"),
            RestoreError::Version(None) => write!(f, "the checkpoint is empty"),
            RestoreError::Corrupt(why) => write!(f, "the checkpoint is corrupt: {why}"),
        }
    }
}

impl std::error::Error for RestoreError {}

impl Machine {
    /// The machine as of now. Commits first, which is an event like any: `out` has its record.
    pub fn checkpoint(&mut self, now: Millis, out: &mut Vec<Effect>) -> Checkpoint {
        if self.state.vfs.is_dirty() {
            self.handle(now, Event::Commit, out);
        }
        let mut state = vec![0; HEAD];
        state[0] = VERSION;
        // Writing into memory does not fail; a state of no bytes is refused by `restore` rather than taken for an empty machine.
        let state = rkyv::api::high::to_bytes_in::<_, rkyv::rancor::Error>(&self.state, state).unwrap_or_default();
        Checkpoint { state, commit: self.state.vfs.committed() }
    }

    /// All files as they are now, for `Machine::from_files`. `None`: they are not committed ([`Machine::checkpoint`] does that).
    pub fn snapshot(&self) -> Option<Vec<u8>> {
        self.state.vfs.snapshot()
    }

    /// The machine that a checkpoint was made of. Contents of files come when they are needed.
    ///
    /// # Errors
    /// When the bytes are of another version, or not a whole state.
    pub fn restore(state: &[u8]) -> Result<Machine, RestoreError> {
        match state.first() {
            Some(&VERSION) => {
                let body = state.get(HEAD..).unwrap_or_default();
                // rkyv reads aligned memory.
                let mut aligned = rkyv::util::AlignedVec::<16>::with_capacity(body.len());
                aligned.extend_from_slice(body);
                let state = rkyv::from_bytes::<State, rkyv::rancor::Error>(&aligned).map_err(|error| RestoreError::Corrupt(error.to_string()))?;
                Ok(Machine { state, volatile: Volatile::default() })
            }
            other => Err(RestoreError::Version(other.copied())),
        }
    }
}
