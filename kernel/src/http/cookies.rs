//! A cookie jar for one port (RFC 6265, with the bounds of its successor draft): browsers drop `Set-Cookie` from a service worker's answers.
//!
//! All pages of a port are one site, so `SameSite` is kept but never keeps a cookie back; and `Secure` ones are taken, as browsers do on localhost.

use super::cookie_date;
use super::framing::length;
use crate::Millis;

/// Cookies of one port, of which scripts' and servers' alike are no more than these.
const MOST: usize = 180;
/// Bytes of a name and a value together.
const MAX_PAIR: usize = 4096;
/// Bytes of an attribute's value; longer ones are ignored.
const MAX_ATTRIBUTE: usize = 1024;
/// The longest that a cookie may be kept: 400 days.
const MAX_LIFE: Millis = 400 * 86_400_000;

/// Part of a machine's state.
#[derive(Clone, Debug, Default, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
pub struct Jar {
    /// In order of creation.
    cookies: Vec<Cookie>,
}

#[derive(Clone, Debug, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
struct Cookie {
    name: Vec<u8>,
    value: Vec<u8>,
    path: Vec<u8>,
    /// `None`: as long as the machine lives.
    expires: Option<Millis>,
    secure: bool,
    http_only: bool,
    same_site: SameSite,
    used: Millis,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, rkyv::Archive, rkyv::Serialize, rkyv::Deserialize)]
enum SameSite {
    #[default]
    Default,
    Strict,
    Lax,
    None,
}

impl Jar {
    /// The `Cookie` header for a target (path and query): longer paths first, then older cookies.
    pub fn header(&mut self, target: &[u8], now: Millis) -> Option<Vec<u8>> {
        self.expire(now);
        let path = path_of(target);
        let mut fitting: Vec<&mut Cookie> = self.cookies.iter_mut().filter(|cookie| covers(&cookie.path, path)).collect();
        // Stable: the order of creation stays among equals.
        fitting.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let mut header = Vec::new();
        for cookie in &mut fitting {
            cookie.used = now;
            if !header.is_empty() {
                header.extend_from_slice(b"; ");
            }
            cookie.put(&mut header);
        }
        (!fitting.is_empty()).then_some(header)
    }

    /// Takes a `Set-Cookie` line that answered a request for `target`. A line that is no cookie, or one for another host, is ignored, as browsers do.
    pub fn set(&mut self, line: &[u8], target: &[u8], now: Millis) {
        if let Some(cookie) = Cookie::parse(line, target, now) {
            self.put(cookie, now);
        }
    }

    /// Takes what a script assigned to `document.cookie` on the page at `target`. Scripts neither make nor change `HttpOnly` cookies.
    pub fn set_by_script(&mut self, line: &[u8], target: &[u8], now: Millis) {
        let Some(cookie) = Cookie::parse(line, target, now) else { return };
        let hidden = self.cookies.iter().any(|old| old.same_place(&cookie) && old.http_only && old.expires.is_none_or(|end| end > now));
        if !cookie.http_only && !hidden {
            self.put(cookie, now);
        }
    }

    /// Every cookie that scripts may see, in order of creation, one a line: `name=value; Path=/; Expires=1700000000000; Secure`. `Expires` is in milliseconds since
    /// 1970 and is left out for cookies without an end.
    pub fn visible(&mut self, now: Millis) -> Vec<Vec<u8>> {
        self.expire(now);
        let lines = self.cookies.iter().filter(|cookie| !cookie.http_only).map(|cookie| {
            let mut line = Vec::new();
            cookie.put(&mut line);
            line.extend_from_slice(b"; Path=");
            line.extend_from_slice(&cookie.path);
            if let Some(expires) = cookie.expires {
                line.extend_from_slice(format!("; Expires={expires}").as_bytes());
            }
            if cookie.secure {
                line.extend_from_slice(b"; Secure");
            }
            line
        });
        lines.collect()
    }

    fn expire(&mut self, now: Millis) {
        self.cookies.retain(|cookie| cookie.expires.is_none_or(|end| end > now));
    }

    fn put(&mut self, cookie: Cookie, now: Millis) {
        self.expire(now);
        let gone = cookie.expires.is_some_and(|end| end <= now);
        match self.cookies.iter_mut().find(|old| old.same_place(&cookie)) {
            // The place in the order of creation stays (RFC 6265, 5.3, 11.3).
            Some(old) => *old = cookie,
            None if gone => return,
            None => self.cookies.push(cookie),
        }
        if gone {
            self.expire(now);
        }
        while self.cookies.len() > MOST {
            let oldest = self.cookies.iter().enumerate().min_by_key(|(_, cookie)| cookie.used).map(|(index, _)| index);
            let Some(oldest) = oldest else { return };
            self.cookies.remove(oldest);
        }
    }
}

