//! `/proc`: what programs for Linux look for there.
//!
//! Processor time and memory of processes are the browser's secret: they are 0. Formats: proc(5).

use porthole_abi::{Errno, flags};

use super::process_text::{cwd, descriptor, letter, line, list, short_name};
use super::tree::{At, Leads, Owner, Tree, directory, link, text};
use crate::machine::Machine;
use crate::process::{Process, Run};
use crate::vfs::Shows;

pub const TREE: Tree = Tree {
    kind: "proc",
    at: "/proc",
    owner: Owner::System,
    rows: &[
        directory("", 0o555),
        link("self", own),
        link("mounts", own_mounts),
        text("cpuinfo", 0o444, cpuinfo),
        text("filesystems", 0o444, filesystems),
        text("loadavg", 0o444, loadavg),
        text("meminfo", 0o444, meminfo),
        text("stat", 0o444, statistics),
        text("uptime", 0o444, uptime),
        text("version", 0o444, version),
        directory("sys", 0o555),
        directory("sys/kernel", 0o555),
        text("sys/kernel/hostname", 0o444, |_, _| line(crate::boot::HOSTNAME)),
        text("sys/kernel/osrelease", 0o444, |_, _| line(RELEASE)),
        text("sys/kernel/ostype", 0o444, |_, _| line("Linux")),
        text("sys/kernel/pid_max", 0o444, |_, _| line(i32::MAX)),
        directory("<pid>", 0o555),
        text("<pid>/cgroup", 0o444, |_, _| line("0::/")),
        text("<pid>/cmdline", 0o444, cmdline),
        text("<pid>/comm", 0o444, |machine, at| line(short_name(machine.subject(at)?))),
        link("<pid>/cwd", cwd),
        text("<pid>/environ", 0o400, |machine, at| Ok(list(&machine.subject(at)?.env, 0))),
        link("<pid>/exe", exe),
        directory("<pid>/fd", 0o500),
        link("<pid>/fd/<fd>", descriptor),
        text("<pid>/limits", 0o444, limits),
        text("<pid>/mountinfo", 0o444, mountinfo),
        text("<pid>/mounts", 0o444, mounts),
        link("<pid>/root", |_, _| Ok(Leads::Path(b"/".to_vec()))),
        text("<pid>/stat", 0o444, stat),
        text("<pid>/status", 0o444, status),
    ],
};

/// What `os.release()` and `os.totalmem()` say too.
const RELEASE: &str = "6.1.0-porthole";
const MEMORY_KB: u64 = 4 << 20;
/// Clock ticks a second.
const HERTZ: u64 = 100;

fn own(_: &Machine, at: At) -> Result<Leads, Errno> {
    Ok(Leads::Path(at.caller.to_string().into_bytes()))
}

fn own_mounts(_: &Machine, _: At) -> Result<Leads, Errno> {
    Ok(Leads::Path(b"self/mounts".to_vec()))
}

fn exe(machine: &Machine, at: At) -> Result<Leads, Errno> {
    let process = machine.subject(at)?;
    // The page is no program of the container.
    if process.exe.is_empty() { Err(Errno::ENOENT) } else { Ok(Leads::Path(process.exe.clone())) }
}

/// One processor: that a process is one thread on one is what `os.cpus()` says as well.
fn cpuinfo(_: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    line("processor\t: 0\nvendor_id\t: porthole\nmodel name\t: wasm32\ncpu MHz\t\t: 0.000\ncpu cores\t: 1\n")
}

fn filesystems(_: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    line("nodev\tproc\nnodev\ttask\nnodev\tweb\nnodev\tbind\nnodev\toverlay\n\tporthole")
}

/// How busy the browser's machine is, is not known.
fn loadavg(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let state = &machine.state;
    let running = state.processes.values().filter(|process| process.run == Run::Running).count();
    line(format_args!("0.00 0.00 0.00 {running}/{} {}", state.processes.len(), state.next_pid - 1))
}

/// Files are what is known to take memory.
fn meminfo(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let files = machine.state.vfs.bytes().div_ceil(1024).min(MEMORY_KB);
    let free = MEMORY_KB - files;
    let rows =
        [("MemTotal", MEMORY_KB), ("MemFree", free), ("MemAvailable", free), ("Buffers", 0), ("Cached", files), ("SwapTotal", 0), ("SwapFree", 0)];
    Ok(rows.iter().flat_map(|(name, kb)| format!("{:<16}{kb:>8} kB\n", format!("{name}:")).into_bytes()).collect())
}

fn statistics(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let state = &machine.state;
    let running = state.processes.values().filter(|process| process.run == Run::Running).count();
    line(format_args!(
        "cpu  0 0 0 0 0 0 0 0 0 0\ncpu0 0 0 0 0 0 0 0 0 0 0\nintr 0\nctxt 0\nbtime {}\nprocesses {}\nprocs_running {running}\nprocs_blocked 0",
        state.begun / 1000,
        state.next_pid - 1
    ))
}

fn uptime(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let hundredths = machine.now().saturating_sub(machine.state.begun) / 10;
    line(format_args!("{}.{:02} 0.00", hundredths / 100, hundredths % 100))
}

fn version(_: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    line(format_args!("Linux version {RELEASE} (porthole@porthole) #1 Porthole"))
}

fn cmdline(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    let process = machine.subject(at)?;
    Ok(if process.is_live() { list(&process.argv, 0) } else { Vec::new() })
}

