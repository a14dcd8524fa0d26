//! How a new kernel comes to be where the old one was, and a new container to the files of its former life.

use porthole_abi::wire::Malformed;

use crate::images::Brought;
use crate::machine::Machine;
use crate::vfs::chunks::{ChunkId, Filled};
use crate::vfs::journal::{Files, JournalError};
use crate::vfs::{Limits, Vfs};
use crate::{Config, Effect, Event};

impl Machine {
    /// A machine with files of a former life. `Event::Boot` comes next.
    ///
    /// # Errors
    /// What contradicts what in the journal.
    pub fn from_files(config: Config, files: Files) -> Result<Machine, JournalError> {
        let mut machine = Machine::new(config);
        if files.commit() > 0 {
            let limits = Limits { bytes: machine.state.config.files_bytes, inodes: machine.state.config.files };
            machine.state.vfs = files.finish(limits)?;
            machine.state.durability.durable = machine.state.vfs.committed();
        }
        Ok(machine)
    }

    /// Says that commits up to this one are kept outside already: what replay makes again of them is not handed out.
    pub fn knows(&mut self, commit: u64) {
        self.volatile.known = commit;
    }

    /// A record of the log again. Answers which chunks are missing for it: nothing has happened then, and it is to be repeated after [`Machine::fill`].
    /// Of what was done outside then, only commits that are not known there yet are appended.
    ///
    /// # Errors
    /// When the bytes are not a record.
    pub fn replay(&mut self, record: &[u8], out: &mut Vec<Effect>) -> Result<Vec<ChunkId>, Malformed> {
        let (now, event) = Event::of_record(record)?;
        self.volatile.now = now;
        self.state.vfs.set_replaying(true);
        self.volatile.replaying = true;
        loop {
            let missing = self.missing(&event);
            if missing.is_empty() {
                break;
            }
            match self.bring(missing, false) {
                Brought::All => {}
                Brought::Needs(needs) => {
                    self.volatile.replaying = false;
                    let missing: Vec<ChunkId> = needs.into_iter().filter(|id| !Vfs::is_derived(*id) && !self.state.vfs.is_here(*id)).collect();
                    return Ok(missing);
                }
                // It was there when the log was written.
                Brought::Lost(id) => {
                    self.emit(Effect::Fault { message: format!("the contents of an image ({id}) that a call has read are not what they were") });
                    break;
                }
            }
        }
        self.apply(event);
        self.volatile.replaying = false;
        // What it caused is in the log itself, or has not happened.
        self.volatile.after.clear();
        self.evict();
        out.extend(self.volatile.out.drain(..).filter(|effect| matches!(effect, Effect::Commit(_) | Effect::Fault { .. })));
        Ok(Vec::new())
    }

    /// Takes a chunk that [`Machine::replay`] misses. `false`: it is not the one.
    pub fn fill(&mut self, id: ChunkId, data: Vec<u8>) -> bool {
        self.state.vfs.fill(id, data) == Filled::Here
    }

    /// How many bytes of contents that are safe elsewhere may be in memory ([`crate::vfs::chunks::BUDGET`] when nobody says).
    pub fn set_cache(&mut self, bytes: u64) {
        self.state.vfs.set_budget(bytes);
    }

    /// How many are.
    pub fn cached(&self) -> u64 {
        self.state.vfs.cached()
    }
}
