//! What a new kernel makes of the old one's log, and how calls are counted.
#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod world;

use porthole_abi::wire::Wire;
use porthole_abi::{Call, Errno, Event, Reply, Request, Syscalls, flags, frame, signal};
use porthole_kernel::{Config, Effect, Machine, RestoreError};
use world::World;

fn frame_of(call: &Call<'_>, seq: u32, ack: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    Request::begin(call.number(), seq, ack, 0, &mut bytes);
    call.put(&mut bytes);
    frame::finish(&mut bytes);
    bytes
}

fn handle(machine: &mut Machine, event: porthole_kernel::Event) -> Vec<Effect> {
    let mut out = Vec::new();
    machine.handle(5, event, &mut out);
    out.retain(|effect| !matches!(effect, Effect::Log { .. } | Effect::Timer { .. }));
    out
}

fn booted() -> Machine {
    let mut machine = Machine::new(Config::default());
    assert_eq!(handle(&mut machine, porthole_kernel::Event::Boot { seed: 1 }), []);
    machine
}

fn send(machine: &mut Machine, bytes: &[u8]) -> Vec<Effect> {
    handle(machine, porthole_kernel::Event::Frame { pid: 1, frame: bytes.to_vec() })
}

fn state(machine: &mut Machine) -> Vec<u8> {
    machine.checkpoint(5, &mut Vec::new()).state
}

fn restored(machine: &mut Machine) -> Machine {
    Machine::restore(&state(machine)).unwrap()
}

#[test]
fn a_call_sent_again_is_answered_not_applied() {
    let mut machine = booted();
    let first = send(&mut machine, &frame_of(&Call::Pipe {}, 1, 0));
    assert_eq!(send(&mut machine, &frame_of(&Call::Pipe {}, 1, 0)), first);
    let mut reborn = restored(&mut machine);
    assert_eq!(send(&mut reborn, &frame_of(&Call::Pipe {}, 1, 0)), first, "a new kernel remembers");
    assert_ne!(send(&mut reborn, &frame_of(&Call::Pipe {}, 2, 1)), first);
    assert_eq!(send(&mut reborn, &frame_of(&Call::Pipe {}, 1, 0)), [], "acknowledged: it lingered on the way");
}

#[test]
fn the_page_may_have_several_calls_under_way() {
    let mut machine = booted();
    let third = send(&mut machine, &frame_of(&Call::Umask { mask: 3 }, 3, 0));
    let first = send(&mut machine, &frame_of(&Call::Umask { mask: 1 }, 1, 0));
    assert_ne!(first, third);
    assert_eq!(send(&mut machine, &frame_of(&Call::Umask { mask: 3 }, 3, 0)), third);
    assert_eq!(send(&mut machine, &frame_of(&Call::Umask { mask: 1 }, 1, 0)), first);
}

#[test]
fn an_acknowledgement_of_the_future_is_not_believed() {
    let mut machine = booted();
    send(&mut machine, &frame_of(&Call::Pipe {}, 1, u32::MAX));
    assert_eq!(send(&mut machine, &frame_of(&Call::Pipe {}, 2, 1)).len(), 1);
}

#[test]
fn malformed_frames_change_nothing() {
    let mut machine = booted();
    send(&mut machine, &frame_of(&Call::Pipe {}, 1, 0));
    let before = state(&mut machine);
    let good = frame_of(&Call::Write { fd: 1, data: b"abc", position: -1 }, 2, 1);
    for len in 0..good.len() {
        let answer = send(&mut machine, &good[..len]);
        match answer.as_slice() {
            [] => assert!(len < 12),
            [Effect::Reply { pid: 1, frame }] => {
                let reply = Reply::get(frame).unwrap();
                assert_eq!((reply.seq, reply.result), (2, Err(Errno::EINVAL)));
            }
            other => panic!("{other:?}"),
        }
    }
    // A call that is not in the table is not in the log either.
    let mut unknown = Vec::new();
    Request::begin(9999, 2, 1, 0, &mut unknown);
    frame::finish(&mut unknown);
    let answer = send(&mut machine, &unknown);
    assert!(matches!(answer.as_slice(), [Effect::Reply { frame, .. }] if Reply::get(frame).unwrap().result == Err(Errno::ENOSYS)));
    for pid in [0, -1, 2, i32::MIN] {
        assert_eq!(handle(&mut machine, porthole_kernel::Event::Frame { pid, frame: good.clone() }), []);
    }
    assert_eq!(state(&mut machine), before);
}

#[test]
fn lying_counts_reserve_nothing() {
    let mut machine = booted();
    for number in 0..120 {
        for filler in [0xff, 0x7f, 0x00] {
            let mut bytes = Vec::new();
            Request::begin(number, 1000 + u32::from(number), 0, 0, &mut bytes);
            bytes.extend_from_slice(&[filler; 64]);
            frame::finish(&mut bytes);
            send(&mut machine, &bytes);
        }
    }
}

#[test]
fn pure_calls_change_nothing() {
    let world = World::new();
    let me = world.as_process(1);
    me.pipe().unwrap();
    me.listen(porthole_abi::Address { family: 4, host: vec![], port: 80 }, 1).unwrap();
    let state = |world: &World| state(&mut world.machine.borrow_mut());
    let before = state(&world);
    me.start().unwrap();
    me.processes().unwrap();
    me.sysinfo().unwrap();
    me.getcwd().unwrap();
    me.fd_kind(0).unwrap();
    me.stat(b"/tmp", 0).unwrap();
    me.readdir(b"/", 0, 100).unwrap();
    me.read_file(b"/etc/hosts", 1000).unwrap();
    me.poll(0).unwrap();
    assert_eq!(me.peername(2), Err(Errno::ENOTCONN));
    assert_eq!(state(&world), before);
}