fn limits(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let config = &machine.state.config;
    let rows = [
        ("Max file size", crate::vfs::LONGEST, "bytes"),
        ("Max processes", config.processes.into(), "processes"),
        ("Max open files", config.descriptors.into(), "files"),
    ];
    let mut out = format!("{:<26}{:<21}{:<21}{:<10}\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for (name, limit, unit) in rows {
        out.push_str(&format!("{name:<26}{limit:<21}{limit:<21}{unit:<10}\n"));
    }
    Ok(out.into_bytes())
}

/// Blanks and the like in a field of a list of mounts, as Linux writes them.
fn field(text: &[u8]) -> Vec<u8> {
    text.iter()
        .flat_map(|byte| match byte {
            b' ' | b'\t' | b'\n' | b'\\' => format!("\\{byte:03o}").into_bytes(),
            _ => vec![*byte],
        })
        .collect()
}

/// What is mounted where, oldest first: source, mount point, kind, options.
fn mounts(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let mut out = b"porthole / porthole rw 0 0\n".to_vec();
    for (_, mount) in machine.state.vfs.mounts() {
        // One whose mount point hides below another mount has no path.
        let Ok(at) = machine.path_of(mount.at) else { continue };
        let options: &[u8] = if mount.read_only { b"ro" } else { b"rw" };
        out.extend([field(&mount.source), field(&at), field(&mount.kind), options.to_vec(), b"0 0\n".to_vec()].join(&b' '));
    }
    Ok(out)
}

fn mountinfo(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let vfs = &machine.state.vfs;
    let device = |mount: u32| format!("0:{}", vfs.device(mount));
    let mut out = format!("1 0 {} / / rw - porthole porthole rw\n", device(0)).into_bytes();
    for (id, mount) in vfs.mounts() {
        let Ok(at) = machine.path_of(mount.at) else { continue };
        let root = match mount.shows {
            Shows::Directory(_) if &*mount.kind == b"bind" => mount.source.to_vec(),
            _ => b"/".to_vec(),
        };
        let options = if mount.read_only { "ro" } else { "rw" };
        out.extend(format!("{} {} {} ", id + 1, mount.at.mount + 1, device(id)).bytes());
        out.extend([&field(&root), b" ".as_slice(), &field(&at)].concat());
        out.extend(format!(" {options} - ").bytes());
        out.extend([&field(&mount.kind), b" ".as_slice(), &field(&mount.source)].concat());
        out.extend(format!(" {options}\n").bytes());
    }
    Ok(out)
}

/// The terminal of a process's session, as a device number, and its foreground group.
fn terminal(machine: &Machine, process: &Process) -> (u32, i32) {
    let found = machine.state.ptys.iter().find(|(_, pty)| pty.session == process.sid && pty.master.is_some());
    found.map_or((0, -1), |(id, pty)| (136 << 8 | (id & 0xff), pty.group))
}

fn stat(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    let process = machine.subject(at)?;
    let (terminal, foreground) = terminal(machine, process);
    let begun = process.started.saturating_sub(machine.state.begun) * HERTZ / 1000;
    let exit = match process.run {
        Run::Zombie { code, signal } => code << 8 | i32::from(signal),
        _ => 0,
    };
    let head = format!(
        "{} ({}) {} {} {} {} {terminal} {foreground} 0 0 0 0 0 0 0 0 0 20 0 1 0 {begun} 0 0",
        at.pid(),
        short_name(process),
        letter(process),
        process.ppid,
        process.pgid,
        process.sid
    );
    // Fields 25 to 51, of which those that are known are 38, the signal to the parent, and the last, the exit code.
    let rest: Vec<String> = (25..=52)
        .map(|field| {
            match field {
                38 => 17,
                52 => exit,
                _ => 0,
            }
            .to_string()
        })
        .collect();
    line(format_args!("{head} {}", rest.join(" ")))
}

fn status(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    let process = machine.subject(at)?;
    let word = match process.run {
        Run::Running => "running",
        Run::Stopped => "stopped",
        Run::Zombie { .. } => "zombie",
    };
    let mask = |action: u8| {
        let set = process.dispositions.iter().filter(|(_, is)| **is == action).fold(0u64, |set, (signal, _)| set | 1 << (signal - 1).min(63));
        format!("{set:016x}")
    };
    let (uid, gid, pid) = (process.uid, process.gid, at.pid());
    let mut out = format!("Name:\t{}\nUmask:\t{:04o}\nState:\t{} ({word})\n", short_name(process), process.umask, letter(process));
    out.push_str(&format!("Tgid:\t{pid}\nNgid:\t0\nPid:\t{pid}\nPPid:\t{}\nTracerPid:\t0\n", process.ppid));
    out.push_str(&format!("Uid:\t{uid}\t{uid}\t{uid}\t{uid}\nGid:\t{gid}\t{gid}\t{gid}\t{gid}\n"));
    out.push_str(&format!("FDSize:\t{}\nGroups:\t{gid} \n", process.descriptors.table.keys().last().map_or(0, |fd| fd + 1)));
    out.push_str(&format!("NStgid:\t{pid}\nNSpid:\t{pid}\nNSpgid:\t{}\nNSsid:\t{}\nThreads:\t1\n", process.pgid, process.sid));
    let none = "0".repeat(16);
    out.push_str(&format!(
        "SigPnd:\t{none}\nShdPnd:\t{none}\nSigBlk:\t{none}\nSigIgn:\t{}\nSigCgt:\t{}\n",
        mask(flags::SIG_IGN),
        mask(flags::SIG_CATCH)
    ));
    out.push_str("Cpus_allowed:\t1\nCpus_allowed_list:\t0\n");
    Ok(out.into_bytes())
}
