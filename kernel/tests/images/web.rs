//! Directories of a web server, which the test plays: with ranges and without, changing, failing.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use porthole_abi::flags::*;
use porthole_abi::{Call, Errno, Syscalls};
use porthole_kernel::vfs::image::Answer;
use porthole_kernel::{Config, Effect};

use crate::build::noise;
use crate::world::World;
use crate::world::text::{names, read, write};
use crate::{answer, mount};

const BASE: &str = "https://files.example/tree/";

/// What a request asked for: address, first byte, length (0: all).
type Asked = (String, u64, u64);

#[derive(Default)]
struct Server {
    files: RefCell<BTreeMap<String, Vec<u8>>>,
    etag: RefCell<String>,
    /// It sends whole files whatever it is asked for.
    whole: Cell<bool>,
    down: Cell<bool>,
    asked: RefCell<Vec<Asked>>,
}

impl Server {
    fn new(files: &[(&str, &[u8])]) -> Server {
        let server = Server { etag: RefCell::new("\"one\"".into()), ..Server::default() };
        let index: String = files.iter().map(|(name, data)| format!("{} 1600000000.5 - {name}\n", data.len())).collect();
        server.put("porthole.index", format!("porthole-index 1\n{index}").as_bytes());
        files.iter().for_each(|(name, data)| server.put(name, data));
        server
    }

    fn put(&self, name: &str, data: &[u8]) {
        self.files.borrow_mut().insert(name.replace(' ', "%20"), data.to_vec());
    }

    /// Answers everything that has been asked, until nothing more is.
    fn serve(&self, world: &World) {
        loop {
            let mut effects = world.take_effects();
            let Some(at) = effects.iter().position(|effect| matches!(effect, Effect::Get { .. })) else {
                return world.effects.borrow_mut().extend(effects);
            };
            let Effect::Get { id, url, from, len, most } = effects.remove(at) else { unreachable!() };
            world.effects.borrow_mut().extend(effects);
            self.answer(world, id, &String::from_utf8(url).unwrap(), from, len, most);
        }
    }

    fn answer(&self, world: &World, id: u64, url: &str, from: u64, len: u64, most: u64) {
        self.asked.borrow_mut().push((url.to_owned(), from, len));
        let files = self.files.borrow();
        let etag = self.etag.borrow();
        let mut range = String::new();
        let found = files.get(url.strip_prefix(BASE).unwrap());
        let (status, body): (u16, &[u8]) = match found {
            None => (404, b"not here"),
            Some(data) if len == 0 || self.whole.get() => (200, data),
            Some(data) if from >= data.len() as u64 => (416, b""),
            Some(data) => {
                let end = (from + len).min(data.len() as u64);
                range = format!("bytes {from}-{}/{}", end - 1, data.len());
                (206, &data[from as usize..end as usize])
            }
        };
        assert!(status != 206 || body.len() as u64 <= most);
        let answer = Answer { status, etag: etag.as_bytes(), modified: b"", range: range.as_bytes(), body };
        let answer = if self.down.get() { Err("the network is down".to_owned()) } else { Ok(answer) };
        world.got(id, answer);
    }

    fn take_asked(&self) -> Vec<Asked> {
        self.asked.take()
    }
}

/// A call that may have to wait for the server.
fn call(world: &World, server: &Server, pid: i32, call: &Call<'_>) -> Result<Vec<u8>, Errno> {
    let seq = world.send(pid, call);
    server.serve(world);
    world.reply(pid, seq).unwrap_or_else(|| panic!("{call:?} was not answered"))
}

fn pread(world: &World, server: &Server, fd: i32, len: u32, position: i64) -> Result<Vec<u8>, Errno> {
    call(world, server, 1, &Call::Pread { fd, len, position }).map(|reply| reply[4..].to_vec())
}

fn read_on(world: &World, server: &Server, fd: i32, len: u32) -> Result<Vec<u8>, Errno> {
    call(world, server, 1, &Call::Read { fd, len, position: -1 }).map(|reply| reply[4..].to_vec())
}

fn mount_web(world: &World, server: &Server) -> Result<(), Errno> {
    world.as_process(1).mkdir_all(b"/mnt", 0o755).unwrap();
    call(world, server, 1, &Call::Mount { source: BASE.as_bytes(), target: b"/mnt", kind: b"http", flags: 0 }).map(drop)
}

