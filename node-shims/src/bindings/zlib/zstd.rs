//! Zstandard, both ways.
//!
//! The encoder makes a frame of its own of what came between two flushes (frames after one another are one valid stream) and
//! knows one level; the decoder reads one frame, as Node's does.

use ruzstd::decoding::FrameDecoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::codec::{Codec, Failure, Step};

const CONTINUE: u32 = 0;
const END: u32 = 2;
/// The longest frame header, with magic number.
const MAX_HEADER: usize = 18;

#[derive(Default)]
pub struct Encoder {
    gathered: Vec<u8>,
    ready: Vec<u8>,
    ended: bool,
}

impl Codec for Encoder {
    fn run(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Step {
        self.gathered.extend_from_slice(input);
        let due = flush != CONTINUE && self.ready.is_empty();
        if due && (!self.gathered.is_empty() || (flush == END && !self.ended)) {
            self.ready = compress_to_vec(&self.gathered[..], CompressionLevel::Fastest);
            self.gathered.clear();
            self.ended = true;
        }
        let written = self.ready.len().min(output.len());
        output[..written].copy_from_slice(&self.ready[..written]);
        self.ready.drain(..written);
        Step { read: input.len(), written, failure: None }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        *self = Self::default();
        Ok(())
    }
}

pub struct Decoder {
    decoder: FrameDecoder,
    /// Input that is not a whole block yet.
    held: Vec<u8>,
    begun: bool,
}

impl Decoder {
    pub fn new() -> Self {
        Self { decoder: FrameDecoder::new(), held: Vec::new(), begun: false }
    }

    fn done(&self) -> bool {
        self.begun && self.decoder.is_finished() && self.decoder.can_collect() == 0
    }
}

impl Codec for Decoder {
    fn run(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Step {
        if self.done() {
            // What follows the frame is left to the caller.
            return Step { read: 0, written: 0, failure: None };
        }
        self.held.extend_from_slice(input);
        let mut step = Step { read: input.len(), written: 0, failure: None };
        if !self.begun && !self.held.is_empty() && !magic_fits(&self.held) {
            step.failure = Some(Failure::new("Unknown frame descriptor", 10, "ZSTD_error_prefix_unknown"));
            return step;
        }
        if !self.begun && self.held.len() < MAX_HEADER && flush != END {
            return step;
        }
        while step.written < output.len() && !self.done() {
            match self.decoder.decode_from_to(&self.held, &mut output[step.written..]) {
                Ok((read, written)) => {
                    self.begun = true;
                    self.held.drain(..read.min(self.held.len()));
                    step.written += written;
                    if read == 0 && written == 0 {
                        break;
                    }
                }
                Err(_) if !self.begun && self.held.len() < MAX_HEADER => break,
                Err(_) => {
                    step.failure = Some(Failure::new("Data corruption detected", 20, "ZSTD_error_corruption_detected"));
                    return step;
                }
            }
        }
        if self.done() {
            step.read -= self.held.len().min(step.read);
            self.held.clear();
        } else if flush == END && step.written < output.len() {
            // Node yields what there is of a frame that was cut, without a word. This decoder cannot give up its window, and
            // to lose data in silence would be worse.
            step.failure = Some(Failure::unexpected_end());
        }
        step
    }

    fn reset(&mut self) -> Result<(), Failure> {
        *self = Self::new();
        Ok(())
    }
}

/// Whether the bytes can begin a frame, or one that is skipped.
fn magic_fits(bytes: &[u8]) -> bool {
    const FRAME: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
    let len = bytes.len().min(4);
    bytes[..len] == FRAME[..len] || (bytes[0] & 0xF0 == 0x50 && bytes[1..len] == [0x2A, 0x4D, 0x18][..len - 1])
}
