//! What a process knows of files is what the kernel would answer: random changes by it, by others and by orders, among links and mounts, and then the same
//! questions to one who remembers and to one who does not.
//!
//! `PORTHOLE_SEED=7 cargo test -p porthole-node --lib files` runs one seed and tells each change, `PORTHOLE_SEEDS` that many.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use porthole_abi::stat::Dirent;
use porthole_abi::wire::List;
use porthole_abi::{Call, Errno, Reply, Request, Stat, Syscalls, flags, frame};
use porthole_kernel::{Config, Effect, Event, Machine};

use crate::{Builtin, Env, Host};

const SEEDS: u64 = 1_000;
const STEPS: usize = 150;
const CREATE: u32 = flags::O_WRONLY | flags::O_CREAT | flags::O_TRUNC;
const APPEND: u32 = flags::O_WRONLY | flags::O_CREAT | flags::O_APPEND;

/// A kernel, and what it said to process 2.
struct World {
    machine: RefCell<Machine>,
    to_process: RefCell<Vec<u8>>,
    seqs: RefCell<[u32; 4]>,
    now_us: Cell<f64>,
}

impl World {
    fn frame(&self, pid: i32, frame: &[u8]) -> Vec<u8> {
        let mut effects = Vec::new();
        let now = (self.now_us.get() / 1000.0) as u64;
        self.machine.borrow_mut().handle(now, Event::Frame { pid, frame: frame.to_vec() }, &mut effects);
        let mut said = Vec::new();
        for effect in effects {
            if let Effect::Reply { pid: to, frame } = effect
                && to == pid
            {
                said.extend_from_slice(&frame);
            }
        }
        said
    }

    /// A call of a process that remembers nothing.
    fn raw(&self, pid: i32, call: &Call<'_>) -> Result<Vec<u8>, Errno> {
        let seq = {
            let seq = &mut self.seqs.borrow_mut()[pid as usize];
            *seq += 1;
            *seq
        };
        let mut request = Vec::new();
        Request::begin(call.number(), seq, seq - 1, 0, &mut request);
        call.put(&mut request);
        frame::finish(&mut request);
        Reply::get(&self.frame(pid, &request)).unwrap().result.map(<[u8]>::to_vec)
    }

    fn send(&self, requests: &[u8]) {
        let mut rest = requests;
        while let Ok((one, after)) = frame::split(rest) {
            let said = self.frame(2, one);
            self.to_process.borrow_mut().extend_from_slice(&said);
            rest = after;
        }
    }
}

impl Host for Rc<World> {
    fn call(&self, requests: &[u8], replies: &mut Vec<u8>) {
        self.send(requests);
        *replies = self.to_process.take();
    }
    fn can_post(&self) -> bool {
        true
    }
    fn post(&self, requests: &[u8]) {
        self.send(requests);
    }
    fn poll(&self, _timeout_ms: Option<u32>, heard: &mut Vec<u8>) {
        *heard = self.to_process.take();
    }
    fn now_us(&self) -> f64 {
        self.now_us.set(self.now_us.get() + 20.0);
        self.now_us.get()
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

/// A process that is asked without a memory.
struct Other<'w>(&'w World, i32);

impl Syscalls for Other<'_> {
    fn transact(&self, call: &Call<'_>) -> Result<Vec<u8>, Errno> {
        self.0.raw(self.1, call)
    }
}

/// Changes, each as whoever makes it makes it.
trait Changes: Syscalls {
    fn make(&self, call: &Call<'_>) -> Result<(), Errno> {
        self.transact(call).map(drop)
    }
}

impl Changes for Other<'_> {}

