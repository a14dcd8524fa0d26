//! What an image exports that processes call beside their own: a process's host puts a request into `allocate`d memory, `call`s, and finds the answer where
//! `answer` says (`sw/src/process/later/extensions.ts`).

use std::cell::RefCell;

thread_local! {
    static REQUEST: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static ANSWER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Memory for a request, which lasts until the next one.
pub fn allocate(length: usize) -> *mut u8 {
    REQUEST.with_borrow_mut(|request| {
        request.clear();
        request.resize(length, 0);
        request.as_mut_ptr()
    })
}

/// Lets `work` answer the request that was put into the memory, and gives the answer's length.
pub fn call(work: impl FnOnce(&[u8]) -> Vec<u8>) -> usize {
    let answer = work(&REQUEST.take());
    let length = answer.len();
    ANSWER.set(answer);
    length
}

/// Where the answer lies, until the next call.
pub fn answer() -> *const u8 {
    ANSWER.with_borrow(|answer| answer.as_ptr())
}

/// The exports of an image that answers by this function, from bytes to bytes.
#[macro_export]
macro_rules! exports {
    ($work:expr) => {
        #[unsafe(no_mangle)]
        extern "C" fn allocate(length: usize) -> *mut u8 {
            $crate::allocate(length)
        }

        #[unsafe(no_mangle)]
        extern "C" fn call() -> usize {
            $crate::call($work)
        }

        #[unsafe(no_mangle)]
        extern "C" fn answer() -> *const u8 {
            $crate::answer()
        }
    };
}
