//! How a process's calls reach the kernel.
//!
//! Most calls wait for their reply. Those that change files and are sure to succeed ([`crate::file_cache`]) do not: they are sent behind the process's
//! back, in order with all others, since every frame goes the same way. What is sent and not answered is bounded ([`FRAMES`], [`BYTES`]). A reply that is
//! an error all the same is late: the next operation on files throws it ([`Env::take_late`]), `fsync` and `close` at once, and the end of the process does
//! so where nothing else has.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use porthole_abi::{Call, Errno, Reply, Request, Syscalls, event, flags, frame};

use crate::Env;
use crate::bindings::fs::Failure;
use crate::file_cache::FileCache;

/// Calls that may be without an answer, and the bytes of their frames.
const FRAMES: usize = 1024;
const BYTES: usize = 4 << 20;
/// As [`FRAMES`] where nothing can be sent without waiting: a wait costs as much as hundreds of calls.
const FRAMES_A_WAIT: usize = 4096;
/// What is sent together: so many frames or bytes, or what has gathered in this time.
const FRAMES_TOGETHER: usize = 32;
const BYTES_TOGETHER: usize = 128 << 10;
const TOGETHER_US: f64 = 1000.0;
/// What was gathered goes after this time, whatever the program does; where it must wait for that, after so many times what the last wait took, and no
/// later than [`LATEST_US`].
const OLD_US: f64 = 5000.0;
const TIMES_A_WAIT: f64 = 10.0;
const LATEST_US: f64 = 100_000.0;
/// Writes behind one another become one up to this size.
const ONE_WRITE: usize = 256 << 10;

/// The numbers of calls and events, and what the process knows of files.
#[derive(Default)]
pub struct Calls {
    seq: Cell<u32>,
    /// Every reply up to this number has come.
    acked: Cell<u32>,
    heard: Cell<u32>,
    made: Cell<u64>,
    behind: RefCell<Behind>,
    late: RefCell<Option<Failure>>,
    pub(crate) files: RefCell<FileCache>,
}

/// Calls that nobody waits for.
#[derive(Default)]
struct Behind {
    /// Frames that have not been sent.
    gathered: Vec<u8>,
    frames_gathered: usize,
    gathered_since: f64,
    /// How long the last wait for answers took.
    wait_us: f64,
    /// The last frame there, if it is a write that the next one may continue.
    last_write: Option<LastWrite>,
    /// All without a reply, in order.
    unanswered: VecDeque<Unanswered>,
    bytes: usize,
}

struct Unanswered {
    seq: u32,
    bytes: usize,
    syscall: &'static str,
    path: Option<Box<[u8]>>,
}

struct LastWrite {
    frame_at: usize,
    data_at: usize,
    target: WriteTarget,
}

enum WriteTarget {
    /// `write` where the description stands.
    Descriptor(i32),
    /// `write_file` at the end of a file.
    End { path: Box<[u8]>, flags: u32, mode: u32 },
}

/// The kernel's answer to one call.
pub(crate) struct Answer {
    message: Vec<u8>,
    payload_at: usize,
    pub marks: u16,
    errno: Option<Errno>,
}

impl Answer {
    fn failed(errno: Errno) -> Self {
        Self { message: Vec::new(), payload_at: 0, marks: 0, errno: Some(errno) }
    }

