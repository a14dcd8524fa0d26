//! `*`, `?` and `[…]` against the names that are there.

use porthole_abi::{Syscalls, flags};

use crate::Env;

/// The names that match, in order; none where the field holds no pattern. Each letter comes with whether it may be a pattern's.
pub fn matches(env: &Env, field: &[(char, bool)]) -> Vec<String> {
    if !field.iter().any(|(c, active)| *active && matches!(c, '*' | '?' | '[')) {
        return Vec::new();
    }
    let absolute = field.first().is_some_and(|(c, _)| *c == '/');
    let mut found = vec![if absolute { "/".to_owned() } else { String::new() }];
    for part in field.split(|(c, _)| *c == '/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for base in &found {
            if part.iter().any(|(c, active)| *active && matches!(c, '*' | '?' | '[')) {
                let mut names = names(env, if base.is_empty() { "." } else { base });
                names.retain(|name| (!name.starts_with('.') || part[0].0 == '.') && fits(part, &name.chars().collect::<Vec<_>>()));
                names.sort();
                next.extend(names.into_iter().map(|name| join(base, &name)));
            } else {
                let name: String = part.iter().map(|(c, _)| c).collect();
                let path = join(base, &name);
                if env.stat(path.as_bytes(), flags::NOFOLLOW).is_ok() {
                    next.push(path);
                }
            }
        }
        found = next;
    }
    found
}

pub fn join(base: &str, name: &str) -> String {
    if base.is_empty() || base.ends_with('/') { format!("{base}{name}") } else { format!("{base}/{name}") }
}

pub fn names(env: &Env, folder: &str) -> Vec<String> {
    let mut names = Vec::new();
    loop {
        let Ok(reply) = env.readdir(folder.as_bytes(), names.len() as u32, 4096) else { return names };
        let count = reply.entries.0.len();
        names.extend(reply.entries.0.into_iter().map(|entry| String::from_utf8_lossy(&entry.name).into_owned()));
        if count < 4096 {
            return names;
        }
    }
}

fn fits(pattern: &[(char, bool)], name: &[char]) -> bool {
    match pattern {
        [] => name.is_empty(),
        [('*', true), rest @ ..] => (0..=name.len()).any(|skip| fits(rest, &name[skip..])),
        [('?', true), rest @ ..] => name.split_first().is_some_and(|(_, name)| fits(rest, name)),
        [('[', true), rest @ ..] => match rest.iter().skip(1).position(|(c, _)| *c == ']').map(|at| at + 1) {
            Some(end) => name.split_first().is_some_and(|(c, name)| in_set(&rest[..end], *c) && fits(&rest[end + 1..], name)),
            None => name.split_first().is_some_and(|(c, name)| *c == '[' && fits(rest, name)),
        },
        [(c, _), rest @ ..] => name.split_first().is_some_and(|(first, name)| first == c && fits(rest, name)),
    }
}

fn in_set(set: &[(char, bool)], c: char) -> bool {
    let (negated, set) = match set {
        [('!' | '^', _), set @ ..] => (true, set),
        set => (false, set),
    };
    let mut at = 0;
    let mut found = false;
    while at < set.len() {
        if let [(low, _), ('-', _), (high, _), ..] = set[at..] {
            found |= (low..=high).contains(&c);
            at += 3;
        } else {
            found |= set[at].0 == c;
            at += 1;
        }
    }
    found != negated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit() {
        let fit = |pattern: &str, name: &str| fits(&pattern.chars().map(|c| (c, true)).collect::<Vec<_>>(), &name.chars().collect::<Vec<_>>());
        assert!(fit("*.js", "a.js") && fit("a?c", "abc") && fit("[a-c]x", "bx") && fit("[!a]x", "bx") && fit("*", ""));
        assert!(!fit("*.js", "a.ts") && !fit("a?c", "ac") && !fit("[a-c]x", "dx") && !fit("[!a]x", "ax"));
    }
}
