//! Commands that the shell is itself: those that must be, and the few that scripts cannot do without while there are no such programs.

use porthole_abi::flags::{O_RDONLY, READABLE, S_IFDIR, S_IFMT, S_IFREG, WRITABLE};
use porthole_abi::{Errno, Syscalls};

use super::Shell;
use super::run::{Fds, dash_text};
use crate::Env;
use crate::handles::block_on;

pub type Builtin = fn(&mut Shell<'_>, &[String], &Fds) -> i32;

const TABLE: &[(&str, Builtin)] = &[
    (":", |_, _, _| 0),
    ("true", |_, _, _| 0),
    ("false", |_, _, _| 1),
    ("echo", echo),
    ("printf", printf),
    ("pwd", pwd),
    ("cd", cd),
    ("exit", exit),
    ("export", export),
    ("unset", unset),
    ("set", set),
    ("env", env),
    ("exec", exec),
    ("test", test),
    ("[", test),
    ("cat", cat),
    ("ls", super::ls::ls),
    ("mkdir", mkdir),
    ("rm", rm),
    ("sleep", sleep),
];

pub fn find(name: &str) -> Option<Builtin> {
    TABLE.iter().find(|(known, _)| *known == name).map(|(_, builtin)| *builtin)
}

/// Whether a command neither reads nor writes much, nor changes the shell: it need not be a process in a pipeline.
pub fn is_brief(name: &str) -> bool {
    matches!(name, ":" | "true" | "false" | "echo" | "printf" | "pwd" | "test" | "[")
}

/// Writes all, waiting where it must; false when nobody takes it.
pub fn write_all(env: &Env, fd: i32, mut data: &[u8]) -> bool {
    while !data.is_empty() {
        match env.write(fd, &data[..data.len().min(1 << 18)], -1) {
            Ok(reply) => data = &data[(reply.written as usize).min(data.len())..],
            Err(Errno::EAGAIN) => {
                if block_on(env, fd, WRITABLE).is_err() {
                    return false;
                }
            }
            Err(_) => return false,
        }
    }
    true
}

fn out(shell: &Shell<'_>, fds: &Fds, text: &str) -> i32 {
    i32::from(!write_all(shell.env, fds.get(1), text.as_bytes()))
}

fn echo(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    let (newline, words) = match arguments.get(1).map(String::as_str) {
        Some("-n") => ("", &arguments[2..]),
        _ => ("\n", &arguments[1..]),
    };
    let text = words.join(" ");
    match text.contains('\\') {
        true => match unescape(&text) {
            (text, true) => out(shell, fds, &text),
            (text, false) => out(shell, fds, &(text + newline)),
        },
        false => out(shell, fds, &(text + newline)),
    }
}

/// `\n`, `\t` and their kin; true: `\c` cut the rest off.
fn unescape(text: &str) -> (String, bool) {
    let mut result = String::new();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        match letters.next() {
            Some('n') => result.push('\n'),
            Some('t') => result.push('\t'),
            Some('r') => result.push('\r'),
            Some('a') => result.push('\x07'),
            Some('b') => result.push('\x08'),
            Some('f') => result.push('\x0c'),
            Some('v') => result.push('\x0b'),
            Some('\\') => result.push('\\'),
            Some('c') => return (result, true),
            Some('0') => {
                let mut value = 0u8;
                for _ in 0..3 {
                    let Some(digit) = letters.next_if(|c| c.is_digit(8)).and_then(|c| c.to_digit(8)) else { break };
                    value = value.wrapping_mul(8).wrapping_add(digit as u8);
                }
                result.push(value.into());
            }
            Some(other) => result.extend(['\\', other]),
            None => result.push('\\'),
        }
    }
    (result, false)
}

fn printf(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    let Some(format) = arguments.get(1) else {
        shell.complain_to(fds, "printf: usage: printf format [arg ...]");
        return 2;
    };
    let mut words = arguments[2..].iter();
    let mut text = String::new();
    loop {
        let before = words.len();
        let (piece, _) = unescape(format);
        let mut letters = piece.chars();
        while let Some(c) = letters.next() {
            if c != '%' {
                text.push(c);
                continue;
            }
            match letters.next() {
                Some('%') => text.push('%'),
                Some('s') => text.push_str(words.next().map_or("", String::as_str)),
                Some('b') => text.push_str(&unescape(words.next().map_or("", String::as_str)).0),
                Some('d' | 'i') => text.push_str(&words.next().map_or("0", String::as_str).trim().parse::<i64>().unwrap_or(0).to_string()),
                other => {
                    shell.complain_to(fds, &format!("printf: %{} is not supported by this shell", other.map(String::from).unwrap_or_default()));
                    return 2;
                }
            }
        }
        if words.len() == 0 || words.len() == before {
            break;
        }
    }
    out(shell, fds, &text)
}

