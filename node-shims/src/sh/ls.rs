//! `ls`, as far as a person at a prompt and a script need it: `-a`, `-A`, `-d`, `-l` and `-1`. Names are in the order of their bytes.

use porthole_abi::flags::{FD_TTY, NOFOLLOW, S_IFDIR, S_IFLNK, S_IFMT};
use porthole_abi::{Errno, Stat, Syscalls};

use super::Shell;
use super::builtin::{options, write_all};
use super::pattern::{join, names};
use super::run::{Fds, dash_text};
use crate::Env;

pub fn ls(shell: &mut Shell<'_>, arguments: &[String], fds: &Fds) -> i32 {
    let env = shell.env;
    let (letters, paths) = options(arguments);
    if let Some(letter) = letters.chars().find(|letter| !"aAdl1".contains(*letter)) {
        write_all(env, fds.get(2), format!("ls: option '-{letter}' is not supported by this shell\n").as_bytes());
        return 2;
    }
    let has = |letter: char| letters.contains(letter);
    let own = [".".to_owned()];
    let paths = if paths.is_empty() { &own[..] } else { paths };
    let mut status = 0;
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for path in paths {
        match env.stat(path.as_bytes(), if has('l') || has('d') { NOFOLLOW } else { 0 }) {
            Ok(reply) if reply.stat.mode & S_IFMT == S_IFDIR && !has('d') => folders.push(path.clone()),
            Ok(_) => files.push(path.clone()),
            Err(errno) => {
                let text = if errno == Errno::ENOENT { "No such file or directory" } else { dash_text(errno) };
                write_all(env, fds.get(2), format!("ls: cannot access '{path}': {text}\n").as_bytes());
                status = 2;
            }
        }
    }
    files.sort();
    folders.sort();
    let titled = paths.len() > 1;
    let width = if has('1') || has('l') { None } else { width(env, fds.get(1)) };
    let mut text = list(env, "", &files, has('l'), width);
    for folder in &folders {
        if titled {
            text.push_str(&format!("{}{folder}:\n", if text.is_empty() { "" } else { "\n" }));
        }
        let mut found: Vec<String> = names(env, folder).into_iter().filter(|name| has('a') || has('A') || !name.starts_with('.')).collect();
        if has('a') {
            found.extend([".".to_owned(), "..".to_owned()]);
        }
        found.sort();
        text.push_str(&list(env, folder, &found, has('l'), width));
    }
    if write_all(env, fds.get(1), text.as_bytes()) { status } else { 1 }
}

/// Columns of the terminal that a descriptor is, if it is one.
fn width(env: &Env, fd: i32) -> Option<usize> {
    if env.fd_kind(fd).ok()?.kind != FD_TTY {
        return None;
    }
    env.tty_get(fd).ok().map(|reply| usize::from(reply.columns)).filter(|columns| *columns > 0)
}

fn list(env: &Env, folder: &str, names: &[String], long: bool, width: Option<usize>) -> String {
    if long {
        return names.iter().map(|name| detail(env, folder, name)).collect();
    }
    let widest = names.iter().map(|name| name.chars().count() + 2).max().unwrap_or(2);
    let columns = width.map_or(1, |width| (width / widest).max(1));
    let rows = names.len().div_ceil(columns);
    let mut text = String::new();
    for row in 0..rows {
        let line: Vec<&String> = names.iter().skip(row).step_by(rows).collect();
        for (at, name) in line.iter().enumerate() {
            text.push_str(name);
            if at + 1 < line.len() {
                text.extend(std::iter::repeat_n(' ', widest - name.chars().count()));
            }
        }
        text.push('\n');
    }
    text
}

/// A line of `ls -l`. Owners are not told: there is one user. Times are UTC.
fn detail(env: &Env, folder: &str, name: &str) -> String {
    let path = join(folder, name);
    let Ok(reply) = env.stat(path.as_bytes(), NOFOLLOW) else { return String::new() };
    let Stat { mode, size, mtime, .. } = reply.stat;
    let kind = mode & S_IFMT;
    let mut line = String::from(if kind == S_IFDIR {
        'd'
    } else if kind == S_IFLNK {
        'l'
    } else {
        '-'
    });
    for (at, letter) in "rwxrwxrwx".chars().enumerate() {
        line.push(if mode >> (8 - at) & 1 == 1 { letter } else { '-' });
    }
    line.push_str(&format!(" {size:>9} {} {name}", date(mtime.div_euclid(1_000_000_000))));
    if kind == S_IFLNK
        && let Ok(reply) = env.readlink(path.as_bytes())
    {
        line.push_str(&format!(" -> {}", String::from_utf8_lossy(&reply.target)));
    }
    line.push('\n');
    line
}

/// Seconds since 1970 as `2026-11-25 02:30`. Months are counted from March, so that a leap day is the last of its year.
fn date(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let day = days + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{:02} {:02}:{:02}", of_year - (153 * from_march + 2) / 5 + 1, second / 3600, second / 60 % 60)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates() {
        assert_eq!(date(0), "1970-01-01 00:00");
        assert_eq!(date(951_782_399), "2000-02-28 23:59");
        assert_eq!(date(951_782_400), "2000-02-29 00:00");
        assert_eq!(date(1_795_573_800), "2026-11-25 02:30");
    }
}
