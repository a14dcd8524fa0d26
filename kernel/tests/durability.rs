//! Files that last: when they are committed, who waits for it, what another life finds, and contents that are not in memory.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::flags::*;
use porthole_abi::{Call, Errno, Request, Syscalls, frame};
use porthole_kernel::{Config, Effect, Event, Machine};
use world::World;
use world::store::Store;

const WRITE: u32 = O_WRONLY | O_CREAT | O_TRUNC;

/// A world whose store does nothing by itself.
fn slow() -> World {
    let world = World::new();
    world.prompt.set(false);
    world
}

fn commits(world: &World) -> Vec<u64> {
    world.take_effects().into_iter().filter_map(|effect| if let Effect::Commit(commit) = effect { Some(commit.number) } else { None }).collect()
}

/// All contents that are safe leave the machine's memory.
fn forget(world: &World) {
    world.event(Event::Commit);
    let commit = world.store.borrow().last();
    world.machine.borrow_mut().set_cache(0);
    world.event(Event::Durable { commit, failed: false });
}

#[test]
fn neighbours_come_along() {
    let world = slow();
    let me = world.as_process(1);
    for name in 0..9 {
        me.write_file(format!("/tmp/{name}").as_bytes(), b"hello", WRITE, 0o644).unwrap();
    }
    forget(&world);
    world.machine.borrow_mut().set_cache(1 << 20);
    world.take_effects();
    let read = world.send(1, &Call::ReadFile { path: b"/tmp/3", limit: 9 });
    let chunks = wanted(&world);
    assert_eq!(chunks.len(), 6);
    world.load(chunks[0]);
    assert!(world.reply(1, read).is_some(), "without waiting for them");
    let next = world.send(1, &Call::ReadFile { path: b"/tmp/4", limit: 9 });
    assert_eq!((world.reply(1, next), wanted(&world).len()), (None, 0), "it is on its way already");
    world.load(chunks[1]);
    assert!(world.reply(1, next).is_some());
    world.load(chunks[2]);
    assert!(me.read_file(b"/tmp/5", 9).is_ok());
}

fn wanted(world: &World) -> Vec<u64> {
    world.take_effects().into_iter().flat_map(|effect| if let Effect::Load { chunks } = effect { chunks } else { vec![] }).collect()
}

#[test]
fn a_change_is_committed_after_a_while() {
    let world = slow();
    let me = world.as_process(1);
    me.mkdir(b"/tmp/a", 0o755).unwrap();
    assert_eq!(world.take_effects(), [Effect::Timer { at: Some(world.now.get() + 50) }]);
    me.stat(b"/tmp/a", 0).unwrap();
    me.umask(0).unwrap();
    assert_eq!(world.take_effects(), [], "neither questions nor changes of other things matter");
    world.now.set(world.now.get() + 49);
    world.event(Event::Timer);
    assert!(commits(&world).is_empty());
    world.now.set(world.now.get() + 1);
    world.event(Event::Timer);
    assert_eq!(commits(&world), [2]);
    world.now.set(world.now.get() + 1000);
    world.event(Event::Timer);
    assert!(commits(&world).is_empty(), "nothing has changed since");
}

#[test]
fn much_is_committed_at_once() {
    let world = slow();
    let me = world.as_process(1);
    me.write_file(b"/tmp/a", &[1; 1 << 20], WRITE, 0o644).unwrap();
    assert!(commits(&world).is_empty());
    me.write_file(b"/tmp/b", b"x", WRITE, 0o644).unwrap();
    assert_eq!(commits(&world), [2]);
}

#[test]
fn opening_and_closing_is_no_change() {
    let world = slow();
    let me = world.as_process(1);
    let fd = me.open(b"/etc/hosts", O_RDONLY, 0).unwrap().fd;
    me.read(fd, 10, -1).unwrap();
    me.close(fd).unwrap();
    assert_eq!(world.take_effects(), []);
}

