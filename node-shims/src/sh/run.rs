//! Running: lists, pipelines, children and their descriptors.

use std::collections::BTreeMap;

use porthole_abi::flags::{O_APPEND, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY, SIG_CATCH, SIG_DFL};
use porthole_abi::signal::{SIGHUP, SIGINT, SIGTERM};
use porthole_abi::syscall::Inherit;
use porthole_abi::wire::List;
use porthole_abi::{Errno, Event, Syscalls};

use super::Shell;
use super::builtin;
use super::parse::{Command, Pipeline, Redirection, When};

/// A command's descriptors by number, and which of ours are to be closed when it has them.
#[derive(Clone, Debug)]
pub struct Fds {
    pub map: BTreeMap<i32, i32>,
    close: Vec<i32>,
}

impl Fds {
    pub fn standard() -> Self {
        Self { map: (0..3).map(|fd| (fd, fd)).collect(), close: Vec::new() }
    }

    pub fn get(&self, fd: i32) -> i32 {
        self.map.get(&fd).copied().unwrap_or(-1)
    }
}

/// Signals that are passed on to what runs: the caller means the command, not the shell.
const PASSED_ON: [u8; 3] = [SIGHUP, SIGINT, SIGTERM];

impl Shell<'_> {
    pub fn list(&mut self, list: &[Pipeline]) {
        for (at, pipeline) in list.iter().enumerate() {
            let runs = match pipeline.when {
                When::Always => true,
                When::Success => self.status == 0,
                When::Failure => self.status != 0,
            };
            if !runs {
                continue;
            }
            self.line = pipeline.line;
            self.pipeline(pipeline);
            let tested = pipeline.negated || list.get(at + 1).is_some_and(|next| next.when != When::Always);
            if self.ended || (self.stop_on_failure && self.status != 0 && !tested) {
                return;
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        let count = pipeline.commands.len();
        let mut pids = Vec::new();
        let mut last = Ok(0);
        let mut input: Option<i32> = None;
        for (at, command) in pipeline.commands.iter().enumerate() {
            let mut fds = Fds::standard();
            if let Some(reader) = input.take() {
                fds.map.insert(0, reader);
                fds.close.push(reader);
            }
            if at + 1 < count {
                match self.env.pipe() {
                    Ok(pipe) => {
                        fds.map.insert(1, pipe.writer);
                        fds.close.push(pipe.writer);
                        input = Some(pipe.reader);
                    }
                    Err(errno) => self.complain(&format!("pipe: {}", errno.text())),
                }
            }
            last = self.command(command, &mut fds, count > 1);
            for fd in fds.close {
                let _ = self.env.close(fd);
            }
            if let Ok(pid) = last
                && pid > 0
            {
                pids.push(pid);
            }
        }
        let statuses = self.wait(&pids);
        self.status = match last {
            Ok(pid) if pid > 0 => statuses.get(&pid).copied().unwrap_or(127),
            Ok(_) => self.status,
            Err(status) => status,
        };
        if pipeline.negated && !self.ended {
            self.status = i32::from(self.status == 0);
        }
    }

    /// Starts a command. `Ok` with a pid, or with 0 when it has run already and set the status; `Err` with a status when it could not start.
    fn command(&mut self, command: &Command, fds: &mut Fds, piped: bool) -> Result<i32, i32> {
        let arguments = self.arguments_of(&command.words);
        for redirection in &command.redirections {
            self.redirect(redirection, fds).map_err(|()| 2)?;
        }
        let mut assigned = Vec::new();
        for (name, word) in &command.assignments {
            assigned.push((name.clone(), self.text_of(word)));
        }
        let Some(name) = arguments.first() else {
            self.status = 0;
            for (name, value) in assigned {
                self.set(&name, value);
            }
            return Ok(0);
        };
        if let Some(builtin) = builtin::find(name) {
            if piped && !builtin::is_brief(name) {
                // A process of its own, as all of a pipeline's commands must run at the same time.
                let text = arguments.iter().map(|argument| quoted(argument)).collect::<Vec<_>>().join(" ");
                let shell = ["sh".to_owned(), "-c".to_owned(), text];
                return self.spawn("/bin/sh", &shell, &assigned, fds);
            }
            let saved = assigned.iter().map(|(name, _)| (name.clone(), self.variables.get(name).cloned())).collect::<Vec<_>>();
            for (name, value) in assigned {
                self.variables.insert(name, (value, true));
            }
            self.status = builtin(self, &arguments, fds);
            for (name, before) in saved {
                match before {
                    Some(before) => drop(self.variables.insert(name, before)),
                    None => drop(self.variables.remove(&name)),
                }
            }
            return Ok(0);
        }
        self.spawn(name, &arguments, &assigned, fds)
    }

    /// Starts a program.
    fn spawn(&self, file: &str, arguments: &[String], assigned: &[(String, String)], fds: &Fds) -> Result<i32, i32> {
        let mut variables: BTreeMap<&str, &str> =
            self.variables.iter().filter(|(_, (_, exported))| *exported).map(|(name, (value, _))| (name.as_str(), value.as_str())).collect();
        variables.extend(assigned.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let env = variables.iter().map(|(name, value)| format!("{name}={value}").into_bytes()).collect();
        let argv = arguments.iter().map(|argument| argument.clone().into_bytes()).collect();
        let inherit = fds.map.iter().filter(|(_, parent)| **parent >= 0).map(|(child, parent)| Inherit { child: *child, parent: *parent }).collect();
        match self.env.spawn(file.as_bytes(), List(argv), List(env), b"", List(inherit), 0) {
            Ok(reply) => Ok(reply.pid),
            Err(Errno::ENOENT) => {
                self.complain_to(fds, &format!("{file}: not found"));
                Err(127)
            }
            Err(errno @ (Errno::EACCES | Errno::EISDIR | Errno::ENOEXEC | Errno::ENOTDIR)) => {
                let text = if errno == Errno::ENOEXEC { "Exec format error" } else { "Permission denied" };
                self.complain_to(fds, &format!("{file}: {text}"));
                Err(126)
            }
            Err(errno) => {
                self.complain_to(fds, &format!("{file}: {}", errno.text()));
                Err(126)
            }
        }
    }

    /// Runs a program to its end (`exec`, `env`).
    pub fn run_program(&mut self, arguments: &[String], fds: &Fds) -> i32 {
        let Some(file) = arguments.first() else { return 0 };
        match self.spawn(file, arguments, &[], fds) {
            Ok(pid) => self.wait(&[pid]).get(&pid).copied().unwrap_or(127),
            Err(status) => status,
        }
    }

    pub fn complain_to(&self, fds: &Fds, text: &str) {
        let name = self.arguments.first().map_or("sh", String::as_str);
        // A command that is a program says its name itself.
        let place = if self.line == 0 { String::new() } else { format!("{name}: {}: ", self.line) };
        builtin::write_all(self.env, fds.get(2), format!("{place}{text}\n").as_bytes());
    }

    fn redirect(&mut self, redirection: &Redirection, fds: &mut Fds) -> Result<(), ()> {
        let target = self.text_of(&redirection.target);
        if matches!(redirection.operator, ">&" | "<&") {
            if target == "-" {
                fds.map.remove(&redirection.fd);
                return Ok(());
            }
            let Some(from) = target.parse().ok().and_then(|fd: i32| fds.map.get(&fd).copied()) else {
                self.complain(&format!("{target}: bad file descriptor"));
                return Err(());
            };
            fds.map.insert(redirection.fd, from);
            return Ok(());
        }
        let flags = match redirection.operator {
            "<" => O_RDONLY,
            ">>" => O_WRONLY | O_CREAT | O_APPEND,
            _ => O_WRONLY | O_CREAT | O_TRUNC,
        };
        match self.env.open(target.as_bytes(), flags, 0o666) {
            Ok(reply) => {
                fds.map.insert(redirection.fd, reply.fd);
                if redirection.operator == "&>" {
                    fds.map.insert(2, reply.fd);
                }
                fds.close.push(reply.fd);
                Ok(())
            }
            Err(errno) => {
                let verb = if flags == O_RDONLY { "open" } else { "create" };
                self.complain(&format!("cannot {verb} {target}: {}", dash_text(errno)));
                Err(())
            }
        }
    }

    /// Waits for all; a status each. Signals for the shell go to them, and end the shell, too, when they have ended what ran.
    fn wait(&self, pids: &[i32]) -> BTreeMap<i32, i32> {
        let mut statuses = BTreeMap::new();
        if pids.is_empty() {
            return statuses;
        }
        for signal in PASSED_ON {
            let _ = self.env.sigaction(signal, SIG_CATCH);
        }
        let mut passed_on = None;
        while pids.iter().any(|pid| !statuses.contains_key(pid)) {
            for event in self.env.poll_events(None) {
                match event {
                    Event::ChildExit { pid, code, signal } => {
                        let _ = self.env.wait(pid);
                        statuses.insert(pid, if signal == 0 { code } else { 128 + i32::from(signal) });
                        if let Some(words) = death(signal) {
                            builtin::write_all(self.env, 2, format!("{words}\n").as_bytes());
                        }
                    }
                    Event::Signal { signal } if PASSED_ON.contains(&signal) => {
                        passed_on = Some(signal);
                        for pid in pids.iter().filter(|pid| !statuses.contains_key(pid)) {
                            let _ = self.env.kill(*pid, signal);
                        }
                    }
                    _ => {}
                }
            }
        }
        for signal in PASSED_ON {
            let _ = self.env.sigaction(signal, SIG_DFL);
        }
        if let Some(signal) = passed_on
            && statuses.values().any(|status| *status == 128 + i32::from(signal))
        {
            let _ = self.env.kill(self.env.start.borrow().pid, signal);
        }
        statuses
    }
}

/// What is said of a child that a signal ended; nothing of those that are everyday.
fn death(signal: u8) -> Option<&'static str> {
    use porthole_abi::signal;
    Some(match signal {
        signal::SIGHUP => "Hangup",
        signal::SIGQUIT => "Quit",
        signal::SIGABRT => "Aborted",
        signal::SIGKILL => "Killed",
        signal::SIGSEGV => "Segmentation fault",
        signal::SIGTERM => "Terminated",
        _ => return None,
    })
}

/// `dash`'s words.
pub fn dash_text(errno: Errno) -> &'static str {
    match errno {
        Errno::ENOENT => "No such file",
        Errno::EACCES => "Permission denied",
        Errno::EISDIR => "Is a directory",
        other => other.text(),
    }
}

/// A word that stands for exactly this text.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
