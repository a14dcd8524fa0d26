#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::rc::Rc;

use porthole_abi::stat::Statfs;
use porthole_abi::wire::Wire;
use porthole_abi::{Stat, reply};

use super::*;
use crate::{Builtin, Host};

const CREATE: u32 = flags::O_WRONLY | flags::O_CREAT | flags::O_TRUNC;
const APPEND: u32 = flags::O_WRONLY | flags::O_CREAT | flags::O_APPEND;

/// Answers as a kernel with one directory would, and keeps the calls.
#[derive(Default)]
struct Kernel {
    can_post: bool,
    calls: RefCell<Vec<String>>,
    messages: Cell<usize>,
    replies: RefCell<Vec<u8>>,
    /// Every `write_file` fails.
    full: Cell<bool>,
    foreign: Cell<u32>,
    time: Cell<f64>,
    /// What waiting for a reply takes, in microseconds.
    wait: Cell<f64>,
}

impl Kernel {
    fn answer(&self, message: &[u8]) {
        self.messages.set(self.messages.get() + 1);
        let mut rest = message;
        while let Ok((one, after)) = frame::split(rest) {
            let request = Request::get(one).unwrap();
            let call = Call::get(request.number, request.args).unwrap();
            let mut payload = Vec::new();
            let errno = match &call {
                Call::Mkdtemp { .. } => {
                    reply::Mkdtemp { path: b"/tmp/d".to_vec() }.put(&mut payload);
                    None
                }
                Call::Statfs { .. } => {
                    let statfs = Statfs { bsize: 4096, bavail: 1 << 20, ffree: 1 << 20, ..Statfs::default() };
                    reply::Statfs { statfs }.put(&mut payload);
                    None
                }
                Call::WriteFile { .. } if self.full.get() => Some(Errno::ENOSPC),
                Call::WriteFile { .. } => {
                    reply::WriteFile { stat: Stat { ino: 9, mode: 0o100644, nlink: 1, uid: 7, ..Stat::default() } }.put(&mut payload);
                    None
                }
                Call::Stat { .. } => {
                    reply::Stat { stat: Stat { ino: 9, mode: 0o100644, nlink: 1, uid: 7, ..Stat::default() } }.put(&mut payload);
                    None
                }
                _ => None,
            };
            self.calls.borrow_mut().push(match &call {
                Call::WriteFile { data, .. } => format!("write_file {}", data.len()),
                call => call.row().name.to_owned(),
            });
            let mut reply = Vec::new();
            Reply::begin(request.seq, errno, &mut reply);
            reply.extend_from_slice(&payload);
            Reply::tell(&mut reply, 0, self.foreign.get());
            frame::finish(&mut reply);
            self.replies.borrow_mut().extend_from_slice(&reply);
            rest = after;
        }
    }
}

impl Host for Rc<Kernel> {
    fn call(&self, requests: &[u8], replies: &mut Vec<u8>) {
        self.answer(requests);
        self.time.set(self.time.get() + self.wait.get());
        *replies = self.replies.take();
    }
    fn can_post(&self) -> bool {
        self.can_post
    }
    fn post(&self, requests: &[u8]) {
        self.answer(requests);
    }
    fn poll(&self, _timeout_ms: Option<u32>, heard: &mut Vec<u8>) {
        *heard = self.replies.take();
    }
    fn now_us(&self) -> f64 {
        self.time.get()
    }
    fn wall_ms(&self) -> f64 {
        0.0
    }
    fn extension(&self, _name: &str, _request: &[u8], _answer: &mut Vec<u8>) -> bool {
        false
    }

    fn random(&self, _bytes: &mut [u8]) {}
    fn builtin(&self, _id: &str) -> Option<Builtin> {
        None
    }
    fn builtin_ids(&self) -> Vec<String> {
        Vec::new()
    }
    fn log(&self, line: &str) {
        panic!("{line}");
    }
}

/// A process that has made `/tmp/d`.
fn process(can_post: bool) -> (Rc<Kernel>, Rc<Env>) {
    let kernel = Rc::new(Kernel { can_post, ..Kernel::default() });
    let env = Env::new(Box::new(kernel.clone()));
    let start = reply::Start { uid: 7, gid: 7, umask: 0o022, cwd: b"/".to_vec(), ..reply::Start::default() };
    env.calls.files.borrow_mut().start(&start);
    env.mkdtemp(b"/tmp/").unwrap();
    (kernel, env)
}

#[test]
fn what_is_sure_is_not_waited_for() {
    let (kernel, env) = process(false);
    env.write_file(b"/tmp/d/a", b"one", CREATE, 0o666).unwrap();
    env.write_file(b"/tmp/d/b", b"two", CREATE, 0o666).unwrap();
    env.rename(b"/tmp/d/a", b"/tmp/d/c", 0).unwrap();
    env.unlink(b"/tmp/d/b").unwrap();
    // Room was asked for; nothing else has been sent.
    assert_eq!(*kernel.calls.borrow(), ["mkdtemp", "statfs"]);
    assert_eq!(env.access(b"/tmp/d/a", 0), Err(Errno::ENOENT), "the process sees what it has done");
    assert_eq!(env.access(b"/tmp/d/c", 0), Ok(reply::Access {}));
    assert_eq!(*kernel.calls.borrow(), ["mkdtemp", "statfs"]);
    let messages = kernel.messages.get();
    env.stat(b"/tmp/d/c", 0).unwrap();
    assert_eq!(kernel.calls.borrow()[2..], ["write_file 3", "write_file 3", "rename", "unlink", "stat"], "in order, before what must wait");
    assert_eq!(kernel.messages.get(), messages + 1, "all in one message");
}

