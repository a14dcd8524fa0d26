//! A small `sh`, for `child_process.exec` and package scripts: what the image is when it is started as `/bin/sh`.
//!
//! Words with quotes, escapes and parameters, patterns for names, lists (`;`, `&&`, `||`, `!`), pipelines, redirections, assignments, and the commands in
//! [`builtin`]. What it does not know (compound commands, functions, command substitution, here-documents, jobs) it refuses by name, with status 2, before
//! anything of the line has run.

mod builtin;
mod expand;
mod lex;
mod ls;
mod parse;
mod pattern;
mod run;

use std::collections::BTreeMap;

use porthole_abi::flags;

use crate::Env;
use crate::bindings::fs::read_to_end;

/// Whether this process is to be a shell, or one of its commands as a program of its own.
pub fn is_shell(env: &Env) -> bool {
    let start = env.start.borrow();
    start.exe.ends_with(b"/sh") || start.exe.ends_with(TOOLS)
}

/// The executable of all commands that are programs.
const TOOLS: &[u8] = b"/tools";

/// What a shell knows.
pub struct Shell<'e> {
    pub env: &'e Env,
    /// Variables; exported or not.
    pub variables: BTreeMap<String, (String, bool)>,
    /// `$0`, `$1`, …
    pub arguments: Vec<String>,
    /// `$?`
    pub status: i32,
    /// `set -e`.
    pub stop_on_failure: bool,
    /// `exit` was called.
    pub ended: bool,
    /// Line that runs, for messages.
    pub line: usize,
}

/// Runs the shell to its exit status.
pub fn run(env: &Env) -> i32 {
    let start = env.start.borrow().clone();
    let argv = crate::env::texts(&start.argv);
    let mut shell = Shell {
        env,
        variables: BTreeMap::new(),
        arguments: vec![argv.first().cloned().unwrap_or_else(|| "sh".into())],
        status: 0,
        stop_on_failure: false,
        ended: false,
        line: 1,
    };
    for pair in crate::env::texts(&start.env) {
        if let Some((name, value)) = pair.split_once('=') {
            shell.variables.insert(name.to_owned(), (value.to_owned(), true));
        }
    }
    // A shell tells where it is; a program passes on what it was told.
    let is_tool = start.exe.ends_with(TOOLS);
    let told = shell.variables.contains_key("PWD");
    shell.variables.insert("PWD".into(), (String::from_utf8_lossy(&start.cwd).into_owned(), !is_tool || told));
    if is_tool {
        return shell.tool(&argv);
    }
    shell.main(argv.into_iter().skip(1).collect())
}

impl Shell<'_> {
    /// Does what the program's name says.
    fn tool(&mut self, argv: &[String]) -> i32 {
        let name = argv.first().map_or("", |name| name.rsplit('/').next().unwrap_or(name));
        self.line = 0;
        match builtin::find(name) {
            Some(command) => command(self, argv, &run::Fds::standard()),
            None => {
                self.complain(&format!("{name}: there is no such program in {}", String::from_utf8_lossy(&self.env.start.borrow().exe)));
                127
            }
        }
    }

    fn main(&mut self, arguments: Vec<String>) -> i32 {
        let mut arguments = arguments.into_iter().peekable();
        let mut command = false;
        while let Some(option) = arguments.next_if(|argument| argument.starts_with('-') && argument.len() > 1) {
            for letter in option.chars().skip(1) {
                match letter {
                    'c' => command = true,
                    'e' => self.stop_on_failure = true,
                    'l' | 'u' | 'x' | 's' => {}
                    other => {
                        self.complain(&format!("-{other}: this option is not known"));
                        return 2;
                    }
                }
            }
        }
        if command {
            let Some(text) = arguments.next() else {
                self.complain("-c requires an argument");
                return 2;
            };
            if let Some(name) = arguments.next() {
                self.arguments = vec![name];
                self.arguments.extend(arguments);
            }
            return self.script(&text);
        }
        if let Some(path) = arguments.next() {
            let fd = match porthole_abi::Syscalls::open(self.env, path.as_bytes(), flags::O_RDONLY, 0) {
                Ok(reply) => reply.fd,
                Err(errno) => {
                    self.complain(&format!("cannot open {path}: {}", errno.text()));
                    return 2;
                }
            };
            self.arguments = vec![path];
            self.arguments.extend(arguments);
            return self.read_script(fd);
        }
        self.read_script(0)
    }

    fn read_script(&mut self, fd: i32) -> i32 {
        match read_to_end(self.env, fd) {
            Ok(text) => self.script(&String::from_utf8_lossy(&text)),
            Err(errno) => {
                self.complain(&format!("cannot read the script: {}", errno.text()));
                2
            }
        }
    }

    /// Runs a whole script.
    pub fn script(&mut self, text: &str) -> i32 {
        match lex::tokens(text).and_then(parse::list) {
            Ok(list) => self.list(&list),
            Err(problem) => {
                self.line = problem.line;
                self.complain(&problem.text);
                self.status = 2;
            }
        }
        self.status
    }

    /// A message on standard error, as `dash` words it.
    pub fn complain(&self, text: &str) {
        let name = self.arguments.first().map_or("sh", String::as_str);
        builtin::write_all(self.env, 2, format!("{name}: {}: {text}\n", self.line).as_bytes());
    }

    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(|(value, _)| value.as_str())
    }

    /// Sets a variable; it stays exported if it was.
    pub fn set(&mut self, name: &str, value: String) {
        let exported = self.variables.get(name).is_some_and(|(_, exported)| *exported);
        self.variables.insert(name.to_owned(), (value, exported));
    }
}
