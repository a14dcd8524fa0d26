//! The image in a browser: a worker instantiates it, gives it the imports of module `porthole`, and calls `main` once.
//!
//! [`compiler`] is what the build calls, in the same image, to make bytecode.

mod compiler;

use std::cell::OnceCell;
use std::sync::Once;

use crate::host::{Builtin, Host};
use crate::pack::Pack;

mod import {
    //! `call` and `poll` answer the length of what they hold; `take` copies that to a place of at least this length.
    #[link(wasm_import_module = "porthole")]
    unsafe extern "C" {
        pub fn call(at: *const u8, length: usize) -> usize;
        /// 1 where `post` works.
        pub fn can_post() -> i32;
        pub fn post(at: *const u8, length: usize);
        /// Below 0: for ever.
        pub fn poll(timeout_ms: i32) -> usize;
        pub fn take(at: *mut u8);
        pub fn now_us() -> f64;
        pub fn wall_ms() -> f64;
        pub fn random(at: *mut u8, length: usize);
        pub fn library_length() -> usize;
        /// Copies a part of the library. Nothing where it has no such part.
        pub fn library(offset: usize, length: usize, at: *mut u8);
        /// As the two above: what of the library few programs need. The first call may have to fetch it.
        pub fn rest_length() -> usize;
        pub fn rest(offset: usize, length: usize, at: *mut u8);
        /// As `call`; below 0 where there is no such image.
        pub fn extension(name: *const u8, name_length: usize, at: *const u8, length: usize) -> i32;
        /// As [`Host::run`](crate::host::Host::run).
        pub fn run(function: u32, at: *mut u8, given: u32, room: u32) -> i32;
        pub fn log(at: *const u8, length: usize);
    }
}

unsafe extern "C" {
    /// Runs the constructors of libc. Made by the linker; as it is called here, the linker does not put calls around every export.
    fn __wasm_call_ctors();
}

/// libc's clock, in microseconds since 1970.
#[unsafe(no_mangle)]
extern "C" fn __rquickjs_host_now_us() -> f64 {
    // SAFETY: takes nothing and gives a number.
    unsafe { import::wall_ms() * 1000.0 }
}

/// Runs the process that the kernel says this is, and gives its exit code, which the kernel has been told by then.
#[unsafe(export_name = "main")]
extern "C" fn run() -> i32 {
    start();
    // SAFETY: takes nothing and gives a number.
    match Pack::open(unsafe { import::library_length() }, read_library as ReadLibrary) {
        Ok(pack) => crate::engine::run(Box::new(Browser { pack, rest: OnceCell::new() })),
        Err(why) => {
            log(&format!("the library cannot be read: {why}"));
            crate::engine::exit_code::BOOTSTRAP_FAILURE
        }
    }
}

/// What must come before anything else, once.
fn start() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        // SAFETY: nothing of libc was used before.
        unsafe { __wasm_call_ctors() };
        std::panic::set_hook(Box::new(|panic| log(&panic.to_string())));
    });
}

fn log(line: &str) {
    // SAFETY: the bytes outlive the call.
    unsafe { import::log(line.as_ptr(), line.len()) };
}

type ReadLibrary = fn(usize, &mut [u8]);

fn read_library(offset: usize, to: &mut [u8]) {
    // SAFETY: the host writes into the slice and nowhere else.
    unsafe { import::library(offset, to.len(), to.as_mut_ptr()) }
}

fn read_rest(offset: usize, to: &mut [u8]) {
    // SAFETY: the host writes into the slice and nowhere else.
    unsafe { import::rest(offset, to.len(), to.as_mut_ptr()) }
}

struct Browser {
    pack: Pack<ReadLibrary>,
    /// What few programs need, once the first of it was asked for.
    rest: OnceCell<Option<Pack<ReadLibrary>>>,
}

impl Browser {
    fn rest(&self) -> Option<&Pack<ReadLibrary>> {
        let open = || {
            // SAFETY: takes nothing and gives a number.
            let pack = Pack::open(unsafe { import::rest_length() }, read_rest as ReadLibrary);
            pack.inspect_err(|why| log(&format!("the rest of the library cannot be read: {why}"))).ok()
        };
        self.rest.get_or_init(open).as_ref()
    }
}

/// Replaces what `bytes` hold by what `call` or `poll` left.
///
/// # Safety
/// `length` is what the import has just answered.
unsafe fn take(length: usize, bytes: &mut Vec<u8>) {
    bytes.clear();
    bytes.reserve(length);
    if length > 0 {
        // SAFETY: there is room for `length` bytes, and the host writes that many.
        unsafe {
            import::take(bytes.as_mut_ptr());
            bytes.set_len(length);
        }
    }
}

impl Host for Browser {
    fn call(&self, request: &[u8], reply: &mut Vec<u8>) {
        // SAFETY: the request outlives the call; the length is the one just answered.
        unsafe { take(import::call(request.as_ptr(), request.len()), reply) }
    }

    fn can_post(&self) -> bool {
        // SAFETY: takes nothing and gives a number.
        unsafe { import::can_post() != 0 }
    }

    fn post(&self, requests: &[u8]) {
        // SAFETY: the requests outlive the call.
        unsafe { import::post(requests.as_ptr(), requests.len()) }
    }

    fn poll(&self, timeout_ms: Option<u32>, events: &mut Vec<u8>) {
        let timeout = timeout_ms.map_or(-1, |ms| i32::try_from(ms).unwrap_or(i32::MAX));
        // SAFETY: as in `call`.
        unsafe { take(import::poll(timeout), events) }
    }

    fn now_us(&self) -> f64 {
        // SAFETY: takes nothing and gives a number.
        unsafe { import::now_us() }
    }

    fn wall_ms(&self) -> f64 {
        // SAFETY: takes nothing and gives a number.
        unsafe { import::wall_ms() }
    }

    fn random(&self, bytes: &mut [u8]) {
        // SAFETY: the host writes into the slice and nowhere else.
        unsafe { import::random(bytes.as_mut_ptr(), bytes.len()) }
    }

    fn builtin(&self, id: &str) -> Option<Builtin> {
        let module = self.pack.module(id).or_else(|| if self.pack.knows(id) { self.rest()?.module(id) } else { None });
        module.map(Builtin::Bytecode)
    }

    fn builtin_ids(&self) -> Vec<String> {
        self.pack.ids().filter(|id| !id.starts_with("porthole/")).map(str::to_owned).collect()
    }

    fn extension(&self, name: &str, request: &[u8], answer: &mut Vec<u8>) -> bool {
        // SAFETY: name and request outlive the call.
        let length = unsafe { import::extension(name.as_ptr(), name.len(), request.as_ptr(), request.len()) };
        let Ok(length) = usize::try_from(length) else { return false };
        // SAFETY: the length is the one just answered.
        unsafe { take(length, answer) };
        true
    }

    unsafe fn run(&self, function: u32, at: *mut u8, given: u32, room: u32) -> i32 {
        // SAFETY: the caller's promise.
        unsafe { import::run(function, at, given, room) }
    }

    fn log(&self, line: &str) {
        log(line);
    }
}
