//! How fast files are, and what they weigh: this machine's against the host's, in the same run.
//! `cargo run --release -p porthole-kernel --example files [COUNT]`
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod counting;

use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use counting::BYTES;
use porthole_abi::flags::{O_CREAT, O_TRUNC, O_WRONLY};
use porthole_kernel::vfs::journal::Files;
use porthole_kernel::vfs::{Caller, Limits, Vfs};

const CONTENT: usize = 1200;

/// A tree as npm leaves it: packages, a few directories each, small files.
fn path(number: usize) -> String {
    format!("/app/node_modules/package-{}/lib/part-{}/file-{}.js", number / 40, number / 10 % 4, number)
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn report(what: &str, count: usize, ours: Duration, host: Duration) {
    let each = |time: Duration| time.as_nanos() as f64 / count as f64 / 1000.0;
    println!("{what:<28} {:>8.2} µs each, host {:>8.2} µs: {:.2}× of the host's", each(ours), each(host), ours.as_secs_f64() / host.as_secs_f64());
}

fn main() {
    let count: usize = std::env::args().nth(1).and_then(|count| count.parse().ok()).unwrap_or(20_000);
    let content = vec![b'x'; CONTENT];
    let paths: Vec<String> = (0..count).map(path).collect();
    let who = Caller::kernel(1);
    let shm = std::path::Path::new("/dev/shm");
    let base = if shm.is_dir() { shm.to_path_buf() } else { std::env::temp_dir() }.join(format!("porthole-files-{}", std::process::id()));
    let theirs: Vec<_> = paths.iter().map(|path| base.join(&path[1..])).collect();
    let mut vfs = Vfs::new(0, Limits { bytes: 1 << 30, inodes: 1 << 20 });
    println!("{count} files of {CONTENT} bytes; the host's are in {}", base.display());

    for number in 0..count {
        let (parent, theirs) = (&paths[number][..paths[number].rfind('/').unwrap_or(0)], theirs[number].parent().expect("a parent"));
        vfs.mkdir_all(&who, parent.as_bytes(), 0o755).expect("mkdir_all");
        std::fs::create_dir_all(theirs).expect("create_dir_all");
    }
    let before = BYTES.load(Relaxed);
    let ours = timed(|| {
        paths.iter().for_each(|path| vfs.write_file(&who, path.as_bytes(), &content, O_WRONLY | O_CREAT | O_TRUNC, 0o644).expect("write_file"))
    });
    let weight = BYTES.load(Relaxed) - before;
    report("write a small file", count, ours, timed(|| theirs.iter().for_each(|path| std::fs::write(path, &content).expect("write"))));
    println!("{:<28} {} bytes beside its content", "a small file weighs", weight / count - CONTENT);

    let ours = timed(|| {
        paths.iter().for_each(|path| {
            std::hint::black_box(vfs.stat(&who, path.as_bytes(), true).expect("stat"));
        })
    });
    report(
        "stat",
        count,
        ours,
        timed(|| {
            theirs.iter().for_each(|path| {
                std::hint::black_box(std::fs::metadata(path).expect("metadata"));
            })
        }),
    );

    let missing: Vec<_> = paths.iter().map(|path| format!("{path}on")).collect();
    let ours = timed(|| missing.iter().for_each(|path| assert!(vfs.stat(&who, path.as_bytes(), true).is_err())));
    report("stat of nothing", count, ours, timed(|| theirs.iter().for_each(|path| assert!(std::fs::metadata(path.with_extension("json")).is_err()))));

    let ours = timed(|| paths.iter().for_each(|path| drop(std::hint::black_box(vfs.read_file(&who, path.as_bytes(), 1 << 20).expect("read_file")))));
    report("read a small file", count, ours, timed(|| theirs.iter().for_each(|path| drop(std::hint::black_box(std::fs::read(path).expect("read"))))));

    let start = Instant::now();
    let commit = vfs.commit().expect("a commit");
    println!(
        "{:<28} {:?}: {} chunks, a transaction of {} bytes",
        "the first commit takes",
        start.elapsed(),
        commit.chunks.len(),
        commit.transaction.len()
    );
    let before = BYTES.load(Relaxed);
    drop(commit);
    vfs.set_budget(0);
    vfs.evict(u64::MAX, &|_| false);
    println!("{:<28} {} bytes a file", "without contents it frees", (before - BYTES.load(Relaxed)) / count);
    let start = Instant::now();
    let state = rkyv::to_bytes::<rkyv::rancor::Error>(&vfs).expect("archive");
    println!("{:<28} {:?}: {} bytes", "an archive takes", start.elapsed(), state.len());
    let start = Instant::now();
    drop(rkyv::from_bytes::<Vfs, rkyv::rancor::Error>(&state).expect("restore"));
    println!("{:<28} {:?}", "restoring it takes", start.elapsed());
    drop(state);
    let start = Instant::now();
    let snapshot = vfs.snapshot().expect("nothing has changed");
    println!("{:<28} {:?}: {} bytes", "a snapshot takes", start.elapsed(), snapshot.len());
    let (start, before) = (Instant::now(), BYTES.load(Relaxed));
    let risen = Files::new().apply(&snapshot).and_then(|files| files.finish(Limits { bytes: 1 << 30, inodes: 1 << 20 })).expect("files");
    println!("{:<28} {:?}", "another life takes", start.elapsed());
    println!("{:<28} {} bytes", "a file without contents weighs", (BYTES.load(Relaxed) - before) / count);
    drop(risen);
    let start = Instant::now();
    vfs.write_file(&who, paths[0].as_bytes(), b"changed", O_WRONLY | O_TRUNC, 0).expect("write_file");
    let commit = vfs.commit().expect("a commit");
    println!("{:<28} {:?}: {} bytes", "a commit of one change takes", start.elapsed(), commit.transaction.len());

    for (what, work) in [
        ("a snapshot of all takes", (|vfs| vfs.take_snapshot(b"one", 2)) as fn(&mut Vfs) -> Result<(), porthole_abi::Errno>),
        ("putting it back takes", |vfs| vfs.restore_snapshot(b"one", 3)),
        ("removing it takes", |vfs| vfs.remove_snapshot(b"one", 4)),
    ] {
        let (before, bytes) = (BYTES.load(Relaxed) as i64, vfs.bytes());
        let time = timed(|| work(&mut vfs).expect(what));
        println!(
            "{what:<28} {time:?}, {} bytes beside contents, {} of contents",
            BYTES.load(Relaxed) as i64 - before,
            vfs.bytes() as i64 - bytes as i64
        );
    }
    let ours = timed(|| vfs.remove_tree(&who, b"/app").expect("remove_tree"));
    report("remove, a file", count, ours, timed(|| std::fs::remove_dir_all(&base).expect("remove_dir_all")));
}
