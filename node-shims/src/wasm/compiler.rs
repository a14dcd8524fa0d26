//! The build runs the finished image to compile the library: bytecode is that of this very engine and word size.
//!
//! The build asks for room with `allocate`, writes id and text there, calls `compile`, and reads the result at `result_at`.

use std::cell::RefCell;

use crate::{bytecode, engine, patches};

thread_local! {
    static RESULT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Room for `length` bytes, for the rest of the image's life.
#[unsafe(no_mangle)]
extern "C" fn allocate(length: usize) -> *mut u8 {
    super::start();
    Vec::leak(vec![0; length]).as_mut_ptr()
}

/// Patches and compiles a module. 1: the result is its bytecode; 0: the result is text that says what is wrong.
///
/// # Safety
/// Both places come from [`allocate`], with at least these lengths.
#[unsafe(no_mangle)]
unsafe extern "C" fn compile(id_at: *const u8, id_length: usize, text_at: *const u8, text_length: usize) -> u32 {
    super::start();
    // SAFETY: the caller's promise.
    let (id, text) = unsafe { (std::slice::from_raw_parts(id_at, id_length), std::slice::from_raw_parts(text_at, text_length)) };
    let compiled = one(&String::from_utf8_lossy(id), text.to_vec());
    let good = u32::from(compiled.is_ok());
    RESULT.set(compiled.unwrap_or_else(String::into_bytes));
    good
}

#[unsafe(no_mangle)]
extern "C" fn result_at() -> *const u8 {
    RESULT.with_borrow(|result| result.as_ptr())
}

#[unsafe(no_mangle)]
extern "C" fn result_length() -> usize {
    RESULT.with_borrow(Vec::len)
}

/// In an engine of its own, so that no module's compilation depends on another's.
fn one(id: &str, text: Vec<u8>) -> Result<Vec<u8>, String> {
    let text = patches::apply(id, text)?;
    let (_runtime, context) = engine::machine().map_err(|error| format!("QuickJS does not start: {error}"))?;
    context.with(|ctx| {
        bytecode::compile(&ctx, id, &text).map_err(|error| match error {
            rquickjs::Error::Exception => ctx.catch().as_exception().map_or_else(|| "it throws".to_owned(), ToString::to_string),
            error => error.to_string(),
        })
    })
}