    pub fn result(&self) -> Result<&[u8], Errno> {
        match self.errno {
            Some(errno) => Err(errno),
            None => Ok(self.message.get(self.payload_at..).unwrap_or_default()),
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

    /// Makes a call, waits for its reply, and takes note of what it says about files. What was gathered goes with it.
    pub(crate) fn ask(&self, call: &Call<'_>) -> Answer {
        let mut frame = Vec::with_capacity(64);
        let Some(seq) = self.number(call, &mut frame) else { return Answer::failed(Errno::E2BIG) };
        let gathered = self.take_gathered();
        let message = if gathered.is_empty() { frame } else { [gathered, frame].concat() };
        let asked_us = self.host().now_us();
        let mut replies = Vec::new();
        self.host().call(&message, &mut replies);
        // A process that has been ended already gets no answer to its `exit`.
        if replies.is_empty() && matches!(call, Call::Exit { .. }) {
            return Answer { message: replies, payload_at: 0, marks: 0, errno: None };
        }
        let Some(at) = self.hear_replies(&replies, seq) else {
            self.host().log(&format!("the kernel's reply to {} cannot be read", call.row().name));
            return Answer::failed(Errno::EPROTO);
        };
        let Ok(Reply { marks, foreign, result, .. }) = Reply::get(replies.get(at..).unwrap_or_default()) else {
            return Answer::failed(Errno::EPROTO);
        };
        let mut files = self.calls.files.borrow_mut();
        files.hear(foreign);
        files.confirm(asked_us);
        files.answered(call, marks, result);
        let errno = result.err();
        drop(files);
        Answer { message: replies, payload_at: at + frame::REPLY_HEADER, marks, errno }
    }

    /// A frame for a call, under a new number. `None`: it would be too long.
    fn number(&self, call: &Call<'_>, frame: &mut Vec<u8>) -> Option<u32> {
        let calls = &self.calls;
        let seq = calls.seq.get().wrapping_add(1);
        Request::begin(call.number(), seq, calls.acked.get(), calls.heard.get(), frame);
        call.put(frame);
        frame::finish(frame);
        if frame.len() > frame::MAX_FRAME {
            return None;
        }
        calls.seq.set(seq);
        calls.made.set(calls.made.get() + 1);
        Some(seq)
    }

    /// Takes note of the replies to calls that nobody waited for, and answers where the reply to `awaited` begins, which is the last.
    fn hear_replies(&self, message: &[u8], awaited: u32) -> Option<usize> {
        let mut rest = message;
        while !rest.is_empty() {
            let (one, after) = frame::split(rest).ok()?;
            let reply = Reply::get(one).ok()?;
            if reply.seq == awaited {
                self.calls.acked.set(awaited);
                return Some(message.len() - rest.len());
            }
            self.hear_behind(&reply);
            rest = after;
        }
        None
    }

    fn hear_behind(&self, reply: &Reply<'_>) {
        let calls = &self.calls;
        let Some(call) = ({
            let mut behind = calls.behind.borrow_mut();
            match behind.unanswered.front() {
                Some(first) if first.seq == reply.seq => behind.unanswered.pop_front(),
                // It came before: a new kernel answers what is sent again.
                _ => None,
            }
        }) else {
            return;
        };
        calls.acked.set(reply.seq);
        let mut behind = calls.behind.borrow_mut();
        behind.bytes = behind.bytes.saturating_sub(call.bytes);
        drop(behind);
        let mut files = calls.files.borrow_mut();
        files.hear(reply.foreign);
        if let Err(errno) = reply.result {
            // What was built upon it is wrong as well.
            files.forget_all();
            let path = call.path.map(<[u8]>::into_vec);
            calls.late.borrow_mut().get_or_insert(Failure { errno, syscall: call.syscall, path, dest: None });
        }
    }

    /// Makes a call that is sure to succeed, if it is, without waiting. `syscall` and `path` are what an error would name.
    pub(crate) fn post(&self, call: &Call<'_>, syscall: &'static str, path: Option<&[u8]>) -> bool {
        let now = self.host().now_us();
        if !self.is_sure(call, now) {
            return false;
        }
        self.calls.files.borrow_mut().sent(call);
        if self.continue_write(call, now) {
            return true;
        }
        let mut frame = Vec::with_capacity(128);
        let Some(seq) = self.number(call, &mut frame) else { return false };
        let full = {
            let mut behind = self.calls.behind.borrow_mut();
            if behind.gathered.is_empty() {
                behind.gathered_since = now;
            }
            let frame_at = behind.gathered.len();
            behind.last_write = match *call {
                Call::Write { fd, position: -1, .. } => Some(LastWrite { frame_at, data_at: 4, target: WriteTarget::Descriptor(fd) }),
                Call::WriteFile { path, flags, mode, .. } if flags & (flags::O_APPEND | flags::O_TRUNC | flags::O_EXCL) == flags::O_APPEND => {
                    Some(LastWrite { frame_at, data_at: 4 + path.len(), target: WriteTarget::End { path: path.into(), flags, mode } })
                }
                _ => None,
            };
            behind.gathered.extend_from_slice(&frame);
            behind.frames_gathered += 1;
            behind.bytes += frame.len();
            behind.unanswered.push_back(Unanswered { seq, bytes: frame.len(), syscall, path: path.map(Box::from) });
            let most = if self.host().can_post() { FRAMES } else { FRAMES_A_WAIT };
            behind.unanswered.len() >= most || behind.bytes >= BYTES
        };
        if full {
            self.settle();
        } else {
            self.send_gathered(now, false);
        }
        true
    }

    /// Whether a call cannot fail, as far as the process knows; asks for what it must know and does not.
    fn is_sure(&self, call: &Call<'_>, now: f64) -> bool {
        let files = &self.calls.files;
        if self.calls.late.borrow().is_some() || !files.borrow().is_sure(call) {
            return false;
        }
        if files.borrow().is_fresh(now) && files.borrow().has_room(call) {
            return true;
        }
        self.renew();
        files.borrow().is_sure(call) && files.borrow().has_room(call)
    }

    /// Asks whether others have changed anything, and how much room there is.
    pub(crate) fn renew(&self) {
        let _room = self.statfs(b"/");
    }

    /// Lets the last write that was gathered carry the data of this one, which goes on where that one ends.
    fn continue_write(&self, call: &Call<'_>, now: f64) -> bool {
        let mut behind = self.calls.behind.borrow_mut();
        let Behind { gathered, last_write: Some(last), unanswered, bytes, .. } = &mut *behind else { return false };
        let data = match (&last.target, call) {
            (WriteTarget::Descriptor(fd), &Call::Write { fd: again, data, position: -1 }) if *fd == again => data,
            (WriteTarget::End { path, flags, mode }, &Call::WriteFile { path: again, data, flags: how, mode: same })
                if **path == *again && *flags == how && *mode == same =>
            {
                data
            }
            _ => return false,
        };
        let length_at = last.frame_at + frame::REQUEST_HEADER + last.data_at;
        let Some(length) = gathered.get(length_at..length_at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes) else {
            return false;
        };
        if length as usize + data.len() > ONE_WRITE {
            return false;
        }
        // The data are before the last arguments.
        let end = length_at + 4 + length as usize;
        let after = gathered.split_off(end);
        gathered.extend_from_slice(data);
        gathered.extend_from_slice(&after);
        gathered[length_at..length_at + 4].copy_from_slice(&(length + data.len() as u32).to_le_bytes());
        frame::finish(&mut gathered[last.frame_at..]);
        *bytes += data.len();
        if let Some(last) = unanswered.back_mut() {
            last.bytes += data.len();
        }
        drop(behind);
        self.send_gathered(now, false);
        true
    }

    fn take_gathered(&self) -> Vec<u8> {
        let mut behind = self.calls.behind.borrow_mut();
        behind.frames_gathered = 0;
        behind.last_write = None;
        std::mem::take(&mut behind.gathered)
    }

    /// Sends what was gathered where the host can send without waiting: all of it, or only if it is enough or has waited.
    fn send_gathered(&self, now: f64, all: bool) {
        {
            let behind = self.calls.behind.borrow();
            let enough =
                behind.frames_gathered >= FRAMES_TOGETHER || behind.gathered.len() >= BYTES_TOGETHER || now - behind.gathered_since >= TOGETHER_US;
            if behind.gathered.is_empty() || !(all || enough) || !self.host().can_post() {
                return;
            }
        }
        let gathered = self.take_gathered();
        self.host().post(&gathered);
    }

    /// Sends what was gathered, whatever it takes: called before the process does something else for long.
    pub(crate) fn flush(&self) {
        if self.calls.behind.borrow().gathered.is_empty() {
            return;
        }
        if self.host().can_post() { self.send_gathered(0.0, true) } else { self.settle() }
    }

    /// Called now and then while a program computes: nothing shall wait until it is done.
    pub(crate) fn flush_old(&self) {
        let is_old = match self.calls.behind.try_borrow() {
            Ok(behind) => {
                let patience = if self.host().can_post() { OLD_US } else { (TIMES_A_WAIT * behind.wait_us).clamp(OLD_US, LATEST_US) };
                !behind.gathered.is_empty() && self.host().now_us() - behind.gathered_since > patience
            }
            Err(_) => false,
        };
        if is_old {
            self.flush();
        }
    }

    /// Waits until every call is answered.
    pub(crate) fn settle(&self) {
        if !self.calls.behind.borrow().unanswered.is_empty() {
            let begun = self.host().now_us();
            self.renew();
            self.calls.behind.borrow_mut().wait_us = self.host().now_us() - begun;
        }
    }

    /// The first error of a call that nobody waited for, once.
    pub(crate) fn take_late(&self) -> Option<Failure> {
        self.calls.late.borrow_mut().take()
    }

    pub(crate) fn is_late(&self) -> bool {
        self.calls.late.borrow().is_some()
    }

    /// The next events, in order, each heard once. Whoever calls this outside the loop must hand what it does not know to [`Env::dispatch_later`].
    pub fn poll_events(&self, timeout_ms: Option<u32>) -> Vec<event::Event> {
        self.flush();
        let mut message = Vec::new();
        self.host().poll(timeout_ms, &mut message);
        let mut heard = Vec::new();
        let mut rest = message.as_slice();
        while !rest.is_empty() {
            let one = frame::split(rest).ok().and_then(|(one, after)| Some((Reply::get(one).ok()?, after)));
            let Some((reply, after)) = one else {
                self.host().log("the kernel sent a frame that cannot be read");
                return heard;
            };
            match reply {
                Reply { seq: 0, foreign, result: Ok(batch), .. } => {
                    self.calls.files.borrow_mut().hear(foreign);
                    self.hear_batch(batch, &mut heard);
                }
                reply => self.hear_behind(&reply),
            }
            rest = after;
        }
        heard
    }

    fn hear_batch(&self, batch: &[u8], all: &mut Vec<event::Event>) {
        let Ok((first, events)) = event::get_batch(batch) else {
            return self.host().log("the kernel sent a batch of events that cannot be read");
        };
        let heard = self.calls.heard.get();
        let skip = heard.wrapping_sub(first) as usize;
        if skip < events.len() {
            self.calls.heard.set(first.wrapping_add(events.len() as u32));
            all.extend(events.into_iter().skip(skip));
        }
    }
}

#[cfg(test)]
mod tests;
