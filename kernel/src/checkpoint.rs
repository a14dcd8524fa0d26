//! The machine's durable form.

use crate::machine::{Machine, State, Volatile};

/// Layout of [`Checkpoint::state`]: its first byte. rkyv knows no older layouts, so another version is refused, not guessed at.
pub const VERSION: u8 = 1;

/// A checkpoint: apply `dropped_chunks` and `new_chunks` to the chunks that are kept, replace the state, and begin the log anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    pub state: Vec<u8>,
    /// Bodies of files that changed since the last checkpoint, by number.
    pub new_chunks: Vec<(u64, Vec<u8>)>,
    pub dropped_chunks: Vec<u64>,
}

/// Why a checkpoint cannot be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestoreError {
    /// Of another version of the kernel.
    Version(Option<u8>),
    /// A chunk that the state names is not there.
    MissingChunk(u64),
    /// The bytes are not a state; with what did not fit.
    Corrupt(String),
}

impl std::fmt::Display for RestoreError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            RestoreError::Version(Some(version)) => write!(f, "the checkpoint has layout {version}, this kernel reads {VERSION}"),
            RestoreError::Version(None) => write!(f, "the checkpoint is empty"),
            RestoreError::MissingChunk(id) => write!(f, "chunk {id} of the checkpoint is missing"),
            RestoreError::Corrupt(why) => write!(f, "the checkpoint is corrupt: {why}"),
        }
    }
}

impl std::error::Error for RestoreError {}

impl Machine {
    /// The machine as of now. File bodies travel only if they changed since the last checkpoint.
    pub fn checkpoint(&mut self) -> Checkpoint {
        let delta = self.state.vfs.checkpoint();
        let mut state = vec![VERSION];
        match rkyv::to_bytes::<rkyv::rancor::Error>(&self.state) {
            Ok(bytes) => state.extend_from_slice(&bytes),
            // Writing into memory does not fail; a state of no bytes is refused by `restore` rather than taken for an empty machine.
            Err(_) => state.clear(),
        }
        let new_chunks = delta.new.iter().map(|id| (*id, self.state.vfs.chunk(*id).to_vec())).collect();
        Checkpoint { state, new_chunks, dropped_chunks: delta.dropped }
    }

    /// The machine that a checkpoint was made of. `chunk` gives the chunks that are kept.
    ///
    /// # Errors
    /// When the bytes are of another version, or not a whole state.
    pub fn restore(state: &[u8], chunk: &mut dyn FnMut(u64) -> Option<Vec<u8>>) -> Result<Machine, RestoreError> {
        match state.split_first() {
            Some((&VERSION, body)) => {
                // rkyv reads aligned memory.
                let mut aligned = rkyv::util::AlignedVec::<16>::with_capacity(body.len());
                aligned.extend_from_slice(body);
                let mut state = rkyv::from_bytes::<State, rkyv::rancor::Error>(&aligned).map_err(|error| RestoreError::Corrupt(error.to_string()))?;
                state.vfs.restore(chunk).map_err(RestoreError::MissingChunk)?;
                Ok(Machine { state, volatile: Volatile::default() })
            }
            other => Err(RestoreError::Version(other.map(|(version, _)| *version))),
        }
    }
}
