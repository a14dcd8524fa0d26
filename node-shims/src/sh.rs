//! `/bin/sh`: enough of a shell for `child_process.exec` and package scripts of simple commands.
//!
//! Words with quotes and `$NAME`, `NAME=value` before a command, `;`, `&&`, `||`, `|`, `<`, `>`, `>>`, `2>`, `2>&1`, comments, and the builtins `cd`, `echo`,
//! `exit`, `true`, `false`, `:`, `export`. What it does not know it names, with exit code 2, instead of guessing.

mod parse;
mod run;

use crate::Env;
use crate::bindings::errors::write_all;
use crate::env::texts;

/// Runs the shell that this process is, and gives its exit code.
pub fn main(env: &Env) -> i32 {
    let argv = texts(&env.start.borrow().argv);
    let mut words = argv.iter().skip(1).map(String::as_str).peekable();
    while words.peek().is_some_and(|word| word.starts_with('-') && !word.contains('c') && word.len() > 1) {
        words.next();
    }
    let script = match words.next() {
        Some(flag) if flag.starts_with('-') && flag.contains('c') => match words.next() {
            Some(script) => script.to_owned(),
            None => return fail(env, "-c wants a command", 2),
        },
        Some(file) => match porthole_abi::Syscalls::read_file(env, file.as_bytes(), 1 << 22) {
            Ok(reply) => String::from_utf8_lossy(&reply.data).into_owned(),
            Err(errno) => return fail(env, &format!("{file}: {}", errno.text()), 127),
        },
        None => return fail(env, "only `sh -c COMMAND` and `sh FILE` are here", 2),
    };
    let mut shell = run::Shell::new(env, words.map(str::to_owned).collect());
    match parse::parse(&script) {
        Ok(list) => shell.run(&list),
        Err(problem) => fail(env, &problem, 2),
    }
}

fn fail(env: &Env, problem: &str, code: i32) -> i32 {
    write_all(env, 2, format!("sh: {problem}\n").as_bytes());
    code
}
