//! One kernel in this process: a machine behind a lock, and a thread a guest process.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use porthole_abi::{Call, Errno, Reply, Request, Syscalls, frame};
use porthole_kernel::{Config, Effect, Event, Machine};
use porthole_node::{Builtin, Host};

use crate::library;

pub struct Kernel {
    inside: Mutex<Inside>,
    changed: Condvar,
    born: Instant,
}

struct Inside {
    machine: Machine,
    replies: BTreeMap<i32, Vec<u8>>,
    /// Notifications that a process has not taken.
    events: BTreeMap<i32, VecDeque<Vec<u8>>>,
    ended: Vec<i32>,
    timer: Option<u64>,
    /// Contents of files, as the kernel commits them.
    chunks: BTreeMap<u64, Arc<Vec<u8>>>,
    /// What the host's standard input has given; empty at its end.
    pub typed: VecDeque<Vec<u8>>,
}

impl Kernel {
    pub fn boot() -> Arc<Self> {
        let mut seed = [0; 8];
        crate::random(&mut seed);
        let kernel = Arc::new(Self {
            inside: Mutex::new(Inside {
                machine: Machine::new(Config::default()),
                replies: BTreeMap::new(),
                events: BTreeMap::new(),
                ended: Vec::new(),
                timer: None,
                chunks: BTreeMap::new(),
                typed: VecDeque::new(),
            }),
            changed: Condvar::new(),
            born: Instant::now(),
        });
        kernel.handle(&mut kernel.lock(), Event::Boot { seed: u64::from_le_bytes(seed) });
        kernel
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(self: &Arc<Self>, inside: &mut Inside, event: Event) {
        let mut effects = Vec::new();
        inside.machine.handle(wall_ms() as u64, event, &mut effects);
        self.carry_out(inside, effects);
        self.changed.notify_all();
    }

    fn carry_out(self: &Arc<Self>, inside: &mut Inside, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                // Files live as long as this program, so what is committed is as safe as it will be.
                Effect::Commit(commit) => {
                    inside.chunks.extend(commit.chunks);
                    commit.dropped.iter().for_each(|id| drop(inside.chunks.remove(id)));
                    self.handle(inside, Event::Durable { commit: commit.number, failed: false });
                }
                Effect::Load { chunks } => {
                    for id in chunks {
                        let data = inside.chunks.get(&id).map(|data| data.to_vec());
                        let mut effects = Vec::new();
                        inside.machine.loaded(wall_ms() as u64, id, data, &mut effects);
                        self.carry_out(inside, effects);
                    }
                }
                Effect::Reply { pid, frame } => {
                    inside.replies.insert(pid, frame);
                }
                Effect::Notify { pid, frame } => inside.events.entry(pid).or_default().push_back(frame),
                Effect::Spawn { pid } => self.start(pid),
                Effect::Terminate { pid } => inside.ended.push(pid),
                Effect::Timer { at } => inside.timer = at,
                Effect::Fetch { id, .. } => {
                    let reason = b"there is no browser to fetch with".to_vec();
                    self.handle(inside, Event::FetchFail { id, reason });
                }
                Effect::Get { id, .. } => {
                    let mut effects = Vec::new();
                    inside.machine.got(wall_ms() as u64, id, Err("there is no browser to fetch with".to_owned()), &mut effects);
                    self.carry_out(inside, effects);
                }
                Effect::Fault { message } => eprintln!("porthole-native: the kernel is at fault: {message}"),
                _ => {}
            }
        }
    }

    fn start(self: &Arc<Self>, pid: i32) {
        let kernel = self.clone();
        let started = std::thread::Builder::new().name(format!("process {pid}")).stack_size(64 << 20).spawn(move || {
            let posts = std::env::var_os("PORTHOLE_NATIVE_GATHER").is_none();
            let host = Process { kernel: kernel.clone(), pid, replies: Default::default(), posts };
            let ran = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| porthole_node::engine::run(Box::new(host))));
            if ran.is_err() {
                kernel.handle(&mut kernel.lock(), Event::Lost { pid, reason: b"the process image panicked".to_vec() });
            }
        });
        if let Err(error) = started {
            eprintln!("porthole-native: no thread for process {pid}: {error}");
        }
    }

    /// Carries a frame in and its reply out. `None` when the process has been ended.
    fn transact(self: &Arc<Self>, pid: i32, frame: &[u8]) -> Option<Vec<u8>> {
        let mut inside = self.lock();
        if inside.ended.contains(&pid) {
            return None;
        }
        self.handle(&mut inside, Event::Frame { pid, frame: frame.to_vec() });
        inside.replies.remove(&pid)
    }

    /// The next batch of events for `pid`, or typed input for process 1, within `timeout`.
    pub fn wait(self: &Arc<Self>, pid: i32, timeout: Option<Duration>) -> Heard {
        let deadline = timeout.map(|timeout| Instant::now() + timeout);
        let mut inside = self.lock();
        loop {
            if inside.ended.contains(&pid) {
                return Heard::Ended;
            }
            if let Some(notice) = inside.events.get_mut(&pid).and_then(VecDeque::pop_front) {
                return Heard::Events(notice);
            }
            if pid == 1
                && let Some(bytes) = inside.typed.pop_front()
            {
                return Heard::Typed(bytes);
            }
            if inside.timer.is_some_and(|at| at <= wall_ms() as u64) {
                inside.timer = None;
                self.handle(&mut inside, Event::Timer);
                continue;
            }
            let mut patience = Duration::from_millis(500);
            if let Some(deadline) = deadline {
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Heard::Nothing;
                }
                patience = patience.min(left);
            }
            if let Some(at) = inside.timer {
                patience = patience.min(Duration::from_millis(at.saturating_sub(wall_ms() as u64).max(1)));
            }
            inside = self.changed.wait_timeout(inside, patience).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Gives what was typed to process 1; nothing is the end of the input.
    pub fn typed(&self, bytes: Vec<u8>) {
        self.lock().typed.push_back(bytes);
        self.changed.notify_all();
    }
}

