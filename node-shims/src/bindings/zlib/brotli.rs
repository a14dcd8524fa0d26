//! Brotli, both ways.

use brotli::enc::StandardAlloc;
use brotli::enc::encode::{BrotliEncoderOperation, BrotliEncoderParameter, BrotliEncoderStateStruct};
use brotli::{BrotliDecompressStream, BrotliResult, BrotliState};

use super::codec::{Codec, Failure, Step};

const FINISH: u32 = 2;
/// A parameter that the caller left alone.
const UNSET: u32 = u32::MAX;

pub struct Encoder {
    state: BrotliEncoderStateStruct<StandardAlloc>,
    params: Vec<u32>,
}

impl Encoder {
    /// `params` by Node's numbers; `None` when one of them is out of range.
    pub fn new(params: Vec<u32>) -> Option<Self> {
        let mut state = BrotliEncoderStateStruct::new(StandardAlloc::default());
        for (number, value) in params.iter().enumerate().filter(|(_, value)| **value != UNSET) {
            // NPOSTFIX and NDIRECT (7, 8) are hints that this encoder has no use for.
            if let Some(parameter) = parameter(number)
                && !state.set_parameter(parameter, *value)
            {
                return None;
            }
        }
        Some(Self { state, params })
    }
}

fn parameter(number: usize) -> Option<BrotliEncoderParameter> {
    use BrotliEncoderParameter::*;
    Some(match number {
        0 => BROTLI_PARAM_MODE,
        1 => BROTLI_PARAM_QUALITY,
        2 => BROTLI_PARAM_LGWIN,
        3 => BROTLI_PARAM_LGBLOCK,
        4 => BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING,
        5 => BROTLI_PARAM_SIZE_HINT,
        6 => BROTLI_PARAM_LARGE_WINDOW,
        _ => return None,
    })
}

impl Codec for Encoder {
    fn run(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Step {
        let operation = match flush {
            1 => BrotliEncoderOperation::BROTLI_OPERATION_FLUSH,
            FINISH => BrotliEncoderOperation::BROTLI_OPERATION_FINISH,
            3 => BrotliEncoderOperation::BROTLI_OPERATION_EMIT_METADATA,
            _ => BrotliEncoderOperation::BROTLI_OPERATION_PROCESS,
        };
        let (mut available_in, mut read) = (input.len(), 0);
        let (mut available_out, mut written) = (output.len(), 0);
        let fine = self.state.compress_stream(
            operation,
            &mut available_in,
            input,
            &mut read,
            &mut available_out,
            output,
            &mut written,
            &mut None,
            &mut |_, _, _, _| (),
        );
        let failure = (!fine).then(|| Failure::new("Compression failed", -1, "ERR_BROTLI_COMPRESSION_FAILED"));
        Step { read, written, failure }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        let params = std::mem::take(&mut self.params);
        match Self::new(params) {
            Some(fresh) => {
                *self = fresh;
                Ok(())
            }
            None => Err(Failure::new("Could not initialize Brotli instance", -1, "ERR_ZLIB_INITIALIZATION_FAILED")),
        }
    }
}

type State = BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>;

pub struct Decoder(Box<State>);

impl Decoder {
    pub fn new() -> Self {
        Self(Box::new(BrotliState::new(StandardAlloc::default(), StandardAlloc::default(), StandardAlloc::default())))
    }
}

impl Codec for Decoder {
    fn run(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Step {
        let (mut available_in, mut read) = (input.len(), 0);
        let (mut available_out, mut written) = (output.len(), 0);
        let mut total = 0;
        let result = BrotliDecompressStream(
            &mut available_in,
            &mut read,
            input,
            &mut available_out,
            &mut written,
            output,
            &mut total,
            &mut self.0,
        );
        let failure = match result {
            BrotliResult::NeedsMoreInput if flush == FINISH => Some(Failure::unexpected_end()),
            BrotliResult::ResultFailure => {
                let name = format!("{:?}", self.0.error_code);
                let number = self.0.error_code as i32;
                // Node says ERR_ and what follows BROTLI_DECODER.
                Some(Failure::new("Decompression failed", number, name.replacen("BROTLI_DECODER", "ERR_", 1)))
            }
            _ => None,
        };
        Step { read, written, failure }
    }

    fn reset(&mut self) -> Result<(), Failure> {
        *self = Self::new();
        Ok(())
    }
}