#[test]
fn fsync_is_answered_when_it_is_true() {
    let world = slow();
    let me = world.as_process(1);
    let fd = me.open(b"/tmp/f", O_RDWR | O_CREAT, 0o644).unwrap().fd;
    me.write(fd, b"abc", -1).unwrap();
    let one = world.send(1, &Call::Fsync { fd });
    assert_eq!(commits(&world), [2], "at once");
    let two = world.send(1, &Call::Fsync { fd });
    assert_eq!((world.reply(1, one), world.reply(1, two)), (None, None));
    world.event(Event::Durable { commit: 1, failed: false });
    assert_eq!(world.reply(1, one), None);
    world.event(Event::Durable { commit: 2, failed: false });
    assert_eq!((world.reply(1, one), world.reply(1, two)), (Some(Ok(vec![])), Some(Ok(vec![]))));
    me.fsync(fd).unwrap();
    assert!(commits(&world).is_empty(), "nothing to wait for");
    me.write(fd, b"d", -1).unwrap();
    let three = world.send(1, &Call::Fsync { fd });
    world.event(Event::Durable { commit: 3, failed: true });
    assert_eq!(world.reply(1, three), Some(Err(Errno::EIO)));
    assert_eq!(me.fsync(fd), Err(Errno::EIO), "it is no safer now");
    world.event(Event::Durable { commit: 3, failed: false });
    me.fsync(fd).unwrap();
    assert_eq!(me.fsync(77), Err(Errno::EBADF));
    let pipe = me.pipe().unwrap();
    assert_eq!(me.fsync(pipe.writer), Err(Errno::EINVAL));
}

#[test]
fn a_synchronous_file_is_safe_with_each_write() {
    let world = slow();
    let me = world.as_process(1);
    for flag in [O_SYNC, O_DSYNC] {
        let fd = me.open(b"/tmp/f", O_RDWR | O_CREAT | flag, 0o644).unwrap().fd;
        world.take_effects();
        let write = world.send(1, &Call::Write { fd, data: b"abc", position: -1 });
        let [commit] = commits(&world)[..] else { panic!("not committed") };
        assert_eq!(world.reply(1, write), None);
        world.event(Event::Durable { commit, failed: false });
        assert_eq!(world.reply(1, write), Some(Ok(vec![3, 0, 0, 0])));
        let whole = world.send(1, &Call::WriteFile { path: b"/tmp/g", data: b"x", flags: WRITE | flag, mode: 0o644 });
        assert_eq!(world.reply(1, whole), None);
        world.event(Event::Durable { commit: commit + 1, failed: false });
        assert_eq!(world.reply(1, whole).map(|reply| reply.is_ok()), Some(true));
    }
}

#[test]
fn a_call_that_waits_is_neither_made_nor_answered_twice() {
    let mut machine = Machine::new(Config::default());
    let mut store = Store::default();
    let send = |machine: &mut Machine, store: &mut Store, event: Event| {
        let mut out = Vec::new();
        machine.handle(9, event, &mut out);
        out.iter().filter_map(|effect| if let Effect::Commit(commit) = effect { Some(commit) } else { None }).for_each(|commit| store.keep(commit));
        out.into_iter().filter_map(|effect| if let Effect::Reply { frame, .. } = effect { Some(frame) } else { None }).collect::<Vec<_>>()
    };
    let frame = |call: &Call<'_>, seq: u32| {
        let mut bytes = Vec::new();
        Request::begin(call.number(), seq, seq - 1, 0, &mut bytes);
        call.put(&mut bytes);
        frame::finish(&mut bytes);
        Event::Frame { pid: 1, frame: bytes }
    };
    send(&mut machine, &mut store, Event::Boot { seed: 1 });
    send(&mut machine, &mut store, frame(&Call::Open { path: b"/tmp/f", flags: O_RDWR | O_CREAT | O_APPEND | O_SYNC, mode: 0o644 }, 1));
    let write = frame(&Call::Write { fd: 0, data: b"abc", position: -1 }, 2);
    assert!(send(&mut machine, &mut store, write.clone()).is_empty());
    assert!(send(&mut machine, &mut store, write.clone()).is_empty());
    let state = machine.checkpoint(9, &mut Vec::new()).state;
    let mut reborn = Machine::restore(&state).unwrap();
    assert!(send(&mut reborn, &mut store, write.clone()).is_empty(), "a new kernel waits too");
    let commit = store.last();
    let answer = send(&mut reborn, &mut store, Event::Durable { commit, failed: false });
    assert_eq!(answer.len(), 1);
    assert_eq!(send(&mut reborn, &mut store, write), answer, "from now on it has been answered");
    let stat = send(&mut reborn, &mut store, frame(&Call::Fstat { fd: 0 }, 3));
    assert!(stat[0].windows(8).any(|bytes| bytes == 3u64.to_le_bytes()), "three bytes, not six");
}