pub enum Heard {
    /// A notification frame.
    Events(Vec<u8>),
    Typed(Vec<u8>),
    Nothing,
    Ended,
}

pub fn wall_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
}

/// The host of one guest process.
struct Process {
    kernel: Arc<Kernel>,
    pid: i32,
    /// Replies to what was posted.
    replies: std::cell::Cell<Vec<u8>>,
    /// Whether frames may be posted, as over `jspi`; else they wait for the next call, as over `xhr`.
    posts: bool,
}

impl Process {
    /// Nobody waits for an ended process's thread; it goes with the program.
    fn stop(&self) -> ! {
        loop {
            std::thread::park();
        }
    }
}

impl Host for Process {
    fn call(&self, requests: &[u8], replies: &mut Vec<u8>) {
        *replies = self.replies.take();
        let mut rest = requests;
        while let Ok((request, after)) = frame::split(rest) {
            match self.kernel.transact(self.pid, request) {
                Some(frame) => replies.extend_from_slice(&frame),
                // `exit` has no answer that anybody reads.
                None if Request::get(request).is_ok_and(|request| request.number == 2) => replies.clear(),
                None => self.stop(),
            }
            rest = after;
        }
    }

    fn can_post(&self) -> bool {
        self.posts
    }

    fn post(&self, requests: &[u8]) {
        let mut replies = Vec::new();
        self.call(requests, &mut replies);
        self.replies.set(replies);
    }

    fn poll(&self, timeout_ms: Option<u32>, events: &mut Vec<u8>) {
        *events = self.replies.take();
        match self.kernel.wait(self.pid, timeout_ms.map(|ms| Duration::from_millis(ms.into()))) {
            Heard::Events(notice) => events.extend_from_slice(&notice),
            Heard::Ended => self.stop(),
            _ => {}
        }
    }

    fn now_us(&self) -> f64 {
        self.kernel.born.elapsed().as_secs_f64() * 1e6 + 1e6
    }

    fn wall_ms(&self) -> f64 {
        wall_ms()
    }

    fn extension(&self, name: &str, request: &[u8], answer: &mut Vec<u8>) -> bool {
        *answer = match name {
            "asymmetric" => porthole_asymmetric::call(request, &mut |bytes| crate::random(bytes)),
            "typescript" => porthole_typescript::call(request),
            _ => return false,
        };
        true
    }

    fn random(&self, bytes: &mut [u8]) {
        crate::random(bytes);
    }

    fn builtin(&self, id: &str) -> Option<Builtin> {
        library::builtin(id)
    }

    fn builtin_ids(&self) -> Vec<String> {
        library::ids()
    }

    fn log(&self, line: &str) {
        eprintln!("porthole {}: {line}", self.pid);
    }
}

/// The page's side: process 1.
pub struct Client {
    pub kernel: Arc<Kernel>,
    seq: std::cell::Cell<u32>,
    pub heard: std::cell::Cell<u32>,
}

impl Client {
    pub fn new(kernel: Arc<Kernel>) -> Self {
        Self { kernel, seq: 0.into(), heard: 0.into() }
    }
}

impl Syscalls for Client {
    fn transact(&self, call: &Call<'_>) -> Result<Vec<u8>, Errno> {
        let seq = self.seq.get() + 1;
        self.seq.set(seq);
        let mut request = Vec::new();
        Request::begin(call.number(), seq, seq - 1, self.heard.get(), &mut request);
        call.put(&mut request);
        frame::finish(&mut request);
        let reply = self.kernel.transact(1, &request).ok_or(Errno::ESRCH)?;
        match Reply::get(&reply) {
            Ok(Reply { result, .. }) => result.map(<[u8]>::to_vec),
            Err(_) => Err(Errno::EPROTO),
        }
    }
}
