//! How a process's calls reach the kernel.

use std::cell::{Cell, RefCell};

use porthole_abi::{Call, Errno, Reply, Request, Syscalls, event, frame};

use crate::Env;
use crate::file_cache::FileCache;

/// The numbers of calls and events, and what the process knows of files.
#[derive(Default)]
pub struct Calls {
    seq: Cell<u32>,
    heard: Cell<u32>,
    made: Cell<u64>,
    pub(crate) files: RefCell<FileCache>,
}

/// The kernel's answer to one call.
pub(crate) struct Answer {
    frame: Vec<u8>,
    pub marks: u16,
    errno: Option<Errno>,
}

impl Answer {
    pub fn result(&self) -> Result<&[u8], Errno> {
        match self.errno {
            Some(errno) => Err(errno),
            None => Ok(self.frame.get(frame::REPLY_HEADER..).unwrap_or_default()),
        }
    }
}

impl Syscalls for Env {
    fn transact(&self, call: &Call<'_>) -> Result<Vec<u8>, Errno> {
        self.ask(call).result().map(<[u8]>::to_vec)
    }
}

impl Env {
    /// System calls made so far.
    pub fn calls_made(&self) -> u64 {
        self.calls.made.get()
    }

    /// Makes a call, waits for its reply, and takes note of what it says about files.
    pub(crate) fn ask(&self, call: &Call<'_>) -> Answer {
        let calls = &self.calls;
        let seq = calls.seq.get().wrapping_add(1);
        calls.seq.set(seq);
        calls.made.set(calls.made.get() + 1);
        let mut request = Vec::with_capacity(64);
        Request::begin(call.number(), seq, seq - 1, calls.heard.get(), &mut request);
        call.put(&mut request);
        frame::finish(&mut request);
        if request.len() > frame::MAX_FRAME {
            return Answer { frame: Vec::new(), marks: 0, errno: Some(Errno::E2BIG) };
        }
        let asked_us = self.host().now_us();
        let mut reply = Vec::new();
        self.host().call(&request, &mut reply);
        let (marks, errno) = match Reply::get(&reply) {
            Ok(Reply { marks, foreign, result, .. }) => {
                let mut files = calls.files.borrow_mut();
                files.hear(foreign);
                files.confirm(asked_us);
                files.answered(call, marks, result);
                (marks, result.err())
            }
            // A process that has been ended already gets no answer to its `exit`.
            Err(_) if reply.is_empty() && matches!(call, Call::Exit { .. }) => (0, None),
            Err(_) => {
                self.host().log(&format!("the kernel's reply to {} cannot be read", call.row().name));
                (0, Some(Errno::EPROTO))
            }
        };
        Answer { frame: reply, marks, errno }
    }

    /// The next events, in order, each heard once. Whoever calls this outside the loop must hand what it does not know to [`Env::dispatch_later`].
    pub fn poll_events(&self, timeout_ms: Option<u32>) -> Vec<event::Event> {
        let mut notice = Vec::new();
        self.host().poll(timeout_ms, &mut notice);
        if notice.is_empty() {
            return Vec::new();
        }
        let batch = match Reply::get(&notice) {
            Ok(Reply { foreign, result: Ok(payload), .. }) => {
                self.calls.files.borrow_mut().hear(foreign);
                event::get_batch(payload).ok()
            }
            _ => None,
        };
        let Some((first, events)) = batch else {
            self.host().log("the kernel sent a batch of events that cannot be read");
            return Vec::new();
        };
        let heard = self.calls.heard.get();
        let skip = heard.wrapping_sub(first) as usize;
        if skip >= events.len() {
            return Vec::new();
        }
        self.calls.heard.set(first.wrapping_add(events.len() as u32));
        events.into_iter().skip(skip).collect()
    }
}