impl Cookie {
    /// RFC 6265, 5.2.
    fn parse(line: &[u8], target: &[u8], now: Millis) -> Option<Cookie> {
        // A control character other than a tab spoils the whole line.
        if line.iter().any(|byte| (*byte < 0x20 && *byte != b'\t') || *byte == 0x7f) {
            return None;
        }
        let mut parts = line.split(|byte| *byte == b';');
        let (name, value) = pair(parts.next()?);
        // `=value` and `value` are a cookie without a name; without either there is nothing.
        if (name.is_empty() && value.is_empty()) || name.len() + value.len() > MAX_PAIR {
            return None;
        }
        let (mut expires, mut max_age, mut path, mut domain) = (None, None, None, false);
        let (mut secure, mut http_only, mut same_site) = (false, false, SameSite::Default);
        for attribute in parts {
            let (mut key, mut value) = pair(attribute);
            if key.is_empty() {
                // An attribute without `=`: the word is its name.
                (key, value) = (value, key);
            }
            if value.len() > MAX_ATTRIBUTE {
                continue;
            }
            match key.to_ascii_lowercase().as_slice() {
                b"expires" => expires = cookie_date::parse(value).or(expires),
                b"max-age" => max_age = age(value).or(max_age),
                b"domain" if !value.is_empty() => {
                    let host = value.strip_prefix(b".").unwrap_or(value).to_ascii_lowercase();
                    if host != b"localhost" && host != b"127.0.0.1" {
                        return None;
                    }
                    domain = true;
                }
                b"path" => path = value.starts_with(b"/").then(|| value.to_vec()),
                b"secure" => secure = true,
                b"httponly" => http_only = true,
                b"samesite" => {
                    same_site = match value.to_ascii_lowercase().as_slice() {
                        b"strict" => SameSite::Strict,
                        b"lax" => SameSite::Lax,
                        b"none" => SameSite::None,
                        _ => SameSite::Default,
                    };
                }
                _ => {}
            }
        }
        let path = path.unwrap_or_else(|| default_path(target));
        if same_site == SameSite::None && !secure {
            return None;
        }
        let prefix = |prefix: &[u8]| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        if (prefix(b"__Secure-") && !secure) || (prefix(b"__Host-") && !(secure && path == b"/" && !domain)) {
            return None;
        }
        // Max-Age has precedence over Expires.
        let expires = max_age
            .map(|age: Option<Millis>| age.map_or(0, |age| now.saturating_add(age)))
            .or(expires)
            .map(|end| end.min(now.saturating_add(MAX_LIFE)));
        Some(Cookie { name: name.to_vec(), value: value.to_vec(), path, expires, secure, http_only, same_site, used: now })
    }

    fn same_place(&self, other: &Cookie) -> bool {
        self.name == other.name && self.path == other.path
    }

    fn put(&self, out: &mut Vec<u8>) {
        if !self.name.is_empty() {
            out.extend_from_slice(&self.name);
            out.push(b'=');
        }
        out.extend_from_slice(&self.value);
    }
}

/// `name=value`, trimmed; without `=` all is value.
fn pair(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == b'=') {
        Some(at) => (text[..at].trim_ascii(), text[at + 1..].trim_ascii()),
        None => (b"", text.trim_ascii()),
    }
}

/// Milliseconds from `Max-Age`; `Some(None)` is now or earlier, `None` is no number.
fn age(value: &[u8]) -> Option<Option<Millis>> {
    let (negative, digits) = match value.strip_prefix(b"-") {
        Some(digits) => (true, digits),
        None => (false, value),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // A number too long to read is a very long life.
    let seconds = length(digits).unwrap_or(Millis::MAX);
    Some(if negative || seconds == 0 { None } else { Some(seconds.saturating_mul(1000)) })
}

fn path_of(target: &[u8]) -> &[u8] {
    target.split(|byte| matches!(byte, b'?' | b'#')).next().unwrap_or_default()
}

/// RFC 6265, 5.1.4: up to the last slash.
fn default_path(target: &[u8]) -> Vec<u8> {
    let path = path_of(target);
    match path.iter().rposition(|byte| *byte == b'/') {
        Some(at) if at > 0 && path.starts_with(b"/") => path[..at].to_vec(),
        _ => b"/".to_vec(),
    }
}

/// RFC 6265, 5.1.4: the cookie's path is the request's, or a folder above it.
fn covers(cookie: &[u8], path: &[u8]) -> bool {
    path.strip_prefix(cookie).is_some_and(|rest| rest.is_empty() || cookie.ends_with(b"/") || rest.starts_with(b"/"))
}
