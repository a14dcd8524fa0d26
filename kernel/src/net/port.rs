//! Ports: who listens where, and numbers for those who do not mind.

use crate::map::Map;
use porthole_abi::Errno;
use rkyv::{Archive, Deserialize, Serialize};

use super::endpoint::Endpoint;

/// Linux's range for ports that nobody chose.
const EPHEMERAL: std::ops::RangeInclusive<u16> = 32_768..=60_999;

#[derive(Clone, Debug, PartialEq, Eq, Archive, Serialize, Deserialize)]
pub struct Ports {
    /// Listeners by port.
    taken: Map<u16, Vec<(Endpoint, u32)>>,
    /// Listeners by path.
    paths: Map<Vec<u8>, u32>,
    next: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { taken: Map::new(), paths: Map::new(), next: *EPHEMERAL.start() }
    }
}

impl Ports {
    /// A port that nobody listens on. `EADDRINUSE`: there is none left.
    pub fn ephemeral(&mut self) -> Result<u16, Errno> {
        for _ in EPHEMERAL {
            let port = self.next;
            self.next = if port == *EPHEMERAL.end() { *EPHEMERAL.start() } else { port + 1 };
            if !self.taken.contains_key(&port) {
                return Ok(port);
            }
        }
        Err(Errno::EADDRINUSE)
    }

    pub fn is_free(&self, at: &Endpoint) -> bool {
        match at {
            Endpoint::Path(path) => !self.paths.contains_key(path),
            _ => !self.taken.get(&at.port()).is_some_and(|there| there.iter().any(|(other, _)| other.collides(at))),
        }
    }

    /// Whether the port had no listener before.
    pub fn take(&mut self, at: Endpoint, listener: u32) -> bool {
        match at {
            Endpoint::Path(path) => {
                self.paths.insert(path, listener);
                false
            }
            at => {
                let there = self.taken.get_or_insert_with(at.port(), Default::default);
                there.push((at, listener));
                there.len() == 1
            }
        }
    }

    /// Whether the port has no listener now.
    pub fn free(&mut self, at: &Endpoint, listener: u32) -> bool {
        if let Endpoint::Path(path) = at {
            if self.paths.get(path) == Some(&listener) {
                self.paths.remove(path);
            }
            return false;
        }
        let Some(there) = self.taken.get_mut(&at.port()) else { return false };
        there.retain(|(_, other)| *other != listener);
        let empty = there.is_empty();
        if empty {
            self.taken.remove(&at.port());
        }
        empty
    }

    /// The listener that a connection to `target` reaches.
    pub fn find(&self, target: &Endpoint) -> Option<u32> {
        match target {
            Endpoint::Path(path) => self.paths.get(path).copied(),
            _ => self
                .taken
                .get(&target.port())?
                .iter()
                .filter_map(|(at, listener)| Some((at.suits(target)?, *listener)))
                .max_by_key(|(fit, _)| *fit)
                .map(|(_, listener)| listener),
        }
    }

    /// Ports with a listener, in order.
    pub fn list(&self) -> impl Iterator<Item = u16> + '_ {
        self.taken.keys().copied()
    }
}
