//! An allocator that remembers the largest request of its thread, to catch lengths that are believed before they are checked.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Watched;

#[global_allocator]
static ALLOCATOR: Watched = Watched;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

/// The largest request since [`forget`].
pub fn largest() -> usize {
    LARGEST.get()
}

pub fn forget() {
    LARGEST.set(0);
}

fn saw(size: usize) {
    // A thread that ends has no cell any more, and asks for little.
    let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(size)));
}

// SAFETY: everything is the system allocator's; a cell without a destructor, made at compile time, is all that is added, and it does not allocate.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        saw(layout.size());
        // SAFETY: the caller's promises are the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        saw(size);
        // SAFETY: as above.
        unsafe { System.realloc(at, layout, size) }
    }
}
