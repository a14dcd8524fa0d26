//! What replies say beside the answer: changes by others, and links on the way.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

use porthole_abi::flags::MOUNT_READ_ONLY;
use porthole_abi::frame::{ELSEWHERE, GAP_ON_THE_WAY, LINK_AT_THE_END, LINK_ON_THE_WAY};
use porthole_abi::{Call, Reply, Request, frame};
use porthole_kernel::{Config, Effect, Event, Machine};

struct Pair(Machine, [u32; 2]);

impl Pair {
    /// Process 1 and a child of it.
    fn new() -> Pair {
        let mut pair = Pair(Machine::new(Config::default()), [0, 0]);
        pair.0.handle(1, Event::Boot { seed: 1 }, &mut Vec::new());
        let spawn = Call::Spawn {
            file: b"node",
            argv: porthole_abi::wire::List(vec![b"node".to_vec()]),
            env: Default::default(),
            cwd: b"",
            fds: Default::default(),
            flags: 0,
        };
        pair.ask(1, &spawn);
        pair
    }

    /// Foreign changes and marks as the reply has them.
    fn ask(&mut self, pid: i32, call: &Call<'_>) -> (u32, u16) {
        let seq = &mut self.1[pid as usize - 1];
        *seq += 1;
        let mut request = Vec::new();
        Request::begin(call.number(), *seq, *seq - 1, 0, &mut request);
        call.put(&mut request);
        frame::finish(&mut request);
        let mut effects = Vec::new();
        self.0.handle(2, Event::Frame { pid, frame: request }, &mut effects);
        let reply = effects.iter().find_map(|effect| match effect {
            Effect::Reply { pid: to, frame } if *to == pid => Some(Reply::get(frame).unwrap()),
            _ => None,
        });
        let reply = reply.unwrap();
        assert!(reply.result.is_ok(), "{call:?}: {:?}", reply.result);
        (reply.foreign, reply.marks)
    }
}

const WRITE: u32 = porthole_abi::flags::O_WRONLY | porthole_abi::flags::O_CREAT;

#[test]
fn others_changes_are_counted_and_own_ones_are_not() {
    let mut pair = Pair::new();
    let idle = Call::Getpgid { pid: 0 };
    assert_eq!(pair.ask(2, &idle).0, 0, "what was before a process began is not counted");
    let before = pair.ask(1, &idle).0;
    assert_eq!(pair.ask(2, &Call::Mkdir { path: b"/tmp/d", mode: 0o777 }).0, 0);
    assert_eq!(pair.ask(2, &Call::WriteFile { path: b"/tmp/d/f", data: b"x", flags: WRITE, mode: 0o666 }).0, 0);
    let heard = pair.ask(1, &idle).0;
    assert!(heard > before);
    assert_eq!(pair.ask(1, &Call::Stat { path: b"/tmp/d/f", flags: 0 }).0, heard, "questions are no changes");
    for change in [
        Call::Chmod { path: b"/tmp/d/f", mode: 0o600, flags: 0 },
        Call::Utimes { path: b"/tmp/d/f", atime: 1, mtime: 2, flags: 0 },
        Call::Truncate { path: b"/tmp/d/f", len: 9 },
        Call::Rename { from: b"/tmp/d/f", to: b"/tmp/d/g", flags: 0 },
        Call::Link { from: b"/tmp/d/g", to: b"/tmp/d/h" },
        Call::Symlink { target: b"g", path: b"/tmp/d/s" },
        Call::CopyFile { from: b"/tmp/d/g", to: b"/tmp/d/i", flags: 0 },
        Call::Unlink { path: b"/tmp/d/i" },
        Call::RemoveTree { path: b"/tmp/d" },
    ] {
        let before = pair.ask(2, &idle).0;
        pair.ask(1, &change);
        assert!(pair.ask(2, &idle).0 > before, "{change:?}");
    }
    assert_eq!(pair.ask(1, &idle).0, heard, "process 1 has heard of nothing new");
}

