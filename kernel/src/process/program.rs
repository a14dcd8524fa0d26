//! Programs found: commands, `PATH`, `#!` lines. As execvp(3) and execve(2) have it.

use porthole_abi::{Errno, flags};

use super::Process;
use super::kinds::{Kind, Start};
use super::spawn::Order;
use crate::machine::Machine;
use crate::synthetic::site::Reached;
use crate::vfs::{Caller, ELSEWHERE, Links};

/// Where commands are looked for when nobody says where.
const DEFAULT_PATH: &[u8] = b"/usr/local/bin:/usr/bin:/bin";
/// How many times an interpreter may be a script itself.
const MOST_SCRIPTS: u32 = 4;
/// So much of a file is looked at for its `#!` line (Linux's `BINPRM_BUF_SIZE`).
const HEAD: usize = 256;

/// A program that can be started.
pub struct Program {
    pub kind: &'static Kind,
    pub argv: Vec<Vec<u8>>,
    pub env: Vec<Vec<u8>>,
}

/// Finds what an order asks for; `who` stands in the child's working directory.
///
/// # Errors
/// `ENOENT`: no such command; `EACCES`: not executable; `ENOEXEC`: not a program that runs here; `ELOOP`: scripts that interpret scripts.
pub fn find(machine: &Machine, who: &Caller, parent: i32, order: &Order<'_>) -> Result<Program, Errno> {
    let inherited = machine.state.processes.get(&parent).map_or(&[][..], |process| process.env.as_slice());
    let path = Process::variable(&order.env, b"PATH").or_else(|| Process::variable(inherited, b"PATH")).unwrap_or(DEFAULT_PATH);
    let mut argv = order.argv.clone();
    if argv.is_empty() {
        argv.push(order.file.to_vec());
    }
    let mut program = Program { kind: super::kinds::NODE, argv, env: order.env.clone() };
    let mut file = search(machine, who, parent, order.file, path)?;
    for _ in 0..=MOST_SCRIPTS {
        match what_runs(machine, who, parent, &file)? {
            Runs::Kind(kind) if kind.start == Start::Env => file = env_command(machine, who, parent, &mut program)?,
            Runs::Kind(kind) => {
                program.kind = kind;
                return Ok(program);
            }
            Runs::Script { interpreter, argument } => {
                // The script's path takes the place of its name; what `PATH` found is passed as it was found.
                let rest = program.argv.split_off(program.argv.len().min(1));
                program.argv = vec![interpreter.clone()];
                program.argv.extend(argument);
                program.argv.push(file);
                program.argv.extend(rest);
                file = interpreter;
            }
        }
    }
    Err(Errno::ELOOP)
}

/// What a file is to `execve`.
enum Runs {
    Kind(&'static Kind),
    Script { interpreter: Vec<u8>, argument: Option<Vec<u8>> },
}

fn what_runs(machine: &Machine, who: &Caller, parent: i32, file: &[u8]) -> Result<Runs, Errno> {
    let vfs = &machine.state.vfs;
    let ino = match vfs.ino(who, file) {
        // `/proc/self/exe` and the like.
        Err(ELSEWHERE) => match machine.site(parent, who, file, Links::Follow)? {
            Reached::Files(who, path) => vfs.ino(&who, &path)?,
            Reached::Elsewhere(_) => return Err(Errno::EACCES),
        },
        found => found?,
    };
    if vfs.stat_of(ino)?.mode & flags::S_IFMT != flags::S_IFREG {
        return Err(Errno::EACCES);
    }
    vfs.access_of(who, ino, flags::X_OK)?;
    let head = vfs.read_of(ino, 0, HEAD)?;
    if let Some(kind) = Kind::of_file(&head) {
        return Ok(Runs::Kind(kind));
    }
    let line = head.strip_prefix(b"#!").ok_or(Errno::ENOEXEC)?;
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default().trim_ascii();
    let end = line.iter().position(|byte| *byte == b' ' || *byte == b'\t').unwrap_or(line.len());
    let (interpreter, argument) = line.split_at(end);
    // All that follows is one argument.
    let argument = argument.trim_ascii();
    if interpreter.is_empty() {
        return Err(Errno::ENOEXEC);
    }
    Ok(Runs::Script { interpreter: interpreter.to_vec(), argument: (!argument.is_empty()).then(|| argument.to_vec()) })
}

/// The file of a command: as it is if it has a slash, else the first executable one along `path`.
fn search(machine: &Machine, who: &Caller, parent: i32, command: &[u8], path: &[u8]) -> Result<Vec<u8>, Errno> {
    if command.is_empty() {
        return Err(Errno::ENOENT);
    }
    if command.contains(&b'/') {
        return Ok(command.to_vec());
    }
    let mut denied = false;
    for directory in path.split(|byte| *byte == b':') {
        let file = if directory.is_empty() { command.to_vec() } else { [directory, b"/", command].concat() };
        match what_runs(machine, who, parent, &file) {
            Ok(_) => return Ok(file),
            Err(Errno::EACCES) => denied = true,
            Err(Errno::ENOENT | Errno::ENOTDIR) => {}
            Err(errno) => return Err(errno),
        }
    }
    Err(if denied { Errno::EACCES } else { Errno::ENOENT })
}

/// Does what `env` does with its arguments (`-i`, `-u name`, `-S words`, `NAME=value` …) and answers the file of the command that remains.
fn env_command(machine: &Machine, who: &Caller, parent: i32, program: &mut Program) -> Result<Vec<u8>, Errno> {
    let mut words: std::collections::VecDeque<Vec<u8>> = program.argv.split_off(program.argv.len().min(1)).into();
    let mut options = true;
    while let Some(word) = words.pop_front() {
        if options && word == b"--" {
            options = false;
        } else if options && (word == b"-i" || word == b"-" || word == b"--ignore-environment") {
            program.env.clear();
        } else if options && (word == b"-u" || word == b"--unset") {
            let name = words.pop_front().ok_or(Errno::EINVAL)?;
            program.env.retain(|entry| Process::name_of(entry) != name);
        } else if let Some(line) = word.strip_prefix(b"-S").or_else(|| word.strip_prefix(b"--split-string=")).filter(|_| options) {
            let line = if line.is_empty() { words.pop_front().ok_or(Errno::EINVAL)? } else { line.to_vec() };
            for part in line.split(|byte| byte.is_ascii_whitespace()).filter(|part| !part.is_empty()).rev() {
                words.push_front(part.to_vec());
            }
        } else if options && word.starts_with(b"-") {
            return Err(Errno::EINVAL);
        } else if word.contains(&b'=') {
            program.env.retain(|entry| Process::name_of(entry) != Process::name_of(&word));
            program.env.push(word);
        } else {
            let path = Process::variable(&program.env, b"PATH").unwrap_or(DEFAULT_PATH).to_vec();
            let file = search(machine, who, parent, &word, &path)?;
            program.argv = vec![word];
            program.argv.extend(words);
            return Ok(file);
        }
    }
    // Without a command `env` prints its environment.
    program.argv = vec![b"env".to_vec()];
    Ok(super::kinds::TOOLS.as_bytes().to_vec())
}
