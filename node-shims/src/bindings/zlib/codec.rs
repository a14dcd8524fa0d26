//! What every compression stream does, whatever its format.

/// One call's worth of work.
pub struct Step {
    /// Bytes of the input that were taken.
    pub read: usize,
    /// Bytes of the output that were filled.
    pub written: usize,
    pub failure: Option<Failure>,
}

/// An error as the library's `onerror` gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub message: String,
    pub number: i32,
    pub code: String,
}

impl Failure {
    pub fn new(message: impl Into<String>, number: i32, code: impl Into<String>) -> Self {
        Self { message: message.into(), number, code: code.into() }
    }

    pub fn unexpected_end() -> Self {
        Self::new("unexpected end of file", -5, "Z_BUF_ERROR")
    }
}

pub trait Codec {
    /// Compresses or expands as much as fits. `flush` is a number of the format's own.
    fn run(&mut self, flush: u32, input: &[u8], output: &mut [u8]) -> Step;

    /// Starts anew with the same parameters.
    fn reset(&mut self) -> Result<(), Failure>;

    /// Changes level and strategy in mid-stream; formats other than zlib's ignore it.
    fn set_params(&mut self, _level: i32, _strategy: i32) -> Result<(), Failure> {
        Ok(())
    }
}