#[test]
fn what_is_not_sure_is() {
    let (kernel, env) = process(true);
    env.write_file(b"/tmp/other/a", b"", CREATE, 0o666).unwrap();
    assert_eq!(*kernel.calls.borrow(), ["mkdtemp", "write_file 0"], "a directory that is not known");
    env.rmdir(b"/tmp/d/a").unwrap();
    env.mkdir(b"/tmp/d", 0o777).unwrap();
    assert_eq!(kernel.calls.borrow()[2..], ["rmdir", "mkdir"], "what will fail has to say so");
    env.write_file(b"/tmp/d/a", b"x", CREATE, 0o444).unwrap();
    env.write_file(b"/tmp/d/a", b"x", CREATE, 0o666).unwrap();
    env.settle();
    assert_eq!(kernel.calls.borrow()[4..], ["statfs", "write_file 1", "write_file 1"], "a file that may not be written to");
}

#[test]
fn a_late_error_is_said_once() {
    for can_post in [false, true] {
        let (kernel, env) = process(can_post);
        kernel.full.set(true);
        assert_eq!(env.write_file(b"/tmp/d/a", b"x", CREATE, 0o666), Ok(()));
        assert!(env.take_late().is_none());
        env.settle();
        let late = env.take_late().unwrap();
        assert_eq!(late.message(), "ENOSPC: no space left on device, write '/tmp/d/a'");
        assert!(env.take_late().is_none());
        assert!(env.calls.files.borrow().find(b"/tmp/d/a", true).is_none(), "it is not there after all");
        assert_eq!(env.write_file(b"/tmp/d/a", b"x", CREATE, 0o666), Err(Errno::ENOSPC), "nothing is sure any more");
    }
}

#[test]
fn appends_go_together() {
    let (kernel, env) = process(false);
    for _ in 0..1000 {
        env.write_file(b"/tmp/d/log", &[b'x'; 100], APPEND, 0o666).unwrap();
    }
    env.write_file(b"/tmp/d/other", b"x", APPEND, 0o666).unwrap();
    env.write_file(b"/tmp/d/log", b"x", APPEND, 0o666).unwrap();
    env.settle();
    assert_eq!(kernel.calls.borrow()[2..], ["write_file 100000", "write_file 1", "write_file 1", "statfs"]);
}

#[test]
fn what_is_under_way_is_bounded() {
    for can_post in [false, true] {
        let (kernel, env) = process(can_post);
        for number in 0..1000 {
            env.write_file(format!("/tmp/d/{number}").as_bytes(), b"x", CREATE, 0o666).unwrap();
            assert!(env.calls.behind.borrow().unanswered.len() <= FRAMES);
        }
        for number in 0..10 {
            env.write_file(format!("/tmp/d/large{number}").as_bytes(), &vec![0; 1 << 20], CREATE, 0o666).unwrap();
            assert!(env.calls.behind.borrow().bytes <= BYTES + (1 << 20));
        }
        env.settle();
        assert_eq!(env.calls.behind.borrow().bytes, 0);
        assert_eq!(kernel.calls.borrow().iter().filter(|call| call.starts_with("write_file")).count(), 1010);
    }
}

#[test]
fn what_was_gathered_leaves_in_time() {
    let (kernel, env) = process(true);
    env.write_file(b"/tmp/d/a", b"x", CREATE, 0o666).unwrap();
    kernel.time.set(kernel.time.get() + 6000.0);
    env.flush_old();
    assert_eq!(kernel.calls.borrow().last().unwrap(), "write_file 1");
    env.write_file(b"/tmp/d/b", b"x", CREATE, 0o666).unwrap();
    env.poll_events(Some(0));
    assert_eq!(kernel.calls.borrow().len(), 4);
    assert!(env.calls.behind.borrow().unanswered.is_empty(), "replies come with events, too");
}

#[test]
fn what_costs_more_is_done_less_often() {
    let (kernel, env) = process(false);
    let written_after = |name: &[u8], us: f64| {
        env.write_file(name, b"x", CREATE, 0o666).unwrap();
        kernel.time.set(kernel.time.get() + us);
        env.flush_old();
        let sent = env.calls.behind.borrow().gathered.is_empty();
        env.settle();
        sent
    };
    kernel.wait.set(100.0);
    assert!(written_after(b"/tmp/d/a", 6_000.0));
    kernel.wait.set(2_000.0);
    assert!(written_after(b"/tmp/d/b", 6_000.0));
    assert!(!written_after(b"/tmp/d/c", 6_000.0));
    assert!(written_after(b"/tmp/d/d", 21_000.0));
    kernel.wait.set(1e6);
    assert!(written_after(b"/tmp/d/e", 21_000.0));
    assert!(written_after(b"/tmp/d/f", 101_000.0), "there is a latest");
}

#[test]
fn news_of_others_end_what_is_known() {
    let (kernel, env) = process(true);
    env.write_file(b"/tmp/d/a", b"x", CREATE, 0o666).unwrap();
    kernel.foreign.set(1);
    assert_eq!(env.stat(b"/tmp/d/b", 0), Err(Errno::ENOENT), "nothing was heard yet");
    env.renew();
    assert!(env.calls.files.borrow().find(b"/tmp/d/a", true).is_none());
    env.stat(b"/tmp/d/b", 0).unwrap();
    let made = kernel.calls.borrow().len();
    env.stat(b"/tmp/d/b", 0).unwrap();
    assert_eq!(kernel.calls.borrow().len(), made, "what was asked since holds");
    kernel.time.set(1e6);
    env.stat(b"/tmp/d/b", 0).unwrap();
    assert_eq!(kernel.calls.borrow()[made..], ["statfs"], "one call renews all");
}