fn open(world: &World, path: &str) -> i32 {
    world.as_process(1).open(path.as_bytes(), O_RDONLY, 0).unwrap().fd
}

fn last_mount(world: &World) -> String {
    read(&world.as_process(1), "/web/container/main/mounts").unwrap().lines().last().unwrap().to_owned()
}

#[test]
fn a_directory_is_listed_at_once_and_read_in_pieces() {
    let big = noise(4_000_000, 9);
    let server = Server::new(&[("a/big", &big), ("a/s p", b"blank"), ("empty", b"")]);
    let world = World::new();
    mount_web(&world, &server).unwrap();
    assert_eq!(server.take_asked(), [(format!("{BASE}porthole.index"), 0, 0)]);
    let me = world.as_process(1);
    assert_eq!((names(&me, "/mnt"), names(&me, "/mnt/a")), (vec!["a".into(), "empty".into()], vec!["big".into(), "s p".into()]));
    let stat = me.stat(b"/mnt/a/big", 0).unwrap().stat;
    assert_eq!((stat.size, stat.mtime, stat.mode), (4_000_000, 1_600_000_000_500_000_000, S_IFREG | 0o644));
    assert_eq!(read(&me, "/mnt/empty").unwrap(), "");
    assert_eq!(write(&me, "/mnt/new", ""), Err(Errno::EROFS));
    assert_eq!(server.take_asked(), [], "nothing has been read");
    let fd = open(&world, "/mnt/a/s p");
    assert_eq!(pread(&world, &server, fd, 100, 0).unwrap(), b"blank");
    assert_eq!(server.take_asked(), [(format!("{BASE}a/s%20p"), 0, 5)]);
    // In the middle what is read, which lies in two chunks; read on, twice as much each time, up to 1 MiB.
    let fd = open(&world, "/mnt/a/big");
    for at in (1_000_000..2_500_000).step_by(50_000) {
        assert!(pread(&world, &server, fd, 50_000, at).unwrap() == big[at as usize..at as usize + 50_000]);
    }
    let lens: Vec<u64> = server.take_asked().into_iter().map(|(_, _, len)| len >> 16).collect();
    assert_eq!(lens, [2, 4, 8, 16]);
    assert_eq!(pread(&world, &server, fd, 50_000, 1_500_000).unwrap().len(), 50_000);
    assert_eq!(server.take_asked(), [], "it is in memory");
}

#[test]
fn a_server_without_ranges_sends_whole_files() {
    let data = noise(500_000, 4);
    let server = Server::new(&[("f", &data)]);
    server.whole.set(true);
    let world = World::new();
    mount_web(&world, &server).unwrap();
    let fd = open(&world, "/mnt/f");
    assert!(pread(&world, &server, fd, 100_000, 300_000).unwrap() == data[300_000..400_000]);
    // What has come with it is not asked for again.
    server.take_asked();
    assert!(pread(&world, &server, fd, 100_000, 400_000).unwrap() == data[400_000..]);
    assert_eq!(server.take_asked(), []);
}

#[test]
fn a_long_file_without_ranges_is_not_fetched_for_each_piece_of_it() {
    let data = noise(20_000_000, 4);
    let server = Server::new(&[("f", &data)]);
    server.whole.set(true);
    let world = World::new();
    mount_web(&world, &server).unwrap();
    let fd = open(&world, "/mnt/f");
    server.take_asked();
    for at in (0..data.len()).step_by(500_000) {
        assert!(pread(&world, &server, fd, 500_000, at as i64).unwrap() == data[at..at + 500_000]);
    }
    let asked = server.take_asked();
    assert!(asked.len() <= 6, "{asked:?}");
}

/// Whoever looks around fetches nothing.
#[test]
fn a_survey_brings_no_contents() {
    let server = Server::new(&[("p/index.js", b"module"), ("p/package.json", b"{}")]);
    let world = World::new();
    mount_web(&world, &server).unwrap();
    server.take_asked();
    let seen = world.as_process(1).survey(b"/mnt", 3, b"node_modules", 1 << 20).unwrap().directories.0;
    let names: Vec<&[u8]> = seen.iter().flat_map(|directory| directory.entries.0.iter().map(|entry| entry.name.as_slice())).collect();
    assert_eq!(names, [&b"p"[..], b"index.js", b"package.json"]);
    assert!(seen.iter().all(|directory| directory.entries.0.iter().all(|entry| entry.whole == 0)));
    assert_eq!(server.take_asked(), []);
}

