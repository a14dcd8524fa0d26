//! `/task`: the container's processes, and tasks that have not begun.
//!
//! `new` makes a task ([`super::tasks`]). Before its start `cmd` (one line, quotes as in a shell), or `argv` (an argument a line, or each with a zero byte
//! after it), `env` (likewise), `cwd` and `type` may be written; then `start` goes to `ctl`. Of a process the same files tell.

use porthole_abi::Errno;
use porthole_abi::signal;
use porthole_abi::syscall::{Right, TABLE};

use super::orders::{Order, Refusal, Verb, shown};
use super::process_text::{line, list, signal_name, stdio};
use super::quoted;
use super::tree::{At, Is, Leads, Owner, Row, Text, Tree, directory, link, text};
use crate::machine::Machine;
use crate::process::kinds::KINDS;
use crate::process::{FIRST, Run};

pub const TREE: Tree = Tree {
    kind: "task",
    at: "/task",
    owner: Owner::User,
    rows: &[
        directory("", 0o555),
        Row { path: "new", mode: 0o444, is: Is::NewTask },
        link("self", own),
        directory("<task>", 0o555),
        field("<task>/argv", argv, set_argv),
        text("<task>/caps", 0o444, caps),
        field("<task>/cmd", cmd, set_cmd),
        Row { path: "<task>/ctl", mode: 0o644, is: Is::Orders(VERBS) },
        field("<task>/cwd", cwd, set_cwd),
        field("<task>/env", env, set_env),
        text("<task>/exitcode", 0o444, exitcode),
        text("<task>/limits", 0o444, limits),
        text("<task>/pid", 0o444, |_, at| line(at.pid())),
        text("<task>/ppid", 0o444, ppid),
        text("<task>/status", 0o444, status),
        directory("<task>/stdio", 0o555),
        link("<task>/stdio/<stdio>", stdio),
        field("<task>/type", class, set_class),
    ],
};

const VERBS: &[Verb] = &[
    Verb { name: "start", usage: "", right: Right::Spawn, run: start },
    Verb { name: "kill", usage: "[SIGNAL]    TERM if none is named", right: Right::Signal, run: kill },
    Verb { name: "signal", usage: "SIGNAL    a name or a number", right: Right::Signal, run: kill },
    Verb { name: "stop", usage: "", right: Right::Signal, run: stop },
    Verb { name: "continue", usage: "", right: Right::Signal, run: go_on },
    Verb { name: "stdio", usage: "N PATH    before the start: 0 reads the file, 1 and 2 append to it", right: Right::Write, run: redirect },
    Verb { name: "close", usage: "N    the far end of a task's pipe: after 'close 0' its input ends", right: Right::Own, run: close },
    Verb { name: "remove", usage: "    a task that has not begun, or has ended", right: Right::Spawn, run: remove },
];

const fn field(path: &'static str, says: Text, takes: fn(&mut Machine, At, &[u8]) -> Result<(), Errno>) -> Row {
    Row { path, mode: 0o644, is: Is::Field { says, takes } }
}

fn own(_: &Machine, at: At) -> Result<Leads, Errno> {
    Ok(Leads::Path(at.caller.to_string().into_bytes()))
}

/// The arguments of a task or a process.
fn words(machine: &Machine, at: At) -> Result<&[Vec<u8>], Errno> {
    Ok(match machine.draft(at.pid()) {
        Some(draft) => &draft.argv,
        None => &machine.subject(at)?.argv,
    })
}

/// Items of a list as they are written: with a zero byte after each, else one a line.
fn items(text: &[u8]) -> Vec<Vec<u8>> {
    let separator = if text.contains(&0) { 0 } else { b'\n' };
    let text = text.strip_suffix(&[separator]).unwrap_or(text);
    if text.is_empty() { Vec::new() } else { text.split(|byte| *byte == separator).map(<[u8]>::to_vec).collect() }
}

fn argv(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    Ok(list(words(machine, at)?, b'\n'))
}

fn set_argv(machine: &mut Machine, at: At, text: &[u8]) -> Result<(), Errno> {
    machine.draft_mut(at.pid())?.argv = items(text);
    Ok(())
}

fn cmd(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    Ok([quoted::line(words(machine, at)?), b"\n".to_vec()].concat())
}

/// `EINVAL`: a quote is not closed.
fn set_cmd(machine: &mut Machine, at: At, text: &[u8]) -> Result<(), Errno> {
    machine.draft_mut(at.pid())?.argv = quoted::words(text.trim_ascii()).ok_or(Errno::EINVAL)?;
    Ok(())
}

fn env(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    Ok(match machine.draft(at.pid()) {
        Some(draft) => list(&draft.env, b'\n'),
        None => list(&machine.subject(at)?.env, b'\n'),
    })
}

/// `EINVAL`: an entry without a name.
fn set_env(machine: &mut Machine, at: At, text: &[u8]) -> Result<(), Errno> {
    let entries: Vec<_> = items(text).into_iter().filter(|entry| !entry.is_empty()).collect();
    if entries.iter().any(|entry| entry.iter().position(|byte| *byte == b'=').is_none_or(|at| at == 0)) {
        return Err(Errno::EINVAL);
    }
    machine.draft_mut(at.pid())?.env = entries;
    Ok(())
}

fn cwd(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    let spot = match machine.draft(at.pid()) {
        Some(draft) => draft.cwd,
        None => machine.subject(at)?.cwd,
    };
    Ok([machine.path_of(spot)?, b"\n".to_vec()].concat())
}