/// As `fs` does: behind, where it is sure.
impl Changes for Env {
    fn make(&self, call: &Call<'_>) -> Result<(), Errno> {
        match *call {
            Call::WriteFile { path, data, flags, mode } => self.write_file(path, data, flags, mode),
            Call::Mkdir { path, mode } => self.mkdir(path, mode).map(drop),
            Call::Rename { from, to, flags } => self.rename(from, to, flags).map(drop),
            Call::Unlink { path } => self.unlink(path).map(drop),
            Call::Rmdir { path } => self.rmdir(path).map(drop),
            Call::Symlink { target, path } => self.symlink(target, path).map(drop),
            Call::Chmod { path, mode, flags } => self.chmod(path, mode, flags).map(drop),
            Call::Utimes { path, atime, mtime, flags } => self.utimes(path, atime, mtime, flags).map(drop),
            Call::CopyFile { from, to, flags } => self.copy_file(from, to, flags).map(drop),
            _ => self.transact(call).map(drop),
        }
    }
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11) as usize % bound
    }

    fn of(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }

    /// A path that may mean anything.
    fn path(&mut self) -> Vec<u8> {
        let mut path = self.of(&["/tmp/w", "/tmp/w", "/tmp/w", "/tmp/w/a", "", ".", "/tmp/w//", "/tmp/m", "/tmp/w/l", "/tmp/w/b/.."]).to_owned();
        for _ in 0..1 + self.below(3) {
            if !path.is_empty() {
                path.push('/');
            }
            path.push_str(self.of(&["a", "b", "c", "l"]));
        }
        if self.below(12) == 0 {
            path.push('/');
        }
        path.into_bytes()
    }

    /// An order to the container.
    fn order(&mut self) -> String {
        let place = self.of(&["/tmp/m", "/tmp/w/a", "/tmp/w/b", "/tmp/w/a/b"]);
        match self.below(9) {
            0 => format!("bind /tmp/w {place}"),
            1 => format!("bind /tmp/w/a {place} ro"),
            2 => format!("mount overlay /tmp/w/b {place}"),
            3 => format!("mount task none {place}"),
            4 => "snapshot s".to_owned(),
            5 => "restore s".to_owned(),
            6 => "remove s".to_owned(),
            _ => format!("unmount {place}"),
        }
    }
}

fn change(maker: &impl Changes, dice: &mut Dice) -> String {
    let (one, two, order) = (dice.path(), dice.path(), dice.order());
    let (path, from, to) = (one.as_slice(), one.as_slice(), two.as_slice());
    let targets = ["a", "../w/b", "/tmp/w/c", "/proc/1/status", "/proc/1/cwd", "/task/1", "l", "/tmp/m"];
    let call = match dice.below(19) {
        0 | 1 => Call::WriteFile { path, data: b"hello", flags: CREATE, mode: 0o666 },
        2 => Call::WriteFile { path, data: b"more", flags: APPEND, mode: 0o666 },
        3 | 4 => Call::Mkdir { path, mode: 0o777 },
        5 => Call::MkdirAll { path, mode: 0o777 },
        6 | 7 => Call::Rename { from, to, flags: 0 },
        8 => Call::Unlink { path },
        9 => Call::Rmdir { path },
        10 => Call::RemoveTree { path },
        11 => Call::Symlink { target: dice.of(&targets).as_bytes(), path },
        12 => Call::Link { from, to },
        13 => Call::Chmod { path, mode: [0o777, 0o700, 0o500, 0o300, 0o000][dice.below(5)], flags: 0 },
        14 => Call::Utimes { path, atime: 5, mtime: 6, flags: 0 },
        15 => Call::Truncate { path, len: dice.below(9) as u64 },
        16 => Call::CopyFile { from, to, flags: 0 },
        17 => Call::CloneTree { from, to },
        _ => Call::WriteFile { path: b"/web/container/main/ctl", data: order.as_bytes(), flags: flags::O_WRONLY, mode: 0 },
    };
    let outcome = maker.make(&call);
    format!("{} {} {} {order}: {outcome:?}", call.row().name, String::from_utf8_lossy(from), String::from_utf8_lossy(to))
}

