//! Waiting for one descriptor while nothing else runs, as a blocking system call would.

use porthole_abi::{Errno, Event, Syscalls};

use crate::Env;

/// Waits until `fd` is ready for `mask` (`flags::READABLE`, `WRITABLE`), or gone. What else is heard meanwhile is kept for the loop.
///
/// # Errors
/// What the kernel answers to `watch`.
pub fn block_on(env: &Env, fd: i32, mask: u8) -> Result<(), Errno> {
    let before = env.event_loop.watches.borrow().get(&fd).map_or(0, |watch| watch.mask);
    Syscalls::watch(env, fd, mask | before)?;
    let mut ready = false;
    while !ready {
        for event in env.poll_events(None) {
            match event {
                Event::Ready { fd: of, .. } if of == fd => {
                    ready = true;
                    if before != 0 {
                        env.dispatch_later(event);
                    }
                }
                other => env.dispatch_later(other),
            }
        }
    }
    Syscalls::watch(env, fd, before).map(drop)
}