#[test]
fn room_can_shrink_and_grow() {
    let world = World::new();
    let me = world.as_process(1);
    let taken = me.sysinfo().unwrap().files_bytes;
    world.event(Event::Quota { bytes: taken + 10 });
    assert_eq!(me.write_file(b"/tmp/a", &[0; 11], WRITE, 0o644), Err(Errno::ENOSPC));
    me.write_file(b"/tmp/a", &[0; 10], WRITE, 0o644).unwrap();
    world.event(Event::Quota { bytes: 5 });
    assert_eq!(me.write_file(b"/tmp/b", b"x", WRITE, 0o644), Err(Errno::ENOSPC));
    assert_eq!(me.statfs(b"/").unwrap().statfs.bfree, 0);
    assert_eq!(me.read_file(b"/tmp/a", 99).unwrap().data, [0; 10], "what is there stays");
    world.event(Event::Quota { bytes: 1 << 30 });
    me.write_file(b"/tmp/b", b"x", WRITE, 0o644).unwrap();
    assert_eq!(me.statfs(b"/").unwrap().statfs.blocks, (1 << 30) / 4096);
}

#[test]
fn contents_come_when_they_are_needed() {
    let world = slow();
    let me = world.as_process(1);
    me.write_file(b"/tmp/a", b"hello", WRITE, 0o644).unwrap();
    me.write_file(b"/tmp/b", b"other", WRITE, 0o644).unwrap();
    let child = world.spawn(&[]);
    forget(&world);
    world.take_effects();
    let read = world.send(1, &Call::ReadFile { path: b"/tmp/a", limit: 100 });
    let behind = world.send(1, &Call::Getcwd {});
    let [chunk] = wanted(&world)[..] else { panic!("one chunk is needed") };
    assert_eq!((world.reply(1, read), world.reply(1, behind)), (None, None), "calls of a process keep their order");
    assert!(world.as_process(child).getcwd().is_ok(), "others go on");
    let again = world.send(child, &Call::ReadFile { path: b"/tmp/a", limit: 100 });
    assert!(wanted(&world).is_empty(), "it is asked for once");
    world.load(chunk);
    assert!(matches!(world.reply(1, read), Some(Ok(reply)) if reply.starts_with(b"\x05\0\0\0hello")));
    assert!(world.reply(1, behind).is_some());
    assert!(matches!(world.reply(child, again), Some(Ok(reply)) if reply.starts_with(b"\x05\0\0\0hello")));
    assert_eq!(world.machine.borrow().census().parked, 0);
}

#[test]
fn only_what_is_changed_in_part_is_needed() {
    let world = slow();
    let me = world.as_process(1);
    me.write_file(b"/tmp/a", &[7; 200_000], WRITE, 0o644).unwrap();
    forget(&world);
    world.take_effects();
    // Chunks 0 and 2 in part, 1 as a whole.
    let fd = me.open(b"/tmp/a", O_RDWR, 0).unwrap().fd;
    let write = world.send(1, &Call::Write { fd, data: &[8; 100_000], position: 65_000 });
    let chunks = wanted(&world);
    assert_eq!((chunks.len(), world.reply(1, write)), (2, None));
    chunks.into_iter().for_each(|id| world.load(id));
    assert!(world.reply(1, write).is_some());
    forget(&world);
    world.take_effects();
    me.write_file(b"/tmp/a", b"all new", WRITE, 0o644).unwrap();
    me.unlink(b"/tmp/a").unwrap();
    me.copy_file(b"/etc/hosts", b"/tmp/b", 0).unwrap();
    me.truncate(b"/tmp/b", 0).unwrap();
    me.truncate(b"/tmp/b", 100).unwrap();
    assert!(wanted(&world).is_empty());
}