fn pwd(shell: &mut Shell<'_>, _arguments: &[String], fds: &Fds) -> i32 {
    match shell.env.getcwd() {
        Ok(reply) => out(shell, fds, &format!("{}\n", String::from_utf8_lossy(&reply.path))),
        Err(errno) => {
            shell.complain_to(fds, &format!("pwd: {}", errno.text()));
            1
        }
    }
}

fn cd(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    let target = match arguments.get(1).map(String::as_str) {
        None => shell.variable("HOME").unwrap_or("/").to_owned(),
        Some("-") => shell.variable("OLDPWD").unwrap_or("/").to_owned(),
        Some(path) => path.to_owned(),
    };
    if shell.env.chdir(target.as_bytes()).is_err() {
        shell.complain_to(fds, &format!("cd: can't cd to {target}"));
        return 2;
    }
    let before = shell.variable("PWD").unwrap_or_default().to_owned();
    shell.variables.insert("OLDPWD".into(), (before, true));
    let now = shell.env.getcwd().map(|reply| String::from_utf8_lossy(&reply.path).into_owned()).unwrap_or(target);
    shell.variables.insert("PWD".into(), (now, true));
    0
}

fn exit(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    shell.ended = true;
    match arguments.get(1) {
        None => shell.status,
        Some(code) => match code.parse::<i32>() {
            Ok(code) if code >= 0 => code & 0xff,
            _ => {
                shell.complain_to(fds, &format!("exit: Illegal number: {code}"));
                2
            }
        },
    }
}

fn export(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    if arguments.len() == 1 || arguments[1] == "-p" {
        let lines: String =
            shell.variables.iter().filter(|(_, (_, exported))| *exported).map(|(name, (value, _))| format!("export {name}='{value}'\n")).collect();
        return out(shell, fds, &lines);
    }
    for argument in &arguments[1..] {
        let (name, value) = argument.split_once('=').map_or((argument.as_str(), None), |(name, value)| (name, Some(value.to_owned())));
        let value = value.or_else(|| shell.variable(name).map(str::to_owned)).unwrap_or_default();
        shell.variables.insert(name.to_owned(), (value, true));
    }
    0
}

fn unset(shell: &mut Shell<'_>, arguments: &[String], _fds: &Fds) -> i32 {
    for name in &arguments[1..] {
        shell.variables.remove(name);
    }
    0
}

fn set(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    for argument in &arguments[1..] {
        match argument.as_str() {
            "-e" => shell.stop_on_failure = true,
            "+e" => shell.stop_on_failure = false,
            "--" => {}
            other => {
                shell.complain_to(fds, &format!("set: '{other}' is not supported by this shell"));
                return 2;
            }
        }
    }
    0
}

fn env(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    let mut added = Vec::new();
    let mut rest = &arguments[1..];
    while let Some((name, value)) = rest.first().and_then(|argument| argument.split_once('=')) {
        added.push((name.to_owned(), value.to_owned()));
        rest = &rest[1..];
    }
    if rest.first().is_some_and(|argument| argument.starts_with('-')) {
        shell.complain_to(fds, &format!("env: '{}' is not supported by this shell", rest[0]));
        return 125;
    }
    let before = shell.variables.clone();
    for (name, value) in added {
        shell.variables.insert(name, (value, true));
    }
    let status = if rest.is_empty() {
        let lines: String =
            shell.variables.iter().filter(|(_, (_, exported))| *exported).map(|(name, (value, _))| format!("{name}={value}\n")).collect();
        out(shell, fds, &lines)
    } else {
        shell.run_program(rest, fds)
    };
    shell.variables = before;
    status
}

fn exec(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    if arguments.len() == 1 {
        shell.complain_to(fds, "exec: redirections alone are not supported by this shell");
        return 2;
    }
    shell.ended = true;
    shell.run_program(&arguments[1..], fds)
}

fn test(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    let mut words: Vec<&str> = arguments[1..].iter().map(String::as_str).collect();
    if arguments[0] == "[" && words.pop() != Some("]") {
        shell.complain_to(fds, "[: missing ]");
        return 2;
    }
    match holds(shell.env, &words) {
        Some(truth) => i32::from(!truth),
        None => {
            shell.complain_to(fds, &format!("{}: '{}' is not supported by this shell", arguments[0], words.join(" ")));
            2
        }
    }
}