/// An index is for one mount, and not kept for another: that would show what was there before.
#[test]
fn an_index_is_used_once() {
    let server = Server::new(&[("old", b"")]);
    let world = World::new();
    let missing = Call::Mount { source: BASE.as_bytes(), target: b"/none", kind: b"http", flags: 0 };
    assert_eq!(call(&world, &server, 1, &missing), Err(Errno::ENOENT));
    server.put("porthole.index", b"porthole-index 1\n0 - - new\n");
    mount_web(&world, &server).unwrap();
    let me = world.as_process(1);
    assert_eq!(names(&me, "/mnt"), ["new"]);
    me.unmount(b"/mnt").unwrap();
    // Two of them in one write: the first is mounted, the second is refused in words, and nobody asks on and on.
    server.put("other/porthole.index", b"porthole-index 1\n");
    server.take_asked();
    let data = format!("mount http {BASE} /mnt\nmount http {BASE}other /tmp\n");
    let order = Call::WriteFile { path: b"/web/container/main/ctl", data: data.as_bytes(), flags: O_WRONLY, mode: 0 };
    assert_eq!(call(&world, &server, 1, &order), Err(Errno::EAGAIN));
    assert_eq!(answer(&world), "mount: its index has not been asked for: order it by itself (EAGAIN)\n");
    assert_eq!((names(&me, "/mnt"), server.take_asked().len()), (vec!["new".to_owned()], 1));
}

#[test]
fn another_state_of_a_file_is_never_mixed_with_the_first() {
    let data = noise(500_000, 4);
    let server = Server::new(&[("f", &data), ("g", b"other")]);
    let world = World::new();
    mount_web(&world, &server).unwrap();
    let fd = open(&world, "/mnt/f");
    assert!(pread(&world, &server, fd, 10, 0).is_ok());
    server.etag.replace("\"two\"".into());
    // Another kernel remembers as well.
    world.reborn();
    assert_eq!(pread(&world, &server, fd, 10, 0), Err(Errno::EIO));
    let words = "cannot be read: the file has changed on the server since it was first read: mount it again";
    assert_eq!(last_mount(&world), format!("http {BASE} /mnt ro: '{BASE}f' {words}"));
    let other = open(&world, "/mnt/g");
    assert_eq!(pread(&world, &server, other, 10, 0).unwrap(), b"other", "it was not read before");
    // Longer or shorter than the index says.
    server.put("g", b"longer than it was");
    let world = World::new();
    mount_web(&world, &server).unwrap();
    let fd = open(&world, "/mnt/g");
    assert_eq!(pread(&world, &server, fd, 10, 0), Err(Errno::EIO));
    assert!(last_mount(&world).ends_with("the index says that it has 5 bytes, the server says 18"), "{}", last_mount(&world));
}

#[test]
fn what_the_network_says_is_told() {
    let server = Server::new(&[("f", b"here")]);
    let world = World::new();
    server.down.set(true);
    assert_eq!(mount_web(&world, &server), Err(Errno::EIO));
    assert_eq!(answer(&world), format!("mount: '{BASE}porthole.index': the network is down (EIO)\n"));
    server.down.set(false);
    mount_web(&world, &server).unwrap();
    server.down.set(true);
    let fd = open(&world, "/mnt/f");
    assert_eq!(read_on(&world, &server, fd, 10), Err(Errno::EIO));
    assert!(last_mount(&world).ends_with("cannot be read: the network is down"));
    server.down.set(false);
    assert_eq!(read_on(&world, &server, fd, 10).unwrap(), b"here", "asked again, it is there");
    server.files.borrow_mut().clear();
    assert_eq!(world.as_process(1).unmount(b"/mnt"), Err(Errno::EBUSY));
    world.as_process(1).close(fd).unwrap();
    world.as_process(1).unmount(b"/mnt").unwrap();
    assert_eq!(mount_web(&world, &server), Err(Errno::EIO));
    assert_eq!(answer(&world), format!("mount: '{BASE}porthole.index': the server answered 404 (EIO)\n"));
    server.put("porthole.index", b"<html>");
    assert_eq!(mount_web(&world, &server), Err(Errno::EINVAL));
    assert!(answer(&world).contains("does not begin with the line 'porthole-index 1'"), "{}", answer(&world));
    for (source, words) in [("/tmp", "begins with http"), ("https://x/?a", "no address of a directory")] {
        assert_eq!(mount(&world.as_process(1), "http", source, "/mnt"), Err(Errno::EINVAL));
        assert!(answer(&world).contains(words), "{}", answer(&world));
    }
    // An order waits as the call does.
    let server = Server::new(&[("f", b"here")]);
    let data = format!("mount http {BASE} /mnt");
    let order = Call::WriteFile { path: b"/web/container/main/ctl", data: data.as_bytes(), flags: O_WRONLY, mode: 0 };
    call(&world, &server, 1, &order).unwrap();
    assert_eq!(names(&world.as_process(1), "/mnt"), ["f"]);
}

