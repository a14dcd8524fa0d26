//! The basic URL parser, state by state, after the URL Standard (url.spec.whatwg.org, section 4.4). The `url` crate departs from
//! it in a dozen places (empty segments of `file:` URLs, drive letters, setters), where Node does not.

use super::host;
use super::percent::{self, Set};
use super::record::{Path as PathOf, Record, default_port, is_special};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    SchemeStart,
    Scheme,
    NoScheme,
    SpecialRelativeOrAuthority,
    PathOrAuthority,
    Relative,
    RelativeSlash,
    SpecialAuthoritySlashes,
    SpecialAuthorityIgnoreSlashes,
    Authority,
    Host,
    Hostname,
    Port,
    File,
    FileSlash,
    FileHost,
    PathStart,
    Path,
    OpaquePath,
    Query,
    Fragment,
}

/// The URL that `input` is, seen from `base`.
pub fn parse(input: &str, base: Option<&Record>) -> Option<Record> {
    let trimmed = input.trim_matches(|c: char| c <= ' ');
    let mut url = Record::empty();
    Parser::new(trimmed, base, false).run(&mut url, State::SchemeStart)?;
    Some(url)
}

/// Parses `input` from `state` on, into a URL that exists: what the setters do. `None`: refused, and nothing was changed.
pub fn parse_part(input: &str, url: &mut Record, state: State) -> Option<()> {
    Parser::new(input, None, true).run(url, state)
}

struct Parser<'a> {
    input: Vec<char>,
    base: Option<&'a Record>,
    /// A setter is at work.
    part: bool,
}

impl<'a> Parser<'a> {
    fn new(input: &str, base: Option<&'a Record>, part: bool) -> Self {
        let input = input.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect();
        Self { input, base, part }
    }