#[test]
fn a_chunk_that_cannot_be_had_is_an_error_of_that_call() {
    let world = slow();
    let me = world.as_process(1);
    me.write_file(b"/tmp/a", b"hello", WRITE, 0o644).unwrap();
    let fd = me.open(b"/tmp/a", O_RDWR, 0).unwrap().fd;
    forget(&world);
    world.take_effects();
    let lose = |call: &Call<'_>| {
        let seq = world.send(1, call);
        let [chunk] = wanted(&world)[..] else { panic!("{call:?} needs one chunk") };
        let kept = world.store.borrow_mut().chunks.remove(&chunk).unwrap();
        world.load(chunk);
        world.store.borrow_mut().chunks.insert(chunk, kept);
        world.reply(1, seq)
    };
    for call in [
        Call::ReadFile { path: b"/tmp/a", limit: 100 },
        Call::Read { fd, len: 3, position: -1 },
        Call::Pread { fd, len: 3, position: 0 },
        Call::Write { fd, data: b"x", position: 1 },
        Call::WriteFile { path: b"/tmp/a", data: b"x", flags: O_WRONLY, mode: 0 },
        Call::Ftruncate { fd, len: 3 },
        Call::Truncate { path: b"/tmp/a", len: 3 },
    ] {
        assert_eq!(lose(&call), Some(Err(Errno::EIO)), "{call:?}");
    }
    // Of another length it is not the one either.
    let read = world.send(1, &Call::Read { fd, len: 3, position: -1 });
    let [chunk] = wanted(&world)[..] else { panic!("it is tried anew") };
    world.machine.borrow_mut().loaded(world.now.get(), chunk, Some(b"hell".to_vec()), &mut Vec::new());
    assert_eq!(world.reply(1, read), None);
    world.prompt.set(true);
    assert_eq!(me.read(fd, 99, -1).unwrap().data, b"hello", "from where it was: nothing of it had happened");
}

#[test]
fn the_cache_keeps_its_budget() {
    let world = World::new();
    let me = world.as_process(1);
    world.machine.borrow_mut().set_cache(300_000);
    for name in 0..40 {
        me.write_file(format!("/tmp/{name}").as_bytes(), &[name; 50_000], WRITE, 0o644).unwrap();
    }
    world.event(Event::Commit);
    assert!(world.machine.borrow().cached() <= 300_000);
    for name in (0..40).rev() {
        assert_eq!(me.read_file(format!("/tmp/{name}").as_bytes(), 60_000).unwrap().data, [name; 50_000]);
        assert!(world.machine.borrow().cached() <= 300_000);
    }
    // More than the budget at once, if one call needs it.
    me.write_file(b"/tmp/big", &[1; 1_000_000], WRITE, 0o644).unwrap();
    forget(&world);
    assert_eq!(me.read_file(b"/tmp/big", 1 << 20).unwrap().data, [1; 1_000_000]);
    assert_eq!(world.machine.borrow().cached(), 0);
}

#[test]
fn a_crash_is_told_in_a_file_that_is_not_in_memory() {
    let world = slow();
    let me = world.as_process(1);
    let log = me.open(b"/tmp/log", O_RDWR | O_CREAT, 0o644).unwrap().fd;
    me.write(log, b"started\n", -1).unwrap();
    let child = world.spawn(&[(2, log)]);
    forget(&world);
    world.take_effects();
    world.event(Event::Lost { pid: child, reason: b"out of memory".to_vec() });
    let [chunk] = wanted(&world)[..] else { panic!("the log's chunk is needed") };
    assert_eq!(world.heard(1), [], "it has not ended yet");
    world.load(chunk);
    assert_eq!(world.heard(1).len(), 1);
    let text = me.pread(log, 999, 0).unwrap().data;
    assert_eq!(String::from_utf8(text).unwrap(), format!("started\nporthole: process {child} (node) was ended: out of memory\n"));
}

