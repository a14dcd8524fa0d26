//! One kernel under a lock, each process a thread. The runner is process 1: it puts files in, starts the program, and passes its output on.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use porthole_abi::flags::{S_IFDIR, S_IFLNK, S_IFREG};
use porthole_abi::syscall::{Inherit, TreeEntry};
use porthole_abi::wire::List;
use porthole_abi::{Call, Errno, Event as Heard, Reply, Request, Syscalls, event, frame};
use porthole_kernel::{Config, Effect, Event, Machine};
use porthole_node::{Builtin, Host};

use crate::library;

pub struct World {
    inner: Mutex<Inner>,
    /// Something came for somebody.
    news: Condvar,
    born: Instant,
}

struct Inner {
    machine: Machine,
    replies: BTreeMap<i32, VecDeque<Vec<u8>>>,
    notices: BTreeMap<i32, VecDeque<Vec<u8>>>,
}

/// Milliseconds since 1970.
fn wall_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
}

impl World {
    pub fn new() -> Arc<Self> {
        let inner = Inner { machine: Machine::new(Config::default()), replies: BTreeMap::new(), notices: BTreeMap::new() };
        let world = Arc::new(World { inner: Mutex::new(inner), news: Condvar::new(), born: Instant::now() });
        let mut seed = [0; 8];
        crate::random(&mut seed);
        world.handle(&mut world.lock(), Event::Boot { seed: u64::from_le_bytes(seed) });
        world
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handle(self: &Arc<Self>, inner: &mut Inner, event: Event) {
        let mut effects = Vec::new();
        inner.machine.handle(wall_ms() as u64, event, &mut effects);
        for effect in effects {
            match effect {
                Effect::Reply { pid, frame } => inner.replies.entry(pid).or_default().push_back(frame),
                Effect::Notify { pid, frame } => inner.notices.entry(pid).or_default().push_back(frame),
                Effect::Spawn { pid } => self.start(pid),
                Effect::Fault { message } => eprintln!("porthole-native: kernel: {message}"),
                _ => {}
            }
        }
        self.news.notify_all();
    }

    fn start(self: &Arc<Self>, pid: i32) {
        let world = self.clone();
        let started = std::thread::Builder::new().name(format!("process {pid}")).stack_size(64 << 20).spawn(move || {
            let host = ProcessHost { world: world.clone(), pid };
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| porthole_node::engine::run(Box::new(host))));
            if ended.is_err() {
                let lost = Event::Lost { pid, reason: b"the process image panicked".to_vec() };
                world.handle(&mut world.lock(), lost);
            }
        });
        if let Err(error) = started {
            eprintln!("porthole-native: no thread for process {pid}: {error}");
        }
    }

    /// One call of a process; waits for its reply.
    fn call(self: &Arc<Self>, pid: i32, request: &[u8], out: &mut Vec<u8>) {
        let mut inner = self.lock();
        self.handle(&mut inner, Event::Frame { pid, frame: request.to_vec() });
        loop {
            if let Some(reply) = inner.replies.get_mut(&pid).and_then(VecDeque::pop_front) {
                *out = reply;
                return;
            }
            if Request::get(request).is_ok_and(|request| request.number == Call::Exit { code: 0 }.number()) {
                Reply::begin(0, None, out);
                frame::finish(out);
                return;
            }
            inner = self.news.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The next batch of events for a process; empty when time is up.
    fn poll(&self, pid: i32, timeout: Option<Duration>) -> Vec<u8> {
        let until = timeout.map(|timeout| Instant::now() + timeout);
        let mut inner = self.lock();
        loop {
            if let Some(notice) = inner.notices.get_mut(&pid).and_then(VecDeque::pop_front) {
                return Reply::get(&notice).ok().and_then(|reply| reply.result.ok()).map(<[u8]>::to_vec).unwrap_or_default();
            }
            inner = match until {
                None => self.news.wait(inner).unwrap_or_else(PoisonError::into_inner),
                Some(until) => {
                    let now = Instant::now();
                    if now >= until {
                        return Vec::new();
                    }
                    self.news.wait_timeout(inner, until - now).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

struct ProcessHost {
    world: Arc<World>,
    pid: i32,
}

impl Host for ProcessHost {
    fn call(&self, request: &[u8], reply: &mut Vec<u8>) {
        self.world.call(self.pid, request, reply);
    }

    fn poll(&self, timeout_ms: Option<u32>, events: &mut Vec<u8>) {
        *events = self.world.poll(self.pid, timeout_ms.map(|ms| Duration::from_millis(ms.into())));
    }

    fn now_us(&self) -> f64 {
        self.world.born.elapsed().as_secs_f64() * 1e6 + 1e6
    }

    fn wall_ms(&self) -> f64 {
        wall_ms()
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
        eprintln!("porthole: {line}");
    }
}

/// Process 1.
pub struct First {
    world: Arc<World>,
    seq: Mutex<u32>,
    heard: Mutex<u32>,
}

impl Syscalls for First {
    fn transact(&self, call: &Call<'_>) -> Result<Vec<u8>, Errno> {
        let mut seq = self.seq.lock().unwrap_or_else(PoisonError::into_inner);
        *seq += 1;
        let mut request = Vec::new();
        Request::begin(call.number(), *seq, *seq - 1, *self.heard.lock().unwrap_or_else(PoisonError::into_inner), &mut request);
        call.put(&mut request);
        frame::finish(&mut request);
        let mut reply = Vec::new();
        self.world.call(1, &request, &mut reply);
        Reply::get(&reply).map_err(|_| Errno::EPROTO)?.result.map(<[u8]>::to_vec)
    }
}

impl First {
    pub fn new(world: Arc<World>) -> Self {
        Self { world, seq: Mutex::new(0), heard: Mutex::new(0) }
    }

    /// Copies a folder or a file of the real disk to the same path in the container.
    pub fn mount(&self, path: &Path) -> std::io::Result<()> {
        let mut entries = Vec::new();
        gather(path, &mut entries)?;
        for entries in entries.chunks(256) {
            let done = self.write_tree(b"/", List(entries.to_vec()));
            if let Err(errno) = done {
                return Err(std::io::Error::other(format!("{}: {errno}", path.display())));
            }
        }
        Ok(())
    }

    /// Runs a program to its end, its output on ours; gives its exit code.
    pub fn run(&self, file: &str, argv: &[String], cwd: &str, env: &[String]) -> Result<i32, Errno> {
        let bytes = |list: &[String]| List(list.iter().map(|text| text.clone().into_bytes()).collect());
        let stdin = self.pipe()?;
        let (out, err) = (self.pipe()?, self.pipe()?);
        let fds = vec![
            Inherit { child: 0, parent: stdin.reader },
            Inherit { child: 1, parent: out.writer },
            Inherit { child: 2, parent: err.writer },
        ];
        let pid = self.spawn(file.as_bytes(), bytes(argv), bytes(env), cwd.as_bytes(), List(fds), 0)?.pid;
        for fd in [stdin.reader, stdin.writer, out.writer, err.writer] {
            self.close(fd)?;
        }
        let mut open = vec![out.reader, err.reader];
        for fd in &open {
            self.watch(*fd, porthole_abi::flags::READABLE)?;
        }
        let mut ended = None;
        while ended.is_none() || !open.is_empty() {
            for heard in self.next_events() {
                match heard {
                    Heard::Ready { fd, .. } if open.contains(&fd) => {
                        if !self.pass(fd, fd == err.reader) {
                            open.retain(|known| *known != fd);
                            self.close(fd)?;
                        }
                    }
                    Heard::ChildExit { pid: of, code, signal } if of == pid => {
                        let _ = self.wait(pid);
                        ended = Some(if signal == 0 { code } else { 128 + i32::from(signal) });
                    }
                    _ => {}
                }
            }
        }
        Ok(ended.unwrap_or(1))
    }

    fn next_events(&self) -> Vec<Heard> {
        let batch = self.world.poll(1, None);
        let Ok((first, events)) = event::get_batch(&batch) else { return Vec::new() };
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let skip = heard.wrapping_sub(first) as usize;
        *heard = (*heard).max(first.wrapping_add(events.len() as u32));
        events.into_iter().skip(skip).collect()
    }

    /// Passes on what is there; false at the end.
    fn pass(&self, fd: i32, to_stderr: bool) -> bool {
        use std::io::Write;
        loop {
            match self.read(fd, 1 << 20, -1) {
                Ok(reply) if reply.data.is_empty() => return false,
                Ok(reply) => {
                    let _ = if to_stderr { std::io::stderr().write_all(&reply.data) } else { std::io::stdout().write_all(&reply.data) };
                    let _ = std::io::stdout().flush();
                }
                Err(Errno::EAGAIN) => return true,
                Err(_) => return false,
            }
        }
    }
}

fn gather(path: &Path, entries: &mut Vec<TreeEntry>) -> std::io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let meta = std::fs::symlink_metadata(path)?;
    let name = path.to_string_lossy().trim_start_matches('/').as_bytes().to_vec();
    let mtime = meta.mtime() * 1_000_000_000 + meta.mtime_nsec();
    let mode = meta.mode() & 0o7777;
    if meta.is_symlink() {
        let target = std::fs::read_link(path)?.to_string_lossy().into_owned().into_bytes();
        entries.push(TreeEntry { path: name, mode: S_IFLNK | 0o777, mtime, data: target });
    } else if meta.is_dir() {
        entries.push(TreeEntry { path: name, mode: S_IFDIR | mode, mtime, data: Vec::new() });
        for entry in std::fs::read_dir(path)? {
            gather(&entry?.path(), entries)?;
        }
    } else if meta.is_file() {
        entries.push(TreeEntry { path: name, mode: S_IFREG | mode, mtime, data: std::fs::read(path)? });
    }
    Ok(())
}
