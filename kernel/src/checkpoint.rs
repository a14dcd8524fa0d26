//! The machine's form for another kernel of this build.

use crate::machine::{Machine, State, Volatile};
use crate::{Effect, Event, Millis};

/// Layout of [`Checkpoint::state`]: its first byte. rkyv knows no older layouts, so another version is refused, not guessed at.
pub const VERSION: u8 = 4;

/// What comes before the archive: the version, and from [`CHECKSUM`] on the archive's checksum. As long as the archive's alignment asks for.
pub const HEAD: usize = 16;
const CHECKSUM: usize = 8;

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

/// What another container begins with.
#[derive(Clone, Debug)]
pub struct Fork {
    pub transaction: Vec<u8>,
    pub chunks: Vec<u64>,
}

impl Machine {
    /// The machine as of now. Commits first, which is an event like any: `out` has its record.
    pub fn checkpoint(&mut self, now: Millis, out: &mut Vec<Effect>) -> Checkpoint {
        if self.state.vfs.is_dirty() {
            self.handle(now, Event::Commit, out);
        }
        // Writing into memory does not fail; a state of no bytes is refused by `restore` rather than taken for an empty machine.
        let mut state = rkyv::api::high::to_bytes_in::<_, rkyv::rancor::Error>(&self.state, vec![0; HEAD]).unwrap_or_default();
        seal(&mut state);
        self.state.vfs.log_is_new();
        Checkpoint { state, commit: self.state.vfs.committed() }
    }

    /// All files as they are now, for `Machine::from_files`. `None`: they are not committed ([`Machine::checkpoint`] does that).
    pub fn snapshot(&self) -> Option<Vec<u8>> {
        self.state.vfs.snapshot()
    }

    /// All files as they are now, for a container that begins with them: its first commit, and the numbers of all contents.
    pub fn fork(&mut self, now: Millis, out: &mut Vec<Effect>) -> Option<Fork> {
        if self.state.vfs.is_dirty() {
            self.handle(now, Event::Commit, out);
        }
        Some(Fork { transaction: self.state.vfs.snapshot_as(1)?, chunks: self.state.vfs.committed_chunks().collect() })
    }

    /// The machine that a checkpoint was made of. Contents of files come when they are needed.
    ///
    /// # Errors
    /// When the bytes are of another version, or not a whole state.
    pub fn restore(state: &[u8]) -> Result<Machine, RestoreError> {
        match state.first() {
            Some(&VERSION) => {
                let (head, body) = state.split_at_checked(HEAD).ok_or_else(|| RestoreError::Corrupt("it ends in its head".into()))?;
                if head[1..CHECKSUM].iter().any(|byte| *byte != 0) {
                    return Err(RestoreError::Corrupt("its head is not empty where it should be".into()));
                }
                // The archive is validated below, but what it says may be wrong all the same: a machine is as good as the bits that it was made of.
                if head[CHECKSUM..] != checksum(body) {
                    return Err(RestoreError::Corrupt("its checksum is wrong".into()));
                }
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

/// Writes the head of a state whose archive is complete.
pub fn seal(state: &mut [u8]) {
    if let Some((head, body)) = state.split_at_mut_checked(HEAD) {
        head.fill(0);
        head[0] = VERSION;
        head[CHECKSUM..].copy_from_slice(&checksum(body));
    }
}

fn checksum(archive: &[u8]) -> [u8; HEAD - CHECKSUM] {
    twox_hash::XxHash64::oneshot(0, archive).to_le_bytes()
}
