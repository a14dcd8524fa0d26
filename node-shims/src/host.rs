//! What a process image asks of its host.

/// A module of the library, as the host keeps it.
pub enum Builtin {
    /// JavaScript text.
    Source(Vec<u8>),
    /// What [`crate::bytecode::compile`] made of it.
    Bytecode(Vec<u8>),
}

/// The outside of a process. Those that may wait are `call`, `poll` and `run`.
pub trait Host {
    /// Carries request frames (`porthole_abi::frame`) to the kernel in order, and waits for the reply to the last one. `replies` becomes all replies that
    /// have come since the host was last asked, in order, the awaited one last. Never waits for anything else.
    fn call(&self, requests: &[u8], replies: &mut Vec<u8>);

    /// Whether [`Host::post`] works here. Otherwise frames must wait for the next call.
    fn can_post(&self) -> bool;

    /// Sends request frames without waiting. Their replies come with those of later calls, or with [`Host::poll`].
    fn post(&self, requests: &[u8]);

    /// Waits for events, at most `timeout_ms` (`None`: for ever). `heard` becomes the replies that have come meanwhile, and one notification frame unless
    /// time is up.
    fn poll(&self, timeout_ms: Option<u32>, heard: &mut Vec<u8>);

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

    /// Calls an image beside this one, which the host loads when it is first called: `answer` becomes what it says to the request. False where there is none
    /// of that name, or it cannot be had.
    fn extension(&self, name: &str, request: &[u8], answer: &mut Vec<u8>) -> bool;

    /// Runs a function of WebAssembly that the guest brought, with `given` arguments in the slots from `at`, and puts its results there, at most `room`.
    /// Answers how many, −1 where a function of the guest's threw, below that where WebAssembly failed itself. It may call back and wait meanwhile.
    ///
    /// # Safety
    /// There are as many slots as arguments and room, as [`crate::bindings::webassembly`] has them.
    unsafe fn run(&self, _function: u32, _at: *mut u8, _given: u32, _room: u32) -> i32 {
        // A host without WebAssembly has no functions of it.
        -2
    }

    /// A line for whoever looks after the host: faults of the image itself, never the guest's output.
    fn log(&self, line: &str);
}