#[test]
fn another_life_has_the_files_and_nothing_else() {
    let world = World::new();
    let me = world.as_process(1);
    me.write_file(b"/home/user/kept", b"hello", WRITE, 0o640).unwrap();
    me.write_file(b"/etc/hosts", b"mine", WRITE, 0o644).unwrap();
    me.remove_tree(b"/opt").unwrap();
    me.unlink(b"/dev/null").unwrap();
    me.rmdir(b"/var/tmp").unwrap();
    me.write_file(b"/var/tmp", b"a file now", WRITE, 0o644).unwrap();
    let open = me.open(b"/tmp/unlinked", O_RDWR | O_CREAT, 0o644).unwrap().fd;
    me.write(open, b"gone with its process", -1).unwrap();
    me.unlink(b"/tmp/unlinked").unwrap();
    me.listen(porthole_abi::Address { family: 4, host: vec![], port: 80 }, 1).unwrap();
    world.event(Event::Commit);
    let before = me.stat(b"/home/user/kept", 0).unwrap();
    me.write_file(b"/tmp/late", b"never committed", WRITE, 0o644).unwrap();

    let risen = world.risen();
    let me = risen.as_process(1);
    assert_eq!(me.stat(b"/home/user/kept", 0).unwrap(), before);
    assert_eq!(me.read_file(b"/home/user/kept", 99).unwrap().data, b"hello");
    assert_eq!(me.read_file(b"/etc/hosts", 99).unwrap().data, b"mine", "what the user changed stays");
    assert_eq!(me.read_file(b"/var/tmp", 99).unwrap().data, b"a file now", "also where it is in the way");
    assert!(me.stat(b"/opt", 0).is_ok() && me.write_file(b"/dev/null", b"x", O_WRONLY, 0).is_ok(), "what is missing is made");
    assert_eq!(me.stat(b"/tmp/late", 0), Err(Errno::ENOENT));
    assert_eq!(me.close(open), Err(Errno::EBADF));
    assert_eq!(risen.machine.borrow().census().listeners, 0);
    let stored: usize = risen.store.borrow().chunks.values().map(Vec::len).sum();
    risen.store.borrow_mut().release(u64::MAX);
    let swept: usize = risen.store.borrow().chunks.values().map(Vec::len).sum();
    assert_eq!((stored - swept, swept as u64), (21, me.sysinfo().unwrap().files_bytes), "contents that no file has go");
}

#[test]
fn a_snapshot_is_made_beside_a_checkpoint() {
    let world = World::new();
    let me = world.as_process(1);
    me.write_file(b"/tmp/a", b"hello", WRITE, 0o644).unwrap();
    assert_eq!(world.machine.borrow().snapshot(), None);
    world.reborn();
    let snapshot = world.machine.borrow().snapshot().unwrap();
    let files = porthole_kernel::vfs::journal::Files::new().apply(&snapshot).unwrap();
    assert_eq!(files.commit(), world.store.borrow().last());
    let risen = World::of(Machine::from_files(Config::default(), files).unwrap(), world.store.borrow().clone());
    assert_eq!(risen.as_process(1).read_file(b"/tmp/a", 99).unwrap().data, b"hello");
}

#[test]
fn who_writes_faster_than_the_disk_waits_for_it() {
    let world = slow();
    let child = world.spawn(&[]);
    let piece = vec![7; 1 << 20];
    for failed in [false, true] {
        let mut sent = 0;
        let held = loop {
            let path = format!("/tmp/f{sent}");
            let call = world.send(1, &Call::WriteFile { path: path.as_bytes(), data: &piece, flags: WRITE, mode: 0o644 });
            sent += 1;
            if world.reply(1, call).is_none() {
                break call;
            }
            assert!(sent < 100, "nothing bounds what is on its way to the disk");
        };
        assert!(sent > 30, "{sent} MiB are not much");
        let behind = world.send(1, &Call::Getcwd {});
        assert_eq!(world.reply(1, behind), None, "calls of a process keep their order");
        let other = world.as_process(child);
        assert!(other.stat(b"/tmp/f0", 0).is_ok() && other.unlink(b"/tmp/none") == Err(Errno::ENOENT), "what writes nothing goes on");
        let commits = commits(&world);
        let (first, last) = (*commits.first().unwrap(), *commits.last().unwrap());
        world.event(Event::Durable { commit: first + 4, failed });
        assert!(matches!(world.reply(1, held), Some(Ok(_))), "there is room again");
        assert!(world.reply(1, behind).is_some());
        world.event(Event::Durable { commit: last + 1, failed });
        world.take_effects();
    }
}