fn compare(env: &Env, twin: &Other<'_>, path: &[u8], why: &str) {
    let shown = String::from_utf8_lossy(path);
    // What is remembered is not read again, and so not noted as read.
    let timeless = |stat: Stat| Stat { atime: 0, ..stat };
    for how in [0, flags::NOFOLLOW] {
        let known = env.stat(path, how).map(|found| timeless(found.stat));
        assert_eq!(known, twin.stat(path, how).map(|found| timeless(found.stat)), "stat {shown} {how}, {why}");
    }
    for want in [flags::F_OK, flags::R_OK, flags::W_OK, flags::X_OK] {
        assert_eq!(env.access(path, want), twin.access(path, want), "access {shown} {want}, {why}");
    }
    let names = |entries: Vec<Dirent>| {
        let mut names: Vec<_> = entries.into_iter().map(|entry| (entry.name, entry.kind)).collect();
        names.sort();
        names
    };
    assert_eq!(env.entries(path).map(names), twin.readdir(path, 0, 4096).map(|found| names(found.entries.0)), "readdir {shown}, {why}");
    let contents = env.contents(path, 1 << 20).map(|contents| contents.to_vec());
    assert_eq!(contents, twin.read_file(path, 1 << 20).map(|found| found.data), "contents of {shown}, {why}");
    assert_eq!(env.readlink(path).map(|it| it.target), twin.readlink(path).map(|it| it.target), "readlink {shown}, {why}");
    assert_eq!(env.realpath(path).map(|it| it.path), twin.realpath(path).map(|it| it.path), "realpath {shown}, {why}");
}

fn spawn(world: &World) {
    let argv = List(vec![b"node".to_vec()]);
    world.raw(1, &Call::Spawn { file: b"node", argv, env: Default::default(), cwd: b"/tmp", fds: Default::default(), flags: 0 }).unwrap();
}

fn run(seed: u64, tell: bool) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1);
    let world = Rc::new(World {
        machine: RefCell::new(Machine::new(Config::default())),
        to_process: RefCell::default(),
        seqs: RefCell::default(),
        now_us: Cell::new(1e9),
    });
    world.machine.borrow_mut().handle(1_000_000, Event::Boot { seed }, &mut Vec::new());
    // Process 2 remembers; 3 is its twin, and 1 changes things behind its back.
    spawn(&world);
    spawn(&world);
    let (twin, page) = (Other(&world, 3), Other(&world, 1));
    page.mkdir_all(b"/tmp/w/a/b", 0o777).unwrap();
    page.mkdir(b"/tmp/m", 0o777).unwrap();
    let env = Env::new(Box::new(world.clone()));
    let start = Syscalls::start(&*env).unwrap();
    env.calls.files.borrow_mut().start(&start);
    for step in 0..STEPS {
        let done = match dice.below(10) {
            0..6 => format!("own {}", change(&*env, &mut dice)),
            6..8 => {
                env.settle();
                let done = format!("other {}", change(&page, &mut dice));
                // What it has not heard of holds no longer than this.
                world.now_us.set(world.now_us.get() + 250_000.0);
                done
            }
            _ => {
                env.settle();
                let path = dice.path();
                let (one, other) = (env.chdir(&path).map(drop), twin.chdir(&path).map(drop));
                assert_eq!(one, other, "seed {seed}, step {step}: chdir");
                format!("chdir {}: {one:?}", String::from_utf8_lossy(&path))
            }
        };
        if tell {
            eprintln!("{step} {done}");
        }
        let why = format!("seed {seed}, step {step}: {done}");
        for _ in 0..dice.below(5) {
            // Sent, and perhaps not yet heard of.
            if dice.below(2) == 0 {
                env.settle()
            } else {
                env.flush()
            }
            assert!(env.take_late().is_none(), "it was sure, and failed; {why}");
            compare(&env, &twin, &dice.path(), &why);
        }
    }
    env.settle();
    assert!(env.take_late().is_none(), "seed {seed}: it was sure, and failed");
}

#[test]
fn what_is_known_is_what_is() {
    let number = |name| std::env::var(name).ok().and_then(|number| number.parse().ok());
    if let Some(seed) = number("PORTHOLE_SEED") {
        return run(seed, true);
    }
    for seed in 1..=number("PORTHOLE_SEEDS").unwrap_or(SEEDS) {
        if let Err(panic) = std::panic::catch_unwind(|| run(seed, false)) {
            eprintln!("\nreplay with: PORTHOLE_SEED={seed} cargo test -p porthole-node --lib files");
            std::panic::resume_unwind(panic);
        }
    }
}
