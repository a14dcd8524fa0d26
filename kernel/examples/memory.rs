//! What many small files take in the kernel's memory: a tree is written, committed, read as a whole, and carried over to another kernel and another life.
//! Contents are kept in a file of the host's, as they are in a store.
//! `cargo run --release -p porthole-kernel --example memory [COUNT]`
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod counting;

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Instant;

use counting::{BYTES, MOST};
use porthole_abi::syscall::TreeEntry;
use porthole_abi::wire::List;
use porthole_abi::{Call, Reply, Request, flags, frame};
use porthole_kernel::vfs::journal::Files;
use porthole_kernel::{Config, Effect, Event, Machine};

const CONTENT: usize = 3000;

/// A machine with the other side of it.
struct Tab {
    machine: Machine,
    seq: u32,
    file: File,
    end: u64,
    places: HashMap<u64, (u64, usize)>,
    transactions: Vec<Vec<u8>>,
    loads: usize,
}

impl Tab {
    fn call(&mut self, call: &Call<'_>) -> Vec<u8> {
        self.seq += 1;
        let mut bytes = Vec::new();
        Request::begin(call.number(), self.seq, self.seq - 1, 0, &mut bytes);
        call.put(&mut bytes);
        frame::finish(&mut bytes);
        self.event(Event::Frame { pid: 1, frame: bytes }).unwrap_or_else(|| panic!("{call:?} was not answered"))
    }

    /// The reply, if there is one.
    fn event(&mut self, event: Event) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        self.machine.handle(1, event, &mut out);
        self.carry_out(out)
    }

    fn carry_out(&mut self, out: Vec<Effect>) -> Option<Vec<u8>> {
        let mut reply = None;
        for effect in out {
            match effect {
                Effect::Reply { frame, .. } => reply = Some(Reply::get(&frame).unwrap().result.unwrap().to_vec()),
                Effect::Commit(commit) => {
                    for (id, data) in commit.chunks {
                        self.file.write_all_at(&data, self.end).unwrap();
                        self.places.insert(id, (self.end, data.len()));
                        self.end += data.len() as u64;
                    }
                    self.transactions.push(commit.transaction);
                    reply = self.event(Event::Durable { commit: commit.number, failed: false }).or(reply);
                }
                Effect::Load { chunks } => {
                    for id in chunks {
                        self.loads += 1;
                        let (at, len) = self.places[&id];
                        let mut data = vec![0; len];
                        self.file.read_exact_at(&mut data, at).unwrap();
                        let mut out = Vec::new();
                        self.machine.loaded(1, id, Some(data), &mut out);
                        reply = self.carry_out(out).or(reply);
                    }
                }
                _ => {}
            }
        }
        reply
    }
}

fn main() {
    let count: usize = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(20_000);
    let path = |number: usize| format!("app/node_modules/package-{}/lib/part-{}/file-{number}.js", number / 40, number / 10 % 4);
    let place = std::env::temp_dir().join(format!("porthole-memory-{}", std::process::id()));
    let file = File::options().create_new(true).read(true).write(true).open(&place).unwrap();
    std::fs::remove_file(&place).unwrap();
    let (places, transactions) = (HashMap::with_capacity(2 * count), Vec::with_capacity(1000));
    let mut tab = Tab { machine: Machine::new(Config::default()), seq: 0, file, end: 0, places, transactions, loads: 0 };
    let before = BYTES.load(Relaxed);
    let mut written = 0;
    let report = |what: &str, begin: Instant, transactions: &[Vec<u8>]| {
        let aside = before + transactions.iter().map(Vec::capacity).sum::<usize>();
        let mib = |bytes: usize| bytes.saturating_sub(aside) as f64 / f64::from(1 << 20);
        println!("{what:<32} {:>7.0?}, {:>5.1} MiB now, {:>5.1} MiB at most", begin.elapsed(), mib(BYTES.load(Relaxed)), mib(MOST.load(Relaxed)));
        MOST.store(BYTES.load(Relaxed), Relaxed);
    };
    println!("{count} files of {CONTENT} bytes");
    let begin = Instant::now();
    tab.event(Event::Boot { seed: 1 });
    while written < count {
        let numbers = written..count.min(written + 300);
        written = numbers.end;
        let entries =
            numbers.map(|number| TreeEntry { path: path(number).into(), mode: flags::S_IFREG | 0o644, mtime: 1, data: vec![number as u8; CONTENT] });
        tab.call(&Call::WriteTree { base: b"/", entries: List(entries.collect()) });
    }
    tab.event(Event::Commit);
    report("written and committed", begin, &tab.transactions);
    let begin = Instant::now();
    for number in 0..count {
        let data = tab.call(&Call::ReadFile { path: format!("/{}", path(number)).as_bytes(), limit: 1 << 16 });
        assert!(data.len() == CONTENT + 4 && data[4..].iter().all(|byte| *byte == number as u8));
    }
    report(&format!("all read, with {} loads", tab.loads), begin, &tab.transactions);
    let begin = Instant::now();
    let state = tab.machine.checkpoint(1, &mut Vec::new()).state;
    report(&format!("a checkpoint of {} KiB", state.len() >> 10), begin, &tab.transactions);
    let begin = Instant::now();
    tab.machine = Machine::new(Config::default());
    tab.machine = Machine::restore(&state).unwrap();
    drop(state);
    report("another kernel", begin, &tab.transactions);
    let begin = Instant::now();
    let snapshot = tab.machine.snapshot().unwrap();
    report(&format!("a snapshot of {} KiB", snapshot.len() >> 10), begin, &tab.transactions);
    let begin = Instant::now();
    tab.machine = Machine::new(Config::default());
    tab.machine = Machine::from_files(Config::default(), Files::new().apply(&snapshot).unwrap()).unwrap();
    tab.event(Event::Boot { seed: 2 });
    report("another life", begin, &tab.transactions);
    let begin = Instant::now();
    let files = tab.transactions.iter().try_fold(Files::new(), |files, transaction| files.apply(transaction)).unwrap();
    drop(files.finish(porthole_kernel::vfs::Limits { bytes: 1 << 30, inodes: 1 << 20 }).unwrap());
    report(&format!("the same from {} commits", tab.transactions.len()), begin, &tab.transactions);
}