#[test]
fn polls_wait_and_time_out() {
    let world = World::new();
    let child = world.spawn(&[]);
    let me = world.as_process(1);
    world.heard(1);
    world.as_process(child).sigaction(signal::SIGTERM, flags::SIG_CATCH).unwrap();
    let batch = |seq| -> Option<Vec<Event>> {
        let payload = world.reply(child, seq)?.unwrap();
        let bytes = Vec::<u8>::get(&mut porthole_abi::wire::Reader::new(&payload)).unwrap();
        Some(porthole_abi::event::get_batch(&bytes).unwrap().1)
    };
    let poll = world.send(child, &Call::Poll { timeout: 100 });
    assert_eq!(batch(poll), None);
    assert_eq!(world.take_effects().last(), Some(&Effect::Timer { at: Some(world.now.get() + 100) }));
    me.kill(child, signal::SIGTERM).unwrap();
    assert_eq!(batch(poll), Some(vec![Event::Signal { signal: signal::SIGTERM }]));
    assert_eq!(world.take_effects(), [Effect::Timer { at: None }]);
    assert_eq!(world.heard(child), [], "not notified as well");
    // It has not said that it heard, so it is told again.
    let poll = world.send(child, &Call::Poll { timeout: u32::MAX });
    assert_eq!(batch(poll).map(|events| events.len()), Some(1));
    let mut bytes = Vec::new();
    Request::begin(12, 50, 0, 1, &mut bytes);
    Call::Poll { timeout: 100 }.put(&mut bytes);
    frame::finish(&mut bytes);
    world.event(porthole_kernel::Event::Frame { pid: child, frame: bytes });
    assert_eq!(batch(50), None);
    world.now.set(world.now.get() + 99);
    world.event(porthole_kernel::Event::Timer);
    assert_eq!(batch(50), None);
    world.now.set(world.now.get() + 1);
    world.event(porthole_kernel::Event::Timer);
    assert_eq!(batch(50), Some(vec![]));
}

#[test]
fn a_new_epoch_settles_who_lives() {
    let world = World::new();
    let me = world.as_process(1);
    let (fresh, gone, well, zombie) = (world.spawn(&[]), world.spawn(&[]), world.spawn(&[]), world.spawn(&[]));
    for pid in [gone, well] {
        world.as_process(pid).sigaction(signal::SIGTERM, flags::SIG_CATCH).unwrap();
    }
    me.kill(well, signal::SIGTERM).unwrap();
    world.as_process(zombie).exit(3).unwrap();
    let mut reborn = restored(&mut world.machine.borrow_mut());
    let effects = handle(&mut reborn, porthole_kernel::Event::Epoch { live: vec![1, well, zombie, 77] });
    let terminated: Vec<i32> = effects.iter().filter_map(|it| if let Effect::Terminate { pid } = it { Some(*pid) } else { None }).collect();
    assert_eq!(terminated, [zombie, 77, gone]);
    assert!(effects.contains(&Effect::Spawn { pid: fresh }), "its worker has done nothing yet");
    let told: Vec<i32> = effects.iter().filter_map(|it| if let Effect::Notify { pid, .. } = it { Some(*pid) } else { None }).collect();
    assert_eq!(told, [1, well, 1], "with all that they have not heard, and then that one is gone");
}

#[test]
fn a_checkpoint_of_another_kind_is_refused() {
    let state = state(&mut booted());
    assert!(matches!(Machine::restore(&[]), Err(RestoreError::Version(None))));
    let mut other = state.clone();
    other[0] ^= 0x40;
    assert!(matches!(Machine::restore(&other), Err(RestoreError::Version(Some(_)))));
    for len in (1..state.len()).step_by(97) {
        assert!(matches!(Machine::restore(&state[..len]), Err(RestoreError::Corrupt(_))), "cut at {len}");
    }
    assert!(Machine::restore(&state).is_ok());
}

#[test]
fn a_restored_machine_is_the_same_machine() {
    let world = World::new();
    let me = world.as_process(1);
    let pipe = me.pipe().unwrap();
    me.write(pipe.writer, b"in flight", -1).unwrap();
    let pty = me.openpty(80, 24).unwrap();
    me.write(pty.master, b"typed\r", -1).unwrap();
    let fd = me.open(b"/tmp/file", flags::O_CREAT | flags::O_RDWR, 0o644).unwrap().fd;
    me.write(fd, b"content", -1).unwrap();
    world.spawn(&[(0, pipe.reader)]);
    world.event(porthole_kernel::Event::Commit);
    let mut machine = world.machine.borrow_mut();
    let mut reborn = restored(&mut machine);
    assert_eq!(state(&mut reborn), state(&mut machine));
    drop(machine);
    world.machine.replace(reborn);
    assert_eq!(me.read(pipe.reader, 100, -1).unwrap().data, b"in flight");
    assert_eq!(me.read(pty.slave, 100, -1).unwrap().data, b"typed\n");
    assert_eq!(me.pread(fd, 100, 0).unwrap().data, b"content");
}