/// A relative path is one from the writer's working directory.
fn set_cwd(machine: &mut Machine, at: At, text: &[u8]) -> Result<(), Errno> {
    machine.draft_mut(at.pid())?;
    let spot = crate::syscalls::enter(machine, at.caller, text.strip_suffix(b"\n").unwrap_or(text))?;
    let old = std::mem::replace(&mut machine.draft_mut(at.pid())?.cwd, spot);
    machine.state.vfs.release_spot(old);
    Ok(())
}

fn class(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    if let Some(draft) = machine.draft(at.pid()) {
        return line(&draft.class);
    }
    let exe = &machine.subject(at)?.exe;
    line(KINDS.iter().find(|kind| kind.path.as_bytes() == *exe).map_or("page", |kind| kind.class))
}

/// `EINVAL`: no program is of that type.
fn set_class(machine: &mut Machine, at: At, text: &[u8]) -> Result<(), Errno> {
    let name = String::from_utf8_lossy(text.trim_ascii()).into_owned();
    let draft = machine.draft_mut(at.pid())?;
    if !name.is_empty() && !KINDS.iter().any(|kind| kind.class == name) {
        return Err(Errno::EINVAL);
    }
    draft.class = name;
    Ok(())
}

fn ppid(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    line(machine.state.processes.get(&at.pid()).map_or(FIRST, |process| process.ppid))
}

fn status(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    if machine.draft(at.pid()).is_some() {
        return line("new");
    }
    match machine.subject(at)?.run {
        Run::Running => line("running"),
        Run::Stopped => line("stopped"),
        Run::Zombie { signal: 0, .. } => line("exited"),
        Run::Zombie { signal, .. } => line(format_args!("killed {}", signal_name(signal))),
    }
}

/// Empty while it runs; after a signal as a shell has it.
fn exitcode(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    if machine.draft(at.pid()).is_some() {
        return Ok(Vec::new());
    }
    match machine.subject(at)?.run {
        Run::Zombie { code, signal: 0 } => line(code),
        Run::Zombie { signal, .. } => line(128 + i32::from(signal)),
        _ => Ok(Vec::new()),
    }
}

/// What is limited of a container's processes.
fn limits(machine: &Machine, _: At) -> Result<Vec<u8>, Errno> {
    let config = &machine.state.config;
    let rows: [(&str, u64); 6] = [
        ("processes", config.processes.into()),
        ("descriptors", config.descriptors.into()),
        ("arguments", config.argument_bytes.into()),
        ("pipe", config.pipe_bytes.into()),
        ("files", config.files.into()),
        ("bytes", config.files_bytes),
    ];
    Ok(rows.iter().flat_map(|(name, limit)| format!("{name} {limit}\n").into_bytes()).collect())
}

/// The rights that the process has, one a line.
fn caps(machine: &Machine, at: At) -> Result<Vec<u8>, Errno> {
    let mut rights: Vec<Right> = Vec::new();
    for row in TABLE {
        if !rights.contains(&row.right) && crate::syscalls::allowed(machine, at.pid(), row.right).is_ok() {
            rights.push(row.right);
        }
    }
    Ok(rights.iter().flat_map(|right| format!("{right:?}\n").to_lowercase().into_bytes()).collect())
}

fn start(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [] = order.exactly("nothing")?;
    machine.start_task(order.node.pid())
}

fn remove(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [] = order.exactly("nothing")?;
    machine.forget_task(order.node.pid())
}

/// `TERM`, `SIGTERM` or `15`.
fn signal_of(word: &[u8]) -> Result<u8, Refusal> {
    let text = String::from_utf8_lossy(word).to_uppercase();
    let number = text.parse().ok().filter(|number| signal::default_action(*number).is_some());
    number
        .or_else(|| signal::number(&text))
        .or_else(|| signal::number(&format!("SIG{text}")))
        .ok_or_else(|| Refusal::new(Errno::EINVAL, format!("{} is no signal", shown(word))))
}

fn kill(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    match order.words {
        [] => send(machine, order, signal::SIGTERM),
        [word] => send(machine, order, signal_of(word)?),
        _ => Err(Refusal::new(Errno::EINVAL, "wants one signal")),
    }
}

fn send(machine: &mut Machine, order: &Order<'_>, signal: u8) -> Result<(), Refusal> {
    let pid = order.node.pid();
    if machine.draft(pid).is_some() {
        return Err(Refusal::new(Errno::ESRCH, format!("task {pid} has not begun")));
    }
    Ok(machine.kill(order.caller, pid, signal)?)
}

fn stop(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [] = order.exactly("nothing")?;
    send(machine, order, signal::SIGSTOP)
}

fn go_on(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [] = order.exactly("nothing")?;
    send(machine, order, signal::SIGCONT)
}

/// 0, 1 or 2.
fn stream(word: &[u8]) -> Result<i32, Refusal> {
    match word {
        [digit @ b'0'..=b'2'] => Ok(i32::from(digit - b'0')),
        _ => Err(Refusal::new(Errno::EINVAL, format!("{} is not 0, 1 or 2", shown(word)))),
    }
}

fn redirect(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [number, path] = order.exactly("0, 1 or 2 and a path")?;
    machine.redirect_task(order.caller, order.node.pid(), stream(number)?, path)
}

fn close(machine: &mut Machine, order: &Order<'_>) -> Result<(), Refusal> {
    let [number] = order.exactly("0, 1 or 2")?;
    machine.close_task_stdio(order.node.pid(), stream(number)?)
}
