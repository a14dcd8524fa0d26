//! What a process image asks of its host.

/// A module of the library, as the host keeps it.
pub enum Builtin {
    /// JavaScript text.
    Source(Vec<u8>),
    /// What [`crate::bytecode::compile`] made of it.
    Bytecode(Vec<u8>),
}

/// The outside of a process. `call` and `poll` are the only two that may wait.
pub trait Host {
    /// Carries one request frame to the kernel and its reply frame back (`porthole_abi::frame`). Never waits for anything but the answer.
    fn call(&self, request: &[u8], reply: &mut Vec<u8>);

    /// Waits for events, at most `timeout_ms` (`None`: for ever). `notice` becomes one notification frame, or empty when time is up.
    fn poll(&self, timeout_ms: Option<u32>, notice: &mut Vec<u8>);

    /// Microseconds on a clock that never goes back.
    fn now_us(&self) -> f64;

    /// Milliseconds since 1970, with a fraction.
    fn wall_ms(&self) -> f64;

    /// Fills `bytes` with randomness fit for keys.
    fn random(&self, bytes: &mut [u8]);

    /// A module of the library by id (`internal/url`, `porthole/util`).
    fn builtin(&self, id: &str) -> Option<Builtin>;

    /// The ids of all of Node's own modules.
    fn builtin_ids(&self) -> Vec<String>;

    /// A line for whoever looks after the host: faults of the image itself, never the guest's output.
    fn log(&self, line: &str);
}