    fn run(&self, url: &mut Record, first: State) -> Option<()> {
        use State::*;
        let (part, base) = (self.part, self.base);
        let mut state = first;
        let mut buffer = String::new();
        let (mut at_seen, mut brackets, mut password_seen) = (false, false, false);
        // Signed: a state may step back to before the first character.
        let mut at: isize = 0;
        loop {
            let here = usize::try_from(at).ok();
            let c = here.and_then(|i| self.input.get(i)).copied();
            let next = here.and_then(|i| self.input.get(i + 1)).copied();
            let special = url.is_special();
            let slash = c == Some('/') || (special && c == Some('\\'));
            match state {
                SchemeStart => match c {
                    Some(letter) if letter.is_ascii_alphabetic() => {
                        buffer.push(letter.to_ascii_lowercase());
                        state = Scheme;
                    }
                    _ if part => return None,
                    _ => {
                        state = NoScheme;
                        at -= 1;
                    }
                },
                Scheme => match c {
                    Some(letter) if letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.') => {
                        buffer.push(letter.to_ascii_lowercase());
                    }
                    Some(':') => {
                        if part {
                            // Nothing changes; which of these counts as refused is Node's choice.
                            if special && !is_special(&buffer) {
                                return Some(());
                            }
                            let clash = special != is_special(&buffer)
                                || (url.scheme == "file" && url.host.as_deref() == Some(""))
                                || ((url.has_credentials() || url.port.is_some()) && buffer == "file");
                            if clash {
                                return None;
                            }
                        }
                        url.scheme = std::mem::take(&mut buffer);
                        if part {
                            if url.port == default_port(&url.scheme) {
                                url.port = None;
                            }
                            return Some(());
                        }
                        if url.scheme == "file" {
                            state = File;
                        } else if url.is_special() {
                            let alike = base.is_some_and(|b| b.scheme == url.scheme);
                            state = if alike { SpecialRelativeOrAuthority } else { SpecialAuthoritySlashes };
                        } else if next == Some('/') {
                            state = PathOrAuthority;
                            at += 1;
                        } else {
                            url.path = PathOf::Opaque(String::new());
                            state = OpaquePath;
                        }
                    }
                    _ if part => return None,
                    _ => {
                        buffer.clear();
                        state = NoScheme;
                        at = -1;
                    }
                },
                NoScheme => {
                    let base = base?;
                    if base.has_opaque_path() {
                        if c != Some('#') {
                            return None;
                        }
                        *url = Record { fragment: Some(String::new()), ..base.clone() };
                        state = Fragment;
                    } else {
                        state = if base.scheme == "file" { File } else { Relative };
                        at -= 1;
                    }
                }
                SpecialRelativeOrAuthority => {
                    if c == Some('/') && next == Some('/') {
                        state = SpecialAuthorityIgnoreSlashes;
                        at += 1;
                    } else {
                        state = Relative;
                        at -= 1;
                    }
                }
                PathOrAuthority => {
                    state = if c == Some('/') { Authority } else { Path };
                    if state == Path {
                        at -= 1;
                    }
                }
                Relative => {
                    let base = base?;
                    url.scheme.clone_from(&base.scheme);
                    if c == Some('/') || (url.is_special() && c == Some('\\')) {
                        state = RelativeSlash;
                    } else {
                        *url = Record { fragment: None, ..base.clone() };
                        match c {
                            Some('?') => {
                                url.query = Some(String::new());
                                state = Query;
                            }
                            Some('#') => {
                                url.fragment = Some(String::new());
                                state = Fragment;
                            }
                            Some(_) => {
                                url.query = None;
                                shorten(url);
                                state = Path;
                                at -= 1;
                            }
                            None => {}
                        }
                    }
                }
                RelativeSlash => {
                    if special && slash {
                        state = SpecialAuthorityIgnoreSlashes;
                    } else if c == Some('/') {
                        state = Authority;
                    } else {
                        let base = base?;
                        url.username.clone_from(&base.username);
                        url.password.clone_from(&base.password);
                        url.host.clone_from(&base.host);
                        url.port = base.port;
                        state = Path;
                        at -= 1;
                    }
                }
                SpecialAuthoritySlashes => {
                    state = SpecialAuthorityIgnoreSlashes;
                    at += if c == Some('/') && next == Some('/') { 1 } else { -1 };
                }
                SpecialAuthorityIgnoreSlashes => {
                    if !matches!(c, Some('/' | '\\')) {
                        state = Authority;
                        at -= 1;
                    }
                }
                Authority => {
                    if c == Some('@') {
                        if at_seen {
                            buffer.insert_str(0, "%40");
                        }
                        at_seen = true;
                        for letter in buffer.drain(..) {
                            if letter == ':' && !password_seen {
                                password_seen = true;
                            } else if password_seen {
                                percent::push(&mut url.password, letter, Set::Userinfo);
                            } else {
                                percent::push(&mut url.username, letter, Set::Userinfo);
                            }
                        }
                    } else if slash || matches!(c, None | Some('?' | '#')) {
                        if at_seen && buffer.is_empty() {
                            return None;
                        }
                        at -= buffer.chars().count() as isize + 1;
                        buffer.clear();
                        state = Host;
                    } else if let Some(letter) = c {
                        buffer.push(letter);
                    }
                }
                Host | Hostname => {
                    if part && url.scheme == "file" {
                        at -= 1;
                        state = FileHost;
                    } else if c == Some(':') && !brackets {
                        if buffer.is_empty() || (part && first == Hostname) {
                            return None;
                        }
                        url.host = Some(host::parse(&buffer, special)?);
                        buffer.clear();
                        state = Port;
                    } else if slash || matches!(c, None | Some('?' | '#')) {
                        at -= 1;
                        if special && buffer.is_empty() {
                            return None;
                        }
                        if part && buffer.is_empty() && (url.has_credentials() || url.port.is_some()) {
                            return None;
                        }
                        url.host = Some(host::parse(&buffer, special)?);
                        if part {
                            return Some(());
                        }
                        buffer.clear();
                        state = PathStart;
                    } else if let Some(letter) = c {
                        match letter {
                            '[' => brackets = true,
                            ']' => brackets = false,
                            _ => {}
                        }
                        buffer.push(letter);
                    }
                }
                Port => match c {
                    Some(digit) if digit.is_ascii_digit() => buffer.push(digit),
                    _ if part || slash || matches!(c, None | Some('?' | '#')) => {
                        if !buffer.is_empty() {
                            let number = buffer.trim_start_matches('0');
                            let port: u16 = if number.is_empty() { 0 } else { number.parse().ok()? };
                            url.port = Some(port).filter(|p| default_port(&url.scheme) != Some(*p));
                            buffer.clear();
                            if part {
                                return Some(());
                            }
                        }
                        if part {
                            // A host without a port is all right; a port without digits is not.
                            return (first != Port).then_some(());
                        }
                        state = PathStart;
                        at -= 1;
                    }
                    _ => return None,
                },
                File => {
                    url.scheme = "file".to_owned();
                    url.host = Some(String::new());
                    if matches!(c, Some('/' | '\\')) {
                        state = FileSlash;
                    } else if let Some(base) = base.filter(|b| b.scheme == "file") {
                        url.host.clone_from(&base.host);
                        url.path = base.path.clone();
                        url.query.clone_from(&base.query);
                        match c {
                            Some('?') => {
                                url.query = Some(String::new());
                                state = Query;
                            }
                            Some('#') => {
                                url.fragment = Some(String::new());
                                state = Fragment;
                            }
                            Some(_) => {
                                url.query = None;
                                if self.drive_letter_at(here) {
                                    url.path = PathOf::List(Vec::new());
                                } else {
                                    shorten(url);
                                }
                                state = Path;
                                at -= 1;
                            }
                            None => {}
                        }
                    } else {
                        state = Path;
                        at -= 1;
                    }
                }
                FileSlash => {
                    if matches!(c, Some('/' | '\\')) {
                        state = FileHost;
                    } else {
                        if let Some(base) = base.filter(|b| b.scheme == "file") {
                            url.host.clone_from(&base.host);
                            if !self.drive_letter_at(here)
                                && let PathOf::List(path) = &base.path
                                && let Some(drive) = path.first().filter(|s| is_normalized_drive(s))
                            {
                                push_segment(url, drive.clone());
                            }
                        }
                        state = Path;
                        at -= 1;
                    }
                }
                FileHost => {
                    if let Some(letter) = c.filter(|c| !matches!(c, '/' | '\\' | '?' | '#')) {
                        buffer.push(letter);
                    } else {
                        at -= 1;
                        if !part && is_drive(&buffer) {
                            // The buffer stays: it is the first segment.
                            state = Path;
                        } else if buffer.is_empty() {
                            url.host = Some(String::new());
                            if part {
                                return Some(());
                            }
                            state = PathStart;
                        } else {
                            let found = host::parse(&buffer, special)?;
                            url.host = Some(if found == "localhost" { String::new() } else { found });
                            if part {
                                return Some(());
                            }
                            buffer.clear();
                            state = PathStart;
                        }
                    }
                }
                PathStart => {
                    if special {
                        state = Path;
                        if !slash {
                            at -= 1;
                        }
                    } else if !part && c == Some('?') {
                        url.query = Some(String::new());
                        state = Query;
                    } else if !part && c == Some('#') {
                        url.fragment = Some(String::new());
                        state = Fragment;
                    } else if c.is_some() {
                        state = Path;
                        if c != Some('/') {
                            at -= 1;
                        }
                    } else if part && url.host.is_none() {
                        push_segment(url, String::new());
                    }
                }
                Path => {
                    if slash || c.is_none() || (!part && matches!(c, Some('?' | '#'))) {
                        if is_double_dot(&buffer) {
                            shorten(url);
                            if !slash {
                                push_segment(url, String::new());
                            }
                        } else if is_single_dot(&buffer) {
                            if !slash {
                                push_segment(url, String::new());
                            }
                        } else {
                            let empty = matches!(&url.path, PathOf::List(path) if path.is_empty());
                            if url.scheme == "file" && empty && is_drive(&buffer) {
                                buffer.replace_range(1..2, ":");
                            }
                            push_segment(url, std::mem::take(&mut buffer));
                        }
                        buffer.clear();
                        if !part && c == Some('?') {
                            url.query = Some(String::new());
                            state = Query;
                        } else if !part && c == Some('#') {
                            url.fragment = Some(String::new());
                            state = Fragment;
                        }
                    } else if let Some(letter) = c {
                        percent::push(&mut buffer, letter, Set::Path);
                    }
                }
                OpaquePath => match c {
                    Some('?') => {
                        url.query = Some(String::new());
                        state = Query;
                    }
                    Some('#') => {
                        url.fragment = Some(String::new());
                        state = Fragment;
                    }
                    Some(letter) => {
                        if let PathOf::Opaque(path) = &mut url.path {
                            if letter == ' ' && matches!(next, Some('?' | '#')) {
                                path.push_str("%20");
                            } else {
                                percent::push(path, letter, Set::Control);
                            }
                        }
                    }
                    None => {}
                },
                Query => match c {
                    Some('#') if !part => {
                        url.fragment = Some(String::new());
                        state = Fragment;
                    }
                    Some(letter) => {
                        let set = if special { Set::SpecialQuery } else { Set::Query };
                        if let Some(query) = &mut url.query {
                            percent::push(query, letter, set);
                        }
                    }
                    None => {}
                },
                Fragment => {
                    if let (Some(letter), Some(fragment)) = (c, &mut url.fragment) {
                        percent::push(fragment, letter, Set::Fragment);
                    }
                }
            }
            if c.is_none() && at >= self.input.len() as isize {
                return Some(());
            }
            at += 1;
        }
    }

    /// Whether a Windows drive letter begins here: a letter, `:` or `|`, then the end or a slash, `?` or `#`.
    fn drive_letter_at(&self, at: Option<usize>) -> bool {
        let rest = at.and_then(|i| self.input.get(i..)).unwrap_or_default();
        matches!(rest, [letter, ':' | '|'] | [letter, ':' | '|', '/' | '\\' | '?' | '#', ..] if letter.is_ascii_alphabetic())
    }
}

fn push_segment(url: &mut Record, segment: String) {
    if let PathOf::List(path) = &mut url.path {
        path.push(segment);
    }
}

fn shorten(url: &mut Record) {
    if let PathOf::List(path) = &mut url.path {
        if url.scheme == "file" && path.len() == 1 && is_normalized_drive(&path[0]) {
            return;
        }
        path.pop();
    }
}

fn is_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':' | b'|'] if letter.is_ascii_alphabetic())
}

fn is_normalized_drive(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':'] if letter.is_ascii_alphabetic())
}

fn is_single_dot(segment: &str) -> bool {
    segment == "." || segment.eq_ignore_ascii_case("%2e")
}

fn is_double_dot(segment: &str) -> bool {
    segment == ".."
        || [".%2e", "%2e.", "%2e%2e"].iter().any(|dots| segment.eq_ignore_ascii_case(dots))
}