#[test]
fn marks_tell_of_links() {
    let mut pair = Pair::new();
    pair.ask(1, &Call::Mkdir { path: b"/tmp/d", mode: 0o777 });
    pair.ask(1, &Call::Symlink { target: b"d", path: b"/tmp/l" });
    pair.ask(1, &Call::WriteFile { path: b"/tmp/d/f", data: b"x", flags: WRITE, mode: 0o666 });
    pair.ask(1, &Call::Chdir { path: b"/tmp/l" });
    let mut marks = |path: &'static [u8]| pair.ask(1, &Call::Stat { path, flags: porthole_abi::flags::NOFOLLOW }).1;
    assert_eq!(marks(b"/tmp/d/f"), 0);
    assert_eq!(marks(b"././f"), 0);
    assert_eq!(marks(b"f"), 0, "the working directory is where it is, however it was entered");
    assert_eq!(marks(b"/tmp/l"), LINK_AT_THE_END);
    let open = Call::Open { path: b"/tmp/d/none", flags: WRITE, mode: 0o600 };
    assert_eq!(pair.ask(1, &open).1, 0, "what is not there is plain");
    assert_eq!(pair.ask(1, &Call::MkdirAll { path: b"/tmp/a/b", mode: 0o777 }).1, GAP_ON_THE_WAY);
    let mut marks = |path: &'static [u8]| pair.ask(1, &Call::Stat { path, flags: porthole_abi::flags::NOFOLLOW }).1;
    for path in [b"/tmp/l/f".as_slice(), b"/tmp//d/f", b"/tmp/./d", b"/tmp/d/../d/f", b"/tmp/d/", b"./../d/f"] {
        assert_eq!(marks(path), LINK_ON_THE_WAY, "{}", String::from_utf8_lossy(path));
    }
}

#[test]
fn marks_tell_of_mounts_and_trees() {
    let mut pair = Pair::new();
    for dir in [b"/tmp/d".as_slice(), b"/tmp/d/e", b"/tmp/bind", b"/tmp/fixed"] {
        pair.ask(1, &Call::Mkdir { path: dir, mode: 0o777 });
    }
    pair.ask(1, &Call::Symlink { target: b"/proc/1/status", path: b"/tmp/status" });
    let (heard, _) = pair.ask(1, &Call::Getpgid { pid: 0 });
    pair.ask(1, &Call::Mount { source: b"/tmp/d", target: b"/tmp/bind", kind: b"bind", flags: 0 });
    assert!(pair.ask(1, &Call::Getpgid { pid: 0 }).0 > heard, "what one has mounted oneself is news all the same");
    pair.ask(1, &Call::Mount { source: b"/tmp/d", target: b"/tmp/fixed", kind: b"bind", flags: MOUNT_READ_ONLY });
    let mut marks = |call| pair.ask(1, &call).1;
    let stat = |path| Call::Stat { path, flags: 0 };
    assert_eq!(marks(stat(b"/tmp/bind/e")), LINK_ON_THE_WAY);
    assert_eq!(marks(stat(b"/tmp/fixed/e")), LINK_ON_THE_WAY | ELSEWHERE);
    assert_eq!(marks(stat(b"/proc/1")), LINK_ON_THE_WAY | ELSEWHERE);
    assert_eq!(marks(stat(b"/tmp/status")), LINK_AT_THE_END | ELSEWHERE);
    assert_eq!(marks(Call::Readdir { path: b"/tmp", skip: 0, limit: 9 }), LINK_ON_THE_WAY, "its names are not what is seen there");
    assert_eq!(marks(Call::Readdir { path: b"/tmp/d", skip: 0, limit: 9 }), 0);
    marks(Call::Chdir { path: b"/tmp/bind/e" });
    assert_eq!(marks(stat(b".")), LINK_ON_THE_WAY | ELSEWHERE);
    let (heard, _) = pair.ask(1, &Call::Getpgid { pid: 0 });
    let order = Call::WriteFile { path: b"/web/container/main/ctl", data: b"unmount /tmp/fixed", flags: porthole_abi::flags::O_WRONLY, mode: 0 };
    pair.ask(1, &order);
    assert!(pair.ask(1, &Call::Getpgid { pid: 0 }).0 > heard, "who orders changes does not know what changed");
}
