//! Every call with arguments that are noise, nearly right, or right but extreme.

use porthole_abi::syscall::{TABLE, TreeEntry};
use porthole_abi::wire::{List, Wire};
use porthole_abi::{Request, Syscalls, frame};
use porthole_kernel::Event;

use crate::dice::Dice;
use crate::seeds;
use crate::world::World;

impl Dice {
    fn number(&mut self) -> i64 {
        let near = self.below(20) as i64 - 3;
        [near, near, near, i64::MAX, i64::MIN, i64::from(i32::MAX), i64::from(i32::MIN), u32::MAX.into(), 1 << 43, (1 << 43) + 1, 65_536]
            [self.below(11)]
    }

    fn path(&mut self) -> Vec<u8> {
        let parts: [&[u8]; 19] = [
            b"/",
            b"a",
            b"b",
            b"..",
            b".",
            b"//",
            b"\0",
            b"\xff",
            b"dev/null",
            b"dev/fd/1",
            b"tmp",
            &[b'x'; 256],
            b"/proc/self",
            b"cwd",
            b"fd/0",
            b"/task/new",
            b"/task/2/ctl",
            b"/web/container/main/ctl",
            b"/web/container/main/snapshots",
        ];
        // Where a name stands at the end it is one of a file too.
        let slash: &[u8] = if self.below(3) == 0 { b"" } else { b"/" };
        (0..self.below(6)).flat_map(|_| [parts[self.below(parts.len())], slash]).collect::<Vec<_>>().concat()
    }

    /// Arguments of the right types, and mostly senseless.
    pub fn arguments(&mut self, types: &[(&str, &str, bool)]) -> Vec<u8> {
        let mut out = Vec::new();
        for (_, ty, list) in types {
            let count = if *list {
                let count = self.below(4);
                (count as u32).put(&mut out);
                count
            } else {
                1
            };
            for _ in 0..count {
                match *ty {
                    "bytes" => self.path().put(&mut out),
                    "u8" => (self.number() as u8).put(&mut out),
                    "u16" => (self.number() as u16).put(&mut out),
                    "u32" => (self.number() as u32).put(&mut out),
                    "i32" => (self.number() as i32).put(&mut out),
                    "u64" => (self.number() as u64).put(&mut out),
                    "i64" => self.number().put(&mut out),
                    "TreeEntry" => TreeEntry {
                        path: self.path(),
                        mode: self.number() as u32 ^ (self.below(16) as u32) << 12,
                        mtime: self.number(),
                        data: self.bytes(9),
                    }
                    .put(&mut out),
                    _ => out.extend(self.bytes(12)),
                }
            }
        }
        out
    }
}

/// Frames of calls to numbers in `range`, and the machine after them.
fn storm(dice: &mut Dice, range: std::ops::RangeInclusive<u16>) {
    let world = World::new();
    // `poll` hands out events, which the world here hears by notification alone.
    let rows: Vec<_> = TABLE.iter().filter(|row| range.contains(&row.number) && row.name != "poll").collect();
    // Something to hit.
    let me = world.as_process(1);
    me.chdir(b"/tmp").unwrap();
    me.write_tree(b"/tmp/a", List(vec![TreeEntry { path: b"b/c".to_vec(), mode: 0o100644, mtime: 0, data: vec![1; 70_000] }])).unwrap();
    let mut seq = 1_000_000;
    for _ in 0..400 {
        let row = rows[dice.below(rows.len())];
        let mut args = dice.arguments(row.args);
        match dice.below(6) {
            0 => args = dice.bytes(40),
            1 if !args.is_empty() => {
                let at = dice.below(args.len());
                args[at] = dice.below(256) as u8;
            }
            2 => args.truncate(dice.below(args.len() + 1)),
            _ => {}
        }
        let mut frame = Vec::new();
        seq += 1;
        Request::begin(row.number, seq, seq - 1, 0, &mut frame);
        frame.extend(args);
        frame::finish(&mut frame);
        world.event(Event::Frame { pid: 1, frame });
        assert!(world.reply(1, seq).is_some(), "{} was not answered", row.name);
        if dice.below(50) == 0 {
            world.reborn();
        }
    }
    // What came of it can be put away and taken out again.
    world.reborn();
    world.risen();
}

#[test]
fn calls_on_files_survive_noise() {
    seeds::run("calls_on_files_survive_noise", 150, |dice| storm(dice, 20..=79));
}

#[test]
fn all_calls_survive_noise() {
    seeds::run("all_calls_survive_noise", 100, |dice| storm(dice, 0..=u16::MAX));
}

/// Orders whose verbs are known and whose words are not, between calls on the files that they move about.
#[test]
fn orders_survive_noise() {
    const ORDERS: [(&str, &[&str]); 2] = [
        ("/web/container/main/ctl", &["bind", "mount bind", "mount overlay", "mount proc", "unmount", "snapshot", "restore", "remove"]),
        ("/task/TASK/ctl", &["start", "kill", "signal", "stop", "continue", "stdio 1", "close", "remove"]),
    ];
    const WORDS: [&str; 14] =
        ["/tmp", "/tmp/a", "/tmp/b", "/home", "/", "..", "ro", "0", "1", "9", "s", "'t u'", "/proc/self", "/web/container/main/snapshots/s"];
    let done = std::cell::RefCell::new(std::collections::BTreeMap::<&str, usize>::new());
    seeds::run("orders_survive_noise", 100, |dice| {
        let world = World::new();
        let me = world.as_process(1);
        me.mkdir_all(b"/tmp/a/x", 0o755).unwrap();
        me.mkdir_all(b"/tmp/b", 0o755).unwrap();
        let mut task = 0;
        for _ in 0..80 {
            if dice.below(6) == 0
                && let Ok(reply) = me.open(b"/task/new", 0, 0)
            {
                let number = me.read(reply.fd, 20, -1).unwrap().data;
                me.close(reply.fd).unwrap();
                task = String::from_utf8(number).unwrap().trim().parse().unwrap();
                me.write_file(format!("/task/{task}/cmd").as_bytes(), b"node x", 1, 0).unwrap();
            }
            let (ctl, verbs) = ORDERS[dice.below(2)];
            let verb = verbs[dice.below(verbs.len())];
            let words: Vec<&str> = (0..dice.below(4)).map(|_| WORDS[dice.below(WORDS.len())]).collect();
            let order = format!("{verb} {}", words.join(" "));
            if me.write_file(ctl.replace("TASK", &task.to_string()).as_bytes(), order.as_bytes(), 1, 0).is_ok() {
                *done.borrow_mut().entry(verb).or_default() += 1;
            }
            let _may_be_anywhere = (me.chdir(WORDS[dice.below(6)].as_bytes()), me.getcwd(), me.write_file(b"x", b"y", 0o101, 0o644));
            match dice.below(40) {
                0 => world.reborn(),
                1 => drop(world.risen()),
                _ => {}
            }
        }
        world.reborn();
        world.risen();
    });
    let done = done.into_inner();
    // One seed alone tells nothing of all verbs.
    if std::env::var_os("PORTHOLE_SEED").is_none() {
        assert_eq!(done.len(), ORDERS[0].1.len() + ORDERS[1].1.len() - 1, "each verb was carried out now and then: {done:?}");
    }
}
