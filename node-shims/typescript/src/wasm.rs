//! The image's exports: a process's host puts a request into `allocate`d memory and gets the answer's place.

use std::cell::RefCell;

thread_local! {
    static REQUEST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Memory for a request, which lasts until the next one.
#[unsafe(no_mangle)]
extern "C" fn allocate(length: usize) -> *mut u8 {
    REQUEST.with_borrow_mut(|request| {
        request.clear();
        request.resize(length, 0);
        request.as_mut_ptr()
    })
}

/// Answers the request that was put into the memory, and gives the answer's length.
#[unsafe(no_mangle)]
extern "C" fn call() -> usize {
    let answer = crate::call(&REQUEST.take());
    let length = answer.len();
    ANSWER.set(answer);
    length
}

/// Where the answer lies, until the next call.
#[unsafe(no_mangle)]
extern "C" fn answer() -> *const u8 {
    ANSWER.with_borrow(|answer| answer.as_ptr())
}