/// A replay asks no server: what logged calls needed is in the log, and what they were answered is the same.
#[test]
fn a_replay_needs_no_network() {
    let script = b"#!/usr/bin/env node\n".repeat(10_000);
    let server = Server::new(&[("bin/run", &script), ("f", &noise(300_000, 2))]);
    let world = World::new();
    let boot = porthole_kernel::Event::Boot { seed: 7 };
    assert!(world.log.borrow()[0].ends_with(&boot.record(0)[8..]), "the log is whole");
    server.put("porthole.index", b"porthole-index 1\n200000 - 755 bin/run\n300000 - - f\n");
    mount_web(&world, &server).unwrap();
    let fd = open(&world, "/mnt/f");
    for _ in 0..4 {
        read_on(&world, &server, fd, 70_000).unwrap();
    }
    world.machine.borrow_mut().set_cache(0);
    let spawn = Call::Spawn {
        file: b"/mnt/bin/run",
        argv: porthole_abi::wire::List(vec![]),
        env: porthole_abi::wire::List(vec![]),
        cwd: b"",
        fds: porthole_abi::wire::List(vec![]),
        flags: 0,
    };
    call(&world, &server, 1, &spawn).unwrap();
    server.down.set(true);
    assert_eq!(call(&world, &server, 1, &Call::Read { fd, len: 70_000, position: 0 }).map(drop), Err(Errno::EIO), "and so is what failed");
    let mut again = world.replayed(Config::default());
    let state = |machine: &mut porthole_kernel::Machine| machine.checkpoint(world.now.get(), &mut Vec::new()).state;
    assert!(state(&mut again) == state(&mut world.machine.borrow_mut()));
}

#[test]
fn a_waiting_call_is_made_again_by_another_kernel() {
    let server = Server::new(&[("f", b"here")]);
    let world = World::new();
    mount_web(&world, &server).unwrap();
    let fd = open(&world, "/mnt/f");
    world.send(1, &Call::Pread { fd, len: 10, position: 0 });
    assert_eq!(world.take_effects().into_iter().filter(|effect| matches!(effect, Effect::Get { .. })).count(), 1);
    world.reborn();
    assert_eq!(pread(&world, &server, fd, 10, 0).unwrap(), b"here");
}

/// The command line of README writes an index that is read as it was meant.
#[test]
fn find_writes_an_index() {
    let folder = crate::tools::Folder::new("index");
    let line = "mkdir -p d/a && cd d && echo hi > 'a/s p' && printf x > b && chmod 755 b && touch -d @1600000000.25 b && \
                (echo porthole-index 1; find . -type f ! -name porthole.index -printf '%s %T@ %m %P\\n') > ../index && mv ../index porthole.index";
    let index = folder.make(line, "d/porthole.index");
    let server = Server::default();
    server.put("porthole.index", &index);
    server.put("b", b"x");
    let world = World::new();
    mount_web(&world, &server).unwrap();
    let me = world.as_process(1);
    assert_eq!((names(&me, "/mnt"), names(&me, "/mnt/a")), (vec!["a".into(), "b".into()], vec!["s p".into()]));
    let stat = me.stat(b"/mnt/b", 0).unwrap().stat;
    assert_eq!((stat.size, stat.mode, stat.mtime), (1, S_IFREG | 0o755, 1_600_000_000_250_000_000));
}