fn holds(env: &Env, words: &[&str]) -> Option<bool> {
    let kind = |path: &str| env.stat(path.as_bytes(), 0).ok().map(|reply| (reply.stat.mode & S_IFMT, reply.stat.size));
    Some(match words {
        [] => false,
        ["!", rest @ ..] => !holds(env, rest)?,
        [word] => !word.is_empty(),
        ["-n", word] => !word.is_empty(),
        ["-z", word] => word.is_empty(),
        ["-e", path] => kind(path).is_some(),
        ["-f", path] => kind(path).is_some_and(|(kind, _)| kind == S_IFREG),
        ["-d", path] => kind(path).is_some_and(|(kind, _)| kind == S_IFDIR),
        ["-s", path] => kind(path).is_some_and(|(_, size)| size > 0),
        ["-r", path] => env.access(path.as_bytes(), 4).is_ok(),
        ["-w", path] => env.access(path.as_bytes(), 2).is_ok(),
        ["-x", path] => env.access(path.as_bytes(), 1).is_ok(),
        [one, "=" | "==", other] => one == other,
        [one, "!=", other] => one != other,
        [one, operator, other] => {
            let (one, other) = (one.parse::<i64>().ok()?, other.parse::<i64>().ok()?);
            match *operator {
                "-eq" => one == other,
                "-ne" => one != other,
                "-lt" => one < other,
                "-le" => one <= other,
                "-gt" => one > other,
                "-ge" => one >= other,
                _ => return None,
            }
        }
        _ => return None,
    })
}

fn cat(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    let mut status = 0;
    let own = ["-".to_owned()];
    let files = if arguments.len() > 1 { &arguments[1..] } else { &own[..] };
    for file in files {
        let fd = match file.as_str() {
            "-" => Ok(fds.get(0)),
            path => shell.env.open(path.as_bytes(), O_RDONLY, 0).map(|reply| reply.fd),
        };
        let copied = fd.and_then(|fd| {
            let copied = copy(shell.env, fd, fds.get(1));
            if file != "-" {
                let _ = shell.env.close(fd);
            }
            copied
        });
        if let Err(errno) = copied {
            let text = if errno == Errno::ENOENT { "No such file or directory" } else { dash_text(errno) };
            write_all(shell.env, fds.get(2), format!("cat: {file}: {text}\n").as_bytes());
            status = 1;
        }
    }
    status
}

fn copy(env: &Env, from: i32, to: i32) -> Result<(), Errno> {
    loop {
        match env.read(from, 1 << 18, -1) {
            Ok(reply) if reply.data.is_empty() => return Ok(()),
            Ok(reply) => {
                if !write_all(env, to, &reply.data) {
                    return Err(Errno::EPIPE);
                }
            }
            Err(Errno::EAGAIN) => block_on(env, from, READABLE)?,
            Err(errno) => return Err(errno),
        }
    }
}

/// Letters of leading options, and what follows them.
pub fn options(arguments: &[String]) -> (String, &[String]) {
    let mut letters = String::new();
    let mut rest = &arguments[1..];
    while let Some(option) = rest.first().and_then(|argument| argument.strip_prefix('-')).filter(|option| !option.is_empty()) {
        rest = &rest[1..];
        if option == "-" {
            break;
        }
        letters.push_str(option);
    }
    (letters, rest)
}

fn mkdir(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    let (letters, paths) = options(arguments);
    let mut status = 0;
    for path in paths {
        let made = if letters.contains('p') {
            shell.env.mkdir_all(path.as_bytes(), 0o777).map(drop)
        } else {
            shell.env.mkdir(path.as_bytes(), 0o777).map(drop)
        };
        if let Err(errno) = made {
            write_all(shell.env, fds.get(2), format!("mkdir: cannot create directory '{path}': {}\n", errno.text()).as_bytes());
            status = 1;
        }
    }
    status
}

fn rm(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    let (letters, paths) = options(arguments);
    let mut status = 0;
    for path in paths {
        let recursive = letters.contains(['r', 'R']);
        let removed = if recursive { shell.env.remove_tree(path.as_bytes()).map(drop) } else { shell.env.unlink(path.as_bytes()).map(drop) };
        match removed {
            Ok(()) => {}
            Err(Errno::ENOENT) if letters.contains('f') => {}
            Err(errno) => {
                write_all(shell.env, fds.get(2), format!("rm: cannot remove '{path}': {}\n", errno.text()).as_bytes());
                status = 1;
            }
        }
    }
    status
}

fn sleep(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    let Some(seconds) = arguments.get(1).and_then(|text| text.parse::<f64>().ok()).filter(|seconds| *seconds >= 0.0) else {
        shell.complain_to(fds, "sleep: invalid time interval");
        return 1;
    };
    let until = shell.env.now_ms() + seconds * 1000.0;
    loop {
        let left = until - shell.env.now_ms();
        if left <= 0.0 {
            return 0;
        }
        shell.env.poll_events(Some(left.ceil() as u32));
    }
}
