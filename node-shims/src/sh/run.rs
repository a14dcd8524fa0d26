//! Runs commands as processes of the kernel.

use std::collections::BTreeMap;

use porthole_abi::flags::{O_APPEND, O_CREAT, O_TRUNC, O_WRONLY};
use porthole_abi::syscall::Inherit;
use porthole_abi::wire::List as Items;
use porthole_abi::{Errno, Event, Syscalls};

use super::parse::{Command, Direction, List, Piece, When, Word};
use crate::Env;
use crate::bindings::errors::write_all;
use crate::env::texts;

pub struct Shell<'a> {
    env: &'a Env,
    names: BTreeMap<String, String>,
    arguments: Vec<String>,
    last: i32,
    exit: Option<i32>,
}

impl<'a> Shell<'a> {
    /// `arguments`: `$0` and on.
    pub fn new(env: &'a Env, arguments: Vec<String>) -> Self {
        let names = texts(&env.start.borrow().env)
            .into_iter()
            .filter_map(|pair| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())))
            .collect();
        Self { env, names, arguments, last: 0, exit: None }
    }

    pub fn run(&mut self, list: &List) -> i32 {
        for (when, pipeline) in list {
            let runs = match when {
                When::Always => true,
                When::Success => self.last == 0,
                When::Failure => self.last != 0,
            };
            if runs {
                self.last = self.pipeline(pipeline);
            }
            if let Some(code) = self.exit {
                return code;
            }
        }
        self.last
    }

    fn pipeline(&mut self, commands: &[Command]) -> i32 {
        let mut waiting = Vec::new();
        let mut code = 0;
        let mut input = None;
        for (at, command) in commands.iter().enumerate() {
            let last = at + 1 == commands.len();
            let pipe = if last { None } else { self.env.pipe().ok() };
            let output = pipe.as_ref().map(|pipe| pipe.writer);
            match self.command(command, input, output, commands.len() == 1) {
                Ok(pid) => waiting.push((pid, last)),
                Err(done) if last => code = done,
                Err(_) => {}
            }
            for fd in input.into_iter().chain(output) {
                let _ = self.env.close(fd);
            }
            input = pipe.map(|pipe| pipe.reader);
        }
        for (pid, last) in waiting {
            let ended = self.wait(pid);
            if last {
                code = ended;
            }
        }
        code
    }

    /// Starts a command: its process, or the exit code of what needs none.
    fn command(&mut self, command: &Command, input: Option<i32>, output: Option<i32>, alone: bool) -> Result<i32, i32> {
        let mut names = Vec::new();
        let mut words = Vec::new();
        for word in &command.words {
            let assignment = match word.first() {
                Some(Piece::Text(text)) if words.is_empty() => text.split_once('=').filter(|(name, _)| is_name(name)).map(|(name, _)| name.to_owned()),
                _ => None,
            };
            match assignment {
                Some(name) => {
                    let value = self.joined(word)[name.len() + 1..].to_owned();
                    names.push((name, value));
                }
                None => self.expand(word, &mut words),
            }
        }
        let mut fds = BTreeMap::from([(0, input.unwrap_or(0)), (1, output.unwrap_or(1)), (2, 2)]);
        let mut opened = Vec::new();
        let redirected = self.redirect(command, &mut fds, &mut opened);
        let result = match redirected {
            Err(problem) => Err(self.complain(&problem, 1)),
            Ok(()) => match words.first().map(String::as_str) {
                None => {
                    self.names.extend(names);
                    Err(0)
                }
                Some(name) => match self.builtin(name, &words, fds[&1], alone) {
                    Some(code) => Err(code),
                    None => self.start(&words, names, &fds),
                },
            },
        };
        for fd in opened {
            let _ = self.env.close(fd);
        }
        result
    }

    fn redirect(&self, command: &Command, fds: &mut BTreeMap<i32, i32>, opened: &mut Vec<i32>) -> Result<(), String> {
        for redirect in &command.redirects {
            let target = self.joined(&redirect.target);
            let flags = match redirect.direction {
                Direction::Copy => {
                    let from: i32 = target.parse().map_err(|_| format!("{target}: no descriptor"))?;
                    let parent = *fds.get(&from).ok_or_else(|| format!("{target}: no descriptor"))?;
                    fds.insert(redirect.fd, parent);
                    continue;
                }
                Direction::Read => 0,
                Direction::Write => O_WRONLY | O_CREAT | O_TRUNC,
                Direction::Append => O_WRONLY | O_CREAT | O_APPEND,
            };
            let fd = self.env.open(target.as_bytes(), flags, 0o666).map_err(|errno| format!("{target}: {}", errno.text()))?.fd;
            opened.push(fd);
            fds.insert(redirect.fd, fd);
        }
        Ok(())
    }

    fn start(&mut self, words: &[String], names: Vec<(String, String)>, fds: &BTreeMap<i32, i32>) -> Result<i32, i32> {
        let mut environment = self.names.clone();
        environment.extend(names);
        let environment = environment.into_iter().map(|(name, value)| format!("{name}={value}").into_bytes()).collect();
        let argv = words.iter().map(|word| word.clone().into_bytes()).collect();
        let inherit = fds.iter().map(|(&child, &parent)| Inherit { child, parent }).collect();
        match self.env.spawn(words[0].as_bytes(), Items(argv), Items(environment), b"", Items(inherit), 0) {
            Ok(reply) => Ok(reply.pid),
            Err(Errno::ENOENT) => Err(self.complain(&format!("1: {}: not found", words[0]), 127)),
            Err(Errno::EACCES | Errno::ENOEXEC) => Err(self.complain(&format!("1: {}: Permission denied", words[0]), 126)),
            Err(errno) => Err(self.complain(&format!("{}: {}", words[0], errno.text()), 126)),
        }
    }

    fn builtin(&mut self, name: &str, words: &[String], stdout: i32, alone: bool) -> Option<i32> {
        Some(match name {
            "true" | ":" => 0,
            "false" => 1,
            "echo" => {
                let (newline, rest) = if words.get(1).is_some_and(|word| word == "-n") { ("", &words[2..]) } else { ("\n", &words[1..]) };
                write_all(self.env, stdout, format!("{}{newline}", rest.join(" ")).as_bytes());
                0
            }
            "exit" => {
                let code = words.get(1).and_then(|word| word.parse().ok()).unwrap_or(self.last);
                if alone {
                    self.exit = Some(code);
                }
                code
            }
            "export" => {
                for word in &words[1..] {
                    if let Some((name, value)) = word.split_once('=') {
                        self.names.insert(name.to_owned(), value.to_owned());
                    }
                }
                0
            }
            "cd" => {
                let home = self.names.get("HOME").cloned().unwrap_or_else(|| "/".to_owned());
                let target = words.get(1).cloned().unwrap_or(home);
                match self.env.chdir(target.as_bytes()) {
                    Ok(_) => 0,
                    Err(errno) => self.complain(&format!("cd: {target}: {}", errno.text()), 2),
                }
            }
            "exec" if words.len() > 1 => {
                let command = Command { words: words[1..].iter().map(|word| vec![Piece::Text(word.clone())]).collect(), redirects: Vec::new() };
                let code = self.pipeline(&[command]);
                self.exit = Some(code);
                code
            }
            _ => return None,
        })
    }

    fn wait(&self, pid: i32) -> i32 {
        loop {
            match self.env.wait(pid) {
                Ok(ended) => return if ended.signal == 0 { ended.code } else { 128 + i32::from(ended.signal) },
                Err(Errno::EAGAIN) => {}
                Err(_) => return 127,
            }
            for event in self.env.poll_events(None) {
                if let Event::Signal { signal } = event {
                    let _ = self.env.kill(pid, signal);
                }
            }
        }
    }

    fn value(&self, name: &str) -> String {
        match name {
            "?" => self.last.to_string(),
            "$" => self.env.start.borrow().pid.to_string(),
            "#" => self.arguments.len().saturating_sub(1).to_string(),
            "@" | "*" => self.arguments.get(1..).unwrap_or_default().join(" "),
            digits if digits.chars().all(|c| c.is_ascii_digit()) => {
                digits.parse::<usize>().ok().and_then(|at| self.arguments.get(at)).cloned().unwrap_or_default()
            }
            name => self.names.get(name).cloned().unwrap_or_default(),
        }
    }

    fn joined(&self, word: &Word) -> String {
        word.iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Value { name, .. } => self.value(name),
            })
            .collect()
    }

    /// A word into words: values outside quotes are split at blanks.
    fn expand(&self, word: &Word, words: &mut Vec<String>) {
        let mut current: Option<String> = None;
        for piece in word {
            match piece {
                Piece::Text(text) => current.get_or_insert_default().push_str(text),
                Piece::Value { name, quoted: true } => current.get_or_insert_default().push_str(&self.value(name)),
                Piece::Value { name, quoted: false } => {
                    let value = self.value(name);
                    if value.starts_with(char::is_whitespace) {
                        words.extend(current.take());
                    }
                    for (at, part) in value.split_whitespace().enumerate() {
                        if at > 0 {
                            words.extend(current.take());
                        }
                        current.get_or_insert_default().push_str(part);
                    }
                }
            }
        }
        words.extend(current);
    }

    fn complain(&self, problem: &str, code: i32) -> i32 {
        write_all(self.env, 2, format!("/bin/sh: {problem}\n").as_bytes());
        code
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
