//! Where things are in the new module: functions are numbered anew, each memory has become two globals, and all lie in one.

use std::convert::Infallible;

use wasm_encoder::reencode::{Error, Reencode};

/// A memory of the guest's.
pub struct Memory {
    pub minimum: u64,
    pub maximum: Option<u64>,
    pub shared: bool,
    /// Which of the module's imports it is.
    pub imported: Option<u32>,
}

/// What is not valid ends up at numbers that are not valid either: nothing here is to be relied on then, but nothing fails.
///
/// Imported functions stay in front, behind them come those that grow memories, then the module's own, then those added.
#[derive(Default)]
pub struct Layout {
    pub memories: Vec<Memory>,
    pub types: u32,
    pub imported_functions: u32,
    pub own_functions: u32,
    /// All that the module had itself.
    pub globals: u32,
}

/// A page of memory in bytes.
pub const PAGE: u64 = 65536;

impl Layout {
    pub fn function(&self, old: u32) -> u32 {
        if old < self.imported_functions { old } else { old.saturating_add(self.memories.len() as u32) }
    }

    /// Grows a memory: takes pages, gives what `memory.grow` gives.
    pub fn grow(&self, memory: u32) -> u32 {
        self.imported_functions.saturating_add(memory)
    }

    /// Touches what lies beyond all memory.
    pub fn trap(&self) -> u32 {
        self.function(self.imported_functions + self.own_functions)
    }

    /// Copies the segments, and starts the module.
    pub fn begin(&self) -> u32 {
        self.trap() + 1
    }

    /// The global that holds where a memory begins.
    pub fn base(&self, memory: u32) -> u32 {
        self.globals.saturating_add(memory.saturating_mul(2))
    }

    /// The global that holds a memory's size in bytes.
    pub fn limit(&self, memory: u32) -> u32 {
        self.base(memory).saturating_add(1)
    }

    /// Bytes that a memory has at least.
    pub fn least(&self, memory: u32) -> u64 {
        self.memories.get(memory as usize).map_or(0, |memory| memory.minimum.saturating_mul(PAGE))
    }
}

impl Reencode for Layout {
    type Error = Infallible;

    fn function_index(&mut self, func: u32) -> Result<u32, Error<Self::Error>> {
        Ok(self.function(func))
    }
}
