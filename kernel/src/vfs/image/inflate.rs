//! Inflate in pieces (RFC 1951): some input in, at most a window of output out.

use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::TINFL_FLAG_HAS_MORE_INPUT;
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// How far back the format refers; a whole number of windows is a chunk.
const WINDOW: usize = 32 << 10;

/// A stream, about 45 KB.
#[derive(Clone)]
pub struct Inflate {
    state: Box<DecompressorOxide>,
    window: Box<[u8]>,
    at: usize,
}

/// What a step has done.
pub struct Stepped {
    /// Bytes of input that it took.
    pub taken: usize,
    /// The stream is at its end.
    pub ended: bool,
}

impl Inflate {
    pub fn new() -> Self {
        Self { state: Box::default(), window: vec![0; WINDOW].into_boxed_slice(), at: 0 }
    }

    /// Appends what it makes of the input, at most up to the next whole window. `more`: there is input behind this one. `None`: it is no such stream.
    pub fn step(&mut self, input: &[u8], more: bool, out: &mut Vec<u8>) -> Option<Stepped> {
        let flags = if more { TINFL_FLAG_HAS_MORE_INPUT } else { 0 };
        let (status, taken, made) = decompress(&mut self.state, input, &mut self.window, self.at, flags);
        out.extend_from_slice(self.window.get(self.at..self.at + made)?);
        self.at = (self.at + made) % WINDOW;
        match status {
            TINFLStatus::Done => Some(Stepped { taken, ended: true }),
            TINFLStatus::HasMoreOutput => Some(Stepped { taken, ended: false }),
            TINFLStatus::NeedsMoreInput if more => Some(Stepped { taken, ended: false }),
            _ => None,
        }
    }
}
